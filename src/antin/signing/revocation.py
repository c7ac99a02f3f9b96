"""What OCSP answers (RFC 6960) and revocation lists (RFC 5280 §5) say of one certificate at one instant.

- an answer counts only when its signature leads to the certificate's issuer (or its delegated responder)
- a revocation holds from its date on: what was proven to exist before is not touched by it
- an answer older than the instant and past its next update says nothing: *unknown*, which is never good
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from antin.signing import certificates

SKEW = timedelta(seconds=60)


class State(StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CertificateStatus:
    """The state at the instant asked for. `known_until`: next update of the evidence; evidence in DER as received."""

    state: State
    known_at: datetime | None = None
    known_until: datetime | None = None
    revoked_at: datetime | None = None
    reason: str = ""
    ocsp: bytes | None = None
    crl: bytes | None = None


UNKNOWN = CertificateStatus(State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Status data at hand, in DER; whatever does not concern the certificate is passed over."""

    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    certificates: tuple[bytes, ...] = ()

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(
            tuple(dict.fromkeys(self.ocsps + other.ocsps)),
            tuple(dict.fromkeys(self.crls + other.crls)),
            tuple(dict.fromkeys(self.certificates + other.certificates)),
        )


def judge(certificate: bytes, issuer: bytes, evidence: Evidence, at: datetime) -> CertificateStatus:
    """The state of the certificate at the instant; a proven revocation outweighs any good answer."""
    answers = [
        *(_by_ocsp(certificate, issuer, answer, evidence.certificates) for answer in evidence.ocsps),
        *(_by_crl(certificate, issuer, crl) for crl in evidence.crls),
    ]
    usable = [_at(answer, at) for answer in answers if answer is not None]
    for state in (State.REVOKED, State.GOOD):
        fitting = [answer for answer in usable if answer.state is state]
        if fitting:
            return max(fitting, key=lambda answer: answer.known_at or at)
    return UNKNOWN


def every_one_speaks(evidence: Evidence, pool: tuple[bytes, ...]) -> bool:
    """True when each answer and list is rightly signed and about a certificate of the pool: none was touched."""
    pairs = [(c, issuer) for c in pool if (issuer := certificates.find_issuer(c, pool)) is not None]
    return all(
        any(_by_ocsp(certificate, issuer, answer, evidence.certificates) for certificate, issuer in pairs)
        for answer in evidence.ocsps
    ) and all(any(_by_crl(certificate, issuer, crl) for certificate, issuer in pairs) for crl in evidence.crls)


def _at(answer: CertificateStatus, at: datetime) -> CertificateStatus:
    """What a signed answer says of the instant: revoked only from its date on, good only while it was fresh."""
    if answer.state is State.REVOKED and answer.revoked_at is not None:
        return answer if answer.revoked_at <= at else replace(answer, state=State.GOOD)
    if answer.state is State.GOOD and answer.known_at is not None:
        # Made after the instant: not revoked by then, so not at the instant either. Made before: fresh or nothing.
        fresh = answer.known_until is not None and at <= answer.known_until + SKEW
        return answer if answer.known_at + SKEW >= at or fresh else UNKNOWN
    return UNKNOWN


@lru_cache(maxsize=2048)
def _by_ocsp(certificate: bytes, issuer: bytes, answer: bytes, others: tuple[bytes, ...]) -> CertificateStatus | None:
    try:
        parsed = ocsp.load_der_ocsp_response(answer)
        if parsed.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        single = _single(parsed, certificates.load(certificate), certificates.load(issuer))
        if single is None or not _answer_is_signed(parsed, issuer, others):
            return None
        revoked = single.certificate_status is ocsp.OCSPCertStatus.REVOKED
        good = single.certificate_status is ocsp.OCSPCertStatus.GOOD
        return CertificateStatus(
            state=State.REVOKED if revoked else State.GOOD if good else State.UNKNOWN,
            known_at=single.this_update_utc,
            known_until=single.next_update_utc,
            revoked_at=single.revocation_time_utc if revoked else None,
            reason=single.revocation_reason.value if revoked and single.revocation_reason else "",
            ocsp=answer,
        )
    except (ValueError, TypeError, UnsupportedAlgorithm, NotImplementedError):
        return None


