"""Decisions on paper copies, pure: what may be printed, what must stand on it, what it is worth now (379/16, 379/19.5).

>>> read_code("abcd-efgh-jkmn-pqr5")
'ABCDEFGHJKMNPQR5'
>>> read_code("O0lI-1111-2222-3333")
'0011111122223333'
>>> shown_code("ABCDEFGHJKMNPQR5")
'ABCD-EFGH-JKMN-PQR5'
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from antin.regulation import RuleViolation
from antin.values import N_, Secrecy, Validity

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 signs: none is mistaken for another on paper."""
CODE_BYTES, CODE_SIGNS = 10, 16
WORDS_MOST = 1_000
FINAL = {"outgoing": ("issued",), "incoming": ("registered", "forwarded", "in_process", "completed")}
"""States in which a document may be given on paper: issued, or taken into the book of arrivals."""


def new_code(random: bytes) -> str:
    """A look-up code of 16 signs from 10 random bytes: nobody finds one by guessing (80 bits)."""
    if len(random) != CODE_BYTES:
        raise ValueError("a code is made of ten random bytes")
    number = int.from_bytes(random)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(CODE_SIGNS)))


def read_code(typed: str) -> str:
    """What a person typed from paper, as it is stored; "" when it cannot be a code."""
    plain = typed.strip().upper().replace("-", "").replace(" ", "")
    plain = plain.replace("O", "0").replace("I", "1").replace("L", "1")
    return plain if len(plain) == CODE_SIGNS and set(plain) <= set(ALPHABET) else ""


def shown_code(code: str) -> str:
    """In groups of four, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def purpose_named(purpose: str, for_whom: str) -> tuple[str, str]:
    """A copy is made for something and for somebody (379/16.1)."""
    purpose, for_whom = " ".join(purpose.split()), " ".join(for_whom.split())
    if not purpose or not for_whom:
        raise RuleViolation(
            "379/16.1", N_("Cần ghi bản in dùng vào việc gì, cấp cho ai."), N_("Điền mục đích và người nhận bản in.")
        )
    if max(len(purpose), len(for_whom)) > WORDS_MOST:
        raise RuleViolation(
            "379/16.1",
            N_("Mục đích hoặc người nhận dài quá {limit} ký tự."),
            N_("Rút gọn rồi gửi lại."),
            limit=WORDS_MOST,
        )
    return purpose, for_whom


def reason_given(reason: str) -> str:
    """Refusing a request or voiding a copy needs its reason (379/16.2)."""
    words = reason.strip()
    if not words or len(words) > WORDS_MOST:
        raise RuleViolation(
            "379/16.2",
            N_("Cần ghi lý do, không quá {limit} ký tự."),
            N_("Ghi lý do ngắn gọn rồi làm lại."),
            limit=WORDS_MOST,
        )
    return words


def paper_permitted(secrecy: Secrecy) -> None:
    """What is secret never leaves on paper by this way (379/22.2)."""
    if secrecy is not Secrecy.OPEN:
        raise RuleViolation(
            "379/22.2",
            N_("Văn bản mật không in ở đây."),
            N_("Sao, chụp văn bản mật theo quy định bảo vệ bí mật nhà nước."),
        )


def printable(direction: str, state: str, validity: Validity, *, for_authority: bool) -> None:
    """Only what was issued or registered; out of force only for a competent body, and marked so (379/16.1, 379/19.4)."""
    if state not in FINAL[direction]:
        raise RuleViolation(
            "379/16.1",
            N_("Chỉ in bản giấy từ văn bản đã phát hành hoặc đã vào sổ."),
            N_("Đợi văn bản được phát hành, tiếp nhận rồi in."),
        )
    if validity is not Validity.IN_FORCE and not for_authority:
        raise RuleViolation(
            "379/19.4",
            N_("Văn bản không còn hiệu lực, không cấp bản giấy để sử dụng."),
            N_("Chỉ in cho cơ quan có thẩm quyền; bản in ghi rõ tình trạng."),
        )


def whole_content(pages_of_source: int, pages_printed: int) -> None:
    """Every page of the source is on paper (379/16.3.a)."""
    if pages_of_source != pages_printed or pages_printed < 1:
        raise RuleViolation("379/16.3.a", N_("Bản in thiếu trang so với văn bản điện tử."), N_("In lại."))


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands on every page of a copy (379/16.3, 379/16.4). `state` is "" while the source is in force."""

    system: str
    owner: str
    document_code: str
    converter: str
    at: str
    code: str
    number: int
    address: str
    state: str = ""
    beside: int = 0
    """Files that belong to the document and are not on this paper."""
    kind: str = "copy"
    """A copy of the document, or a "confirmation" of what happened with it."""


OVERPRINT = {
    Validity.REPLACED: "ĐÃ BỊ THAY THẾ",
    Validity.RECALLED: "ĐÃ BỊ THU HỒI",
    Validity.INVALIDATED: "ĐÃ BỊ HUỶ HIỆU LỰC",
}
"""What stands across each page of a copy whose source is out of force (379/19.4); Vietnamese, as the paper is."""


def marks_present(marks: Marks) -> Marks:
    """No copy without system, owner, code of the document, converter and look-up code (379/16.3.b, 379/16.3.c, 379/16.4)."""
    needed = {field.name for field in fields(marks)} - {"state", "beside"}
    missing = sorted(name for name in needed if not getattr(marks, name))
    if missing:
        raise RuleViolation(
            "379/16.3.c",
            N_("Bản in thiếu thông tin bắt buộc: {missing}."),
            N_("Quản trị bổ sung cấu hình hoặc mã định danh rồi in lại."),
            missing=", ".join(missing),
        )
    return marks


LAID_DOWN = ("discarded", "returned")
"""A received document that is not used here any more."""
IN_FORCE, SPOILED, ENDED, DESTROYED = "in_force", "spoiled", "ended", "destroyed"


def worth(copy_state: str, validity: Validity, custody: str, state: str) -> str:
    """What a printed copy is worth now: never more than its source at this instant (379/16.5, 379/19.5).

    `in_force` the electronic document's value; `spoiled` the copy was voided; `ended` the source is out of force;
    `destroyed` the source is no more.
    """
    if copy_state == "spoiled":
        return SPOILED
    if custody == "destroyed":
        return DESTROYED
    if validity is not Validity.IN_FORCE or state in LAID_DOWN:
        return ENDED
    return IN_FORCE
