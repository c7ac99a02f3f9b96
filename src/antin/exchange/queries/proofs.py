"""How a document came in, and every signed word about it: parcels, receipts, refusals, statements (217/6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import MappingProxyType
from uuid import UUID

from django.db.models import Q, QuerySet

from antin.documents import queries as documents
from antin.exchange.edxml import codes
from antin.exchange.messages import Signed
from antin.exchange.models import (
    AxisIn,
    AxisOut,
    Certificate,
    Evidence,
    MailIn,
    MailOut,
    ParcelIn,
    ParcelOut,
    StatementIn,
    StatementOut,
)
from antin.exchange.queries.deliveries import MAX_ROWS, PAPER_ARRIVED
from antin.exchange.wire import HEAD_BYTES, read_lengths, read_manifest
from antin.signing.bundling import Receipt
from antin.values import Actor, sha256_hex
from antin.vault import queries as vault

LETTER, ENVELOPE = "letter", "envelope"
_ASKED = {"recall": "RecallAsked", "void": "InvalidationTold", "update": "InvalidationTold"}
_EVENTS_OUT = MappingProxyType({**dict.fromkeys(("new", "replace"), "RelayToNonERDS"), **_ASKED})
_EVENTS_IN = MappingProxyType(
    {**dict.fromkeys(("new", "replace"), "ReceivedFromNonERDS"), **_ASKED, "update": "UpdateTold"}
)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A signed word: `message` is the signed JSON (payload, signature), `certificate_der` verifies it.

    Of `kind` letter it is the whole S/MIME mail as it went or came, of `kind` envelope the whole edXML message of the axis,
    their certificates inside; both are read from the vault when asked for. `size` in bytes.
    """

    kind: str
    event: str
    side: str
    signer_code: str
    at: datetime
    digest: str
    size: int
    certificate_der: bytes = field(default=b"", repr=False)
    signed: bytes = field(default=b"", repr=False)
    content: UUID | None = None

    @property
    def message(self) -> bytes:
        return vault.read(self.content) if self.content else self.signed

    @property
    def extension(self) -> str:
        return {LETTER: "eml", ENVELOPE: "edxml"}.get(self.kind, "json")


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
    event: str = "Progress"


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
    rows += _letters(document_id)
    rows += _envelopes(document_id)
    return tuple(sorted(rows, key=lambda row: row.at))


def receipts(actor: Actor, document_id: UUID) -> tuple[Receipt, ...]:
    """The same words as they go into a proof bundle, each under a name of its own."""
    return tuple(
        Receipt(
            f"{number:03d}-{row.event}-{row.signer_code}.{row.extension}", row.digest, row.size, partial(_message, row)
        )
        for number, row in enumerate(evidence(actor, document_id), 1)
    )


def _message(row: EvidenceRow) -> bytes:
    return row.message


def _letters(document_id: UUID) -> list[EvidenceRow]:
    """Letters of official mail that bear a signature that counts, both ways."""
    sent = MailOut.objects.filter(document_id=document_id).exclude(handed_at=None).order_by("id")[:MAX_ROWS]
    came = MailIn.objects.filter(document_id=document_id, signature="valid", content__isnull=False).order_by("id")
    rows = [_letter_row(_EVENTS_OUT, row, "ours", row.sender_code, row.built_at, row.signed_digest) for row in sent]
    return rows + [
        _letter_row(_EVENTS_IN, row, "theirs", row.sender_code, row.received_at, row.digest) for row in came[:MAX_ROWS]
    ]


def _envelopes(document_id: UUID) -> list[EvidenceRow]:
    """edXML messages that the axis took or brought, whatever their signatures came to: each tells its own."""
    sent = AxisOut.objects.filter(document_id=document_id).exclude(doc_id="").order_by("id")[:MAX_ROWS]
    about = Q(document_id=document_id) | Q(dispatch__document_id=document_id)
    came = AxisIn.objects.filter(about, envelope__isnull=False).order_by("id")[:MAX_ROWS]
    return [
        *(_envelope(row, _EVENTS_OUT, "ours", row.built_at, row.content) for row in sent),
        *(_envelope(row, _EVENTS_IN, "theirs", row.received_at, row.envelope) for row in came),
    ]


def _envelope(
    row: AxisIn | AxisOut, events: Mapping[str, str], side: str, at: datetime, content: UUID | None
) -> EvidenceRow:
    event = _told(row, events)
    return EvidenceRow(ENVELOPE, event, side, row.sender_code, at, row.digest, row.size, content=content)


def _told(row: AxisIn | AxisOut | MailIn | MailOut, events: Mapping[str, str]) -> str:
    return "ContentConsignment" if row.code == codes.ARRIVED else events.get(row.purpose, "Progress")


def _letter_row(
    events: Mapping[str, str], row: MailIn | MailOut, side: str, signer: str, at: datetime, digest: str
) -> EvidenceRow:
    return EvidenceRow(LETTER, _told(row, events), side, signer, at, digest, row.size, content=row.content)


def _parcels_out(document_id: UUID) -> QuerySet[ParcelOut]:
    return ParcelOut.objects.select_related("dispatch").filter(dispatch__document_id=document_id).order_by("id")


def _arrival_row(row: ParcelIn) -> ArrivalRow:
    told = StatementOut.objects.filter(document_id=row.document_id, parcel=row.parcel).order_by("sequence")
    return ArrivalRow(
        sender_code=row.sender_code,
        parcel=row.parcel,
        received_at=row.received_at,
        is_skewed=row.is_skewed,
        repeats=row.repeats,
        recall_asked_at=row.recall_asked_at,
        told=tuple(
            ToldRow(t.code, t.at, t.state, t.answered_at, t.last_error, _event(t.code)) for t in told[:MAX_ROWS]
        ),
    )


def _evidence_row(row: Evidence) -> EvidenceRow:
    return EvidenceRow(
        kind="answer",
        event=row.event,
        side=row.side,
        signer_code=row.signer_code,
        at=row.at,
        digest=row.digest,
        size=len(row.message),
        signed=bytes(row.message),
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
    signed = Signed(manifest, signature).to_bytes()
    return EvidenceRow(
        kind="parcel",
        event="SubmissionAcceptance",
        side=side,
        signer_code=signer,
        at=at,
        digest=sha256_hex(manifest),
        size=len(signed),
        signed=signed,
        certificate_der=certificate_der,
    )


def _signing_certificate(row: ParcelOut) -> bytes:
    return bytes(Certificate.objects.get(sha256=read_manifest(bytes(row.manifest)).certificate).der)


def _event(code: str) -> str:
    if code in codes.AGREEING:
        return "InvalidationAgreement"
    if code == codes.PAPER_ARRIVED:
        return PAPER_ARRIVED
    return {"recall": "RecallAsked", "invalidate": "InvalidationTold"}.get(codes.NOTICES.get(code, ""), "Progress")


def _statement_row(row: StatementIn) -> EvidenceRow:
    return EvidenceRow(
        kind="statement",
        event=_event(row.code),
        side="theirs",
        signer_code=row.sender_code,
        at=row.received_at,
        digest=row.digest,
        size=len(row.message),
        signed=bytes(row.message),
        certificate_der=bytes(row.certificate.der),
    )
