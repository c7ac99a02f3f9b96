"""The tolerant reader: what real senders write is read and noted, what can't be understood one way only is refused.

Tolerated: any order, either prefix, a byte-order mark, a few bytes of junk in front, empty elements, dates as
dd/MM/yyyy, texts longer than the table allows, OrganId "null" outside From and To, ZIPs called PDF.
Refused: all that `safe_xml` refuses; another namespace; a missing or doubled element that must stand once; the same
recipient twice; the same content id twice; attachments that are not exactly one file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from antin.exchange.edxml import attachments as packing
from antin.exchange.edxml.model import (
    Attachment,
    Business,
    BusinessKind,
    Envelope,
    Message,
    Note,
    Organ,
    Receiver,
    Reference,
    Replacement,
    ResponseFor,
    SignatureState,
    Signer,
    Staff,
    Status,
    Trace,
)
from antin.exchange.edxml.nodes import XMLDSIG, Node, refused
from antin.sandbox import safe_xml
from antin.values import N_

PREFIX = "cid:"
Unpack = Callable[[str, str, packing.Limits], tuple[bytes, bool]]
"""(name, text, limits) → (the attachment's bytes, came in a ZIP)."""


def read(
    data: bytes,
    *,
    limits: safe_xml.Limits = safe_xml.DEFAULT,
    packed: packing.Limits = packing.DEFAULT,
    unpack: Unpack = packing.unpack,
) -> Message:
    """The message. RemoteViolation with the reason when it can't be understood one way only."""
    parsed = safe_xml.parse(data, limits)
    notes: list[Note] = []
    root = Node(parsed.root, notes)
    if root.name != "edXML":
        raise refused(N_("Phần tử gốc phải là edXML, không phải {name}."), name=root.name)
    if parsed.junk_bytes:
        root.note("junk", N_("Có ký tự thừa trước phần khai báo XML."))
    envelope = root.need("edXMLEnvelope")
    header = envelope.need("edXMLHeader")
    old_status = header.one("Status")
    message = old_status or header.need("MessageHeader")
    if message.has("StatusCode"):
        return _status(message, notes)
    files = _attachments(root.one("AttachmentEncoded"), packed, unpack)
    return _envelope(root, envelope, header, message, files)


def _status(message: Node, notes: list[Note]) -> Status:
    response = _response(message.need("ResponseFor"))
    if not response.document_id and not (response.organ_id and response.code):
        raise refused(N_("Trạng thái không nêu văn bản nào."))
    code = message.text("StatusCode", 2)
    if not (code.isascii() and code.isdigit() and len(code) <= 2):
        raise refused(N_("Mã trạng thái “{code}” không hợp lệ."), code=code[:20])
    status = Status(
        sender=_organ(message.need("From")),
        response_for=response,
        code=code.zfill(2),
        at=message.instant("Timestamp"),
        description=message.text("Description", 500),
        staff=_staff(message),
    )
    message.finish()
    return _noted(status, notes)


def _envelope(root: Node, envelope: Node, header: Node, message: Node, files: tuple[Attachment, ...]) -> Envelope:
    recipients = tuple(_organ(to) for to in message.many("To"))
    if not recipients:
        raise refused(N_("Thiếu phần tử {name} trong {parent}."), name="To", parent="MessageHeader")
    _distinct("To", (organ.organ_id for organ in recipients))
    code = message.need("Code")
    number, notation = code.text("CodeNumber", 11), code.text("CodeNotation", 30)
    document_id, subject = message.text("DocumentId", 200), message.text("Subject", 500)
    for name, value in (("Code", number or notation), ("DocumentId", document_id), ("Subject", subject)):
        if not value:
            raise refused(N_("Thiếu phần tử {name} trong {parent}."), name=name, parent="MessageHeader")
    if len(document_id) > 200:
        raise refused(N_("DocumentId dài quá 200 ký tự."))
    responses = tuple(r for r in (_response(node) for node in message.many("ResponseFor")) if r != ResponseFor())
    references = _references(envelope.one("edXMLBody"))
    found = Envelope(
        sender=_organ(message.need("From")),
        recipients=recipients,
        document_id=document_id,
        number=number,
        notation=notation,
        subject=subject,
        responses=responses,
        references=references,
        traces=_traces(header.one("TraceHeaderList")),
        business=_business(header.one("TraceHeaderList"), responses),
        attachments=files,
        signature=_signature(header.one("Signature")),
        **_details(message),
    )
    message.ask(("ResponseForTask", "ApplicationType"))
    for node in (message, header, envelope, root):
        node.finish()
    _check_content(found, root)
    return _noted(found, root.notes)


def _details(message: Node) -> dict[str, object]:
    """The optional fields of a document's header."""
    place = message.one("PromulgationInfo")
    kind = message.one("DocumentType")
    other = message.one("OtherInfo")
    places = message.one("ToPlaces")
    signer = message.one("SignerInfo")
    priority = (other.whole("Priority") if other else None) or 0
    if priority > 4:
        message.note("priority", N_("Mức độ khẩn ngoài danh mục, coi như thường."), "Priority")
    appendixes = other.one("Appendixes") if other else None
    return {
        "place": place.text("Place", 50) if place else "",
        "promulgated_on": place.day("PromulgationDate") if place else None,
        "type": kind.whole("Type") if kind else None,
        "type_detail": kind.whole("TypeDetail") if kind else None,
        "type_name": kind.text("TypeName", 100) if kind else "",
        "content": message.text("Content", 500),
        "signer": _signer(signer) if signer else None,
        "due_on": message.day("DueDate"),
        "to_places": _texts(places.many("Place"), 150) if places else (),
        "priority": priority if priority <= 4 else 0,
        "sphere": other.text("SphereOfPromulgation", 100) if other else "",
        "typer_notation": other.text("TyperNotation", 100) if other else "",
        "promulgation_amount": other.whole("PromulgationAmount") if other else None,
        "page_amount": other.whole("PageAmount") if other else None,
        "appendixes": _texts(appendixes.many("Appendix"), 500) if appendixes else (),
        "steering": message.whole("SteeringType"),
    }


def _texts(nodes: Iterable[Node], limit: int) -> tuple[str, ...]:
    return tuple(text for text in (node.value(limit) for node in nodes) if text)


def _organ(node: Node) -> Organ:
    organ = Organ(
        organ_id=node.organ_id(required=True),
        name=node.text("OrganName", 200),
        in_charge=node.text("OrganizationInCharge", 500),
        address=node.text("OrganAdd", 500),
        email=node.text("Email", 100),
        telephone=node.text("Telephone", 50),
        fax=node.text("Fax", 50),
        website=node.text("Website", 100),
    )
    if not organ.name:
        node.note("name", N_("Thiếu tên cơ quan OrganName."))
    return organ


def _signer(node: Node) -> Signer | None:
    signer = Signer(node.text("Competence", 100), node.text("Position", 100), node.text("FullName", 50))
    return signer if signer != Signer() else None


def _staff(parent: Node) -> Staff | None:
    node = parent.one("StaffInfo")
    if node is None:
        return None
    staff = Staff(
        node.text("Department", 300), node.text("Staff", 300), node.text("Mobile", 30), node.text("Email", 100)
    )
    return staff if staff != Staff() else None


def _response(node: Node) -> ResponseFor:
    return ResponseFor(
        organ_id=node.organ_id(required=False),
        code=node.text("Code", 50),
        promulgated_on=node.day("PromulgationDate"),
        document_id=node.text("DocumentId", 200),
    )


def _traces(node: Node | None) -> tuple[Trace, ...]:
    if node is None:
        return ()
    return tuple(Trace(hop.organ_id(required=False), hop.instant("Timestamp")) for hop in node.many("TraceHeader"))


def _business(list_node: Node | None, responses: tuple[ResponseFor, ...]) -> Business:
    node = list_node.one("Bussiness") if list_node else None
    if node is None:
        return Business()
    number = node.whole("BussinessDocType")
    try:
        kind = BusinessKind(number or 0)
    except ValueError:
        raise refused(N_("Loại nghiệp vụ {number} không có trong quy chuẩn."), number=number) from None
    document_id = node.text("DocumentId", 200)
    if kind is BusinessKind.RECALL and not document_id and responses:
        document_id = responses[0].document_id
        node.note("recall", N_("Văn bản thu hồi nêu ở ResponseFor."))
    info = node.one("BussinessDocumentInfo")
    return Business(
        kind=kind,
        reason=node.text("BussinessDocReason", 500),
        document_id=document_id,
        information_changed=info.flag("DocumentInfo") if info else False,
        receivers_changed=info.flag("DocumentReceiver") if info else False,
        receivers=_receivers(info),
        staff=_staff(node),
        paper=node.flag("Paper") if node.text("Paper", 10) else None,
        replacements=_replacements(node.one("ReplacementInfoList")),
    )


def _receivers(info: Node | None) -> tuple[Receiver, ...]:
    changes = info.one("ReceiverList") if info else None
    if changes is None:
        return ()
    return tuple(Receiver(r.organ_id(required=True), r.flag("ReceiverType")) for r in changes.many("Receiver"))


def _replacements(node: Node | None) -> tuple[Replacement, ...]:
    """The official sample repeats an entry: repeats are dropped."""
    if node is None:
        return ()
    found = []
    for info in node.many("ReplacementInfo"):
        organs = info.one("OrganIdList")
        found.append(Replacement(info.text("DocumentId", 200), _texts(organs.many("OrganId"), 35) if organs else ()))
    if len(set(found)) < len(found):
        node.note("repeated", N_("Danh sách thay thế có mục lặp lại."))
    return tuple(dict.fromkeys(found))


def _references(body: Node | None) -> tuple[Reference, ...]:
    manifest = body.one("edXMLManifest") if body else None
    if manifest is None:
        return ()
    found = tuple(
        Reference(
            content_id=_content_id(node),
            name=packing.check_name(node.text("AttachmentName", 500) or node.text("Description", 500) or "tep.bin"),
            content_type=node.text("ContentType", 100),
            description=node.text("Description", 500),
        )
        for node in manifest.many("Reference")
    )
    _distinct("Reference/ContentId", (reference.content_id for reference in found))
    return found


def _attachments(node: Node | None, limits: packing.Limits, unpack: Unpack) -> tuple[Attachment, ...]:
    if node is None:
        return ()
    nodes = node.many("Attachment")
    if len(nodes) > limits.count:
        raise refused(N_("Có quá {limit} tệp đính kèm."), limit=limits.count)
    found, total = [], 0
    for item in nodes:
        attachment = _attachment(item, limits, unpack)
        total += len(attachment.data)
        if total > limits.all_bytes:
            raise refused(N_("Các tệp đính kèm cộng lại vượt {limit} byte."), limit=limits.all_bytes)
        found.append(attachment)
    _distinct("Attachment/ContentId", (attachment.content_id for attachment in found))
    return tuple(found)


def _attachment(node: Node, limits: packing.Limits, unpack: Unpack) -> Attachment:
    name = packing.check_name(node.text("AttachmentName", 500) or node.text("Description", 500) or "tep.bin")
    encoded = node.need("ContentTransferEncoded")
    data, zipped = unpack(name, "".join(encoded.element.itertext()), limits)
    return Attachment(
        content_id=_content_id(node),
        name=name,
        data=data,
        content_type=node.text("ContentType", 100),
        description=node.text("Description", 500),
        zipped=zipped,
    )


def _content_id(node: Node) -> str:
    text = node.text("ContentId", 200).removeprefix(PREFIX)
    if not text:
        raise refused(N_("Thiếu phần tử {name} trong {parent}."), name="ContentId", parent=node.name)
    return text


def _signature(node: Node | None) -> SignatureState:
    if node is None:
        return SignatureState.ABSENT
    return SignatureState.XMLDSIG if node.element.tag == f"{{{XMLDSIG}}}Signature" else SignatureState.LEGACY


def _distinct(where: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise refused(N_("{where} lặp lại: “{key}”."), where=where, key=key)
        seen.add(key)


def _check_content(found: Envelope, root: Node) -> None:
    listed = {reference.content_id for reference in found.references}
    for attachment in found.attachments:
        if attachment.content_id not in listed:
            root.note("unlisted", N_("Tệp đính kèm không có trong danh sách Reference."), attachment.name)


def _noted(message: Message, notes: list[Note]) -> Message:
    return replace(message, notes=tuple(dict.fromkeys(notes)))
