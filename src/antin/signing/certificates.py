"""Facts read from X.509 certificates: names, validity, usage, purpose, addresses. Nothing is decided here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from antin.signing import der
from antin.signing.pki.profiles import MARK, PURPOSES


class HeldCertificate(Protocol):
    """What the ceremony needs of a certificate, wherever it is kept: DER, chain (issuer first), where its key is."""

    @property
    def der(self) -> bytes: ...
    @property
    def chain(self) -> tuple[bytes, ...]: ...
    @property
    def key_ref(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Certificate:
    """The simplest `HeldCertificate`."""

    der: bytes
    chain: tuple[bytes, ...] = ()
    key_ref: str = ""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Read from the certificate alone. `purpose` is "" when no policy of ours names one."""

    serial_hex: str
    subject_name: str
    organisation: str
    code: str
    issuer_name: str
    not_before: datetime
    not_after: datetime
    key: str
    usages: frozenset[str]
    extended_usages: frozenset[str]
    purpose: str
    is_sample: bool
    is_authority: bool
    fingerprint: str
    ocsp_urls: tuple[str, ...]
    crl_urls: tuple[str, ...]


@lru_cache(maxsize=512)
def load(certificate: bytes) -> x509.Certificate:
    """The parsed certificate; ValueError when it can't be read."""
    try:
        return x509.load_der_x509_certificate(certificate)
    except ValueError:
        raise
    except Exception as odd:  # the parser's own error types all mean the same to us
        raise ValueError(f"certificate: {odd}") from odd


@lru_cache(maxsize=512)
def facts(certificate: bytes) -> CertificateFacts:
    """The facts of a DER certificate; ValueError when it can't be read."""
    parsed = load(certificate)
    extensions = _extensions(parsed)
    ocsp, _ = _access(extensions)
    constraints = extensions.get(x509.BasicConstraints)
    subject = parsed.subject
    return CertificateFacts(
        serial_hex=f"{parsed.serial_number:x}",
        subject_name=_first(subject, NameOID.COMMON_NAME) or subject.rfc4514_string(),
        organisation=_first(subject, NameOID.ORGANIZATION_NAME),
        code=_first(subject, NameOID.USER_ID),
        issuer_name=_first(parsed.issuer, NameOID.COMMON_NAME) or parsed.issuer.rfc4514_string(),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key=_key(parsed),
        usages=_usages(extensions),
        extended_usages=_extended_usages(extensions),
        purpose=_purpose(extensions),
        is_sample=MARK in (_first(subject, NameOID.ORGANIZATIONAL_UNIT_NAME),),
        is_authority=isinstance(constraints, x509.BasicConstraints) and constraints.ca,
        fingerprint=hashlib.sha256(certificate).hexdigest(),
        ocsp_urls=ocsp,
        crl_urls=_crl_urls(extensions),
    )


def is_self_issued(certificate: bytes) -> bool:
    """True for roots: subject and issuer are one name."""
    parsed = load(certificate)
    return parsed.subject == parsed.issuer


@lru_cache(maxsize=512)
def names(certificate: bytes) -> tuple[bytes, bytes]:
    """Subject and issuer in DER; ValueError when it can't be read."""
    parsed = load(certificate)
    return parsed.subject.public_bytes(), parsed.issuer.public_bytes()


def find_issuer(certificate: bytes, pool: tuple[bytes, ...]) -> bytes | None:
    """The certificate of the pool that signed this one; None when there is none (or it signed itself)."""
    child = load(certificate)
    for candidate in pool:
        try:
            parsed = load(candidate)
        except ValueError:
            continue
        if candidate != certificate and parsed.subject == child.issuer and _signed(certificate, candidate):
            return candidate
    return None


def is_signed_by_one_of(certificate: bytes, pool: tuple[bytes, ...]) -> bool:
    """True when one of the pool, or the certificate itself if it is a root, signed this one; False if unreadable."""
    try:
        parsed = load(certificate)
        outer = der.Reader(certificate).inside()
        outer.raw(der.SEQUENCE)
        outer.raw(der.SEQUENCE)
        if outer.content(der.BIT_STRING)[:1] != b"\0":  # a signature of whole bytes: nothing protects this count
            return False
    except ValueError:
        return False
    if parsed.subject == parsed.issuer:
        return _signed(certificate, certificate)
    return find_issuer(certificate, pool) is not None


def _signed(child: bytes, issuer: bytes) -> bool:
    try:
        must_be_signed_by(child, issuer)
    except Exception:  # every way in which this can fail means "not signed by it"
        return False
    return True


@lru_cache(maxsize=2048)
def must_be_signed_by(child: bytes, issuer: bytes) -> None:
    """ValueError, TypeError, InvalidSignature or UnsupportedAlgorithm unless the issuer's key signed the child.

    Arithmetic over the two certificates alone, the same at any time and for any trust, and so done once; a failure is
    not kept. The library no longer verifies SHA-1 on certificates, yet official intermediates of the first generation
    bear it; whether such a one is pinned, and so trusted all the same, is decided elsewhere.
    """
    signed, signer = load(child), load(issuer)
    key = signer.public_key()
    digest = signed.signature_hash_algorithm
    if not isinstance(digest, hashes.SHA1) or not isinstance(key, rsa.RSAPublicKey):
        signed.verify_directly_issued_by(signer)
        return
    if signed.issuer != signer.subject:
        raise ValueError("issuer and subject differ")
    key.verify(signed.signature, signed.tbs_certificate_bytes, padding.PKCS1v15(), digest)


def _extensions(parsed: x509.Certificate) -> dict[type, object]:
    return {type(extension.value): extension.value for extension in parsed.extensions}


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _key(parsed: x509.Certificate) -> str:
    key = parsed.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ECDSA {key.curve.name}"
    return type(key).__name__


def _usages(extensions: dict[type, object]) -> frozenset[str]:
    usage = extensions.get(x509.KeyUsage)
    if not isinstance(usage, x509.KeyUsage):
        return frozenset()
    names = ("digital_signature", "content_commitment", "key_encipherment", "key_cert_sign", "crl_sign")
    return frozenset(name for name in names if getattr(usage, name))


def _extended_usages(extensions: dict[type, object]) -> frozenset[str]:
    usage = extensions.get(x509.ExtendedKeyUsage)
    return frozenset(oid.dotted_string for oid in usage) if isinstance(usage, x509.ExtendedKeyUsage) else frozenset()


def _purpose(extensions: dict[type, object]) -> str:
    policies = extensions.get(x509.CertificatePolicies)
    if not isinstance(policies, x509.CertificatePolicies):
        return ""
    named = {policy.policy_identifier.dotted_string for policy in policies}
    return next((purpose for purpose, oid in PURPOSES.items() if oid in named), "")


def _access(extensions: dict[type, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    access = extensions.get(x509.AuthorityInformationAccess)
    if not isinstance(access, x509.AuthorityInformationAccess):
        return (), ()
    urls = [
        (entry.access_method, entry.access_location.value)
        for entry in access
        if isinstance(entry.access_location, x509.UniformResourceIdentifier)
    ]
    ocsp = tuple(url for method, url in urls if method == AuthorityInformationAccessOID.OCSP)
    return ocsp, tuple(url for method, url in urls if method == AuthorityInformationAccessOID.CA_ISSUERS)


def _crl_urls(extensions: dict[type, object]) -> tuple[str, ...]:
    points = extensions.get(x509.CRLDistributionPoints)
    if not isinstance(points, x509.CRLDistributionPoints):
        return ()
    names = [name for point in points for name in point.full_name or ()]
    return tuple(name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
