"""CMS signatures in files of their own (.p7s, .p7m; RFC 5652, CAdES): over a file beside them, or holding their content.

Judged like a signature inside a PDF: proven time, chain at that time, no changes possible since. One signer; a
signature of several is a wrong format here.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode
from datetime import datetime

from antin.signing import cms, der
from antin.signing.revocation import Evidence
from antin.signing.signed_data import HASHES, Flaw, SignedData, open_signed_data
from antin.signing.trust import Trust
from antin.signing.verdict import words
from antin.signing.verdict.document import Found, SignedPdf
from antin.signing.verdict.judge import judge
from antin.signing.verdict.report import Policy, Reason, Report, Verdict

_ARMOUR = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----([A-Za-z0-9+/=\s]+)-----END (?:PKCS7|CMS)-----\s*\Z")


def validate_cms(
    data: bytes,
    content: bytes | None,
    *,
    at: datetime,
    trust: Trust,
    policy: Policy,
    evidence: Evidence | None = None,
) -> Report:
    """The report on the signature file; `content` is the file it was made over, when that stands beside it."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        raw = unarmoured(data)
        signed = open_signed_data(raw)
    except ValueError as broken:
        reason = Reason(words.UNREADABLE_FILE, {"why": str(broken)[:200]})
        return Report(Verdict.INVALID, Flaw.FORMAT, (reason,), (), digest, at, policy.name, kind="cms")
    stamped = signed.content if content is None else content
    if stamped is None:
        reason = Reason(words.DATA_MISSING)
        return Report(
            Verdict.INDETERMINATE, "SIGNED_DATA_NOT_FOUND", (reason,), (), digest, at, policy.name, kind="cms"
        )
    found = _found(raw, signed, stamped)
    return judge(
        SignedPdf((found,), (), other_fields=False, hybrid=False, evidence=_carried(signed)),
        digest=digest,
        at=at,
        trust=trust,
        policy=policy,
        evidence=evidence,
        kind="cms",
    )


def _carried(signed: SignedData) -> Evidence:
    """Status data inside the signature (B-LT); its timestamp's certificates come with them."""
    tokens = [open_signed_data(token) for token in signed.tokens[:4]]
    every = dict.fromkeys(c for one in (signed, *tokens) for c in one.certificates)
    return Evidence(signed.ocsps, signed.crls, tuple(every)) if signed.ocsps or signed.crls else Evidence()


def unarmoured(data: bytes) -> bytes:
    """DER or BER out of PEM; the bytes themselves when they are no PEM. ValueError for broken armour."""
    if not data.lstrip().startswith(b"-----BEGIN"):
        return data
    match = _ARMOUR.match(data.lstrip())
    if match is None:
        raise ValueError("PEM")
    try:
        return b64decode(b"".join(match[1].split()), validate=True)
    except binascii.Error as broken:
        raise ValueError("PEM") from broken


def _found(raw: bytes, signed: SignedData, stamped: bytes) -> Found:
    digests = {name: hashlib.new(name, stamped).digest() for name in HASHES}
    # Content inside that differs from the file beside it: the file is what is asked about, so the digest will not fit.
    return Found(
        field="",
        kind="signature",
        sub_filter="CMS",
        revision=0,
        contents=raw,
        digest=digests,
        coverage="file",
        changes="none",
        locks=True,
        reason="",
        claimed_at=_claimed(signed),
        encapsulated=True,
    )


def _claimed(signed: SignedData) -> datetime | None:
    """The signing-time attribute (RFC 5652 §11.3): what the signer's clock said."""
    try:
        (value,) = signed.signed_attribute(cms.SIGNING_TIME)
        return der.read_time(value[0], der.Reader(value).content(value[0]))
    except ValueError:
        return None
