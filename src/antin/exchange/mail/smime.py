"""S/MIME (RFC 8551): a MIME entity signed by one of our bodies, encrypted for a recipient, and what came judged and opened.

signed     multipart/signed with a detached CMS: any mail program shows the letter, whoever reads S/MIME checks it
enveloped  the signed entity inside enveloped-data (AES-256-CBC, RSA); what does not carry a right signature inside counts
           for nothing, so nobody gains by changing ciphertext (the CBC of S/MIME 3.2 has no check of its own)
opened     both forms of signed mail (detached, opaque), inside encryption or not; line ends brought to CRLF first (RFC 8551 §3.1.1)

Whose certificate it is, is not asked here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from antin.exchange.edxml.dsig import SignatureVerdict
from antin.exchange.mail import mime
from antin.exchange.mail.signed import Signer, base64_lines, multipart
from antin.signing import certificates, signed_data
from antin.signing import envelope as signatures
from antin.signing import queries as signing
from antin.signing.rules import EXCHANGE
from antin.signing.signed_data import Flaw

DEPTH_MOST = 3
_LINE_END = re.compile(rb"\r?\n")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a mail holds. `entity`: the MIME entity that counts, with CRLF; `signed_digest`: SHA-256 of it when it was signed.

    `verdict` is UNPROVEN for a right signature: whose it is, the caller judges by `certificate` and `carried`.
    """

    entity: bytes = field(repr=False)
    verdict: SignatureVerdict
    certificate: bytes = field(default=b"", repr=False)
    carried: tuple[bytes, ...] = field(default=(), repr=False)
    signed_digest: str = ""
    encrypted: bool = False


def sign(entity: bytes, organisation_id: UUID, at: datetime, boundary: str) -> bytes:
    """The entity (CRLF, 7 bit) as multipart/signed by the body's exchange key. RuleViolation when it has none."""
    holder = signatures.exchange_holder(organisation_id)
    held = signing.certificate_for("organisation", organisation_id, EXCHANGE)
    chain = tuple(held.chain) if held is not None and held.der == holder.certificate else ()
    signer = Signer(holder.certificate, chain, lambda data, _: signatures.sign_detached(data, organisation_id))
    return multipart(entity, signer, at, boundary)


def encrypt(entity: bytes, certificate: bytes) -> bytes:
    """The entity inside enveloped-data for the holder of this certificate."""
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(entity).add_recipient(certificates.load(certificate))
    builder = builder.set_content_encryption_algorithm(algorithms.AES256)
    der = builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    return b"".join(
        (
            b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n',
            b"Content-Transfer-Encoding: base64\r\n",
            b'Content-Disposition: attachment; filename="smime.p7m"\r\n\r\n',
            base64_lines(der) + b"\r\n",
        )
    )


def may_encrypt_for(certificate: bytes, at: datetime) -> bool:
    """True for an RSA certificate in its time whose key usage allows to encrypt a key for it (RFC 8550 §4.4.2)."""
    try:
        found = certificates.load(certificate)
        key = found.public_key()
    except ValueError:
        return False
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
        return False
    if not found.not_valid_before_utc <= at <= found.not_valid_after_utc:
        return False
    try:
        return bool(found.extensions.get_extension_for_class(x509.KeyUsage).value.key_encipherment)
    except x509.ExtensionNotFound:
        return True


def opened(raw: bytes, decrypt: Callable[[bytes], bytes]) -> Opened:
    """The mail judged. `decrypt`: DER of enveloped-data to its content, ValueError when it is not for us."""
    entity, encrypted = _LINE_END.sub(b"\r\n", raw), False
    for _ in range(DEPTH_MOST):
        kind = mime.head_of(entity)
        if kind.media_type == "multipart/signed":
            return _detached(entity, kind, encrypted=encrypted)
        if kind.media_type not in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            break
        der = mime.body_of(entity)
        if not kind.is_enveloped(der):
            return _opaque(entity, der, encrypted=encrypted)
        entity, encrypted = _LINE_END.sub(b"\r\n", decrypt(der)), True
    return Opened(entity, SignatureVerdict.ABSENT, encrypted=encrypted)


def _detached(entity: bytes, kind: mime.Head, *, encrypted: bool) -> Opened:
    parts = mime.split(entity, kind.boundary)
    if len(parts) != 2 or "pkcs7-signature" not in mime.head_of(parts[1]).media_type:
        return Opened(entity, SignatureVerdict.INVALID, encrypted=encrypted)
    content, der = parts[0], mime.body_of(parts[1])
    return _judged(content, der, content, encrypted=encrypted)


def _opaque(entity: bytes, der: bytes, *, encrypted: bool) -> Opened:
    try:
        content = signed_data.open_signed_data.__wrapped__(der).content
    except ValueError:
        content = None
    if content is None:
        return Opened(entity, SignatureVerdict.INVALID, encrypted=encrypted)
    return _judged(_LINE_END.sub(b"\r\n", content), der, content, encrypted=encrypted)


def _judged(entity: bytes, der: bytes, content: bytes, *, encrypted: bool) -> Opened:
    """One signer, current algorithms, attributes and value right over exactly this content (RFC 5652 §5.4)."""
    wrong = Opened(entity, SignatureVerdict.INVALID, encrypted=encrypted)
    try:
        found = signed_data.open_signed_data.__wrapped__(der)
        certificate = signed_data.signer_of(found)
        if certificate is None or found.digest_name not in signed_data.HASHES:
            return wrong
        digest = hashlib.new(found.digest_name, content).digest()
        flaw = signed_data.flaw_of(found, certificate, digest, ess_needed=False)
    except (ValueError, TypeError):
        return wrong
    if flaw is not Flaw.NONE:
        return wrong
    return Opened(
        entity=entity,
        verdict=SignatureVerdict.UNPROVEN,
        certificate=certificate,
        carried=found.certificates,
        signed_digest=hashlib.sha256(content).hexdigest(),
        encrypted=encrypted,
    )
