"""What comes by the axis takes effect in one transaction with its row; the axis learns "done" only afterwards (217/10.1).

Exactly once: the axis delivers at least once, so its id of a message is unique here for each of our bodies, and so is
what a sender said (document, purpose, code, instant). Whatever comes again changes nothing and is kept as a repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange import faults, irregularities, parcels, ports
from antin.exchange.acts.held import close_held
from antin.exchange.axis import agencies
from antin.exchange.axis.building import MEDIA_TYPE, build_status
from antin.exchange.axis.lifecycle import AXIS_IN
from antin.exchange.axis.notices import apply_early, apply_recall, note_update
from antin.exchange.axis.protocol import Entry
from antin.exchange.axis.reading import Paper, Sound
from antin.exchange.axis.statuses import apply_status
from antin.exchange.durable import certain_commit
from antin.exchange.edxml import codes
from antin.exchange.edxml.model import Envelope, Status
from antin.exchange.models import AxisIn
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.sql import insert_once
from antin.values import N_, Actor, new_id, to_vietnam
from antin.vault import acts as vault
from antin.vault.spool import Spool

DONE, FAIL = "done", "fail"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message's bytes as they came, under the axis' id; `digest` SHA-256 in hex."""

    entry: Entry
    kind: str
    spool: Spool
    digest: str


def take_in(*, actor: Actor, fetched: Fetched, sound: Sound, paper: Paper | None) -> str:
    """The effect of a sound message, or nothing when it was known; what the axis is to be told."""
    row = _row(fetched, sound.recipient_code)
    _describe(row, sound)

    def effect() -> None:
        if paper is not None:
            _take_document(actor, row, fetched, sound, paper)
        else:
            _keep(row, fetched)
            _apply(actor, row, sound)
        agencies.note_correspondent(row.sender_code)

    return _once(row, fetched, effect)


def keep_doubtful(*, actor: Actor, fetched: Fetched, reason: str, sound: Sound | None = None) -> str:
    """A message that can't be taken in, kept for the exchange operator; axis and sender are told so (379/5.4)."""
    row = _row(fetched, agencies.recipient_code(fetched.entry.recipient))
    if sound is not None:
        _describe(row, sound)
    row.state, row.verdict, row.reason = AXIS_IN.step("", "receive_axis_message(doubtful)").to, FAIL, reason

    def effect() -> None:
        if fetched.spool.size:
            _keep(row, fetched)
        if row.purpose in ("new", "replace"):
            row.last_code = codes.RETURNED
            build_status(row, codes.RETURNED, reason=reason, person="", unit="")
        _tell(actor, row)
        irregularities.note(irregularities.REFUSED_PARCEL, source="axis", subject=row.id, sender_code=row.sender_code)

    return _once(row, fetched, effect)


def settle_message(*, actor: Actor, message_id: UUID, reason: str) -> None:
    """The exchange operator closes a message held back, for good; its sender was told already (217/10.1.p2)."""
    with transaction.atomic():
        row = AxisIn.objects.select_for_update().filter(id=message_id).first()
        if row is None:
            raise RuleViolation("379/4.4", N_("Không có gói tin này."), N_("Mở lại trang liên thông."))
        step = AXIS_IN.step(row.state, "settle_axis_message")
        close_held(actor, row, step, reason, {"axis_id": row.doc_id})


def _once(row: AxisIn, fetched: Fetched, effect: Callable[[], None]) -> str:
    """The row first: of any number of workers one has the effect. A repeat under another id is kept as one."""
    with certain_commit():
        row.envelope = None
        if insert_once(row):
            effect()
            row.save()
        elif not AxisIn.objects.filter(doc_id=row.doc_id, recipient_code=row.recipient_code).exists():
            row.id, row.state = new_id(), AXIS_IN.step("", "receive_axis_message(again)").to
            row.verdict, row.reason = DONE, ""
            insert_once(row)
        faults.reach("axis.taken_in")
    faults.reach("axis.committed")
    known = AxisIn.objects.get(doc_id=row.doc_id, recipient_code=row.recipient_code)
    return known.verdict


