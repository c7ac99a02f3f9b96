"""Where each dispatch stands, what needs an eye, and what happened on the way. Frozen rows, bounded, filtered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from antin.documents import queries as documents
from antin.exchange.channels import PARTY_NETWORK, choice_of, recipient_code
from antin.exchange.edxml import codes
from antin.exchange.messages import Receipt, Signed
from antin.exchange.models import AxisIn, Dispatch, Evidence, MailIn, StatementIn
from antin.exchange.queries.directory import MAX_ROWS, recipient_names
from antin.exchange.rules import read_paper_word
from antin.rulebook.channels import ChannelChoice
from antin.values import Actor, Office, Urgency

OPEN_STATES = ("queued", "sent", "failed", "recall_asked", "recall_refused")
RETURNED = "returned"
PAPER_ARRIVED = "PaperArrived"
FINISHED = ("completed", "returned", "recalled")
FOLLOWING_OFFICES = (Office.CLERK, Office.LEADER, Office.SIGNATORY, Office.DRAFTER)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """How one recipient's copy stands. `times`: state → instant it was reached (the partner's clock for its states)."""

    dispatch_id: UUID
    document_id: UUID
    recipient_code: str
    recipient_name: str
    channel: str
    state: str
    urgency: Urgency
    times: Mapping[str, datetime]
    reason: str
    person: str
    attempts: int
    last_error: str
    queued_at: datetime
    next_attempt_at: datetime | None
    reference_number: str = ""
    moved_bytes: int = 0
    mail_why: str = ""

    @property
    def is_moving(self) -> bool:
        """Large attachments are on their way, `moved_bytes` of them over there already."""
        return self.state in ("queued", "sent") and self.moved_bytes > 0

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def is_parked(self) -> bool:
        """Waiting for the exchange operator: tried again and again without any outcome."""
        return self.state in ("queued", "sent") and self.next_attempt_at is None and self.channel == PARTY_NETWORK


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """The channel chosen for one recipient."""

    recipient_code: str
    recipient_name: str
    choice: ChannelChoice


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened on the way, as told by `person` of `unit`; `applied` False is history only."""

    at: datetime
    received_at: datetime
    recipient_code: str
    recipient_name: str
    event: str
    code: str
    state: str
    reason: str = ""
    person: str = ""
    unit: str = ""
    number: str = ""
    applied: bool = True
    is_skewed: bool = False
    on: date | None = None
    """The day the paper came, as the recipient says (event PaperArrived)."""


def deliveries(actor: Actor, document_id: UUID) -> tuple[DeliveryRow, ...]:
    """The delivery matrix of a document the actor may see. RuleViolation otherwise."""
    documents.document(actor, document_id)
    rows = Dispatch.objects.filter(document_id=document_id).order_by("recipient_name", "recipient_code")
    return tuple(_delivery_row(row) for row in rows[:MAX_ROWS])


def channel_choices(actor: Actor, document_id: UUID) -> tuple[ChannelRow, ...]:
    """By which channel a document the actor may see would go to each of its recipients now, and why (217/7)."""
    view = documents.document(actor, document_id)
    codes_ = tuple(dict.fromkeys(map(recipient_code, view.recipients)))
    names = recipient_names(codes_)
    return tuple(ChannelRow(code, names.get(code, code), choice_of(view, code)) for code in codes_)


def follow_up(actor: Actor, *, after: UUID | None = None, limit: int = 50) -> tuple[DeliveryRow, ...]:
    """Dispatches of the actor's organisations that need an eye: waiting, failed, returned and not read yet; newest first."""
    rows = _needing(actor)
    if after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows.order_by("-id")[: min(limit, MAX_ROWS)])
    sealed_off = documents.impounded_among({row.document_id for row in found})
    return tuple(_delivery_row(row) for row in found if row.document_id not in sealed_off)


def follow_up_counts(actor: Actor) -> dict[str, int]:
    """State → how many, capped at 1,000 in all."""
    found = list(_needing(actor).order_by("-id").values_list("state", "document_id")[:1000])
    sealed_off = documents.impounded_among({document_id for _state, document_id in found})
    counts = dict.fromkeys((*OPEN_STATES, RETURNED), 0)
    for state, document_id in found:
        counts[state] += document_id not in sealed_off
    return counts


def _needing(actor: Actor) -> QuerySet[Dispatch]:
    return _mine(actor).filter(Q(state__in=OPEN_STATES) | Q(state=RETURNED, seen_at=None))


