"""The strict writer: exactly the standard's order, lengths and spellings, with the prefix `edXML:` inside the envelope.

What does not fit the table is a RuleViolation (ours): nothing is cut silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from lxml import etree

from antin.exchange.edxml import NAMESPACE
from antin.exchange.edxml import attachments as packing
from antin.exchange.edxml.model import (
    Attachment,
    Business,
    BusinessKind,
    Envelope,
    Message,
    Organ,
    Reference,
    ResponseFor,
    Signer,
    Staff,
    Status,
)
from antin.regulation import RuleViolation
from antin.values import N_, nfc, to_vietnam

TAG = "{" + NAMESPACE + "}"
PREFIXES = {None: NAMESPACE, "edXML": NAMESPACE}


class Part:
    """An element under construction; empty texts write nothing."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element

    def child(self, name: str) -> Part:
        return Part(etree.SubElement(self.element, TAG + name))

    def text(self, name: str, value: str, limit: int, *, required: bool = False) -> None:
        """A child with text. RuleViolation when too long, or missing though required."""
        clean = nfc(value).strip()
        if required and not clean:
            raise _misfit(N_("Thiếu {name} để lập thông điệp edXML."), name=name)
        if len(clean) > limit:
            raise _misfit(N_("{name} dài quá {limit} ký tự."), name=name, limit=limit)
        if clean:
            etree.SubElement(self.element, TAG + name).text = clean

    def whole(self, name: str, value: int | None) -> None:
        if value is not None:
            etree.SubElement(self.element, TAG + name).text = str(value)

    def day(self, name: str, value: date | None) -> None:
        if value is not None:
            etree.SubElement(self.element, TAG + name).text = value.strftime("%Y/%m/%d")

    def instant(self, name: str, value: datetime) -> None:
        etree.SubElement(self.element, TAG + name).text = to_vietnam(value).strftime("%Y/%m/%d %H:%M:%S")


def write(message: Message) -> bytes:
    """The message as UTF-8 XML. RuleViolation when the message does not fit the standard."""
    return etree.tostring(tree(message), xml_declaration=True, encoding="UTF-8")


def packed(attachment: Attachment) -> str:
    return packing.pack(attachment.name, attachment.data)


def tree(message: Message, text_of: Callable[[Attachment], str] = packed) -> etree._Element:
    """The message as an element; `text_of` says what stands for each attachment's bytes."""
    root = etree.Element(TAG + "edXML", nsmap={None: NAMESPACE})
    envelope = Part(etree.SubElement(root, TAG + "edXMLEnvelope", nsmap={"edXML": NAMESPACE}))
    header = envelope.child("edXMLHeader")
    if isinstance(message, Status):
        _write_status(header.child("MessageHeader"), message)
    else:
        _write_envelope(header, envelope, message)
        _write_attachments(Part(root), message.attachments, text_of)
    return root


def _write_status(header: Part, status: Status) -> None:
    _organ(header.child("From"), status.sender)
    _response(header, status.response_for)
    _staff(header, status.staff)
    if not (len(status.code) == 2 and status.code.isdigit()):
        raise _misfit(N_("Mã trạng thái “{code}” không hợp lệ."), code=status.code)
    header.text("StatusCode", status.code, 2, required=True)
    header.text("Description", status.description, 500)
    header.instant("Timestamp", status.at)


def _write_envelope(header: Part, envelope: Part, message: Envelope) -> None:
    _check(message)
    head = header.child("MessageHeader")
    _organ(head.child("From"), message.sender)
    for recipient in message.recipients:
        _organ(head.child("To"), recipient)
    code = head.child("Code")
    code.text("CodeNumber", message.number, 11, required=True)
    code.text("CodeNotation", message.notation, 30, required=True)
    place = head.child("PromulgationInfo")
    place.text("Place", message.place, 50)
    place.day("PromulgationDate", message.promulgated_on)
    kind = head.child("DocumentType")
    kind.whole("Type", message.type)
    kind.whole("TypeDetail", message.type_detail)
    kind.text("TypeName", message.type_name, 100)
    head.text("Subject", message.subject, 500, required=True)
    head.text("Content", message.content, 500)
    _signer(head, message.signer)
    head.day("DueDate", message.due_on)
    _list(head, "ToPlaces", "Place", message.to_places, 150)
    _other(head.child("OtherInfo"), message)
    for response in message.responses:
        _response(head, response)
    head.whole("SteeringType", message.steering)
    head.text("DocumentId", message.document_id, 200, required=True)
    _write_traces(header.child("TraceHeaderList"), message)
    manifest = envelope.child("edXMLBody").child("edXMLManifest")
    manifest.element.set("version", "1.0")
    for reference in message.references:
        _reference(manifest.child("Reference"), reference)


