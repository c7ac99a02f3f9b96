"""Reading CMS SignedData (RFC 5652) of one signer, and whether its signature is right. Nothing about trust.

DER is read directly; BER as older official signers write it (indefinite lengths) is brought into DER first and then
read as strictly. ValueError when it is neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from antin.signing import ber, certificates, cms, der

HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = dict(cms.HASHES)
WEAK = {"1.3.14.3.2.26": "sha1", "1.2.840.113549.2.5": "md5"}
_RSA = {
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.113549.1.1.5": "sha1",
}
_ECDSA = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
    "1.2.840.10045.4.1": "sha1",
}
_RSA_PLAIN, _PSS = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"


class Flaw(StrEnum):
    """What is wrong with a signature as such, in the words of ETSI EN 319 102-1; NONE when it is right."""

    NONE = ""
    FORMAT = "FORMAT_FAILURE"
    HASH = "HASH_FAILURE"
    CRYPTO = "SIG_CRYPTO_FAILURE"
    WEAK = "CRYPTO_CONSTRAINTS_FAILURE"
    NO_CERTIFICATE = "NO_SIGNING_CERTIFICATE_FOUND"


@dataclass(frozen=True, slots=True)
class SignedData:
    """The parts, raw. `signer`: IssuerAndSerialNumber or [0] key identifier; `algorithm`: AlgorithmIdentifier.

    `crls` and `ocsps`: status data that the signature carries for its verifiers, each signed by itself.
    `regular` is False when a part that no signature protects (versions, the list of digest algorithms, attached
    lists, padding) is not what RFC 5652 §5 prescribes: somebody may have touched it.
    """

    content_type: str
    content: bytes | None
    certificates: tuple[bytes, ...]
    signer: bytes
    digest_name: str
    digest_algorithm: bytes
    attributes: bytes
    algorithm: bytes
    signature: bytes
    unsigned: tuple[tuple[str, bytes], ...]
    regular: bool = True
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    @property
    def token(self) -> bytes | None:
        """The first signature timestamp token; None without."""
        return next((value for kind, value in self.unsigned if kind == cms.SIGNATURE_TIMESTAMP), None)

    @property
    def tokens(self) -> tuple[bytes, ...]:
        return tuple(value for kind, value in self.unsigned if kind == cms.SIGNATURE_TIMESTAMP)

    def signed_attribute(self, kind: str) -> tuple[bytes, ...]:
        """Values of a signed attribute, each a whole element."""
        return tuple(value for found, value in _attributes(self.attributes) if found == kind)


@lru_cache(maxsize=256)
def open_signed_data(data: bytes) -> SignedData:
    """Takes a SignedData apart; the zero padding of a PDF's placeholder may follow. ValueError when it can't be read."""
    try:
        return _open_der(data)
    except ValueError as not_der:
        try:
            return _open_der(ber.to_der(data))
        except ValueError as broken:
            raise ValueError(f"neither DER nor BER: {not_der}; {broken}") from broken


def _open_der(data: bytes) -> SignedData:
    outer = der.Reader(data)
    info = outer.inside()
    if any(data[outer.at :]):
        raise ValueError("something follows the signature")
    if info.oid() != cms.SIGNED_DATA:
        raise ValueError("not SignedData")
    body = info.inside(0xA0).inside()
    info.finish()
    version, digests = body.integer(), body.raw(der.SET)
    encapsulated = body.inside()
    content_type = encapsulated.oid()
    content = encapsulated.inside(0xA0).content(der.OCTET_STRING) if encapsulated.more() else None
    found: list[bytes] = []
    if body.peek() == 0xA0:
        bag = body.inside(0xA0)
        while bag.more():
            found.append(bag.raw())
    crls, ocsps = _status_data(body.inside(0xA1)) if body.peek() == 0xA1 else ((), ())
    signers = body.inside(der.SET)
    body.finish()
    signer = signers.inside()
    signers.finish()
    read = _open_signer(signer, content_type, content, tuple(c for c in found if c[0] == der.SEQUENCE))
    expected = 5 if ocsps else 3 if content_type != cms.DATA or read.signer[0] != der.SEQUENCE else 1
    regular = read.regular and version == expected and len(read.certificates) == len(found)
    regular = regular and digests == der.tlv(der.SET, read.digest_algorithm)
    return replace(read, regular=regular, crls=crls, ocsps=ocsps)


def _status_data(choices: der.Reader) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Revocation lists, and OCSP answers as RFC 5940 wraps them; ValueError for any other kind."""
    crls, ocsps = [], []
    while choices.more():
        if choices.peek() == der.SEQUENCE:
            crls.append(choices.raw())
            continue
        other = choices.inside(0xA1)
        if other.oid() != cms.OCSP_RESPONSE:
            raise ValueError("status data of an unknown kind")
        ocsps.append(other.raw(der.SEQUENCE))
        other.finish()
    return tuple(crls), tuple(ocsps)


def _open_signer(signer: der.Reader, content_type: str, content: bytes | None, found: tuple[bytes, ...]) -> SignedData:
    version, identity = signer.integer(), signer.raw()
    digest_algorithm = signer.raw(der.SEQUENCE)
    digest = der.Reader(digest_algorithm).inside().oid()
    if signer.peek() != 0xA0:
        raise ValueError("signed attributes are missing")
    attributes = b"\x31" + signer.raw(0xA0)[1:]
    algorithm = signer.raw(der.SEQUENCE)
    signature = signer.content(der.OCTET_STRING)
    unsigned = tuple(_read_attributes(signer.inside(0xA1))) if signer.more() else ()
    signer.finish()
    return SignedData(
        content_type=content_type,
        content=content,
        certificates=found,
        signer=identity,
        digest_name=cms.DIGESTS.get(digest) or WEAK.get(digest, ""),
        digest_algorithm=digest_algorithm,
        attributes=attributes,
        algorithm=algorithm,
        signature=signature,
        unsigned=unsigned,
        regular=version == (1 if identity[0] == der.SEQUENCE else 3) and _plain(digest_algorithm),
    )