def delivery_history(actor: Actor, document_id: UUID) -> tuple[HistoryRow, ...]:
    """Everything that happened on the way to every recipient, oldest first (217/11.14)."""
    documents.document(actor, document_id)
    rows = [row for dispatch in _dispatches(document_id) for row in _own_steps(dispatch)]
    rows += [_receipt_step(row) for row in _receipts(document_id)]
    told = StatementIn.objects.select_related("dispatch").filter(dispatch__document_id=document_id)
    rows += [_told_step(row) for row in told.order_by("received_at")[:MAX_ROWS]]
    said = AxisIn.objects.select_related("dispatch").filter(dispatch__document_id=document_id)
    rows += [_axis_step(row) for row in said.order_by("received_at")[:MAX_ROWS]]
    written = MailIn.objects.select_related("dispatch").filter(dispatch__document_id=document_id)
    rows += [_axis_step(row) for row in written.order_by("received_at")[:MAX_ROWS]]
    return tuple(sorted(rows, key=lambda row: (row.received_at, row.at)))


def _mine(actor: Actor) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(organisation_id__in=actor.organisations(*FOLLOWING_OFFICES))


def _dispatches(document_id: UUID) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(document_id=document_id).order_by("id")[:MAX_ROWS]


def _receipts(document_id: UUID) -> QuerySet[Evidence]:
    found = Evidence.objects.select_related("dispatch").filter(document_id=document_id, dispatch__isnull=False)
    return found.order_by("at")[:MAX_ROWS]


def _delivery_row(row: Dispatch) -> DeliveryRow:
    return DeliveryRow(
        dispatch_id=row.id,
        document_id=row.document_id,
        recipient_code=row.recipient_code,
        recipient_name=row.recipient_name,
        channel=row.channel,
        state=row.state,
        urgency=Urgency.from_rank(row.urgency),
        times={state: datetime.fromisoformat(at) for state, at in row.times.items()},
        reason=row.reason,
        person=row.person,
        attempts=row.attempts,
        last_error=row.last_error,
        queued_at=row.queued_at,
        next_attempt_at=row.next_attempt_at,
        reference_number=row.reference_number,
        moved_bytes=row.moved_bytes,
        mail_why=row.mail_why,
    )


def _own_steps(row: Dispatch) -> list[HistoryRow]:
    """What this side did: queued, sent, failed, went on paper, asked the document back."""
    ours = ("queued", "queued_again", "sent", "by_mail", "relayed", "failed", "paper", "recall_asked")
    return [
        HistoryRow(
            at=(at := datetime.fromisoformat(row.times[state])),
            received_at=at,
            recipient_code=row.recipient_code,
            recipient_name=row.recipient_name,
            event=state,
            code="",
            state=state,
            reason=row.mail_why if state == "by_mail" else row.reason if state == row.state else "",
        )
        for state in ours
        if state in row.times
    ]


def _receipt_step(row: Evidence) -> HistoryRow:
    assert row.dispatch is not None
    payload = Signed.parse(bytes(row.message)).open()
    is_receipt = isinstance(payload, Receipt)
    return HistoryRow(
        at=payload.at,
        received_at=row.at,
        recipient_code=row.dispatch.recipient_code,
        recipient_name=row.dispatch.recipient_name,
        event=row.event,
        code=codes.ARRIVED if is_receipt else "",
        state="arrived" if is_receipt else "failed",
        reason="" if is_receipt else getattr(payload, "reason", ""),
        is_skewed=row.is_skewed,
    )


def _told_step(row: StatementIn) -> HistoryRow:
    told = replace(_progress(row, row.at), is_skewed=row.is_skewed)
    if row.code != codes.PAPER_ARRIVED:
        return replace(told, number=row.number)
    word = read_paper_word(row.number)
    return replace(told, event=PAPER_ARRIVED, on=word.on if word else None)


def _axis_step(row: AxisIn | MailIn) -> HistoryRow:
    assert row.at is not None
    return _progress(row, row.at)


def _progress(row: StatementIn | AxisIn | MailIn, at: datetime) -> HistoryRow:
    """What the recipient told, by whichever channel."""
    assert row.dispatch is not None
    return HistoryRow(
        at=at,
        received_at=row.received_at,
        recipient_code=row.dispatch.recipient_code,
        recipient_name=row.dispatch.recipient_name,
        event="Progress",
        code=row.code,
        state=codes.progress(row.code),
        reason=row.reason,
        person=row.person,
        unit=row.unit,
        applied=row.applied,
    )
