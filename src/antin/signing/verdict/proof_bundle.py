"""Proof bundles: the document's signatures by the verifier's own anchors, and what the ledger inside proves of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from antin.ledger.bundle import BundleReport, verify_bundle
from antin.signing.evidence_records.judging import judge as judge_record
from antin.signing.revocation import Evidence
from antin.signing.signed_data import Flaw
from antin.signing.trust import Trust
from antin.signing.verdict import words
from antin.signing.verdict.judge import validate
from antin.signing.verdict.proven_time import Scene
from antin.signing.verdict.report import Policy, Reason, Report, Verdict
from antin.values import iso

MAX_PROBLEMS = 20


def validate_bundle(
    data: bytes, *, at: datetime, trust: Trust, policy: Policy, evidence: Evidence | None = None
) -> Report:
    """Valid when the document inside is, and every file and proof of the bundle fits. Its own anchors are not used."""
    digest = hashlib.sha256(data).hexdigest()
    found = verify_bundle(data)
    if not found.document:
        return Report(Verdict.INVALID, Flaw.FORMAT, _problems(found), (), digest, at, policy.name, kind="bundle")
    report = validate(found.document, at=at, trust=trust, policy=policy, evidence=evidence)
    report = replace(report, digest=digest, kind="bundle")
    timed, broken = _timed(found, Scene(trust, trust.evidence + (evidence or Evidence()), Evidence(), at))
    problems = (*_problems(found), *broken) if not found.ok else broken
    if problems:
        return replace(
            report, verdict=Verdict.INVALID, sub_indication=str(Flaw.HASH), reasons=(*problems, *report.reasons)
        )
    return replace(report, reasons=(*report.reasons, *_notes(found), *timed))


def _timed(found: BundleReport, scene: Scene) -> tuple[list[Reason], tuple[Reason, ...]]:
    """(what the time-stamped heads prove of the entries, what is wrong with their records whomever one trusts)."""
    told: list[Reason] = []
    broken: list[Reason] = []
    for head in found.heads:
        ids = ", ".join(map(str, head.entries))
        judged = judge_record(head.record, head.note.encode(), scene)
        if judged.is_broken:
            broken.append(Reason(words.BUNDLE_BAD, {"where": f"heads/{head.size}.er", "why": judged.why}))
        elif judged.since is None:
            told.append(Reason(words.BUNDLE_UNTIMED, {"why": judged.why, "ids": ids}, "warning"))
        elif ids:
            by = judged.stamps[0].authority
            told.append(Reason(words.BUNDLE_TIMED, {"at": iso(judged.since), "authority": by, "ids": ids}, "note"))
    return told, tuple(broken)


def _problems(found: BundleReport) -> tuple[Reason, ...]:
    listed = found.problems[:MAX_PROBLEMS]
    return tuple(Reason(words.BUNDLE_BAD, {"where": p.where, "why": f"{p.code}: {p.text}"}) for p in listed) or (
        Reason(words.BUNDLE_BAD, {"where": "ledger/", "why": "0"}),
    )


def _notes(found: BundleReport) -> list[Reason]:
    ids = ", ".join(map(str, found.named_by))
    notes = [Reason(words.BUNDLE_GOOD, {"count": str(found.entries), "ids": ids}, "note")]
    if found.unnamed:
        notes.append(Reason(words.BUNDLE_UNNAMED, {"names": ", ".join(found.unnamed)}, "warning"))
    return [*notes, Reason(words.BUNDLE_KEY, {"key": found.vkey}, "note")]
