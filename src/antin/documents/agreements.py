"""Rows of agreements on invalidation: kept, answered, settled, seen (379/19.2.b). Decisions stand in `rules.agreeing`."""

from __future__ import annotations

from uuid import UUID

from antin.documents import lifecycle, models, rows
from antin.documents.facts import AgreementView, SideAnswer, SideView
from antin.documents.rules.agreeing import CONSENTS, Proposal, Sides, Word
from antin.steps import Step


def keep(document_id: UUID, proposal: Proposal, sides: Sides, state: str, *, why_closed: str = "") -> models.Agreement:
    """A new agreement with a row for each side, none of them answered."""
    kept = models.Agreement.objects.create(
        document_id=document_id,
        agreement=proposal.agreement,
        digest=proposal.digest(),
        page_digest=proposal.page_digest,
        document_code=proposal.document_code,
        proposer=proposal.proposer,
        person=proposal.person,
        reason=proposal.reason,
        at=proposal.at,
        own=sides.own,
        issuer=sides.issuer,
        state=state,
        why_closed=why_closed,
        settled_at=rows.now() if why_closed else None,
    )
    learn(kept, sides)
    return kept


def learn(kept: models.Agreement, sides: Sides) -> None:
    """Sides that were not known here yet; only the issuer knows them all."""
    models.AgreementSide.objects.bulk_create(
        [models.AgreementSide(agreement=kept, code=code, name=name[:200]) for code, name in sides.names.items()],
        ignore_conflicts=True,
    )


def is_new(kept: models.Agreement, word: Word) -> bool:
    """True while this side has not said this, nor anything that excludes it."""
    side = kept.sides.filter(code=word.side).first()
    if side is None:
        return False
    if word.answer is SideAnswer.WITHDRAWN:
        return (
            side.answer in (SideAnswer.PROPOSED, SideAnswer.WITHDRAWN, SideAnswer.NONE) and word.side == kept.proposer
        )
    return side.answer == SideAnswer.NONE


def late_row(kept: models.Agreement, word: Word) -> Step | None:
    """The row for a consent that is told after the conclusion it led to: who consented when is history all the same."""
    return lifecycle.AGREEMENT.rows.get((kept.state, "note_late_answer")) if word.answer in CONSENTS else None


def answered(kept: models.Agreement, word: Word, person_id: UUID | None) -> None:
    """The side's answer, written once."""
    kept.sides.filter(code=word.side).update(
        answer=word.answer,
        person_id=person_id,
        person=word.person[:400],
        method=word.method[:40],
        reason=word.reason,
        evidence=word.evidence,
        at=word.at,
    )


def settle(kept: models.Agreement, state: str, why: str) -> None:
    kept.state, kept.why_closed, kept.settled_at = state, why if state == "closed" else "", rows.now()
    kept.save(update_fields=["state", "why_closed", "settled_at"])


def newest(document_id: UUID) -> models.Agreement:
    """The latest agreement on the document, locked; the answer of `not_found` without one."""
    found = models.Agreement.objects.select_for_update().filter(document_id=document_id).order_by("-id").first()
    if found is None:
        raise rows.not_found()
    return found


def open_state(document_id: UUID) -> str:
    """The state from which a new proposal would begin: "" when none is open."""
    return "proposed" if models.Agreement.objects.filter(document_id=document_id, state="proposed").exists() else ""


def forget(document_id: UUID) -> None:
    """Words about a destroyed document go; who answered when, and the digests, stay (379/20.2)."""
    models.Agreement.objects.filter(document_id=document_id).update(reason="", person="", why_closed="")
    models.AgreementSide.objects.filter(agreement__document_id=document_id).update(reason="", person="")


def view(kept: models.Agreement) -> AgreementView:
    sides = tuple(
        SideView(s.code, s.name, SideAnswer(s.answer), s.person, s.method, s.reason, s.evidence, s.at)
        for s in kept.sides.order_by("id")
    )
    return AgreementView(
        id=kept.id,
        agreement=kept.agreement,
        document_id=kept.document_id,
        digest=kept.digest,
        page_digest=kept.page_digest,
        document_code=kept.document_code,
        proposer=kept.proposer,
        person=kept.person,
        reason=kept.reason,
        at=kept.at,
        own=kept.own,
        issuer=kept.issuer,
        state=kept.state,
        why_closed=kept.why_closed,
        settled_at=kept.settled_at,
        sides=sides,
    )
