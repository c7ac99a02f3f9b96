"""Signed XML files, edXML envelopes above all (QCVN 102:2016): valid, invalid, unsigned, or of the old kind that proves nothing.

An envelope is a message: without a timestamp it is judged now, by a certificate alive now, and the report says so. With one
(XAdES B-T and up) it is judged at the proven instant, like every signature.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from antin.signing import certificates, path
from antin.signing import xml_signatures as dsig
from antin.signing.certificates import CertificateFacts
from antin.signing.path import BadPath, Why
from antin.signing.revocation import Evidence
from antin.signing.signed_data import Flaw
from antin.signing.trust import Trust
from antin.signing.verdict import words, xml_properties
from antin.signing.verdict.describing import bad_chain, decided, described, notes, role_of
from antin.signing.verdict.proven_time import Scene
from antin.signing.verdict.report import NO_SIGNATURE, Policy, Reason, Report, SignatureFacts, Verdict

EXCHANGE = "exchange"


@dataclass(frozen=True)
class _Asked:
    at: datetime
    trust: Trust
    evidence: Evidence


def validate_xml(
    data: bytes, *, at: datetime, trust: Trust, policy: Policy, evidence: Evidence | None = None
) -> Report:
    """The report on an XML file's one signature."""
    digest = hashlib.sha256(data).hexdigest()

    def told(verdict: Verdict, sub: str, reason: Reason, *signatures: SignatureFacts) -> Report:
        return Report(verdict, str(sub), (reason,), signatures, digest, at, policy.name, kind="xml")

    try:
        root = dsig.safely(data)
    except ValueError as broken:
        return told(Verdict.INVALID, Flaw.FORMAT, Reason(words.UNREADABLE_FILE, {"why": str(broken)[:200]}))
    found = dsig.signatures_in(root)
    if not found:
        return told(Verdict.INVALID, NO_SIGNATURE, Reason(words.XML_UNSIGNED))
    if len(found) > 1:
        reason = Reason(words.XML_BROKEN, {"why": f"{len(found)} ds:Signature"})
        return told(Verdict.INVALID, Flaw.FORMAT, reason)
    facts = _judge(root, found[0], _Asked(at, trust, trust.evidence + (evidence or Evidence())))
    if facts.verdict is Verdict.VALID:
        return told(Verdict.VALID, "", Reason(words.XML_GOOD, weight="note"), facts)
    return told(facts.verdict, facts.sub_indication, facts.reasons[0], facts)


def _judge(root: Any, signature: Any, asked: _Asked) -> SignatureFacts:
    base = SignatureFacts(
        field="", role="", verdict=Verdict.INDETERMINATE, sub_indication="", reasons=(), level="B-B", locks=True
    )
    if dsig.is_legacy(signature):
        return decided(base, Verdict.INDETERMINATE, Flaw.WEAK, Reason(words.XML_LEGACY))
    if not dsig.covers_document(root, signature):
        return decided(base, Verdict.INVALID, Flaw.FORMAT, Reason(words.BAD_RANGE))
    base = replace(base, coverage="file", changes="none", signature_value=_value(signature))
    try:
        carried = dsig.embedded_certificates(signature)
    except ValueError as broken:
        return decided(base, Verdict.INVALID, Flaw.FORMAT, Reason(words.XML_BROKEN, {"why": str(broken)[:200]}))
    if not carried:
        return decided(base, Verdict.INDETERMINATE, Flaw.NO_CERTIFICATE, Reason(words.FLAWS[Flaw.NO_CERTIFICATE]))
    why = ""
    for certificate in carried:
        why = dsig.check_value(root, signature, certificate)
        if not why:
            return _judge_signer(replace(base, intact=True), certificate, carried, signature, asked)
    return decided(base, Verdict.INVALID, Flaw.HASH, Reason(words.XML_BROKEN, {"why": why}))


def _judge_signer(
    base: SignatureFacts, signer: bytes, carried: tuple[bytes, ...], signature: Any, asked: _Asked
) -> SignatureFacts:
    facts = certificates.facts(signer)
    base = replace(
        described(base, signer, None), role=_role(facts, asked.trust), algorithm=f"{facts.key}, {_method(signature)}"
    )
    if not base.role:
        reason = Reason(words.WRONG_PURPOSE, {"name": facts.subject_name})
        return decided(base, Verdict.INVALID, Why.CHAIN_CONSTRAINTS_FAILURE, reason)
    if xml_properties.stamps(signature):
        return _judge_in_time(base, signer, carried, signature, asked)
    try:
        chain = path.find(signer, carried, asked.trust, asked.evidence, asked.at)
    except BadPath as bad:
        return bad_chain(base, bad, signer, asked.at, [])
    now_only = Reason(words.NOW_ONLY, weight="warning")
    return decided(described(base, signer, chain), Verdict.VALID, "", now_only, *notes(base))


def _judge_in_time(
    base: SignatureFacts, signer: bytes, carried: tuple[bytes, ...], signature: Any, asked: _Asked
) -> SignatureFacts:
    """At the instant that the signature's own timestamp proves, with the status data it carries (B-T, B-LT)."""
    try:
        inside = xml_properties.status_data(signature)
    except ValueError:
        return decided(base, Verdict.INDETERMINATE, Flaw.FORMAT, Reason(words.IRREGULAR))
    scene = Scene(asked.trust, asked.evidence + inside, inside, asked.at)
    signed_at, authority, why = xml_properties.proven_by(signature, scene)
    if signed_at is None or authority is None:
        reason = Reason(words.BAD_TIMESTAMP, {"why": why})
        return decided(base, Verdict.INDETERMINATE, "SIG_CONSTRAINTS_FAILURE", reason)
    base = replace(base, signed_at=signed_at, level="B-T")
    others = (*carried, *inside.certificates)
    try:
        chain = path.find(signer, others, asked.trust, scene.evidence, signed_at)
    except BadPath as bad:
        return bad_chain(base, bad, signer, signed_at, [])
    told = replace(
        described(base, signer, chain),
        timestamp_authority=certificates.facts(authority.certificates[0]).subject_name,
        level="B-LT" if _within(signer, others, asked.trust, inside, signed_at) else "B-T",
    )
    if not xml_properties.is_untouched(inside, scene):
        return decided(told, Verdict.INDETERMINATE, Flaw.FORMAT, Reason(words.IRREGULAR))
    return decided(told, Verdict.VALID, "", *notes(told))


def _within(signer: bytes, others: tuple[bytes, ...], trust: Trust, inside: Evidence, at: datetime) -> bool:
    """True when the file itself carries the status data."""
    try:
        path.find(signer, others, trust, inside, at)
    except BadPath:
        return False
    return True


def _role(facts: CertificateFacts, trust: Trust) -> str:
    """An exchange certificate signs messages, and only messages (379/5.7)."""
    if facts.purpose == EXCHANGE and not facts.is_authority and "digital_signature" in facts.usages:
        return EXCHANGE
    return role_of(facts, trust)


def _method(signature: Any) -> str:
    found = signature.find(f"{{{dsig.DS}}}SignedInfo/{{{dsig.DS}}}SignatureMethod")
    return str(found.get("Algorithm", "")).rpartition("#")[2].upper() if found is not None else ""


def _value(signature: Any) -> str:
    return "".join((signature.findtext(f"{{{dsig.DS}}}SignatureValue") or "").split())
