"""Agreements on invalidation: of one document, those that wait for one's own side (379/19.2.b)."""

from __future__ import annotations

from uuid import UUID

from antin.documents import agreements as rows_of
from antin.documents import models, rows
from antin.documents.facts import AgreementView, DocumentView, SideAnswer
from antin.documents.queries import access, reading
from antin.values import Actor, Office

WAITING_MOST = 50


def agreements(actor: Actor, document_id: UUID) -> tuple[AgreementView, ...]:
    """Every proposal on the document with what each side said, newest first."""
    row = reading.opened(actor, document_id)
    return tuple(rows_of.view(one) for one in models.Agreement.objects.filter(document_id=row.id).order_by("-id"))


def agreements_waiting(actor: Actor) -> tuple[tuple[DocumentView, AgreementView], ...]:
    """Open proposals that this actor's side has not answered and this actor may answer, oldest first; at most 50."""
    signing = actor.organisations(Office.SIGNATORY)
    if not signing:
        return ()
    mine = access.visible(actor).filter(owner_id__in=signing).values("pk")
    found = models.Agreement.objects.filter(state="proposed", document_id__in=mine).order_by("id")[:WAITING_MOST]
    views = [rows_of.view(one) for one in found]
    open_ = [one for one in views if (side := one.side(one.own)) and side.answer is SideAnswer.NONE]
    documents = reading.cards(actor, [one.document_id for one in open_])
    return tuple((documents[one.document_id], one) for one in open_ if one.document_id in documents)


def agreement_facts(document_id: UUID, agreement: UUID) -> AgreementView:
    """One agreement as it stands, for the exchange inside its own acts."""
    kept = models.Agreement.objects.filter(document_id=document_id, agreement=agreement).first()
    if kept is None:
        raise rows.not_found()
    return rows_of.view(kept)
