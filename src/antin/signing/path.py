"""Certification paths (RFC 5280 §6.1) from a certificate to a pinned anchor, judged at one instant.

Stricter than the RFC where that is cheap: a critical extension that is not evaluated here (name
constraints, policy constraints, mappings) fails the path, and so does a signature by SHA-1 or MD5 unless the
certificate itself is pinned. Answers carry the sub-indication of ETSI EN 319 102-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from antin.signing import certificates, revocation
from antin.signing.revocation import CertificateStatus, Evidence, State
from antin.signing.rules import PUBLIC
from antin.signing.trust import Trust

MAX_LENGTH = 6
MAX_TRIES = 64
_EVALUATED = {"2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.32", "2.5.29.37"}


class Why(StrEnum):
    """Sub-indications of ETSI EN 319 102-1 §5.1.3, spelt as there."""

    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    NOT_YET_VALID = "NOT_YET_VALID"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    REVOKED_CA = "REVOKED_CA_NO_POE"
    TRY_LATER = "TRY_LATER"


@dataclass(frozen=True, slots=True)
class Path:
    """Certificates in DER from the leaf to the anchor; `status` of the leaf, `weakest` freshness of all answers."""

    certificates: tuple[bytes, ...]
    status: CertificateStatus

    @property
    def anchor(self) -> bytes:
        return self.certificates[-1]


class Term(StrEnum):
    """What an anchor that is known is not trusted for."""

    THEN = "not trusted at that time"
    OFFICIAL = "not for official use"


class BadPath(Exception):
    """No acceptable path; `status` when a revocation is the reason, `term` when the anchor's terms are."""

    def __init__(
        self, why: Why, detail: str = "", status: CertificateStatus | None = None, term: Term | None = None
    ) -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why = why
        self.detail = detail
        self.status = status
        self.term = term


def find(certificate: bytes, others: tuple[bytes, ...], trust: Trust, evidence: Evidence | None, at: datetime) -> Path:
    """The first acceptable path at the instant; BadPath with the reason of the most promising one otherwise.

    Without evidence (None) no revocation is asked about: enough to take a certificate on record, never to accept a
    signature.
    """
    failures: list[BadPath] = []
    for tried, chain in enumerate(_chains(certificate, (*trust.pool, *others), trust)):
        if tried >= MAX_TRIES:
            break
        try:
            return _accept(chain, trust, evidence, at)
        except BadPath as failure:
            failures.append(failure)
    if not failures:
        raise BadPath(Why.NO_CERTIFICATE_CHAIN_FOUND)
    # Of several, the one that got furthest tells the user most.
    raise min(failures, key=lambda failure: _ORDER.index(failure.why))


_ORDER = [
    Why.REVOKED,
    Why.REVOKED_CA,
    Why.TRY_LATER,
    Why.EXPIRED,
    Why.NOT_YET_VALID,
    Why.CRYPTO_CONSTRAINTS_FAILURE,
    Why.CHAIN_CONSTRAINTS_FAILURE,
    Why.CERTIFICATE_CHAIN_GENERAL_FAILURE,
    Why.NO_CERTIFICATE_CHAIN_FOUND,
]


def _chains(leaf: bytes, pool: tuple[bytes, ...], trust: Trust) -> list[tuple[bytes, ...]]:
    """Every chain by names that ends in an anchor, shortest first, loops and overlong ones left out."""
    found: list[tuple[bytes, ...]] = []
    growing: list[tuple[bytes, ...]] = [(leaf,)]
    by_name: dict[bytes, list[bytes]] = {}
    for candidate in dict.fromkeys(pool):
        try:
            name, _ = certificates.names(candidate)
        except ValueError:
            continue
        by_name.setdefault(name, []).append(candidate)
    while growing and len(found) < MAX_TRIES:
        chain = growing.pop(0)
        if chain[-1] in trust.anchors:
            found.append(chain)
            continue
        if len(chain) >= MAX_LENGTH or len(growing) > MAX_TRIES:
            continue
        _, issuer_name = certificates.names(chain[-1])
        growing += [(*chain, issuer) for issuer in by_name.get(issuer_name, ()) if issuer not in chain]
    return found


