"""Messages for the axis, built once and queued: documents with their files, recalls, updates, statuses (QCVN 102:2016).

Everything leaves from kept bytes, so that whatever is sent again is the same. Joins the caller's transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from antin.documents import queries as document_queries
from antin.documents.facts import AttachmentView, DocumentView, ParcelContents
from antin.exchange import directory, faults, parcels, ports, rules
from antin.exchange.axis import agencies
from antin.exchange.axis.lifecycle import AXIS_OUT
from antin.exchange.edxml import streamed
from antin.exchange.edxml.dsig import Sealer
from antin.exchange.edxml.model import Business, BusinessKind, Envelope, Organ, ResponseFor, Staff, Status
from antin.exchange.edxml.streamed import Source
from antin.exchange.edxml.writer import write
from antin.exchange.models import AxisIn, AxisOut, Dispatch
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.signing import envelope as signatures
from antin.values import N_, Secrecy, new_id
from antin.vault import acts as vault
from antin.vault import queries as vault_reads

MEDIA_TYPE = "application/edxml+xml"
DESCRIPTION_MAX = 500
VOID = N_("Huỷ hiệu lực: {reason}")
KINDS = {
    BusinessKind.NEW: "new",
    BusinessKind.REPLACE: "replace",
    BusinessKind.RECALL: "recall",
    BusinessKind.UPDATE: "update",
}


def build_document(dispatch: Dispatch, contents: ParcelContents | None = None) -> AxisOut:
    """The message that carries a document to one recipient. RuleViolation when it fits no edXML, or is too large."""
    contents = contents or document_queries.parcel_contents(dispatch.document_id)
    now = ports.bound().clock.now()
    if contents.view.secrecy is not Secrecy.OPEN:
        raise RuleViolation("217/5.1", N_("Chỉ văn bản không mật được gửi qua Trục."), N_("Gửi qua đường cơ yếu."))
    if contents.pdf.content_id is None:
        raise RuleViolation("217/9.1", N_("Văn bản chưa có bản đã ký để gửi."), N_("Ký và phát hành văn bản trước."))
    message = _about(dispatch, contents, now)
    message = replace(message, business=replace(message.business, paper=_paper_follows(contents.view)))
    names = [reference.name for reference in message.references]
    types = [reference.content_type for reference in message.references]
    kept = [(contents.pdf.content_id, contents.pdf.size), *((a.content_id, a.size) for a in contents.attachments)]
    _check_size(contents.pdf.size, contents.attachments)
    sources = [
        _source(str(n), name, media_type, content, size)
        for n, (name, media_type, (content, size)) in enumerate(zip(names, types, kept, strict=True), 1)
    ]
    row = _queue(dispatch, message, sources, now)
    faults.reach("axis.built")
    return row


def build_recall(dispatch: Dispatch, reason: str) -> AxisOut:
    """Asks the recipient to give the document back (type 1, 217/9.2)."""
    return _build_notice(dispatch, BusinessKind.RECALL, reason)


def build_void(dispatch: Dispatch, reason: str) -> AxisOut:
    """The standard has no word for a document declared void: an update of its information says so (type 2, 379/19.3)."""
    return _build_notice(dispatch, BusinessKind.UPDATE, VOID.format(reason=reason))


def _build_notice(dispatch: Dispatch, kind: BusinessKind, reason: str) -> AxisOut:
    contents, now = document_queries.parcel_contents(dispatch.document_id), ports.bound().clock.now()
    message = _about(dispatch, contents, now)
    about = ResponseFor(
        message.sender.organ_id, contents.view.reference_number, contents.view.issued_on, message.document_id
    )
    business = Business(
        kind=kind,
        reason=reason[:DESCRIPTION_MAX],
        document_id=message.document_id,
        information_changed=kind is BusinessKind.UPDATE,
    )
    message = replace(message, references=(), responses=(about,), business=business)
    return _queue(dispatch, message, [], now)


def build_status(arrival: AxisIn, code: str, *, reason: str, person: str, unit: str) -> AxisOut:
    """What became of a document that came by the axis, for its sender."""
    assert arrival.organisation_id is not None
    now = ports.bound().clock.now()
    sender = _organ(arrival.organisation_id)
    message = Status(
        sender=sender,
        response_for=ResponseFor(
            arrival.sender_code, arrival.reference_number[:50], arrival.issued_on, arrival.document_code
        ),
        code=code,
        at=now,
        description=reason[:DESCRIPTION_MAX],
        staff=Staff(department=unit[:300], staff=person[:300]) if unit or person else None,
    )
    data = write(message)
    owner = arrival.document_id or arrival.id
    kept = vault.store(data, owner=owner, media_type=MEDIA_TYPE)
    row = AxisOut(
        id=new_id(),
        subject=arrival.id,
        arrival=arrival,
        document_id=owner,
        organisation_id=arrival.organisation_id,
        purpose="status",
        code=code,
        sender_code=sender.organ_id,
        recipient_code=arrival.sender_code,
        urgency=arrival.urgency,
    )
    return _save(row, kept, now)


def _paper_follows(view: DocumentView) -> bool:
    """True for the classes of 217/8, which reach the recipient on paper too (QCVN 102, 2.2.6)."""
    level = identity.organisation(view.owner_id).level
    return rules.paper_asked_for(rulebook.paper_classes(view.issued_on), view.type_code, level) is not None


def _about(dispatch: Dispatch, contents: ParcelContents, now: datetime) -> Envelope:
    """The document's facts, the sides named as the axis names them."""
    sender = _organ(dispatch.organisation_id)
    address = parcels.Address(
        sender_code=sender.organ_id,
        sender_name=contents.view.issuing_name or sender.name,
        recipient_code=agencies.canonical(dispatch.recipient_code),
        recipient_name=dispatch.recipient_name,
    )
    return parcels.envelope_of(contents, address, now)


