"""What a draft may hold, and when it may be submitted. Sizes are checked before anything is read.

>>> line("  Kế hoạch\\x00 năm\\n2026 ")
'Kế hoạch năm 2026'
"""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

from antin.documents.facts import DraftFields, IncomingFacts
from antin.documents.rules.access import strongly_authenticated
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, Urgency, nfc

ABSTRACT_LIMIT = 500  # QCVN 102:2016, Subject
BODY_LIMIT = 400_000
LINE_LIMIT = 300
NAME_LIMIT = 200
SALUTATION_LIMIT = 30
ADDRESSEES_LIMIT = 80
RECIPIENTS_LIMIT = 500
OPINION_LIMIT = 10_000
ATTACHMENTS_LIMIT = 30
ATTACHMENT_LIMIT_BYTES = 1024 * 1024 * 1024
SECRET_LIMIT_BYTES = 50 * 1024 * 1024
"""Of a file of a Mật document: a cipher product takes it as a whole, in memory."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-_]{0,63}")
_DECEIVING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\ufffe\uffff]")
_RESERVED = re.compile(r'[\\/:*?"<>|]')


def line(raw: str) -> str:
    """One line as stored: NFC, no control or direction-changing characters, single spaces."""
    return " ".join(_DECEIVING.sub("", nfc(raw.replace("\t", " ").replace("\n", " "))).split())


def text(raw: str) -> str:
    """Several lines as stored: NFC, line feeds only, no other control characters, no trailing spaces."""
    plain = _DECEIVING.sub("", nfc(raw.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n".join(part.rstrip() for part in plain.split("\n")).strip("\n")


def check_text(raw: str, *, limit: int, clause: str, name: str, required: bool = True) -> str:
    """The text as stored; RuleViolation when too long, or empty though required."""
    _within(len(raw), limit, clause, name)
    stored = text(raw)
    if required and not stored:
        _missing(clause, name)
    return stored


def check_fields(fields: DraftFields) -> DraftFields:
    """The same fields in stored form; RuleViolation naming the first limit or rule that they break."""
    kept = fields_within_limits(fields)
    if not kept.abstract:
        _missing("217/11.6", N_("Trích yếu"))
    _check_time(kept)
    return kept


def fields_within_limits(fields: DraftFields) -> DraftFields:
    """Sizes first, then the stored form; what is still missing is not asked (a page shown while it is written)."""
    _within(len(fields.abstract), ABSTRACT_LIMIT, "217/11.6", N_("Trích yếu"))
    _within(len(fields.body), BODY_LIMIT, "379/13.1", N_("Nội dung"))
    _lines(fields.salutation, SALUTATION_LIMIT, "379/13.1", N_("Kính gửi"))
    _lines(fields.addressees, ADDRESSEES_LIMIT, "379/13.1", N_("Nơi nhận"))
    _within(len(fields.recipients), RECIPIENTS_LIMIT, "217/11.11", N_("Bên nhận"), N_("nơi"))
    _within(len(fields.signing_capacity), NAME_LIMIT, "379/13.1", N_("Thẩm quyền ký"))
    _within(len(fields.signer_position), NAME_LIMIT, "379/13.1", N_("Chức vụ người ký"))
    return replace(
        fields,
        abstract=line(fields.abstract),
        body=text(fields.body),
        salutation=_kept(fields.salutation),
        addressees=_kept(fields.addressees),
        recipients=_codes(fields.recipients),
        signing_capacity=line(fields.signing_capacity),
        signer_position=line(fields.signer_position),
    )


def check_incoming(facts: IncomingFacts) -> IncomingFacts:
    """What a sender states, in stored form. Only sizes are refused here; truth is the registry's to verify."""
    _within(len(facts.abstract), 2 * ABSTRACT_LIMIT, "217/11.6", N_("Trích yếu"))
    cleaned: dict[str, str] = {"abstract": line(facts.abstract)}
    for name in _INCOMING_TEXTS:
        value = getattr(facts, name)
        _within(len(value), 2 * NAME_LIMIT, "217/11.p1", N_("Thông tin kèm văn bản"))
        cleaned[name] = line(value)
    return replace(facts, **cleaned)  # type: ignore[arg-type]