def _single(
    parsed: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> ocsp.OCSPSingleResponse | None:
    for single in parsed.responses:
        if single.serial_number != certificate.serial_number:
            continue
        expected = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, single.hash_algorithm).build()
        if (single.issuer_name_hash, single.issuer_key_hash) == (expected.issuer_name_hash, expected.issuer_key_hash):
            return single
    return None


def _answer_is_signed(parsed: ocsp.OCSPResponse, issuer: bytes, others: tuple[bytes, ...]) -> bool:
    """By the issuer itself, or by a responder it delegated (RFC 6960 §4.2.2.2), alive when it answered."""
    top = certificates.load(issuer)
    candidates = [*parsed.certificates, *(certificates.load(other) for other in others), top]
    for responder in candidates:
        if not _names(parsed, responder) or not verifies(
            responder, parsed.signature, parsed.tbs_response_bytes, parsed.signature_hash_algorithm
        ):
            continue
        if responder == top:
            return True
        if _is_delegated(responder, top) and _alive(responder, parsed.produced_at_utc):
            return True
    return False


def _names(parsed: ocsp.OCSPResponse, responder: x509.Certificate) -> bool:
    if parsed.responder_name is not None:
        return parsed.responder_name == responder.subject
    return parsed.responder_key_hash == x509.SubjectKeyIdentifier.from_public_key(responder.public_key()).digest


def _is_delegated(responder: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if ExtendedKeyUsageOID.OCSP_SIGNING not in usage:
            return False
        responder.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature):
        return False
    return True


def _alive(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc - SKEW <= at <= certificate.not_valid_after_utc + SKEW


@lru_cache(maxsize=512)
def _read_list(crl: bytes, issuer: bytes) -> x509.CertificateRevocationList | None:
    """The list when this issuer signed it and it is complete and for all; None otherwise."""
    try:
        parsed = x509.load_der_x509_crl(crl)
        top = certificates.load(issuer)
        if parsed.issuer != top.subject or not parsed.is_signature_valid(top.public_key()):  # type: ignore[arg-type]
            return None
        # Delta lists and lists of some reasons or some holders are critical extensions that we do not combine.
        known = {"2.5.29.20", "2.5.29.35"}
        if any(e.critical and e.oid.dotted_string not in known for e in parsed.extensions):
            return None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return parsed


@lru_cache(maxsize=2048)
def _by_crl(certificate: bytes, issuer: bytes, crl: bytes) -> CertificateStatus | None:
    parsed = _read_list(crl, issuer)
    child = certificates.load(certificate)
    if parsed is None or child.issuer != parsed.issuer:
        return None
    entry = parsed.get_revoked_certificate_by_serial_number(child.serial_number)
    return CertificateStatus(
        state=State.GOOD if entry is None else State.REVOKED,
        known_at=parsed.last_update_utc,
        known_until=parsed.next_update_utc,
        revoked_at=None if entry is None else entry.revocation_date_utc,
        reason="" if entry is None else _reason(entry),
        crl=crl,
    )


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        return str(entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value)
    except (x509.ExtensionNotFound, ValueError):
        return ""


def verifies(signer: x509.Certificate, signature: bytes, data: bytes, algorithm: object) -> bool:
    """True when the signature over the data is by the certificate's key (RSA PKCS#1 v1.5 or ECDSA)."""
    key = signer.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)  # type: ignore[arg-type]
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))  # type: ignore[arg-type]
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True


def request(certificate: bytes, issuer: bytes, nonce: bytes) -> bytes:
    """An OCSP request in DER with a nonce (RFC 9654)."""
    name = hashes.SHA1()  # noqa: S303 (only names the certificate; responders must know it, RFC 5019 §2.1.1)
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificates.load(certificate), certificates.load(issuer), name)
    return builder.add_extension(x509.OCSPNonce(nonce), critical=False).build().public_bytes(Encoding.DER)


def nonce_of(answer: bytes) -> bytes | None:
    """The nonce of an OCSP answer; None when it has none or can't be read."""
    try:
        parsed = ocsp.load_der_ocsp_response(answer)
        return parsed.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except (ValueError, x509.ExtensionNotFound):
        return None


def next_update(crl: bytes) -> datetime:
    """When a revocation list wants to be fetched again; ValueError when it can't be read or does not say."""
    try:
        at = x509.load_der_x509_crl(crl).next_update_utc
    except UnsupportedAlgorithm as unknown:
        raise ValueError(str(unknown)) from unknown
    if at is None:
        raise ValueError("CRL without next update")
    return at
