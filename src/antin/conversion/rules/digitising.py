"""Decisions on digitising paper, pure: sharp enough, described, seen whole, by two persons (379/15, 379/19.6).

>>> every_page_seen([1, 2, 3], 3)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from antin.regulation import RuleViolation
from antin.values import N_, Method, nfc

DPI_LEAST = 200
"""Dots an inch of a scan that is kept in place of reading the paper (TT05/2025, the archive's floor)."""
WORDS_MOST, NAME_MOST = 2_000, 300
STRONG = frozenset({Method.PASSWORD_TOTP, Method.PASSKEY, Method.CERTIFICATE, Method.NATIONAL_IDENTITY})
"""Ways of signing in that 379/12.2.b names; a password alone is none (379/15.2.b)."""


@dataclass(frozen=True, slots=True)
class PaperFields:
    """What stands on the paper, each field read from its picture by a person (379/15.1.b)."""

    type_code: str
    abstract: str
    number_text: str
    notation: str
    issued_on: date | None
    issuing_name: str
    issued_here: bool
    signer_name: str
    kept_at: str
    """Where the paper lies: shelf, box, folder."""


def format_floor(dpi: Sequence[int]) -> None:
    """Every page is a picture of at least 200 dpi (379/15.1.a, 379/15.2.a)."""
    for page, found in enumerate(dpi, 1):
        if found == 0:
            raise RuleViolation(
                "379/15.1.a",
                N_("Trang {page} không phải ảnh quét."),
                N_("Quét lại cả văn bản thành một tệp PDF ảnh."),
                page=page,
            )
        if found < DPI_LEAST:
            raise RuleViolation(
                "379/15.1.a",
                N_("Trang {page} quét {found} dpi, cần ít nhất {least} dpi."),
                N_("Quét lại với độ phân giải cao hơn."),
                page=page,
                found=found,
                least=DPI_LEAST,
            )


def each_field_confirmed(given: PaperFields, today: date) -> PaperFields:
    """Nothing that identifies the paper is left out or impossible; words in NFC, spaces single (379/15.1.b)."""
    read = PaperFields(
        type_code=given.type_code.strip(),
        abstract=_words(given.abstract),
        number_text=_words(given.number_text),
        notation=_words(given.notation),
        issued_on=given.issued_on,
        issuing_name=_words(given.issuing_name),
        issued_here=given.issued_here,
        signer_name=_words(given.signer_name),
        kept_at=_words(given.kept_at),
    )
    missing = next((words for name, words in _NEEDED if not getattr(read, name)), None)
    if missing is not None:
        raise RuleViolation("379/15.1.b", N_("Chưa nhập đủ dữ liệu của văn bản giấy."), missing)
    if read.issued_on is not None and read.issued_on > today:
        raise RuleViolation("379/15.1.b", N_("Ngày ban hành ở tương lai."), N_("Xem lại ngày trên bản giấy."))
    if len(read.abstract) > WORDS_MOST or any(
        len(words) > NAME_MOST for words in (read.issuing_name, read.signer_name, read.kept_at, read.notation)
    ):
        raise RuleViolation("379/15.1.b", N_("Một ô dữ liệu quá dài."), N_("Rút gọn rồi lưu lại."))
    return read


_NEEDED = (
    ("abstract", N_("Nhập trích yếu.")),
    ("number_text", N_("Nhập số của văn bản.")),
    ("issuing_name", N_("Nhập cơ quan ban hành.")),
    ("issued_on", N_("Nhập ngày ban hành.")),
    ("signer_name", N_("Nhập người ký.")),
    ("kept_at", N_("Nhập nơi giữ bản giấy.")),
)


def _words(text: str) -> str:
    return nfc(" ".join(text.split()))


def every_page_seen(seen: Collection[int], pages: int) -> None:
    """A named person has compared every page with the paper (379/15.2.a)."""
    missing = sorted(set(range(1, pages + 1)) - set(seen))
    if missing:
        raise RuleViolation(
            "379/15.2.a",
            N_("Còn trang chưa đối chiếu với bản giấy: {missing}."),
            N_("Mở từng trang, so với bản giấy rồi đánh dấu."),
            missing=", ".join(map(str, missing[:20])),
        )


def method_is_strong(method: Method) -> None:
    """Whoever converts or answers for it is strongly authenticated (379/15.2.b, 379/12.2.b)."""
    if method not in STRONG:
        raise RuleViolation(
            "379/15.2.b",
            N_(
                "Việc này cần đăng nhập bằng tài khoản định danh quốc gia, mật khẩu và mã dùng một lần, khoá truy cập hoặc chứng thư số."
            ),
            N_("Đăng nhập lại bằng phương thức mạnh."),
        )


def keeper_is_not_converter(keepers: Collection[UUID], converters: Collection[UUID | None]) -> None:
    """Two persons stand for a digitised document: who made it, and who seals it (379/15.2.b, I49)."""
    if set(keepers) & set(converters):
        raise RuleViolation(
            "379/15.2.b",
            N_("Người số hoá không được tự đóng dấu bản số hoá."),
            N_("Chuyển người giữ con dấu khác."),
        )


def paper_in_force(state: str) -> None:
    """Nothing is certified from a paper that is void (379/15.3, 379/19.6)."""
    if state != "in_force":
        raise RuleViolation("379/19.6", N_("Bản giấy đã bị huỷ hiệu lực."), N_("Bỏ bản quét này."))


def made_from_paper(paper_id: UUID | None) -> UUID:
    """Only a digitised document has a paper that can be void (379/19.6)."""
    if paper_id is None:
        raise RuleViolation("379/19.6", N_("Văn bản này không số hoá từ bản giấy."), N_("Xem lại văn bản."))
    return paper_id


def basis_named(basis: str, reason: str) -> tuple[str, str]:
    """A paper is void by its issuer's decision, named, for a reason (379/19.2.a, 379/19.3)."""
    basis, reason = _words(basis), _words(reason)
    if not basis or not reason or max(len(basis), len(reason)) > WORDS_MOST:
        raise RuleViolation(
            "379/19.3",
            N_("Cần ghi căn cứ và lý do huỷ hiệu lực bản giấy."),
            N_("Ghi số, ngày quyết định của cơ quan ban hành và lý do."),
        )
    return basis, reason