_INCOMING_TEXTS = (
    "type_code",
    "type_name",
    "number_text",
    "notation",
    "reference_number",
    "document_code",
    "issuing_name",
    "issuing_code",
    "sender_name",
    "sender_code",
    "signer_name",
    "signing_capacity",
    "channel",
    "digest",
)


def check_attachment_name(name: str) -> str:
    """A file name without folders or reserved characters (217/11.7)."""
    _within(len(name), NAME_LIMIT, "217/11.7", N_("Tên tệp"))
    stored = _RESERVED.sub("_", line(name)).lstrip(".")
    if not stored:
        _missing("217/11.7", N_("Tên tệp"))
    return stored


def may_draft_type(actor: Actor, organisation_id: UUID, type_code: str) -> None:
    """379/14.p1: a drafter of that organisation, whose mandate covers the type."""
    strongly_authenticated(actor)
    drafting = [m for m in actor.mandates if m.office is Office.DRAFTER and m.organisation_id == organisation_id]
    if any(not m.document_types or type_code in m.document_types for m in drafting):
        return
    raise RuleViolation(
        "379/14.p1",
        N_("Đồng chí không có thẩm quyền soạn loại văn bản này cho cơ quan này."),
        N_("Chọn loại văn bản khác, hoặc đề nghị người được giao soạn."),
        type=type_code,
    )


def ready_to_submit(fields: DraftFields, *, drafter_id: UUID | None, prints_name: bool, has_pdf: bool) -> None:
    """recipients_named and type_rules_met (217/6.1, 379/17.1): a draft that can become a document."""
    approver = fields.approver_id or fields.signatory_id
    if fields.signatory_id is None:
        _missing("379/13.2", N_("Người ký"))
    if approver == drafter_id:
        raise RuleViolation(
            "379/13.3",
            N_("Người soạn không được phê duyệt chính văn bản của mình."),
            N_("Chọn người ký hoặc người phê duyệt khác."),
        )
    if not fields.body and not has_pdf:
        _missing("379/13.1", N_("Nội dung"))
    if not fields.recipients and not fields.addressees:
        _missing("217/11.11", N_("Nơi nhận"))
    if not fields.addressees or not fields.addressees[-1].lstrip("-– ").casefold().startswith("lưu"):
        raise RuleViolation(
            "379/13.1",
            N_("Thiếu dòng “Lưu …”. Văn bản của Đảng phải ghi nơi lưu ở cuối nơi nhận."),
            N_("Thêm dòng “Lưu …” vào cuối nơi nhận."),
        )
    if not prints_name and not fields.salutation:
        _missing("379/13.1", N_("Kính gửi"))


def _check_time(fields: DraftFields) -> None:
    if (fields.urgency is Urgency.TIMED) != (fields.urgent_at is not None):
        raise RuleViolation(
            "217/11.5",
            N_("Hoả tốc hẹn giờ phải ghi giờ đến; mức khẩn khác thì không."),
            N_("Ghi giờ, hoặc chọn mức độ khẩn khác."),
        )
    if fields.urgent_at is not None and fields.urgent_at.tzinfo is None:
        raise ValueError("urgent_at needs a zone")


def _codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(code.strip() for code in codes if code.strip()))
    for code in kept:
        if not _CODE.fullmatch(code):
            raise RuleViolation(
                "217/11.11",
                N_("Mã định danh bên nhận “{code}” không đúng."),
                N_("Chọn bên nhận trong danh bạ."),
                code=code[:80],
            )
    return kept


def _kept(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(stored for stored in (line(raw) for raw in lines) if stored)


def _lines(lines: tuple[str, ...], limit: int, clause: str, name: str) -> None:
    _within(len(lines), limit, clause, name, N_("dòng"))
    _within(max((len(raw) for raw in lines), default=0), LINE_LIMIT, clause, name)


def _within(size: int, limit: int, clause: str, name: str, unit: str = N_("ký tự")) -> None:
    if size > limit:
        raise RuleViolation(
            clause,
            N_("{name} dài {size} {unit}, nhiều nhất là {limit}."),
            N_("Rút gọn rồi lưu lại."),
            name=name,
            size=size,
            unit=unit,
            limit=limit,
        )


def _missing(clause: str, name: str) -> None:
    raise RuleViolation(clause, N_("Thiếu: {name}."), N_("Bổ sung rồi làm lại."), name=name)
