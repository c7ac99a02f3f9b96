"""What a document is worth, from its newest validation report and its lives; computed, never stored (379/12)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from antin.documents import rules as documents_rules
from antin.documents.facts import DIGITISED, Direction, DocumentView
from antin.documents.worth import EffectFacts, LegalEffect
from antin.identity import queries as identity
from antin.registry.models import Defect
from antin.signing import queries as signing
from antin.signing.verdict import Policy, Report, SignatureFacts, Verdict
from antin.values import fold

UNSIGNED = "NO_SIGNATURE"
"""What the report calls a document that nobody signed."""
_WORST_FIRST = (Verdict.INVALID, Verdict.CHANGED, Verdict.INDETERMINATE, Verdict.VALID)


def of_document(document: DocumentView) -> LegalEffect:
    """The verdict in one sentence with its clauses; without a report it is undecided."""
    kept = signing.latest_report(document.id)
    return documents_rules.legal_effect(_facts(document, kept.report if kept else None))


def _facts(document: DocumentView, report: Report | None) -> EffectFacts:
    settled = Defect.objects.filter(document_id=document.id, state="settled", outcome="proceed").exists()
    if report is None:
        return EffectFacts(
            document.direction, document.state, document.validity, checked=False, tolerated_defect=settled
        )
    return EffectFacts(
        direction=document.direction,
        state=document.state,
        validity=document.validity,
        personal=standing(report.by_role("person"), report.verdict),
        seal=standing(report.by_role("seal"), report.verdict),
        seal_needed=seal_needed(document),
        changed=report.verdict is Verdict.CHANGED,
        tolerated_defect=settled and document.direction is Direction.INCOMING,
        digitised=document.channel == DIGITISED and document.issuing_code in own_codes(document.owner_id),
        agreed=document.terms_reference if _only_lacks_signatures(report) else "",
    )


def _only_lacks_signatures(report: Report) -> bool:
    """Nothing is held against the document but that nobody signed it; what can't be read or is in doubt is more."""
    if report.verdict is Verdict.VALID:
        return True
    timestamps = all(one.verdict is Verdict.VALID for one in report.timestamps)
    return not report.signatures and timestamps and report.sub_indication == UNSIGNED


def stands_by_terms(document: DocumentView) -> bool:
    """The document as it was last checked is an original by the terms agreed with its sender (379/12.2.c)."""
    return document.terms_id is not None and of_document(document).verdict == "original_agreed"


def by_report(document: DocumentView, report: Report) -> LegalEffect:
    """What the document would be worth by this report, which need not be kept yet."""
    return documents_rules.legal_effect(_facts(document, report))


def policy_of(document: DocumentView) -> Policy:
    """Which signatures a received document must carry: a digitised paper the seal (379/12.5), any other a person's as well;

    none where the parties agreed on another method, though one that is there must be good (379/12.2.c).
    """
    if document.terms_id is not None:
        return Policy(required=())
    return Policy(required=("seal",)) if document.channel == DIGITISED else Policy()


def own_codes(organisation_id: UUID) -> frozenset[str]:
    """The codes the organisation goes by: what it issued itself on paper, it may digitise with full effect (379/12.5)."""
    return frozenset(identity.organisation(organisation_id).codes.values())


def standing(signatures: Iterable[SignatureFacts], overall: Verdict) -> str:
    """The worst of these signatures, and never better than the whole report; absent when there is none (I32)."""
    verdicts = [one.verdict for one in signatures]
    if not verdicts:
        return "absent"
    worst = min((*verdicts, overall), key=_WORST_FIRST.index)
    return "invalid" if worst is Verdict.CHANGED else str(worst)


def seal_needed(document: DocumentView) -> bool:
    """Ours: as decided at approval. Others': every body has a seal but the party cell (379/12.3, 379/12.4)."""
    if document.direction is Direction.OUTGOING:
        return document.seal_needed
    return not fold(document.issuing_name.strip()).startswith("chi bo")