def _accept(chain: tuple[bytes, ...], trust: Trust, evidence: Evidence | None, at: datetime) -> Path:
    for depth, (child, issuer) in enumerate(pairwise(chain)):
        _check_signature(child, issuer, pinned=child in trust.known)
        _check_authority(issuer, authorities_below=depth)
    for der in chain:
        _check_extensions(der)
        _check_validity(der, at)
    _check_term(chain[-1], trust, at)
    status = CertificateStatus(State.GOOD)
    if evidence is None:
        return Path(chain, status)
    for child, issuer in reversed(list(pairwise(chain))):
        status = _check_status(child, issuer, evidence, at, is_leaf=child == chain[0])
    return Path(chain, status)


def _check_term(anchor: bytes, trust: Trust, at: datetime) -> None:
    """Whether the anchor is trusted for official use at that time (379/7.p1)."""
    term = trust.term(anchor, at)
    name = certificates.facts(anchor).subject_name
    if term is None:
        raise BadPath(Why.NO_CERTIFICATE_CHAIN_FOUND, name, term=Term.THEN)
    if term.domain == PUBLIC:
        raise BadPath(Why.CHAIN_CONSTRAINTS_FAILURE, name, term=Term.OFFICIAL)


def _check_signature(child: bytes, issuer: bytes, *, pinned: bool) -> None:
    parsed = certificates.load(child)
    try:
        algorithm = parsed.signature_hash_algorithm
        if not pinned and algorithm is not None and algorithm.name in {"sha1", "md5", "md4", "md2"}:
            raise BadPath(Why.CRYPTO_CONSTRAINTS_FAILURE, algorithm.name)
        certificates.must_be_signed_by(child, issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm) as broken:
        raise BadPath(Why.CERTIFICATE_CHAIN_GENERAL_FAILURE, "signature") from broken
    _check_key(parsed)


def _check_key(parsed: x509.Certificate) -> None:
    key = parsed.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048:
        raise BadPath(Why.CRYPTO_CONSTRAINTS_FAILURE, f"RSA {key.key_size}")
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < 256:
        raise BadPath(Why.CRYPTO_CONSTRAINTS_FAILURE, f"ECDSA {key.key_size}")


def _check_authority(issuer: bytes, *, authorities_below: int) -> None:
    extensions = {type(e.value): e.value for e in certificates.load(issuer).extensions}
    constraints, usage = extensions.get(x509.BasicConstraints), extensions.get(x509.KeyUsage)
    if not isinstance(constraints, x509.BasicConstraints) or not constraints.ca:
        raise BadPath(Why.CHAIN_CONSTRAINTS_FAILURE, "not an authority")
    if constraints.path_length is not None and authorities_below > constraints.path_length:
        raise BadPath(Why.CHAIN_CONSTRAINTS_FAILURE, "path length")
    if isinstance(usage, x509.KeyUsage) and not usage.key_cert_sign:
        raise BadPath(Why.CHAIN_CONSTRAINTS_FAILURE, "key usage")


def _check_extensions(der: bytes) -> None:
    unknown = [e.oid.dotted_string for e in certificates.load(der).extensions if e.critical]
    for oid in unknown:
        if oid not in _EVALUATED:
            raise BadPath(Why.CHAIN_CONSTRAINTS_FAILURE, oid)


def _check_validity(der: bytes, at: datetime) -> None:
    parsed = certificates.load(der)
    if at < parsed.not_valid_before_utc:
        raise BadPath(Why.NOT_YET_VALID, certificates.facts(der).subject_name)
    if at > parsed.not_valid_after_utc:
        raise BadPath(Why.EXPIRED, certificates.facts(der).subject_name)


def _check_status(child: bytes, issuer: bytes, evidence: Evidence, at: datetime, *, is_leaf: bool) -> CertificateStatus:
    status = revocation.judge(child, issuer, evidence, at)
    if status.state is State.REVOKED:
        why = Why.REVOKED if is_leaf else Why.REVOKED_CA
        raise BadPath(why, certificates.facts(child).subject_name, status)
    if status.state is State.UNKNOWN:
        raise BadPath(Why.TRY_LATER, certificates.facts(child).subject_name, status)
    return status