def _take_document(actor: Actor, row: AxisIn, fetched: Fetched, sound: Sound, paper: Paper) -> None:
    """The document with its files, the envelope beside it, "đã đến" for its sender, early recalls applied."""
    assert isinstance(sound.message, Envelope)
    row.document_id = new_id()
    envelope = vault.Item(_pieces(fetched.spool), MEDIA_TYPE)
    stated = parcels.Stated(
        sender_code=row.sender_code, channel="axis", digest=paper.digest, urgency=sound.message.priority, is_state=True
    )
    today = to_vietnam(ports.bound().clock.now()).date()
    documents.take_in(
        actor=Actor.peer(sound.sender.name),
        organisation_id=sound.organisation_id,
        facts=parcels.incoming_facts(sound.message, stated, on=today),
        pdf=paper.pdf,
        attachments=[(name, kind, pieces()) for name, kind, pieces in paper.others],
        pages=paper.pages,
        document_id=row.document_id,
        beside=[envelope],
    )
    row.envelope = envelope.id
    row.last_code, row.applied = codes.ARRIVED, True
    build_status(row, codes.ARRIVED, reason="", person="", unit="")
    _tell(actor, row, document=paper.digest)
    apply_early(row)


def _apply(actor: Actor, row: AxisIn, sound: Sound) -> None:
    if isinstance(sound.message, Status):
        if sound.message.code == codes.RECALL_ASKED:
            apply_recall(actor, row)
        else:
            apply_status(actor, row, sound.message)
    elif row.purpose == "recall":
        apply_recall(actor, row)
    else:
        note_update(actor, row)


def _row(fetched: Fetched, recipient_code: str) -> AxisIn:
    return AxisIn(
        id=new_id(),
        doc_id=fetched.entry.doc_id,
        recipient_code=recipient_code[:35],
        kind=fetched.kind,
        sender_code=agencies.canonical(fetched.entry.sender)[:35],
        state=AXIS_IN.step("", "receive_axis_message(sound)").to,
        verdict=DONE,
        digest=fetched.digest,
        size=fetched.spool.size,
        received_at=ports.bound().clock.now(),
    )


def _describe(row: AxisIn, sound: Sound) -> None:
    """What the message says, in the row's words. A notice is filed under the document that it is about."""
    message = sound.message
    row.purpose, row.signature = sound.purpose, sound.signature.value
    row.sender_code, row.sender_name = sound.sender.code, (message.sender.name or sound.sender.name)[:200]
    row.organisation_id, row.recipient_code = sound.organisation_id, sound.recipient_code
    if isinstance(message, Status):
        about = message.response_for
        row.document_code, row.reference_number, row.issued_on = about.document_id, about.code, about.promulgated_on
        row.document_code = row.document_code or about.code
        row.code, row.at, row.reason = message.code, message.at, message.description
        if message.staff is not None:
            row.person, row.unit = message.staff.staff[:200], message.staff.department
        return
    row.reference_number, row.issued_on = parcels.reference_of(message, is_state=True)[:100], message.promulgated_on
    row.document_code = message.business.document_id or message.document_id
    row.urgency, row.reason = message.priority, message.business.reason
    row.at = message.traces[-1].at if message.traces else None


def _keep(row: AxisIn, fetched: Fetched) -> None:
    row.envelope = vault.store(_pieces(fetched.spool), owner=row.document_id or row.id, media_type=MEDIA_TYPE).id


def _pieces(spool: Spool) -> Iterator[bytes]:
    at = 0
    while piece := spool.at(at, 192 * 1024):
        yield piece
        at += len(piece)


def _tell(actor: Actor, row: AxisIn, **facts: str) -> None:
    ledger.append(
        "exchange.parcel.received",
        actor,
        object_kind="document" if row.document_id else "parcel",
        object_id=row.document_id or row.id,
        organisation_id=row.organisation_id,
        facts={
            "axis_id": row.doc_id,
            "sender": row.sender_code,
            "recipient": row.recipient_code,
            "state": row.state,
            "message": row.digest,
            "signature": row.signature,
            **facts,
        },
        detail={"sender_name": row.sender_name, "document_code": row.document_code},
        reason=row.reason if row.state == "quarantined" else "",
        clause="217/7.3",
    )
