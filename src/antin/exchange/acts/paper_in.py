"""A paper that came behind a received document: noted by the clerk from the code on it, told to its sender (217/8.1)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.documents import queries as document_queries
from antin.documents.facts import DocumentView
from antin.exchange import ports, rules
from antin.exchange.acts.statements import News, queue_statement
from antin.exchange.edxml import codes
from antin.exchange.models import PaperIn, ParcelIn, StatementOut
from antin.exchange.rules import PaperWord
from antin.identity import queries as identity
from antin.ledger import acts as ledger
from antin.values import Actor, to_vietnam


@transaction.atomic
def confirm_paper(*, actor: Actor, document_id: UUID, code: str, on: date | None) -> UUID:
    """The paper with this code is here since that day; its sender is told by a signed statement. Answers the note's id.

    Once is enough: the same code again changes nothing, unless its sender refused it. RuleViolation for a code that is
    none, a day that cannot be, a document that no paper follows, and anybody but the clerk here.
    """
    document_queries.document(actor, document_id)
    view = documents.guard(actor=actor, document_id=document_id, guards=("custody_current",))
    rules.may_confirm_paper(actor, view)
    word = PaperWord(
        rules.code_scanned(code),
        rules.paper_came_on(on, issued_on=view.issued_on, today=to_vietnam(ports.bound().clock.now()).date()),
    )
    noted = list(PaperIn.objects.select_related("statement").filter(document_id=document_id))
    same = next((one for one in noted if one.code == word.code), None)
    if same is not None and _told(same) != "refused":
        return same.id
    rules.one_paper(_told(one) for one in noted)
    return _note(actor, view, word, same or PaperIn(document_id=document_id, code=word.code))


def _note(actor: Actor, view: DocumentView, word: PaperWord, row: PaperIn) -> UUID:
    row.organisation_id, row.arrived_on = view.owner_id, word.on
    row.noted_by, row.noted_by_name = actor.person_id, actor.name[:200]
    row.noted_at = ports.bound().clock.now()
    row.statement = _tell_sender(actor, view, word)
    row.save()
    ledger.append(
        "exchange.paper.confirmed",
        actor,
        object_kind="document",
        object_id=view.id,
        organisation_id=view.owner_id,
        facts={
            "code": word.code,
            "on": word.on.isoformat(),
            "statement": str(row.statement_id) if row.statement_id else "",
        },
        clause="217/8.1",
    )
    return row.id


def _tell_sender(actor: Actor, view: DocumentView, word: PaperWord) -> StatementOut | None:
    """The word, numbered among the news of its parcel; None when the document came by another way."""
    parcel = ParcelIn.objects.select_for_update().filter(document_id=view.id, state="admitted").order_by("-id").first()
    if parcel is None:
        return None
    parcel.statements += 1
    parcel.save(update_fields=["statements"])
    unit = identity.organisation(view.owner_id).name
    statement = queue_statement(
        parcel=parcel.parcel,
        partner_id=parcel.partner_id,
        document_id=view.id,
        organisation_id=view.owner_id,
        sender=parcel.recipient_code,
        recipient=parcel.sender_code,
        document_code=parcel.document_code,
        code=codes.PAPER_ARRIVED,
        sequence=parcel.statements,
        urgency=parcel.urgency,
        news=News("confirm_paper", view.id, person=actor.name, unit=unit, number=word.written()),
    )
    return StatementOut.objects.get(id=statement)


def _told(row: PaperIn) -> str:
    return row.statement.state if row.statement else ""
