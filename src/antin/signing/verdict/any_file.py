"""Any file that can carry signatures: what it is by its content, and the report on it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from antin.signing.revocation import Evidence
from antin.signing.signed_data import Flaw
from antin.signing.trust import Trust
from antin.signing.verdict import words
from antin.signing.verdict.detached import validate_cms
from antin.signing.verdict.judge import MAX_SIZE, out_of_limits, validate
from antin.signing.verdict.proof_bundle import validate_bundle
from antin.signing.verdict.report import Policy, Reason, Report, Verdict
from antin.signing.verdict.xml_file import validate_xml

PDF, CMS, XML, BUNDLE, UNKNOWN = "pdf", "cms", "xml", "bundle", ""
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(data: bytes) -> str:
    """pdf, cms, xml, bundle, or "" for what is none of them; the name of the file says nothing."""
    head = data[:1024]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PK\x03\x04"):
        return BUNDLE
    if b"%PDF-" in head:
        return PDF
    if start.startswith((b"-----BEGIN PKCS7", b"-----BEGIN CMS")) or head[:1] == b"\x30":
        return CMS
    return XML if start.startswith(b"<") or head.startswith(_BOMS) else UNKNOWN


def validate_any(
    data: bytes,
    *,
    at: datetime,
    trust: Trust,
    policy: Policy | None = None,
    content: bytes | None = None,
    evidence: Evidence | None = None,
) -> Report:
    """The report on a file of whatever kind; it never raises. `content`: what a detached signature was made over.

    The policy's roles are asked of documents only: a message or a loose signature has the one signer it has.
    """
    kind, asked = kind_of(data), policy or Policy()
    loose = replace(asked, required=())
    digest = hashlib.sha256(data).hexdigest()
    if len(data) > MAX_SIZE:
        kind = UNKNOWN
    try:
        if kind == PDF:
            return validate(data, at=at, trust=trust, policy=asked, evidence=evidence)
        if kind == CMS:
            return validate_cms(data, content, at=at, trust=trust, policy=loose, evidence=evidence)
        if kind == XML:
            return validate_xml(data, at=at, trust=trust, policy=loose, evidence=evidence)
        if kind == BUNDLE:
            return validate_bundle(data, at=at, trust=trust, policy=asked, evidence=evidence)
    except MemoryError:
        return out_of_limits(digest, at, asked, kind)
    except (Exception, RecursionError) as broken:  # parsers raise what they like at hostile bytes
        why = f"{type(broken).__name__}: {broken}"[:200]
        return _refused(Reason(words.UNREADABLE_FILE, {"why": why}), digest, at, asked, kind)
    return _refused(_not_read(data), digest, at, asked, kind)


def _not_read(data: bytes) -> Reason:
    if len(data) > MAX_SIZE:
        return Reason(words.TOO_LARGE, {"limit": str(MAX_SIZE >> 20)})
    return Reason(words.UNKNOWN_FILE)


def _refused(reason: Reason, digest: str, at: datetime, policy: Policy, kind: str) -> Report:
    return Report(Verdict.INVALID, str(Flaw.FORMAT), (reason,), (), digest, at, policy.name, kind=kind)
