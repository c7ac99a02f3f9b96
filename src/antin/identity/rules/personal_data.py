"""What is kept about a person, why, and who may set it right (379/4.1, Law on the protection of personal data). Pure."""

from __future__ import annotations

from uuid import UUID

from antin.identity.rules import person_code_fits
from antin.regulation import RuleViolation
from antin.values import N_, Office, nfc

FIELDS = {"name": 150, "position": 200, "code": 35}
"""What a person may dispute, and how many characters of it are kept; offices end and begin by mandates."""
WORDS_MOST = 500
SETTLERS = (Office.IDENTITY_OFFICER, Office.COMPETENT_AUTHORITY)
"""Who manages people: the identity officer of the installation, the competent authority in its body and below."""

PURPOSES = {
    "person": ("379/11.1", N_("Để biết ai thực hiện mỗi giao dịch.")),
    "mandates": (
        "379/31.p1",
        N_("Để biết ai được làm việc gì, theo văn bản nào; nhiệm vụ cũ giữ lại để xét việc đã làm."),
    ),
    "account": ("379/3.7", N_("Để chỉ đúng người mới vào được, và biết ai đã xác nhận danh tính.")),
    "sign_ins": (
        "379/5.9",
        N_("Để chính đồng chí nhận ra người khác thử vào, và để cửa đóng lại khi bị thử nhiều lần."),
    ),
    "stand_ins": ("379/6.2.p2", N_("Để việc làm thay ghi đúng hai tên và căn cứ.")),
    "certificates": ("379/8.3", N_("Để ký số và để người nhận kiểm tra chữ ký.")),
    "corrections": ("379/4.1", N_("Để biết dữ liệu nào đã được đề nghị sửa, ai quyết định, vì sao.")),
    "accesses": ("379/5.3", N_("Để biết ai đã xem hoặc thay đổi dữ liệu này.")),
}
"""Clause and purpose of each group of data."""


def correctable(field: str) -> str:
    """RuleViolation 379/4.1 for what is no datum of the record."""
    if field not in FIELDS:
        raise RuleViolation("379/4.1", N_("Không có mục dữ liệu này."), N_("Chọn họ tên, chức vụ hoặc mã định danh."))
    return field


def value_proposed(field: str, value: str) -> str:
    """The value as it would be kept. RuleViolation 379/4.1 when empty or too long, 379/11.1 for no person code."""
    said = " ".join(nfc(value).split())
    if not said or len(said) > FIELDS[field] or not said.isprintable():
        raise RuleViolation(
            "379/4.1",
            N_("Thiếu dữ liệu đúng, hoặc dài quá {most} ký tự."),
            N_("Ghi đúng như giấy tờ rồi gửi lại."),
            most=FIELDS[field],
        )
    if field == "code":
        person_code_fits(said)
    return said


def words_given(words: str) -> str:
    """Why it is wrong, what was seen, why it stays: RuleViolation 379/4.1 without it. At most 500 characters are kept."""
    said = nfc(words).strip()
    if not said:
        raise RuleViolation("379/4.1", N_("Thiếu lý do hoặc giấy tờ làm căn cứ."), N_("Ghi rồi thực hiện lại."))
    return said[:WORDS_MOST]


def changes_something(present: str, proposed: str) -> None:
    """What stands there already needs no correction (379/4.1)."""
    if present == proposed:
        raise RuleViolation("379/4.1", N_("Dữ liệu đã đúng như vậy."), N_("Không cần đính chính mục này."))


def none_open(*, stands: bool) -> None:
    """One open request for a datum at a time (379/4.1)."""
    if stands:
        raise RuleViolation(
            "379/4.1", N_("Mục này đang có đề nghị chờ quyết định."), N_("Chờ kết quả ở trang dữ liệu của mình.")
        )


def own_alone(person_id: UUID | None) -> UUID:
    """Only a person has data of their own; nobody asks for anybody else's (379/4.1)."""
    if person_id is None:
        raise nothing_here()
    return person_id


def code_is_free(*, taken: bool) -> None:
    """A person code names one person for ever, also after it was corrected (379/11.1)."""
    if taken:
        raise RuleViolation("379/11.1", N_("Mã định danh này là của người khác."), N_("Kiểm tra lại mã trên giấy tờ."))


def nothing_here() -> RuleViolation:
    """For whom it is not there."""
    return RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))
