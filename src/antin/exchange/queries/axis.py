"""The national axis as people see it: how the line stands, what is held back, how a document came by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q

from antin.documents import queries as documents
from antin.exchange import ports, rules, troubles
from antin.exchange.edxml.dsig import SignatureVerdict
from antin.exchange.models import Agency, AxisIn, AxisLine, AxisOut
from antin.exchange.queries.directory import MAX_ROWS
from antin.exchange.queries.operating import OPERATES
from antin.values import Actor, Urgency


@dataclass(frozen=True, slots=True)
class AxisRow:
    """The line to the axis. `waiting` messages of ours, `unsure` of them with an attempt of unknown outcome."""

    url: str
    state: str
    at: datetime | None
    retry_at: datetime | None
    trouble: str
    last_error: str
    polled_at: datetime | None
    listed_at: datetime | None
    bodies: int
    waiting: int
    unsure: int
    parked: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A message of the axis held back, and why."""

    id: UUID
    doc_id: str
    sender_code: str
    recipient_code: str
    urgency: Urgency
    received_at: datetime
    reason: str
    size: int


@dataclass(frozen=True, slots=True)
class AxisArrivalRow:
    """How a document came by the axis: who sent it, its id there, what the signature of its envelope came to."""

    sender_code: str
    sender_name: str
    doc_id: str
    received_at: datetime
    digest: str
    signature: str
    recall_asked_at: datetime | None

    @property
    def is_authentic(self) -> bool:
        """True for a signature that holds by a certificate of the sender; an old one never counts (217/6.2)."""
        return self.signature == SignatureVerdict.VALID


def axis_line(actor: Actor) -> AxisRow | None:
    """How the connection stands, None without one; for exchange operators."""
    rules.require_operator(actor, OPERATES)
    axis = ports.bound().axis
    if axis is None:
        return None
    line = AxisLine.objects.filter(id=1).first() or AxisLine(id=1)
    queued = AxisOut.objects.filter(state="queued").aggregate(
        waiting=Count("id"),
        unsure=Count("id", filter=Q(tried_at__isnull=False)),
        parked=Count("id", filter=Q(next_attempt_at=None)),
        oldest=Min("built_at"),
    )
    return AxisRow(
        url=axis.url,
        state=line.state,
        at=line.at,
        retry_at=line.retry_at,
        trouble=troubles.of(line.last_error),
        last_error=line.last_error,
        polled_at=line.polled_at,
        listed_at=line.listed_at,
        bodies=Agency.objects.filter(in_use=True).count(),
        waiting=queued["waiting"],
        unsure=queued["unsure"],
        parked=queued["parked"],
        oldest_at=queued["oldest"],
    )


def axis_held(actor: Actor) -> tuple[HeldRow, ...]:
    """Messages that wait for the operator, the oldest first."""
    rules.require_operator(actor, OPERATES)
    rows = AxisIn.objects.filter(state="quarantined").order_by("received_at")[:MAX_ROWS]
    return tuple(
        HeldRow(
            row.id,
            row.doc_id,
            row.sender_code,
            row.recipient_code,
            Urgency.from_rank(row.urgency),
            row.received_at,
            row.reason,
            row.size,
        )
        for row in rows
    )


def axis_arrivals(actor: Actor, document_id: UUID) -> tuple[AxisArrivalRow, ...]:
    """How a received document came by the axis; nothing for one that came otherwise."""
    documents.document(actor, document_id)
    rows = AxisIn.objects.filter(document_id=document_id, state="admitted", purpose__in=("new", "replace"))
    return tuple(
        AxisArrivalRow(
            row.sender_code,
            row.sender_name,
            row.doc_id,
            row.received_at,
            row.digest,
            row.signature,
            row.recall_asked_at,
        )
        for row in rows.order_by("id")[:MAX_ROWS]
    )