def _organ(organisation_id: UUID) -> Organ:
    code = agencies.own_code(organisation_id)
    listed = agencies.find(code)
    return Organ(code, listed.name if listed else code)


def _queue(dispatch: Dispatch, message: Envelope, sources: list[Source], now: datetime) -> AxisOut:
    key = directory.own_key(dispatch.organisation_id, dispatch.sender_code)
    sealer = Sealer(key.der, lambda data: signatures.sign_detached(data, dispatch.organisation_id))
    pieces = streamed.written(message, sources, sealer)
    kept = vault.store(pieces, owner=dispatch.document_id, media_type=MEDIA_TYPE)
    row = AxisOut(
        id=new_id(),
        subject=dispatch.id,
        dispatch=dispatch,
        document_id=dispatch.document_id,
        organisation_id=dispatch.organisation_id,
        purpose=KINDS[message.business.kind],
        sender_code=message.sender.organ_id,
        recipient_code=message.recipients[0].organ_id,
        urgency=dispatch.urgency,
    )
    return _save(row, kept, now)


def _save(row: AxisOut, kept: vault.Content, now: datetime) -> AxisOut:
    row.content, row.digest, row.size = kept.id, kept.digest, kept.size
    row.state = AXIS_OUT.step("", "queue_axis_message").to
    row.built_at = row.next_attempt_at = now
    row.save(force_insert=True)
    return row


def _source(content_id: str, name: str, media_type: str, content: UUID, size: int) -> Source:
    return Source(
        content_id=content_id,
        name=name,
        media_type=media_type,
        size=size,
        crc=streamed.crc32(vault_reads.stream(content)),
        entry_id=new_id(),
        pieces=lambda: vault_reads.stream(content),
    )


def _check_size(pdf: int, files: tuple[AttachmentView, ...]) -> None:
    """In the message everything is a third longer (base64)."""
    limit = ports.bound().limits.axis_bytes
    if (pdf + sum(one.size for one in files)) * 4 // 3 > limit:
        raise RuleViolation(
            "217/6.5",
            N_("Gói tin lớn hơn giới hạn {limit} byte."),
            N_("Tách tệp kèm hoặc gửi bằng cách khác."),
            limit=limit,
        )
