"""Reads for others: the directory, where each dispatch stands, what proves it. Frozen rows, bounded, filtered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from antin.documents import queries as documents
from antin.exchange.edxml import codes
from antin.exchange.lifecycle import PARTNER
from antin.exchange.messages import Receipt, Signed
from antin.exchange.models import (
    Certificate,
    DirectoryEntry,
    Dispatch,
    Evidence,
    Irregularity,
    ParcelIn,
    ParcelOut,
    Partner,
    StatementIn,
    StatementOut,
)
from antin.exchange.rules import require_operator
from antin.exchange.wire import HEAD_BYTES, read_lengths, read_manifest
from antin.values import Actor, Office, Urgency, fold, sha256_hex
from antin.vault import queries as vault

MAX_ROWS = 500
OPEN_STATES = ("queued", "sent", "failed", "recall_asked", "recall_refused")
RETURNED = "returned"
FINISHED = ("completed", "returned", "recalled")
FOLLOWING_OFFICES = (Office.CLERK, Office.LEADER, Office.SIGNATORY, Office.DRAFTER)


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One organisation that can be written to. `reachable`: partner active, its node answered when last tried."""

    code: str
    name: str
    group: str
    installation: str
    reachable: bool
    old_code: str = ""
    is_ours: bool = False
    link_at: datetime | None = None


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

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def is_parked(self) -> bool:
        """Waiting for the exchange operator: tried again and again without any outcome."""
        return self.state in ("queued", "sent") and self.next_attempt_at is None


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


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A signed word: `message` is the signed JSON (payload, signature), `certificate_der` verifies it."""

    kind: str
    event: str
    side: str
    signer_code: str
    at: datetime
    digest: str
    message: bytes = field(repr=False)
    certificate_der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """How a received document came in, and what its sender was told."""

    sender_code: str
    parcel: UUID
    received_at: datetime
    is_skewed: bool
    repeats: int
    recall_asked_at: datetime | None
    told: tuple[ToldRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldRow:
    code: str
    at: datetime
    state: str
    answered_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class PartnerRow:
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


def directory(actor: Actor, text: str = "") -> tuple[DirectoryRow, ...]:
    """Organisations in use whose name, code or group holds every word of the text, with or without diacritics."""
    rows = DirectoryEntry.objects.select_related("partner").filter(in_use=True).exclude(partner__state="ended")
    for word in fold(text).split()[:8]:
        rows = rows.filter(folded__contains=word)
    return tuple(_directory_row(row) for row in rows.order_by("partner__name", "position", "code")[:MAX_ROWS])


def recipient_names(recipient_codes: Iterable[str]) -> dict[str, str]:
    """Code → name for those the directory knows."""
    found = DirectoryEntry.objects.filter(code__in=list(recipient_codes)[:MAX_ROWS])
    return dict(found.values_list("code", "name"))


def deliveries(actor: Actor, document_id: UUID) -> tuple[DeliveryRow, ...]:
    """The delivery matrix of a document the actor may see. RuleViolation otherwise."""
    documents.document(actor, document_id)
    rows = Dispatch.objects.filter(document_id=document_id).order_by("recipient_name", "recipient_code")
    return tuple(_delivery_row(row) for row in rows[:MAX_ROWS])


def follow_up(actor: Actor, *, after: UUID | None = None, limit: int = 50) -> tuple[DeliveryRow, ...]:
    """Dispatches of the actor's organisations that need an eye: waiting, failed, returned and not read yet; newest first."""
    rows = _needing(actor)
    if after is not None:
        rows = rows.filter(id__lt=after)
    return tuple(_delivery_row(row) for row in rows.order_by("-id")[: min(limit, MAX_ROWS)])


def follow_up_counts(actor: Actor) -> dict[str, int]:
    """State → how many, capped at 1,000 in all."""
    found = _needing(actor).order_by("-id").values_list("state", flat=True)[:1000]
    counts = dict.fromkeys((*OPEN_STATES, RETURNED), 0)
    for state in found:
        counts[state] += 1
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
    return tuple(sorted(rows, key=lambda row: (row.received_at, row.at)))


def arrivals(actor: Actor, document_id: UUID) -> tuple[ArrivalRow, ...]:
    """How a received document came in, newest first."""
    documents.document(actor, document_id)
    found = ParcelIn.objects.filter(document_id=document_id).order_by("-received_at")[:10]
    return tuple(_arrival_row(row) for row in found)


def evidence(actor: Actor, document_id: UUID) -> tuple[EvidenceRow, ...]:
    """Every signed word about the document: parcels sent and received, receipts, refusals, statements both ways."""
    documents.document(actor, document_id)
    kept = Evidence.objects.select_related("certificate").filter(document_id=document_id).order_by("at")
    rows = [_evidence_row(row) for row in kept[:MAX_ROWS]]
    rows += [_parcel_out_row(row) for row in _parcels_out(document_id)]
    rows += [
        _parcel_in_row(row) for row in ParcelIn.objects.select_related("certificate").filter(document_id=document_id)
    ]
    said = StatementIn.objects.select_related("certificate").filter(
        Q(dispatch__document_id=document_id) | Q(parcel_in__document_id=document_id)
    )
    rows += [_statement_row(row) for row in said.order_by("received_at")[:MAX_ROWS]]
    return tuple(sorted(rows, key=lambda row: row.at))


