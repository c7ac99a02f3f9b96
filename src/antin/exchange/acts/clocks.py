"""The same-day clock of an issued document: the clerk is reminded before, the head of office told after (217/6.3).

A document is sent when each of its dispatches has left once or goes another way. Each telling stands in the ledger
once: the table of life admits every step once, and the row is locked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.exchange import channels, ports
from antin.exchange.lifecycle import SEND_CLOCK
from antin.exchange.models import UNSENT, Dispatch, SendClock
from antin.identity import queries as identity
from antin.ledger import acts as ledger
from antin.rulebook import queries as rulebook
from antin.sql import insert_once
from antin.values import Actor, Office, Urgency, Validity, iso

LOOK_AGAIN = timedelta(minutes=5)
BATCH = 100
SYSTEM = Actor.system("exchange")


def start_clock(view: DocumentView) -> None:
    """Starts it as the document is queued for its recipients; joins the transaction, a second start is none."""
    signed_at = view.signed_at or view.issued_at or ports.bound().clock.now()
    due_at = channels.due_at(view)
    insert_once(
        SendClock(
            document_id=view.id,
            organisation_id=view.owner_id,
            urgency=view.urgency.rank,
            state=SEND_CLOCK.step("", "start_clock").to,
            due_at=due_at,
            look_at=min(rulebook.send_warning_at(signed_at, view.urgency), due_at),
        )
    )


def watch_clocks(actor: Actor = SYSTEM) -> int:
    """Looks at the clocks that are due to be looked at; answers how many. Safe for any number of workers at once."""
    now = ports.bound().clock.now()
    waiting = SendClock.objects.filter(look_at__lte=now).order_by("look_at").values_list("document_id", flat=True)
    ids = list(waiting[:BATCH])
    for document_id in ids:
        with transaction.atomic():
            locked = SendClock.objects.select_for_update(skip_locked=True)
            clock = locked.filter(document_id=document_id, look_at__lte=now).first()
            if clock is not None:
                _look(actor, clock, now)
    return len(ids)


def unsent(document_id: UUID) -> QuerySet[Dispatch]:
    """The dispatches of a document that have not left and go no other way."""
    return Dispatch.objects.filter(UNSENT, document_id=document_id)


def _look(actor: Actor, clock: SendClock, now: datetime) -> None:
    view = documents.facts(clock.document_id)
    if view.validity != Validity.IN_FORCE or not unsent(clock.document_id).exists():
        clock.state, clock.look_at = SEND_CLOCK.step(clock.state, "stop_clock").to, None
    elif view.impounded or clock.state == "missed":  # sealed off is out of everybody's reach, its clerk's too
        clock.look_at = now + LOOK_AGAIN
    elif now >= clock.due_at:
        _escalate(actor, clock, view, now)
    elif clock.state == "running":
        _warn(actor, clock, view, now)
    else:
        clock.look_at = clock.due_at
    clock.save()


def _warn(actor: Actor, clock: SendClock, view: DocumentView, now: datetime) -> None:
    clock.state = SEND_CLOCK.step(clock.state, "warn_clerk").to
    clock.warned_at, clock.look_at = now, clock.due_at
    _tell("exchange.deadline.warned", actor, clock, view, told=_names(clock.organisation_id, Office.CLERK))


def _escalate(actor: Actor, clock: SendClock, view: DocumentView, now: datetime) -> None:
    """To the head of office; where there is none, to the leaders."""
    clock.state = SEND_CLOCK.step(clock.state, "escalate").to
    clock.missed_at, clock.look_at = now, now + LOOK_AGAIN
    heads = _names(clock.organisation_id, Office.OFFICE_HEAD) or _names(clock.organisation_id, Office.LEADER)
    _tell("exchange.deadline.missed", actor, clock, view, told=heads)


def _names(organisation_id: UUID, office: Office) -> list[str]:
    return sorted(person.name for person in identity.people_with(office, organisation_id))


def _tell(act: str, actor: Actor, clock: SendClock, view: DocumentView, *, told: list[str]) -> None:
    ledger.append(
        act,
        actor,
        object_kind="document",
        object_id=clock.document_id,
        organisation_id=clock.organisation_id,
        facts={
            "due": iso(clock.due_at),
            "unsent": unsent(clock.document_id).count(),
            "urgency": Urgency.from_rank(clock.urgency).value,
            "told": len(told),
        },
        detail={"told": told, "reference_number": view.reference_number},
        clause="217/6.3.p2" if clock.urgency else "217/6.3",
    )
