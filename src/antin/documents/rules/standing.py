"""Guards: what must be true of a document before an act, besides its place in the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from antin.documents import lifecycle
from antin.documents.facts import DocumentView
from antin.documents.rules.access import persons
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Custody, Validity

REASON_LIMIT = 2000


def not_impounded(document: DocumentView) -> None:
    """379/21.3: nobody reads, copies, changes or uses it while any interval is open."""
    if document.impounded:
        raise RuleViolation(
            "379/21.3",
            N_("Văn bản đang bị niêm phong: không được truy cập, sao chép, sửa đổi hay sử dụng."),
            N_("Chỉ cơ quan đã niêm phong mới huỷ niêm phong được."),
            document=str(document.id),
        )


def custody_current(document: DocumentView) -> None:
    """379/23.1.b: what the archive holds is no longer handled."""
    if document.custody is not Custody.CURRENT:
        raise RuleViolation(
            "379/23.1.b",
            N_("Văn bản đã vào kho lưu trữ, không còn xử lý được."),
            N_("Đề nghị khai thác tại kho lưu trữ."),
            custody=document.custody.value,
        )


def in_use(document: DocumentView) -> None:
    """217/10.2.p2, 379/19.1: nothing begins on a document that is no longer in force."""
    if document.validity is Validity.IN_FORCE:
        return
    raise RuleViolation(
        "379/19.1" if document.validity is Validity.INVALIDATED else "217/10.2.p2",
        N_("Văn bản không còn hiệu lực sử dụng, không bắt đầu việc mới được."),
        N_("Kết thúc việc đang làm, hoặc dùng văn bản thay thế."),
        validity=document.validity.value,
    )


GUARDS: Mapping[str, Callable[[DocumentView], None]] = {
    "not_impounded": not_impounded,
    "custody_current": custody_current,
    "in_use": in_use,
}


def ask_guards(document: DocumentView, life_name: str, act: str) -> None:
    """Every guard that holds for this act of this life, before the table is asked."""
    for name in lifecycle.guards(life_name, act):
        GUARDS[name](document)


def not_yet_approved(document: DocumentView) -> None:
    """379/17.2: from approval on the original is never written on."""
    if document.state in ("draft", "in_review"):
        return
    raise RuleViolation(
        "379/17.2",
        N_("Văn bản đã được phê duyệt hoặc đã phát hành, không sửa trực tiếp."),
        N_("Khi chưa ký thì trả lại để soạn tiếp; đã phát hành thì đính chính, thay thế hoặc thu hồi."),
        state=document.state,
    )


def reason_given(reason: str) -> str:
    """The reason, trimmed; 379/17.3 wants one for every step back."""
    trimmed = reason.strip()
    if trimmed and len(trimmed) <= REASON_LIMIT:
        return trimmed
    raise RuleViolation(
        "379/17.3",
        N_("Việc này phải ghi lý do, không quá {limit} ký tự."),
        N_("Ghi lý do rồi làm lại."),
        limit=REASON_LIMIT,
    )


def revision_expected(document: DocumentView, expected: int) -> None:
    """Two people never overwrite each other: the change is made on the revision its author saw (379/17.3)."""
    if expected != document.revision:
        raise RuleViolation(
            "379/17.3",
            N_("Bản dự thảo đã có phiên bản {current}; thay đổi này dựa trên phiên bản {expected}."),
            N_("Mở phiên bản mới nhất, so sánh rồi sửa tiếp."),
            current=document.revision,
            expected=expected,
        )


def revision_seen(document: DocumentView, revision: int) -> None:
    """379/13.3: an endorsement is bound to the text that was read."""
    if revision != document.revision:
        raise RuleViolation(
            "379/13.3",
            N_("Đồng chí đã xem phiên bản {seen}, hiện tại là phiên bản {current}."),
            N_("Xem phiên bản mới nhất rồi cho ý kiến."),
            seen=revision,
            current=document.revision,
        )


def digest_bound(document: DocumentView, revision: int, digest: str) -> None:
    """379/17.2: what is approved is exactly this text, these attachments, these recipients."""
    if revision != document.revision or digest != document.digest:
        raise RuleViolation(
            "379/17.2",
            N_("Nội dung đang phê duyệt không còn là nội dung đã xem."),
            N_("Tải lại văn bản, xem thay đổi rồi phê duyệt."),
            revision=document.revision,
        )


def route_complete(document: DocumentView) -> None:
    """379/13.3: everyone responsible has handled it before it is approved."""
    if not document.route_complete:
        raise RuleViolation(
            "379/13.3",
            N_("Còn người soát xét chưa cho ý kiến, chưa phê duyệt được."),
            N_("Chờ đủ ý kiến theo luồng trình, hoặc trả lại kèm lý do."),
        )


def approver_is_not_drafter(document: DocumentView, actor: Actor) -> None:
    """379/13.3: nobody approves what they drafted, neither themselves nor on another's behalf."""
    if document.drafter_id in persons(actor):
        raise RuleViolation(
            "379/13.3",
            N_("Người soạn không được phê duyệt chính văn bản của mình."),
            N_("Trình người phê duyệt khác, hoặc đề nghị cấp trên cử người phê duyệt."),
        )


def form_checked(document: DocumentView) -> None:
    """379/13.1: nothing is signed before the registry has checked the form of this very revision."""
    if not document.form_checked:
        raise RuleViolation(
            "379/13.1",
            N_("Văn thư chưa kiểm tra thể thức của phiên bản này."),
            N_("Chờ văn thư kiểm tra thể thức."),
        )


def seal_present_or_not_needed(document: DocumentView) -> None:
    """379/13.2: from `signed` only what needs no seal is issued (379/12.3)."""
    if document.state == "signed" and document.seal_needed:
        raise RuleViolation(
            "379/13.2",
            N_("Văn bản này cần chữ ký số của cơ quan trước khi phát hành."),
            N_("Chuyển người giữ con dấu số đóng dấu."),
        )


ROW_GUARDS: Mapping[str, Callable[[DocumentView], None]] = {
    "form_checked": form_checked,
    "seal_present_or_not_needed": seal_present_or_not_needed,
}
"""What a row asks first and this room can answer alone; the rest is the calling room's to prove."""


def ask_row(document: DocumentView, names: tuple[str, ...]) -> None:
    """The row's own conditions that stand in `ROW_GUARDS`."""
    for name in names:
        if name in ROW_GUARDS:
            ROW_GUARDS[name](document)


def ask_named(document: DocumentView, names: Iterable[str]) -> None:
    """These guards by name; KeyError for a name that is no guard."""
    for name in names:
        GUARDS[name](document)
