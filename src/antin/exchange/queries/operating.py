"""How the exchange itself is: partners, what waits, what is held back; for exchange operators, never any content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from antin.exchange import ports, rules, troubles
from antin.exchange.channels import PARTY_NETWORK
from antin.exchange.days import id_floor
from antin.exchange.directory import expires_at
from antin.exchange.lifecycle import OPEN_DELIVERY, PARTNER
from antin.exchange.models import (
    AxisIn,
    AxisOut,
    DirectoryEntry,
    Dispatch,
    Evidence,
    Irregularity,
    MailContact,
    MailIn,
    MailOut,
    ParcelIn,
    Partner,
    StatementOut,
)
from antin.exchange.queries.deliveries import MAX_ROWS
from antin.exchange.wire import read_manifest
from antin.values import Actor, Office, Urgency

RECEIPTS_WITHIN = timedelta(days=7)
OPERATES = PARTNER.step("", "propose_partner")


@dataclass(frozen=True, slots=True)
class Lanes:
    """How much waits for one partner, lane by lane; `parked` of it stands still, `oldest_at` since when the first waits."""

    urgent: int = 0
    routine: int = 0
    statements: int = 0
    parked: int = 0
    oldest_at: datetime | None = None

    @property
    def waiting(self) -> int:
        return self.urgent + self.routine + self.statements


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One installation. `breaker` closed, resting (until `retry_at`) or probing; `trouble` a code of `troubles`.

    `expires_at`: when the first of its certificates runs out, the node's or an organisation's (`expires_code`, "" for
    the node). `clock_offset_s`: its clock less ours when last compared, None before. `differences`: what the last
    comparison of messages found, at `reconciled_at`.
    """

    id: UUID
    name: str
    url: str
    state: str
    is_self: bool
    host_code: str
    node_certificate: str
    link: str
    link_at: datetime | None
    failures: int
    breaker: str
    retry_at: datetime | None
    trouble: str
    last_error: str
    lanes: Lanes
    last_receipt_at: datetime | None
    expires_at: datetime | None
    expires_code: str
    clock_offset_s: int | None
    reconciled_at: datetime | None
    differences: int

    @property
    def is_skewed(self) -> bool:
        return self.clock_offset_s is not None and abs(self.clock_offset_s) > rules.SKEW_ALLOWED.total_seconds()


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A parcel held back: who sent it to whom, why it is doubtful (the sentence the sender was given), how large."""

    id: UUID
    parcel: UUID
    sender_code: str
    recipient_code: str
    urgency: Urgency
    received_at: datetime
    reason: str
    size: int


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """Something that stands still after many tries without outcome: `kind` dispatch, statement, axis or mail (a message)."""

    id: UUID
    kind: str
    sender_code: str
    recipient_code: str
    urgency: Urgency
    since: datetime
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class IrregularityRow:
    kind: str
    source: str
    subject: UUID | None
    sender_code: str
    first_at: datetime
    last_at: datetime
    count: int
    detail: Mapping[str, object]


def may_operate(actor: Actor) -> bool:
    """True for an exchange operator of any organisation here: the exchange belongs to the whole installation."""
    return bool(actor.organisations(Office.EXCHANGE_OPERATOR))


def partners(actor: Actor) -> tuple[PartnerRow, ...]:
    """Installations we exchange with, ended ones last; RuleViolation unless the actor is an exchange operator."""
    rules.require_operator(actor, OPERATES)
    rows = list(Partner.objects.order_by("is_self", "name", "id")[:MAX_ROWS])
    lanes, receipts, ends = _lanes(), _last_receipts(), _first_to_expire(rows)
    found = [_partner_row(row, lanes.get(row.id, Lanes()), receipts.get(row.id), ends.get(row.id)) for row in rows]
    return tuple(sorted(found, key=lambda row: row.state == "ended"))


def quarantined(actor: Actor) -> tuple[QuarantinedRow, ...]:
    """Parcels that wait for the operator, the oldest first."""
    rules.require_operator(actor, OPERATES)
    rows = ParcelIn.objects.filter(state="quarantined").order_by("received_at")[:MAX_ROWS]
    return tuple(
        QuarantinedRow(
            id=row.id,
            parcel=row.parcel,
            sender_code=row.sender_code,
            recipient_code=row.recipient_code,
            urgency=Urgency.from_rank(row.urgency),
            received_at=row.received_at,
            reason=row.reason,
            size=sum(part.size for part in read_manifest(bytes(row.manifest)).parts),
        )
        for row in rows
    )


def parked(actor: Actor) -> tuple[ParkedRow, ...]:
    """Dispatches and statements that stand still, urgent ones first."""
    rules.require_operator(actor, OPERATES)
    still = _standing_still().order_by("-urgency", "id")
    told = StatementOut.objects.filter(state="queued", next_attempt_at=None).order_by("-urgency", "id")
    rows = [_parked_row("dispatch", row, row.queued_at) for row in still[:MAX_ROWS]]
    rows += [_parked_row("statement", row, row.at) for row in told[:MAX_ROWS]]
    on_axis = AxisOut.objects.filter(state="queued", next_attempt_at=None).order_by("-urgency", "id")
    rows += [_parked_row("axis", row, row.built_at) for row in on_axis[:MAX_ROWS]]
    letters = MailOut.objects.filter(state="queued", next_attempt_at=None).order_by("-urgency", "id")
    rows += [_parked_row("mail", row, row.built_at) for row in letters[:MAX_ROWS]]
    return tuple(sorted(rows, key=lambda row: (-row.urgency.rank, row.since)))


def irregularities(actor: Actor, *, limit: int = 100) -> tuple[IrregularityRow, ...]:
    """What should not have happened at the door, newest first; for exchange operators."""
    rules.require_operator(actor, OPERATES)
    rows = Irregularity.objects.order_by("-last_at")[: min(limit, MAX_ROWS)]
    return tuple(
        IrregularityRow(r.kind, r.source, r.subject, r.sender_code, r.first_at, r.last_at, r.count, r.detail)
        for r in rows
    )


def waiting_for_operator(actor: Actor) -> int:
    """How many parcels and dispatches wait for the operator, 0 for everybody else."""
    if not may_operate(actor):
        return 0
    held = ParcelIn.objects.filter(state="quarantined").count() + AxisIn.objects.filter(state="quarantined").count()
    still = _standing_still().count() + AxisOut.objects.filter(state="queued", next_attempt_at=None).count()
    held += MailIn.objects.filter(state="quarantined").count()
    held += MailOut.objects.filter(state="queued", next_attempt_at=None).count()
    held += MailContact.objects.filter(state="proposed").count()
    asked = Partner.objects.filter(state="proposed").exclude(proposed_by=actor.person_id).count()
    return asked + held + still + StatementOut.objects.filter(state="queued", next_attempt_at=None).count()


def installation_names(actor: Actor) -> dict[str, str]:
    """Code → name of every organisation in the directory and every installation's host."""
    rules.require_operator(actor, OPERATES)
    return dict(DirectoryEntry.objects.values_list("code", "name")[: MAX_ROWS * 10])