def _plain(digest_algorithm: bytes) -> bool:
    """Parameters are absent or NULL (RFC 5754 §2)."""
    fields = der.Reader(digest_algorithm).inside()
    fields.oid()
    return not fields.more() or fields.data[fields.at : fields.end] == der.NULL


@lru_cache(maxsize=256)
def _attributes(signed: bytes) -> tuple[tuple[str, bytes], ...]:
    return tuple(_read_attributes(der.Reader(signed).inside(der.SET)))


def _read_attributes(reader: der.Reader) -> list[tuple[str, bytes]]:
    found = []
    while reader.more():
        attribute = reader.inside()
        kind, values = attribute.oid(), attribute.inside(der.SET)
        while values.more():
            found.append((kind, values.raw()))
    return found


def signer_of(signed: SignedData, others: tuple[bytes, ...] = ()) -> bytes | None:
    """The certificate that the signer names, from the signature itself or the others; None when it is nowhere."""
    for certificate in (*signed.certificates, *others):
        try:
            if signed.signer[0] == der.SEQUENCE:
                if cms.issuer_and_serial(certificate) == signed.signer:
                    return certificate
            elif _key_identifier(certificate) == der.Reader(signed.signer).content(signed.signer[0]):
                return certificate
        except ValueError:
            continue
    return None


def _key_identifier(certificate: bytes) -> bytes:
    for extension in certificates.load(certificate).extensions:
        if isinstance(extension.value, x509.SubjectKeyIdentifier):
            return extension.value.digest
    return b""


def flaw_of(signed: SignedData, certificate: bytes, digest: bytes, *, ess_needed: bool = True) -> Flaw:
    """What is wrong with the signature over content of this digest by this certificate; Flaw.NONE when nothing is.

    Checked: content type and digest attributes (one value each), the certificate's own digest inside the signed
    attributes (RFC 5035), the signature value over them.
    """
    if signed.digest_name not in HASHES:
        return Flaw.WEAK
    if signed.signed_attribute(cms.CONTENT_TYPE) != (der.oid(signed.content_type),):
        return Flaw.FORMAT
    if signed.signed_attribute(cms.MESSAGE_DIGEST) != (der.octets(digest),):
        return Flaw.HASH
    if not _names_certificate(signed, certificate, needed=ess_needed):
        return Flaw.NO_CERTIFICATE
    protected = signed.signed_attribute(cms.ALGORITHM_PROTECTION)
    if protected and protected != (cms.algorithm_protection(signed.digest_algorithm, signed.algorithm),):
        return Flaw.FORMAT
    return _check_value(signed, certificate)


def _names_certificate(signed: SignedData, certificate: bytes, *, needed: bool) -> bool:
    newer = signed.signed_attribute(cms.SIGNING_CERTIFICATE_V2)
    older = signed.signed_attribute(_SIGNING_CERTIFICATE)
    if not newer and not older:
        return not needed
    values = newer or older
    if len(values) != 1:
        return False
    first = der.Reader(values[0]).inside().inside().inside()
    name = "sha256" if newer else "sha1"
    if newer and first.peek() == der.SEQUENCE:
        name = cms.DIGESTS.get(first.inside().oid(), "")
    return bool(name) and first.content(der.OCTET_STRING) == hashlib.new(name, certificate).digest()


def _check_value(signed: SignedData, certificate: bytes) -> Flaw:
    key = certificates.load(certificate).public_key()
    identifier = der.Reader(signed.algorithm).inside()
    oid = identifier.oid()
    name = signed.digest_name if oid == _RSA_PLAIN else _RSA.get(oid) or _ECDSA.get(oid, "")
    try:
        if isinstance(key, rsa.RSAPublicKey) and oid == _PSS:
            scheme, name = _pss(identifier)
            key.verify(signed.signature, signed.attributes, scheme, HASHES[name]())
        elif isinstance(key, rsa.RSAPublicKey) and name in HASHES and oid not in _ECDSA:
            key.verify(signed.signature, signed.attributes, padding.PKCS1v15(), HASHES[name]())
        elif isinstance(key, ec.EllipticCurvePublicKey) and oid in _ECDSA and name in HASHES:
            key.verify(signed.signature, signed.attributes, ec.ECDSA(HASHES[name]()))
        else:
            return Flaw.WEAK
    except (InvalidSignature, UnsupportedAlgorithm):
        return Flaw.CRYPTO
    # The digest inside the attributes and the one under the signature must be of one strength (RFC 8933).
    return Flaw.NONE if name == signed.digest_name else Flaw.WEAK


def _pss(identifier: der.Reader) -> tuple[padding.PSS, str]:
    """RSASSA-PSS parameters (RFC 4055); the defaults are SHA-1 and refused."""
    parameters = identifier.inside()
    name = mask = ""
    salt = 20
    while parameters.more():
        tag = parameters.peek()
        inner = parameters.inside(tag)
        if tag == 0xA0:
            name = cms.DIGESTS.get(inner.inside().oid(), "")
        elif tag == 0xA1:
            function = inner.inside()
            function.oid()
            mask = cms.DIGESTS.get(function.inside().oid(), "")
        elif tag == 0xA2:
            salt = inner.integer()
    if not name or name != mask or not 0 <= salt <= 512:
        raise InvalidSignature("PSS parameters")
    return padding.PSS(padding.MGF1(HASHES[mask]()), salt), name
