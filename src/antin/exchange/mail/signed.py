"""An entity as multipart/signed with a detached CMS (RFC 8551 §3.5.3), the key behind a callable. Pure."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from antin.signing import cms


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose certificate (DER), the authorities above it, and the key's signature over bytes by an algorithm."""

    certificate: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    sign: Callable[[bytes, str], bytes] = field(repr=False)


def multipart(entity: bytes, signer: Signer, at: datetime, boundary: str) -> bytes:
    """The signed entity; any mail program shows what is in it."""
    identity = cms.identity_of(signer.certificate)
    name = cms.digest_name(identity.algorithm)
    digest = hashlib.new(name, entity).digest()
    attributes = cms.signed_attributes(cms.DATA, digest, identity.ess_id, identity.algorithm, at=at)
    value = signer.sign(attributes, identity.algorithm)
    der = cms.signed_data(identity, attributes, value, (signer.certificate, *signer.chain))
    mark, micalg = boundary.encode(), f"sha-{name[3:]}".encode()
    return b"".join(
        (
            b'Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n',
            b" micalg=" + micalg + b'; boundary="' + mark + b'"\r\n\r\n--' + mark + b"\r\n",
            entity,
            b"\r\n--" + mark + b'\r\nContent-Type: application/pkcs7-signature; name="smime.p7s"\r\n',
            b"Content-Transfer-Encoding: base64\r\n",
            b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n',
            base64_lines(der),
            b"\r\n--" + mark + b"--\r\n",
        )
    )


def base64_lines(data: bytes) -> bytes:
    text = b64encode(data)
    return b"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