def _standing_still() -> QuerySet[Dispatch]:
    """What a partner's lane no longer tries; what goes by axis or mail has a message of its own that waits there."""
    return _in_lanes().filter(next_attempt_at=None)


def _in_lanes() -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(state__in=OPEN_DELIVERY, partner__isnull=False, channel=PARTY_NETWORK)


def _lanes() -> Mapping[UUID, Lanes]:
    still = Q(next_attempt_at=None)
    sent = _in_lanes().values_list("partner_id")
    told = StatementOut.objects.filter(state="queued").values_list("partner_id")
    counted: defaultdict[UUID, Lanes] = defaultdict(Lanes)
    for partner_id, urgent, routine, parked_, oldest in sent.annotate(
        urgent=Count("id", filter=Q(urgency__gte=1)),
        routine=Count("id", filter=Q(urgency=0)),
        parked=Count("id", filter=still),
        oldest=Min("queued_at"),
    ):
        counted[partner_id] = Lanes(urgent, routine, 0, parked_, oldest)
    for partner_id, number, parked_, oldest in told.annotate(
        number=Count("id"), parked=Count("id", filter=still), oldest=Min("at")
    ):
        known = counted[partner_id]
        first = min(at for at in (known.oldest_at, oldest) if at is not None)
        counted[partner_id] = Lanes(known.urgent, known.routine, number, known.parked + parked_, first)
    return counted


def _last_receipts() -> dict[UUID, datetime]:
    since = id_floor(ports.bound().clock.now() - RECEIPTS_WITHIN)  # the primary key is in order of time
    found = Evidence.objects.filter(side="theirs", event="ContentConsignment", id__gte=since, dispatch__isnull=False)
    return dict(found.values_list("dispatch__partner_id").annotate(newest=Max("at")))


def _first_to_expire(rows: Iterable[Partner]) -> dict[UUID, tuple[datetime, str]]:
    """Partner → when its first certificate runs out, and whose it is."""
    ends = {row.id: (row.node_expires_at, "") for row in rows if row.node_expires_at is not None}
    entries = DirectoryEntry.objects.select_related("certificate").filter(in_use=True)[: MAX_ROWS * 10]
    for entry in entries:
        end = expires_at(bytes(entry.certificate.der))
        known = ends.get(entry.partner_id)
        if known is None or end < known[0]:
            ends[entry.partner_id] = (end, entry.code)
    return ends


def _partner_row(
    row: Partner, lanes: Lanes, last_receipt_at: datetime | None, ends: tuple[datetime, str] | None
) -> PartnerRow:
    return PartnerRow(
        id=row.id,
        name=row.name,
        url=row.url,
        state=row.state,
        is_self=row.is_self,
        host_code=row.host_code,
        node_certificate=row.node_certificate,
        link=row.link,
        link_at=row.link_at,
        failures=row.failures,
        breaker=rules.breaker(row.failures, row.retry_at, ports.bound().clock.now()),
        retry_at=row.retry_at,
        trouble=troubles.of(row.last_error),
        last_error=row.last_error,
        lanes=lanes,
        last_receipt_at=last_receipt_at,
        expires_at=ends[0] if ends else None,
        expires_code=ends[1] if ends else "",
        clock_offset_s=row.clock_offset_s,
        reconciled_at=row.reconciled_at,
        differences=row.differences,
    )


def _parked_row(kind: str, row: Dispatch | StatementOut | AxisOut | MailOut, since: datetime) -> ParkedRow:
    return ParkedRow(
        id=row.id,
        kind=kind,
        sender_code=row.sender_code,
        recipient_code=row.recipient_code,
        urgency=Urgency.from_rank(row.urgency),
        since=since,
        attempts=row.attempts,
        last_error=row.last_error,
    )
