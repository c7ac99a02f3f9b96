"""CMS SignedData (RFC 5652) with CAdES signed attributes (RFC 5035, ETSI EN 319 122-1), written directly.

`signed_attributes` gives the bytes that are signed; `signed_data` wraps the finished signature value.
PAdES wants no signing-time attribute (ETSI EN 319 142-1 §5.3): the time comes from the timestamp token.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import load_der_x509_certificate

from antin.signing import der

DATA: Final = "1.2.840.113549.1.7.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
ALGORITHM_PROTECTION: Final = "1.2.840.113549.1.9.52"
SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
OCSP_RESPONSE: Final = "1.3.6.1.5.5.7.16.2"
SIGNATURE_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.14"

DIGESTS: Final = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
DIGEST_OF_SIZE: Final = {32: "sha256", 48: "sha384", 64: "sha512"}
_DIGEST_IDS: Final = {name: der.sequence(der.oid(oid), der.NULL) for oid, name in DIGESTS.items()}


def digest_id(digest: bytes) -> bytes:
    """The AlgorithmIdentifier (DER, with NULL) of the SHA-2 that gives digests of this length; ValueError for others."""
    name = DIGEST_OF_SIZE.get(len(digest))
    if name is None:
        raise ValueError("a digest of SHA-256, SHA-384 or SHA-512 is expected")
    return _DIGEST_IDS[name]


_SHA256_NULL: Final = _DIGEST_IDS["sha256"]
_PSS = der.sequence(
    der.oid("1.2.840.113549.1.1.10"),
    der.sequence(
        der.explicit(0, _SHA256_NULL),
        der.explicit(1, der.sequence(der.oid("1.2.840.113549.1.1.8"), _SHA256_NULL)),
        der.explicit(2, der.integer(32)),
    ),
)

RSA_PKCS1: Final = "rsa-pkcs1v15-sha256"
RSA_PSS: Final = "rsa-pss-sha256"
ECDSA: Final = "ecdsa-sha256"
ECDSA_384: Final = "ecdsa-sha384"
ECDSA_512: Final = "ecdsa-sha512"
ALGORITHMS: Final = {
    RSA_PKCS1: der.sequence(der.oid("1.2.840.113549.1.1.11"), der.NULL),
    RSA_PSS: _PSS,
    ECDSA: der.sequence(der.oid("1.2.840.10045.4.3.2")),
    ECDSA_384: der.sequence(der.oid("1.2.840.10045.4.3.3")),
    ECDSA_512: der.sequence(der.oid("1.2.840.10045.4.3.4")),
}
# A curve is signed with the digest of its own strength (FIPS 186-5 §6.1.1); the digest of the content follows.
_BY_CURVE: Final = {256: ECDSA, 384: ECDSA_384, 521: ECDSA_512}
_CURVES: Final = frozenset(_BY_CURVE.values())
HASHES: Final = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class SignerIdentity:
    """What a CMS needs of the signer's certificate: raw issuer name and serial, and how its key signs."""

    issuer_and_serial: bytes
    ess_id: bytes
    algorithm: str


@lru_cache(maxsize=256)
def identity_of(certificate: bytes) -> SignerIdentity:
    """The identity of a DER certificate; ValueError when it holds a key that we do not use."""
    issuer, serial = _issuer_serial(certificate)
    names = der.sequence(der.explicit(4, issuer))
    ess = der.sequence(der.octets(hashlib.sha256(certificate).digest()), der.sequence(names, serial))
    return SignerIdentity(der.sequence(issuer, serial), ess, algorithm_of(certificate))


@lru_cache(maxsize=512)
def issuer_and_serial(certificate: bytes) -> bytes:
    """IssuerAndSerialNumber in DER, copied from the certificate byte for byte."""
    return der.sequence(*_issuer_serial(certificate))


def _issuer_serial(certificate: bytes) -> tuple[bytes, bytes]:
    body = der.Reader(certificate).inside().inside()
    if body.peek() == 0xA0:
        body.raw()
    serial = body.raw(der.INTEGER)
    body.raw(der.SEQUENCE)
    return body.raw(der.SEQUENCE), serial


@lru_cache(maxsize=256)
def algorithm_of(certificate: bytes) -> str:
    """The algorithm by which the key of this certificate signs by default."""
    key = load_der_x509_certificate(certificate).public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return RSA_PKCS1
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size in _BY_CURVE:
        return _BY_CURVE[key.curve.key_size]
    raise ValueError("RSA of 2048 bits or ECDSA of 256 bits is the floor (TT 15/2025/TT-BKHCN)")


