"""Decisions about incidents and about work on paper while the system is out (379/4.6). Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from antin.regulation import RuleViolation
from antin.values import N_, Office, nfc

KINDS: Final = {
    "outage": N_("hệ thống, đường truyền ngừng"),
    "account": N_("tài khoản, chứng thư bị lộ, mất"),
    "attack": N_("nghi bị tấn công, xâm nhập"),
    "data": N_("dữ liệu sai, mất, hỏng"),
    "deviation": N_("việc tự động làm sai"),
}
GRADES: Final = {"low": N_("thấp"), "medium": N_("trung bình"), "high": N_("nghiêm trọng")}
WORDS_MOST: Final = 4_000
LOOK_AHEAD: Final = timedelta(minutes=5)
WATCHERS: Final = frozenset({Office.SECURITY_OFFICER, Office.SYSTEM_OWNER, Office.AUDITOR, Office.ADMINISTRATOR})
"""Who sees every incident; who reported one sees that one."""
PAPER_WORKERS: Final = frozenset({Office.CLERK, Office.LEADER, Office.OFFICE_HEAD})
"""Who sees an outage of their own organisation."""


def kind_known(kind: str) -> str:
    if kind not in KINDS:
        raise RuleViolation("379/4.6", N_("Chưa chọn loại sự cố."), N_("Chọn loại gần đúng nhất."))
    return kind


def grade_known(grade: str) -> str:
    if grade not in GRADES:
        raise RuleViolation("379/4.6", N_("Chưa chọn mức độ."), N_("Chọn mức độ theo những gì đã biết."))
    return grade


def words_given(words: str) -> str:
    """The text, trimmed. RuleViolation 379/4.6 for none, or for more than is read."""
    text = nfc(words).strip()
    if not text or len(text) > WORDS_MOST:
        raise RuleViolation(
            "379/4.6",
            N_("Còn ô chưa ghi, hoặc quá {most} chữ."),
            N_("Viết ngắn, đủ ý."),
            most=WORDS_MOST,
        )
    return text


def has_begun(began_at: datetime, now: datetime) -> datetime:
    """What went wrong lies in the past."""
    if began_at > now + LOOK_AHEAD:
        raise RuleViolation("379/4.6", N_("Thời điểm bắt đầu chưa tới."), N_("Ghi lúc sự việc thực sự bắt đầu."))
    return began_at


def nothing_here() -> RuleViolation:
    return RuleViolation("379/4.4", N_("Không có sự cố này."), N_("Về trang sự cố."))


def cause_named(cause: str) -> None:
    """Closed is what was understood: the last look must name the cause."""
    if not cause.strip():
        raise RuleViolation(
            "379/4.6", N_("Chưa ghi nguyên nhân."), N_("Cán bộ an toàn thông tin ghi nguyên nhân trước.")
        )


def outage_reconciled(states: Collection[str]) -> None:
    """No incident is over while work on paper of it is not wholly back in the system (379/4.6)."""
    if any(state != "reconciled" for state in states):
        raise RuleViolation(
            "379/4.6",
            N_("Đợt làm việc trên giấy chưa đối chiếu xong."),
            N_("Nhập đủ, huỷ đủ các số giấy rồi khép đợt."),
        )


def incident_open(state: str) -> None:
    if state == "closed":
        raise RuleViolation("379/4.6", N_("Sự cố này đã khép."), N_("Báo sự cố mới."))


def scope_named(organisations: Collection[UUID], known: Collection[UUID]) -> None:
    if not organisations or not set(organisations) <= set(known):
        raise RuleViolation("379/4.6", N_("Chưa chọn cơ quan phải làm trên giấy."), N_("Chọn ít nhất một cơ quan."))


def not_out_already(*, is_out: bool) -> None:
    if is_out:
        raise RuleViolation(
            "379/4.6", N_("Cơ quan này đang trong một đợt làm trên giấy khác."), N_("Khép đợt đó trước.")
        )


def in_scope(organisation_id: UUID, organisations: Collection[UUID]) -> None:
    if organisation_id not in organisations:
        raise RuleViolation(
            "379/4.6", N_("Cơ quan này không thuộc đợt làm trên giấy."), N_("Chọn cơ quan trong phạm vi.")
        )


def out_now(state: str) -> None:
    """Numbers are set aside while the outage stands, and until it is reconciled for what was written meanwhile."""
    if state == "reconciled":
        raise RuleViolation("379/4.6", N_("Đợt làm trên giấy đã khép."), N_("Cấp số theo cách thường."))


def number_in_block(number: int, first: int, last: int) -> None:
    if not first <= number <= last:
        raise RuleViolation(
            "379/4.6", N_("Số {number} không thuộc đợt cấp."), N_("Chọn một số của đợt."), number=number
        )


def not_entered_yet(*, stands: bool) -> None:
    if stands:
        raise RuleViolation("379/4.6", N_("Số này đã được nhập hoặc đã huỷ."), N_("Tải lại trang."))


def scan_certified(*, is_digitised: bool) -> None:
    """What comes back from paper is a scan that two persons answered for and the body sealed (379/15.2)."""
    if not is_digitised:
        raise RuleViolation(
            "379/15.2",
            N_("Văn bản này không phải bản số hoá đã đóng dấu."),
            N_("Số hoá bản giấy trước, rồi chọn ở đây."),
        )


def says_this_number(said: str, number: int) -> None:
    """The number on an issued paper is the number it is entered under (217/11.2)."""
    if said.strip() != str(number):
        raise RuleViolation(
            "217/11.2",
            N_("Bản số hoá ghi số {said}, không phải số {number}."),
            N_("Chọn đúng văn bản, hoặc sửa dữ liệu số hoá."),
            said=said or "–",
            number=number,
        )


def acted_during(acted_at: datetime, began_at: datetime, now: datetime) -> datetime:
    """The paper's own time lies in the outage (379/4.6)."""
    if not began_at <= acted_at <= now + LOOK_AHEAD:
        raise RuleViolation(
            "379/4.6", N_("Thời điểm trên giấy nằm ngoài đợt làm trên giấy."), N_("Ghi ngày giờ thực hiện trên giấy.")
        )
    return acted_at


def second_person(person_id: UUID | None, entered_by: UUID) -> None:
    """Who entered a paper does not check it (379/15.2.b)."""
    if person_id == entered_by:
        raise RuleViolation(
            "379/15.2.b", N_("Người nhập không tự kiểm tra."), N_("Văn thư khác hoặc lãnh đạo kiểm tra.")
        )


def nothing_left(*, untouched: int, unchecked: int) -> None:
    """Proven is that nothing is missing: every number used or voided, every entry looked at twice (I44)."""
    if untouched or unchecked:
        raise RuleViolation(
            "379/4.6",
            N_("Còn {untouched} số giấy chưa nhập và {unchecked} số chờ kiểm tra."),
            N_("Nhập, kiểm tra hoặc huỷ kèm lý do từng số."),
            untouched=untouched,
            unchecked=unchecked,
        )
