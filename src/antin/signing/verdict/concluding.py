"""The document as a whole: the worst of its signatures and of what the document policy asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from antin.signing.signed_data import Flaw
from antin.signing.verdict import changes, words
from antin.signing.verdict.document import SignedPdf
from antin.signing.verdict.holding import Hold
from antin.signing.verdict.report import Policy, Reason, Report, SignatureFacts, Verdict


def conclude(
    document: SignedPdf,
    signatures: tuple[SignatureFacts, ...],
    timestamps: tuple[SignatureFacts, ...],
    digest: str,
    at: datetime,
    policy: Policy,
    hold: Hold,
) -> Report:
    """The worst of every signature and of the document policy."""
    findings: list[tuple[Verdict, str, Reason]] = [
        (s.verdict, s.sub_indication, s.reasons[0]) for s in signatures if s.verdict is not Verdict.VALID
    ]
    findings += [(t.verdict, t.sub_indication, t.reasons[0]) for t in timestamps if t.verdict is not Verdict.VALID]
    findings += list(_policy_findings(document, signatures, policy))
    notes = [Reason(words.HYBRID, weight="warning")] if document.hybrid else []
    notes += _bodies(signatures)
    common = {
        "signatures": signatures,
        "timestamps": timestamps,
        "digest": digest,
        "at": at,
        "policy": policy.name,
        "renew_before": hold.until,
        "algorithms": hold.algorithms,
    }
    if not findings:
        return Report(Verdict.VALID, "", (Reason(words.ALL_GOOD, weight="note"), *notes), **common)  # type: ignore[arg-type]
    findings.sort(key=lambda finding: _SEVERITY.index(finding[0]))
    verdict, sub_indication, _ = findings[0]
    reasons = _unique(reason for _, _, reason in findings)
    return Report(verdict, str(sub_indication), (*reasons, *notes), **common)  # type: ignore[arg-type]


_SEVERITY = [Verdict.INVALID, Verdict.CHANGED, Verdict.INDETERMINATE]


def _unique(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple({reason.text(): reason for reason in reasons}.values())


def _policy_findings(
    document: SignedPdf, signatures: tuple[SignatureFacts, ...], policy: Policy
) -> Iterable[tuple[Verdict, str, Reason]]:
    """What the document must be as a whole (379/13.2, 217/4.2)."""
    constraint = "SIG_CONSTRAINTS_FAILURE"
    if not signatures:
        yield Verdict.INVALID, "NO_SIGNATURE", Reason(words.NO_SIGNATURE)
        return
    roles = [s.role for s in signatures]
    # A signature whose certificate is nowhere may be the one that is missed.
    missing = Verdict.INDETERMINATE if "" in roles and _undecided(signatures) else Verdict.INVALID
    for role, sentence in (("person", words.MISSING_PERSON), ("seal", words.MISSING_SEAL)):
        if role in policy.required and role not in roles:
            yield missing, constraint, Reason(sentence)
    if document.other_fields:
        yield Verdict.INDETERMINATE, constraint, Reason(words.FORM_FIELDS)
    sealed_from = roles.index("seal") if "seal" in roles else len(roles)
    if "person" in roles[sealed_from:]:
        yield Verdict.CHANGED, constraint, Reason(words.AFTER_SEAL)
    if policy.complete:
        for name in document.empty_fields:
            yield Verdict.INVALID, constraint, Reason(words.EMPTY_FIELD, {"field": name})
        if document.tail not in (changes.NONE, changes.ARCHIVAL):
            yield Verdict.CHANGED, Flaw.HASH, Reason(words.TRAILING)


def _undecided(signatures: tuple[SignatureFacts, ...]) -> bool:
    return any(not s.role and s.sub_indication == Flaw.NO_CERTIFICATE for s in signatures)


def _bodies(signatures: tuple[SignatureFacts, ...]) -> list[Reason]:
    """A signer of one body under another's seal is no fault of the signatures, but for a person to look at (379/5.11)."""
    by_role = {s.role: s.signer_organisation for s in signatures if s.verdict is Verdict.VALID}
    person, seal = by_role.get("person", ""), by_role.get("seal", "")
    if not person or not seal or person == seal:
        return []
    return [Reason(words.OTHER_BODY, {"person": person, "seal": seal}, "warning")]