def digest_name(algorithm: str) -> str:
    """The digest over content and attributes that goes with a signature algorithm: sha256, sha384 or sha512."""
    return algorithm.rpartition("-")[2]


def signed_attributes(
    content_type: str, digest: bytes, ess_id: bytes, algorithm: str, *, at: datetime | None = None
) -> bytes:
    """The signed attributes as the SET OF that is signed: content type, digest, algorithms (RFC 6211), certificate.

    `digest` is the content's by `digest_name(algorithm)`. `at`: the claimed time, which CAdES wants and PAdES does not.
    """
    return der.set_of(
        (
            attribute(CONTENT_TYPE, der.oid(content_type)),
            attribute(MESSAGE_DIGEST, der.octets(digest)),
            attribute(ALGORITHM_PROTECTION, algorithm_protection(_digest_id(algorithm), ALGORITHMS[algorithm])),
            attribute(SIGNING_CERTIFICATE_V2, der.sequence(der.sequence(ess_id))),
            *(() if at is None else (attribute(SIGNING_TIME, der.utc_time(at)),)),
        )
    )


def _digest_id(algorithm: str) -> bytes:
    return _DIGEST_IDS[digest_name(algorithm)]


def algorithm_protection(digest: bytes, signature: bytes) -> bytes:
    """CMSAlgorithmProtection (RFC 6211): the two identifiers, so that nobody exchanges them afterwards."""
    return der.sequence(digest, b"\xa1" + signature[1:])


def attribute(kind: str, value: bytes) -> bytes:
    """One attribute with one value (RFC 5652 §5.3)."""
    return der.sequence(der.oid(kind), der.tlv(der.SET, value))


def signed_data(
    identity: SignerIdentity,
    attributes: bytes,
    signature: bytes,
    certificates: tuple[bytes, ...],
    *,
    content: bytes | None = None,
    content_type: str = DATA,
    token: bytes | None = None,
    algorithm: str = "",
    crls: tuple[bytes, ...] = (),
    ocsps: tuple[bytes, ...] = (),
) -> bytes:
    """A ContentInfo of one signer. `content` is encapsulated when given; `token` is the RFC 3161 token over `signature`.

    `crls` and `ocsps` are status data for verifiers (RFC 5652 §10.2.1, RFC 5940).
    """
    encapsulated = der.sequence(
        der.oid(content_type), *(() if content is None else (der.explicit(0, der.octets(content)),))
    )
    chosen = algorithm or identity.algorithm
    unsigned = b"" if token is None else der.explicit(1, attribute(SIGNATURE_TIMESTAMP, token))
    signer = der.sequence(
        der.integer(1),
        identity.issuer_and_serial,
        _digest_id(chosen),
        b"\xa0" + attributes[1:],
        ALGORITHMS[chosen],
        der.octets(signature),
        unsigned,
    )
    body = der.sequence(
        der.integer(5 if ocsps else 1 if content_type == DATA else 3),
        der.tlv(der.SET, _digest_id(chosen)),
        encapsulated,
        der.explicit(0, b"".join(sorted(certificates))) if certificates else b"",
        _status_data(crls, ocsps),
        der.tlv(der.SET, signer),
    )
    return der.sequence(der.oid(SIGNED_DATA), der.explicit(0, body))


def _status_data(crls: tuple[bytes, ...], ocsps: tuple[bytes, ...]) -> bytes:
    wrapped = [der.tlv(0xA1, der.oid(OCSP_RESPONSE) + answer) for answer in ocsps]
    return der.explicit(1, b"".join(sorted((*crls, *wrapped)))) if crls or wrapped else b""


def raw_sign(key: PrivateKey, data: bytes, algorithm: str) -> bytes:
    """The signature value over the data by a loaded key; ValueError when key and algorithm do not match."""
    if isinstance(key, rsa.RSAPrivateKey) and algorithm == RSA_PKCS1:
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, rsa.RSAPrivateKey) and algorithm == RSA_PSS:
        return key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey) and algorithm in _CURVES:
        return key.sign(data, ec.ECDSA(HASHES[digest_name(algorithm)]()))
    raise ValueError(f"this key does not sign by {algorithm}")


def raw_verify(certificate: bytes, signature: bytes, data: bytes, algorithm: str) -> bool:
    """True when the value over the data was made by the key of this certificate."""
    key = load_der_x509_certificate(certificate).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm == RSA_PKCS1:
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, rsa.RSAPublicKey) and algorithm == RSA_PSS:
            key.verify(signature, data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm in _CURVES:
            key.verify(signature, data, ec.ECDSA(HASHES[digest_name(algorithm)]()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
