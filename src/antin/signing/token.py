"""Reading time stamp tokens (RFC 3161 §2.4.2): what they cover, when, by whom. ValueError when malformed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from antin.signing import certificates, cms, der
from antin.signing.signed_data import Flaw, SignedData, flaw_of, open_signed_data, signer_of

TIME_STAMPING = "1.3.6.1.5.5.7.3.8"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """`digest` of what is stamped, by `digest_name`; `at` the authority's instant; `signed` the token itself."""

    digest: bytes
    digest_name: str
    at: datetime
    serial_hex: str
    policy: str
    nonce: int | None
    signed: SignedData


def read(data: bytes) -> TokenFacts:
    """The facts of a token; nothing about its signature is checked here."""
    signed = open_signed_data(data)
    if signed.content_type != cms.TST_INFO or signed.content is None:
        raise ValueError("not a time stamp token")
    outer = der.Reader(signed.content)
    info = outer.inside()
    outer.finish()
    if info.integer() != 1:
        raise ValueError("token version")
    policy = info.oid()
    imprint = info.inside()
    digest_name = cms.DIGESTS.get(imprint.inside().oid(), "")
    digest = imprint.content(der.OCTET_STRING)
    serial = info.integer()
    at = der.read_time(der.GENERALIZED_TIME, info.content(der.GENERALIZED_TIME))
    if info.peek() == der.SEQUENCE:
        info.raw()
    if info.peek() == der.BOOLEAN:
        info.raw()
    nonce = info.integer() if info.peek() == der.INTEGER else None
    return TokenFacts(digest, digest_name, at, f"{serial:x}", policy, nonce, signed)


def covers(facts: TokenFacts, data_digest: bytes, digest_name: str) -> bool:
    """True when the token stamps exactly this digest by this (strong) algorithm."""
    return bool(digest_name) and (facts.digest, facts.digest_name) == (data_digest, digest_name)


def flaw(facts: TokenFacts, others: tuple[bytes, ...] = ()) -> tuple[Flaw, bytes | None]:
    """What is wrong with the token's own signature, and the authority's certificate (None when it is nowhere)."""
    signed = facts.signed
    signer = signer_of(signed, others)
    if signer is None or signed.content is None or signed.digest_name not in {"sha256", "sha384", "sha512"}:
        return (Flaw.NO_CERTIFICATE if signer is None else Flaw.WEAK), signer
    if certificates.facts(signer).extended_usages != {TIME_STAMPING}:
        return Flaw.NO_CERTIFICATE, signer
    return flaw_of(signed, signer, hashlib.new(signed.digest_name, signed.content).digest()), signer


def authority_of(data: bytes) -> bytes:
    """The certificate (DER) in the token of who signed it; empty when it carries none."""
    return signer_of(read(data).signed, ()) or b""


def is_signed(facts: TokenFacts) -> bool:
    """True when the token is signed by the certificate it carries; whether to trust that one is asked elsewhere."""
    return flaw(facts)[0] is Flaw.NONE