def _check(message: Envelope) -> None:
    if not message.recipients:
        raise _misfit(N_("Thiếu {name} để lập thông điệp edXML."), name="To")
    codes = [organ.organ_id for organ in message.recipients]
    if len(set(codes)) < len(codes):
        raise _misfit(N_("Một bên nhận xuất hiện hai lần."))
    if not message.traces:
        raise _misfit(N_("Thiếu {name} để lập thông điệp edXML."), name="TraceHeader")
    if not 0 <= message.priority <= 4:
        raise _misfit(N_("Mức độ khẩn {priority} không có trong quy chuẩn."), priority=message.priority)
    needs_target = message.business.kind in (BusinessKind.RECALL, BusinessKind.UPDATE)
    if needs_target and not message.business.document_id:
        raise _misfit(N_("Thiếu {name} để lập thông điệp edXML."), name="Bussiness/DocumentId")
    if message.business.kind is BusinessKind.REPLACE and not message.business.replacements:
        raise _misfit(N_("Thiếu {name} để lập thông điệp edXML."), name="ReplacementInfoList")


def _organ(part: Part, organ: Organ) -> None:
    part.text("OrganId", organ.organ_id, 35, required=True)
    part.text("OrganizationInCharge", organ.in_charge, 200)
    part.text("OrganName", organ.name, 200, required=True)
    part.text("OrganAdd", organ.address, 250)
    part.text("Email", organ.email, 100)
    part.text("Telephone", organ.telephone, 20)
    part.text("Fax", organ.fax, 20)
    part.text("Website", organ.website, 100)


def _signer(head: Part, signer: Signer | None) -> None:
    if signer is None:
        return
    part = head.child("SignerInfo")
    part.text("Competence", signer.competence, 100)
    part.text("Position", signer.position, 100)
    part.text("FullName", signer.full_name, 50)


def _other(part: Part, message: Envelope) -> None:
    part.whole("Priority", message.priority)
    part.text("SphereOfPromulgation", message.sphere, 100)
    part.text("TyperNotation", message.typer_notation, 10)
    part.whole("PromulgationAmount", message.promulgation_amount)
    part.whole("PageAmount", message.page_amount)
    _list(part, "Appendixes", "Appendix", message.appendixes, 500)


def _list(parent: Part, name: str, item: str, values: Iterable[str], limit: int) -> None:
    kept = [value for value in values if value.strip()]
    if not kept:
        return
    part = parent.child(name)
    for value in kept:
        part.text(item, value, limit)


def _response(head: Part, response: ResponseFor) -> None:
    part = head.child("ResponseFor")
    part.text("OrganId", response.organ_id, 35)
    part.text("Code", response.code, 50)
    part.day("PromulgationDate", response.promulgated_on)
    part.text("DocumentId", response.document_id, 200)


def _staff(parent: Part, staff: Staff | None) -> None:
    if staff is None:
        return
    part = parent.child("StaffInfo")
    part.text("Department", staff.department, 300)
    part.text("Staff", staff.staff, 300)
    part.text("Mobile", staff.mobile, 30)
    part.text("Email", staff.email, 100)


def _write_traces(part: Part, message: Envelope) -> None:
    for trace in message.traces:
        hop = part.child("TraceHeader")
        hop.text("OrganId", trace.organ_id, 35, required=True)
        hop.instant("Timestamp", trace.at)
    _business(part.child("Bussiness"), message.business)


def _business(part: Part, business: Business) -> None:
    part.whole("BussinessDocType", int(business.kind))
    part.text("BussinessDocReason", business.reason, 500)
    if business.kind is BusinessKind.UPDATE:
        info = part.child("BussinessDocumentInfo")
        info.whole("DocumentInfo", int(business.information_changed))
        info.whole("DocumentReceiver", int(business.receivers_changed))
        if business.receivers:
            changes = info.child("ReceiverList")
            for receiver in business.receivers:
                item = changes.child("Receiver")
                item.text("OrganId", receiver.organ_id, 35, required=True)
                item.whole("ReceiverType", int(receiver.added))
    part.text("DocumentId", business.document_id, 200)
    _staff(part, business.staff)
    part.whole("Paper", None if business.paper is None else int(business.paper))
    if business.replacements:
        replaced = part.child("ReplacementInfoList")
        for replacement in business.replacements:
            item = replaced.child("ReplacementInfo")
            item.text("DocumentId", replacement.document_id, 200, required=True)
            _list(item, "OrganIdList", "OrganId", replacement.organ_ids, 35)


def _reference(part: Part, reference: Reference) -> None:
    part.text("ContentId", f"cid:{reference.content_id}", 200, required=True)
    part.text("ContentType", reference.content_type, 100)
    part.text("Description", reference.description, 500)
    part.text("AttachmentName", reference.name, 500, required=True)


def _write_attachments(root: Part, found: tuple[Attachment, ...], text_of: Callable[[Attachment], str]) -> None:
    if not found:
        return
    part = root.child("AttachmentEncoded")
    for attachment in found:
        item = part.child("Attachment")
        item.text("ContentId", f"cid:{attachment.content_id}", 200, required=True)
        item.text("AttachmentName", attachment.name, 500, required=True)
        item.text("Description", attachment.description, 500)
        item.text("ContentType", attachment.content_type, 100)
        encoded = etree.SubElement(item.element, TAG + "ContentTransferEncoded", nsmap=PREFIXES)
        encoded.text = text_of(attachment)


def _misfit(reason: str, **facts: object) -> RuleViolation:
    return RuleViolation("217/7.3", reason, N_("Sửa lại thông tin của văn bản rồi gửi lại."), **facts)
