"""What must have left by when, and what did not (217/6.3): for clerks, heads of office and leaders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.exchange.models import UNSENT, Dispatch, SendClock
from antin.exchange.queries.deliveries import MAX_ROWS
from antin.values import Actor, Office

TOLD_OF_LATE = (Office.OFFICE_HEAD, Office.LEADER)


@dataclass(frozen=True, slots=True)
class ClockRow:
    """An issued document not yet sent to everybody. `state` running, warned or missed; `unsent` how many wait still."""

    document: DocumentView
    state: str
    due_at: datetime
    unsent: int
    warned_at: datetime | None
    missed_at: datetime | None


def send_clocks(actor: Actor) -> tuple[ClockRow, ...]:
    """The actor's clocks, the first to run out first: a clerk's all, of others only those that were missed."""
    clocks = list(_mine(actor).order_by("due_at")[:MAX_ROWS])
    return _rows(actor, clocks)


def clocks_told(actor: Actor, since: datetime) -> tuple[ClockRow, ...]:
    """Clocks whose warning (the clerk's) or miss (everybody's) was told after that instant."""
    told = Q(missed_at__gt=since) | Q(warned_at__gt=since, organisation_id__in=actor.organisations(Office.CLERK))
    return _rows(actor, list(_mine(actor).filter(told).order_by("due_at")[:20]))


def send_clock_count(actor: Actor) -> int:
    """How many clocks of the actor's were warned of or missed."""
    return sum(row.state != "running" for row in send_clocks(actor))


def _mine(actor: Actor) -> QuerySet[SendClock]:
    of_clerk = Q(organisation_id__in=actor.organisations(Office.CLERK))
    late = Q(organisation_id__in=actor.organisations(*TOLD_OF_LATE), state="missed")
    return SendClock.objects.filter(of_clerk | late, look_at__isnull=False)


def _rows(actor: Actor, clocks: Iterable[SendClock]) -> tuple[ClockRow, ...]:
    """Those whose document the actor may see now, and that something of still waits for."""
    found = {clock.document_id: clock for clock in clocks}
    seen, left = documents.cards(actor, found), _unsent(found)
    return tuple(
        ClockRow(seen[key], clock.state, clock.due_at, left[key], clock.warned_at, clock.missed_at)
        for key, clock in found.items()
        if key in seen and left[key]
    )


def _unsent(ids: Iterable[UUID]) -> Mapping[UUID, int]:
    return Counter(Dispatch.objects.filter(UNSENT, document_id__in=list(ids)).values_list("document_id", flat=True))