def partners(actor: Actor) -> tuple[PartnerRow, ...]:
    """Installations we exchange with; for exchange operators."""
    require_operator(actor, PARTNER.step("", "propose_partner"))
    return tuple(_partner_row(row) for row in Partner.objects.order_by("name", "id")[:MAX_ROWS])


def irregularities(actor: Actor, *, limit: int = 100) -> tuple[IrregularityRow, ...]:
    """What should not have happened at the door, newest first; for exchange operators."""
    require_operator(actor, PARTNER.step("", "propose_partner"))
    rows = Irregularity.objects.order_by("-last_at")[: min(limit, MAX_ROWS)]
    return tuple(
        IrregularityRow(r.kind, r.source, r.subject, r.sender_code, r.first_at, r.last_at, r.count, r.detail)
        for r in rows
    )


def _mine(actor: Actor) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(organisation_id__in=actor.organisations(*FOLLOWING_OFFICES))


def _dispatches(document_id: UUID) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(document_id=document_id).order_by("id")[:MAX_ROWS]


def _receipts(document_id: UUID) -> QuerySet[Evidence]:
    found = Evidence.objects.select_related("dispatch").filter(document_id=document_id, dispatch__isnull=False)
    return found.order_by("at")[:MAX_ROWS]


def _parcels_out(document_id: UUID) -> QuerySet[ParcelOut]:
    return ParcelOut.objects.select_related("dispatch").filter(dispatch__document_id=document_id).order_by("id")


def _directory_row(row: DirectoryEntry) -> DirectoryRow:
    partner = row.partner
    return DirectoryRow(
        code=row.code,
        name=row.name,
        group=row.group,
        installation=partner.name,
        reachable=partner.state == "active" and partner.link != "down",
        old_code=row.old_code,
        is_ours=partner.is_self,
        link_at=partner.link_at,
    )


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
    )


def _own_steps(row: Dispatch) -> list[HistoryRow]:
    """What this side did: queued, sent, failed, went on paper, asked the document back."""
    ours = ("queued", "queued_again", "sent", "failed", "paper", "recall_asked")
    return [
        HistoryRow(
            at=(at := datetime.fromisoformat(row.times[state])),
            received_at=at,
            recipient_code=row.recipient_code,
            recipient_name=row.recipient_name,
            event=state,
            code="",
            state=state,
            reason=row.reason if state == row.state else "",
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
    assert row.dispatch is not None
    return HistoryRow(
        at=row.at,
        received_at=row.received_at,
        recipient_code=row.dispatch.recipient_code,
        recipient_name=row.dispatch.recipient_name,
        event="Progress",
        code=row.code,
        state=codes.progress(row.code),
        reason=row.reason,
        person=row.person,
        unit=row.unit,
        number=row.number,
        applied=row.applied,
        is_skewed=row.is_skewed,
    )


def _arrival_row(row: ParcelIn) -> ArrivalRow:
    told = StatementOut.objects.filter(document_id=row.document_id, parcel=row.parcel).order_by("sequence")
    return ArrivalRow(
        sender_code=row.sender_code,
        parcel=row.parcel,
        received_at=row.received_at,
        is_skewed=row.is_skewed,
        repeats=row.repeats,
        recall_asked_at=row.recall_asked_at,
        told=tuple(ToldRow(t.code, t.at, t.state, t.answered_at, t.last_error) for t in told[:MAX_ROWS]),
    )


def _evidence_row(row: Evidence) -> EvidenceRow:
    return EvidenceRow(
        kind="answer",
        event=row.event,
        side=row.side,
        signer_code=row.signer_code,
        at=row.at,
        digest=row.digest,
        message=bytes(row.message),
        certificate_der=bytes(row.certificate.der),
    )


def _parcel_out_row(row: ParcelOut) -> EvidenceRow:
    """The signed manifest, cut from the head that left."""
    head = vault.read(row.head)
    manifest_size, signature_size = read_lengths(head[:HEAD_BYTES])
    signature = head[HEAD_BYTES + manifest_size : HEAD_BYTES + manifest_size + signature_size]
    return _manifest_row(
        bytes(row.manifest), signature, "ours", row.dispatch.sender_code, row.built_at, _signing_certificate(row)
    )


def _parcel_in_row(row: ParcelIn) -> EvidenceRow:
    return _manifest_row(
        bytes(row.manifest),
        bytes(row.signature),
        "theirs",
        row.sender_code,
        row.received_at,
        bytes(row.certificate.der),
    )


def _manifest_row(
    manifest: bytes, signature: bytes, side: str, signer: str, at: datetime, certificate_der: bytes
) -> EvidenceRow:
    return EvidenceRow(
        kind="parcel",
        event="SubmissionAcceptance",
        side=side,
        signer_code=signer,
        at=at,
        digest=sha256_hex(manifest),
        message=Signed(manifest, signature).to_bytes(),
        certificate_der=certificate_der,
    )


def _signing_certificate(row: ParcelOut) -> bytes:
    return bytes(Certificate.objects.get(sha256=read_manifest(bytes(row.manifest)).certificate).der)


def _statement_row(row: StatementIn) -> EvidenceRow:
    return EvidenceRow(
        kind="statement",
        event={"recall": "RecallAsked", "invalidate": "InvalidationTold"}.get(
            codes.NOTICES.get(row.code, ""), "Progress"
        ),
        side="theirs",
        signer_code=row.sender_code,
        at=row.received_at,
        digest=row.digest,
        message=bytes(row.message),
        certificate_der=bytes(row.certificate.der),
    )


def _partner_row(row: Partner) -> PartnerRow:
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
        last_error=row.last_error,
    )
