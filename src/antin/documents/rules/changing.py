"""What happens to an issued document: changed by another, recalled, declared void (379/17.2, 379/19, 217/9.2)."""

from __future__ import annotations

from antin.documents.facts import ChangeKind, Direction, DocumentView
from antin.regulation import RuleViolation
from antin.values import N_, Validity

BASIS_LIMIT = 1000
FORM_LIMIT = 200


def own_document(document: DocumentView) -> None:
    """217/9.2: an organisation takes back, replaces or voids what it issued itself; others' only by their notice."""
    if document.direction is Direction.OUTGOING and document.state == "issued":
        return
    raise RuleViolation(
        "217/9.2",
        N_("Chỉ cơ quan ban hành mới thu hồi, thay thế hoặc huỷ hiệu lực văn bản, sau khi đã phát hành."),
        N_("Văn bản chưa phát hành thì trả lại hoặc bỏ; văn bản đến thì đề nghị cơ quan ban hành."),
    )


def page_bound(digest: str, shown: str) -> None:
    """379/17.2: what is decided upon is exactly the page that was shown."""
    if digest != shown:
        raise RuleViolation(
            "379/17.2", N_("Trang đang quyết định không còn là trang đã xem."), N_("Tải lại văn bản rồi làm lại.")
        )


def internal_basis_named(basis: str) -> str:
    """The decision or rule by which a document is declared void, trimmed (379/19.2.a)."""
    return _named(basis, BASIS_LIMIT, "379/19.2.a", N_("Huỷ hiệu lực phải nêu căn cứ, không quá {limit} ký tự."))


def form_named(form: str) -> str:
    """The form in which it was declared, trimmed (379/19.3)."""
    return _named(form, FORM_LIMIT, "379/19.3", N_("Huỷ hiệu lực phải nêu hình thức, không quá {limit} ký tự."))


def _named(text: str, limit: int, clause: str, reason: str) -> str:
    trimmed = " ".join(text.split())
    if trimmed and len(trimmed) <= limit:
        return trimmed
    raise RuleViolation(clause, reason, N_("Ghi đủ rồi làm lại."), limit=limit)


def change_kind(name: str) -> ChangeKind:
    """RuleViolation for anything but the three ways of 379/17.2."""
    try:
        return ChangeKind(name)
    except ValueError:
        raise RuleViolation(
            "379/17.2",
            N_("Chỉ đính chính, sửa đổi, bổ sung hoặc thay thế được một văn bản đã ban hành."),
            N_("Chọn lại cách thay đổi."),
            field="change",
        ) from None


def may_be_changed(document: DocumentView, *, owner_id: object) -> None:
    """379/17.2: one's own issued document that is still in force; RuleViolation says which of it fails."""
    own_document(document)
    if document.owner_id != owner_id:
        raise RuleViolation(
            "379/17.2",
            N_("Văn bản được thay đổi do cơ quan khác ban hành."),
            N_("Chỉ cơ quan đã ban hành, hoặc cấp trên, mới thay đổi được."),
        )
    if document.validity is not Validity.IN_FORCE:
        raise RuleViolation(
            "379/17.2",
            N_("Văn bản được thay đổi không còn hiệu lực."),
            N_("Chọn văn bản đang có hiệu lực, hoặc bỏ liên kết."),
            validity=document.validity.value,
        )
