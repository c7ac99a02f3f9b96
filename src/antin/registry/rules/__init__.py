"""Decisions of the registry, pure: numbers, who may sign and seal, dates, what a book line must hold.

>>> lowest_free([7, 3], highest=9)
3
>>> lowest_free([], highest=9)
10
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import TypeVar
from uuid import UUID

from antin.documents.facts import HandlingStep
from antin.regulation import RuleViolation
from antin.values import N_, Method, Secrecy, Urgency, Validity, to_vietnam

Certificate = TypeVar("Certificate")
Request = TypeVar("Request")
Defect = TypeVar("Defect")
Page = TypeVar("Page")

HOUSE, DEVICE, FILE = WAYS = ("house", "device", "file")
"""How a page is signed: by a key the installation keeps, by the person's device, as a whole file in another program."""

CIPHER_NUMBER = re.compile(r"[\w./-]{1,40}")
SIGNED_FILE_MOST = 64 * 1024 * 1024
"""Bytes of a file that another program signed and sends back."""
TICKET_LIFE = timedelta(minutes=5)
"""A device answers within this time, or the person confirms again (379/5.6)."""

REQUEST_LIFE = timedelta(minutes=15)
"""A prepared page waits this long for its signature, then the number is free again (379/11.5, 217/11.2)."""


def lowest_free(free: Iterable[int], *, highest: int) -> int:
    """The next number of a register: the lowest that came back, else one more than the highest (217/11.2)."""
    return min(free, default=highest + 1)


def gaps(numbers: Collection[int]) -> tuple[int, ...]:
    """Numbers missing between 1 and the highest; empty for a register in order (217/11.2)."""
    present = set(numbers)
    return tuple(n for n in range(1, max(present, default=0) + 1) if n not in present)


def party_term(level: str, on: date) -> str:
    """The committee term a day falls into, `2025-2030`, until a clerk opens the register of the next (217/11.2).

    Terms run five years; the centre's congress sits the year after those of the provinces. The day a congress
    closes differs by body, so this only names the register that is opened on demand.
    """
    first = 2021 if level == "central" else 2020
    start = first + (on.year - first) // 5 * 5
    return f"{start}-{start + 5}"


def incoming_period(on: date) -> str:
    """Incoming registers run by calendar year (217/5.2)."""
    return str(on.year)


def document_code(organisation_code: str, on: date, number: int, notation: str) -> str:
    """`{OrganId},{yyyy/MM/dd},{number}/{notation}`, the identifier on the wire (217/11.2, QCVN 102:2016)."""
    return f"{organisation_code},{on:%Y/%m/%d},{number:02d}/{notation}"


def unclaimed_code(wanted: str, taken: Collection[str]) -> str:
    """The code itself, or with a running mark where another document of the day has it already (379/11.4).

    Two types share a notation (quyết định and quy định are both QĐ) and each counts from 01, so number,
    notation and day alone do not name one document.

    >>> unclaimed_code("A,2026/11/03,01/QĐ/TU", {"A,2026/11/03,01/QĐ/TU"})
    'A,2026/11/03,01/QĐ/TU,2'
    """
    return next(code for n in count(1) if (code := wanted if n == 1 else f"{wanted},{n}") not in taken)


def register_open(state: str) -> None:
    """Numbers come from an open register only (217/11.2)."""
    if state != "open":
        raise RuleViolation(
            "217/11.2",
            N_("Sổ đã khoá, không cấp thêm số được."),
            N_("Văn thư mở sổ của nhiệm kỳ hoặc năm mới rồi làm lại."),
        )


def kind_and_series_named(kind: str, series: str, period: str) -> None:
    """An outgoing register names its type and term, an incoming one its year (217/11.2, 217/5.2)."""
    named = {"outgoing": bool(series) and "-" in period, "incoming": period.isdigit()}.get(kind, False)
    if not named:
        raise RuleViolation(
            "217/11.2",
            N_("Sổ đi cần thể loại và nhiệm kỳ (ví dụ 2025-2030), sổ đến cần năm."),
            N_("Bổ sung rồi mở sổ lại."),
        )


def may_sign(persons: Collection[UUID], *, named: UUID | None) -> None:
    """Only the signatory whom the approved revision names signs it, or one on whose behalf (379/8.3)."""
    if named is None or named not in persons:
        raise RuleViolation(
            "379/8.3",
            N_("Văn bản này do người khác có thẩm quyền ký."),
            N_("Người ký được nêu trong văn bản; muốn đổi thì gửi trả về dự thảo."),
        )


def may_sign_type(type_code: str, admitted: frozenset[str]) -> None:
    """A mandate may be limited to some types; none named means all (379/28.1)."""
    if admitted and type_code not in admitted:
        raise RuleViolation(
            "379/28.1",
            N_("Uỷ quyền ký của đồng chí không gồm thể loại này."),
            N_("Đề nghị người có thẩm quyền ký hoặc bổ sung uỷ quyền."),
        )


def capacity_as_lent(printed: str, lent: str) -> None:
    """Who signs by delegation signs with the capacity that it gives, and no other stands on the page (379/13.2)."""
    if lent and printed.split() != lent.split():
        raise RuleViolation(
            "379/13.2",
            N_("Văn bản ghi quyền hạn ký “{printed}”, uỷ quyền cho ký “{lent}”."),
            N_("Trả lại người soạn để ghi đúng quyền hạn ký."),
            printed=printed,
            lent=lent,
        )


def certificate_present(certificate: Certificate | None, *, seal: bool = False) -> Certificate:
    """Without a certificate there is nothing to sign or seal with (379/8.4, 379/28.1)."""
    if certificate is not None:
        return certificate
    if seal:
        raise RuleViolation(
            "379/8.4",
            N_("Cơ quan ban hành chưa có chứng thư số con dấu."),
            N_("Đề nghị người quản lý thuê bao cấp chứng thư con dấu của cơ quan."),
        )
    raise RuleViolation(
        "379/28.1",
        N_("Đồng chí chưa có chứng thư số chuyên dùng công vụ để ký."),
        N_("Đề nghị người quản lý thuê bao cấp chứng thư."),
    )


def request_made(request: Request | None) -> Request:
    """The signature is asked for on a prepared page (379/13.1)."""
    if request is None:
        raise RuleViolation(
            "379/13.1",
            N_("Văn bản chưa được chuẩn bị để ký."),
            N_("Chuẩn bị ký: hệ thống cấp số, dàn trang và tính giá trị băm."),
        )
    return request


def wire_code(codes: Mapping[str, str]) -> str:
    """The code an organisation is known by on the wire: its State form, else its Party code (379/11.4, 379/26.2)."""
    known = [codes[scheme] for scheme in ("qd20", "qcvn102", "party") if codes.get(scheme)]
    if not known:
        raise RuleViolation(
            "379/11.2", N_("Cơ quan ban hành chưa có mã định danh."), N_("Cán bộ định danh cấp mã cho cơ quan.")
        )
    return known[0]


def request_is_open(state: str, *, expires_at: datetime, now: datetime) -> None:
    """A request is signed while it is open and in time (379/13.1, 379/11.5)."""
    if state != "open" or now >= expires_at:
        raise RuleViolation(
            "379/13.1",
            N_("Bản chuẩn bị ký không còn hiệu lực (hết hạn hoặc đã đóng)."),
            N_("Chuẩn bị ký lại: hệ thống cấp số, dàn trang và tính giá trị băm mới."),
        )


def keeper_is_not_signatory(keepers: Iterable[UUID | None], signatories: Iterable[UUID | None]) -> None:
    """Who signed never seals the same document, for oneself or for another (379/8.4, 379/12.2.a)."""
    if {k for k in keepers if k} & {s for s in signatories if s}:
        raise RuleViolation(
            "379/8.4",
            N_("Người ký văn bản không được tự đóng dấu số lên văn bản đó."),
            N_("Người giữ con dấu khác của cơ quan thực hiện việc này."),
        )


def handling_proven(steps: Sequence[HandlingStep]) -> None:
    """Each handling step up to the last signer has a person and a strong method (379/13.3, 379/12.2.b)."""
    weak = [s for s in steps if s.person_id is None or not Method(s.method).is_strong]
    if weak or not any(s.act == "approve" for s in steps):
        raise RuleViolation(
            "379/13.3",
            N_("Chưa chứng minh được đủ các bước xử lý của người có trách nhiệm trước khi ký."),
            N_("Mỗi bước soạn, góp ý, phê duyệt phải do người đã xác thực mạnh thực hiện."),
        )


def old_bytes_are_prefix(prepared: bytes, signed: bytes, hole: tuple[int, int] | None = None) -> None:
    """The signed page is the prepared page: nothing but the room kept for the signature differs (379/5.11).

    `hole` = offsets [start, end) that the signature fills; without it the prepared bytes are a prefix.
    """
    start, end = hole or (len(prepared), len(prepared))
    same = signed[:start] == prepared[:start] and signed[end : len(prepared)] == prepared[end:]
    if not same:
        raise RuleViolation(
            "379/5.11",
            N_("Tệp đã ký không phải là bản đã chuẩn bị để ký."),
            N_("Không ghi nhận chữ ký này; chuẩn bị ký lại."),
        )


def page_kept(page: Page | None) -> Page:
    """The PDF that is to be sealed, issued or judged is there (379/13.2)."""
    if page is None:
        raise RuleViolation(
            "379/13.2", N_("Văn bản chưa có bản PDF ở bước này."), N_("Hoàn tất bước trước rồi làm lại.")
        )
    return page


def signatures_complete(verdict: str, roles: Collection[str], *, seal_needed: bool) -> None:
    """Issued only with every signature the catalogue asks for, all valid now (379/13.2, 379/12.3, 379/12.4)."""
    if verdict != "valid":
        raise RuleViolation(
            "379/13.4",
            N_("Kiểm tra chữ ký số cho kết quả “{verdict}”, chưa phát hành được."),
            N_("Mở biên bản kiểm tra để xem lý do, báo người có thẩm quyền cho ý kiến."),
            verdict=verdict,
        )
    missing = [role for role in ("person", *(["seal"] if seal_needed else [])) if role not in roles]
    if missing:
        raise RuleViolation(
            "379/13.2",
            N_("Văn bản còn thiếu chữ ký số: {missing}."),
            N_("Hoàn tất ký và đóng dấu rồi phát hành."),
            missing=", ".join(missing),
        )


def no_defect_open(count: int) -> None:
    """An open defect stops issue and registration until the authorised person has decided (379/13.4)."""
    if count:
        raise RuleViolation(
            "379/13.4",
            N_("Văn bản đang có sai sót chờ người có thẩm quyền cho ý kiến."),
            N_("Chờ ý kiến xử lý rồi làm tiếp."),
        )


def recipients_named(recipients: Collection[str]) -> None:
    """A document is issued to someone (217/9.2, 217/11.11)."""
    if not recipients:
        raise RuleViolation(
            "217/11.11",
            N_("Chưa chọn nơi nhận trong danh bạ."),
            N_("Người soạn bổ sung nơi nhận trước khi trình."),
        )


def reason_given(reason: str, clause: str = "379/17.3") -> str:
    """The reason, trimmed; a step back without a reason is refused (379/17.3)."""
    text = reason.strip()
    if not text:
        raise RuleViolation(clause, N_("Cần ghi rõ lý do."), N_("Ghi một câu lý do rồi làm lại."))
    return text


def admissible(verdict: str, *, settled_for_reference: bool, by_terms: bool = False) -> None:
    """Invalid or undecided is never registered, save for reference after the leader's word (217/10.1, 217/4.2).

    `by_terms`: it only lacks signatures in whose place the parties agreed on another method (379/12.2.c).
    """
    if verdict != "valid" and not settled_for_reference and not by_terms:
        raise RuleViolation(
            "217/10.1",
            N_("Văn bản đến có kết quả kiểm tra chữ ký “{verdict}”, không vào sổ được."),
            N_("Trả lại nơi gửi kèm lý do, hoặc báo lãnh đạo cho ý kiến (khi đó chỉ để tham khảo)."),
            verdict=verdict,
        )


def report_covers(report_digest: str, document_digest: str) -> None:
    """The report speaks of exactly the bytes that are registered (217/10.1)."""
    if report_digest != document_digest:
        raise RuleViolation(
            "217/10.1",
            N_("Biên bản kiểm tra không thuộc về tệp hiện có."),
            N_("Kiểm tra lại chữ ký trước khi vào sổ."),
        )


def addressed_to_us(ours: Collection[str], addressed: Collection[str]) -> bool:
    """True when one of our codes is among the recipients' codes (217/10.1.p2)."""
    return bool({code.casefold() for code in ours} & {code.casefold() for code in addressed})


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two dates, where there is one: the sender's deadline or ours (217/11.13)."""
    return min((day for day in (one, other) if day is not None), default=None)


def due_days(urgency: Urgency) -> int:
    """Working days proposed for an incoming document; a leader changes them freely (217/11.13, 217/6.3.p2)."""
    return {Urgency.ROUTINE: 7, Urgency.URGENT: 3, Urgency.VERY_URGENT: 2}.get(urgency, 1)


def in_force(validity: Validity) -> bool:
    """Still to be used (379/19.1)."""
    return validity is Validity.IN_FORCE


def discardable(state: str, *, in_force: bool, duplicate: bool) -> None:
    """Discarded after a recall; before registration also as a duplicate (217/10.2.p2, 217/11.8)."""
    if in_force and not (duplicate and state in {"arrived", "verified"}):
        raise RuleViolation(
            "217/10.2.p2",
            N_("Chỉ huỷ bỏ bản đã bị thu hồi hoặc bản trùng chưa vào sổ."),
            N_("Văn bản còn hiệu lực thì xử lý hoặc trả lại nơi gửi."),
        )


def only_by_cipher_office(secrecy: Secrecy) -> None:
    """Only the two levels that never enter are noted by their number (217/5.1, 379/1.2)."""
    if secrecy not in {Secrecy.SECRET, Secrecy.TOP_SECRET}:
        raise RuleViolation(
            "217/5.1",
            N_("Chỉ văn bản Tối mật, Tuyệt mật mới ghi theo số của cơ yếu."),
            N_("Văn bản khác đăng ký trong sổ thường."),
        )


def cipher_number(text: str) -> str:
    """The cipher office's number and nothing that could be content (217/5.1)."""
    number = text.strip()
    if not CIPHER_NUMBER.fullmatch(number):
        raise RuleViolation(
            "217/5.1",
            N_("Chỉ ghi số của cơ yếu: chữ, số và các dấu / . - , không khoảng trống, nhiều nhất 40 ký tự."),
            N_("Bỏ mọi thông tin khác; nội dung không được nhập vào máy."),
        )
    return number


def noted_once(*, is_new: bool) -> None:
    """A number of the cipher office has one line in a body's registry (217/5.1)."""
    if not is_new:
        raise RuleViolation(
            "217/5.1", N_("Số này của cơ yếu đã được ghi."), N_("Xem dòng đã ghi, hoặc kiểm tra lại số.")
        )


def request_over(*, expired: bool, approved: bool, same_revision: bool, certificate_active: bool) -> str:
    """Why an open request has to lapse, in one word; empty while it stands (379/11.5, 379/9.2)."""
    reasons = (
        ("expired", expired),
        ("approval_withdrawn", not approved or not same_revision),
        ("certificate_not_active", not certificate_active),
    )
    return next((word for word, holds in reasons if holds), "")


def may_lapse(person_id: UUID | None, *, signatory_id: UUID, system: bool) -> None:
    """The signatory takes one's own request back; else only the system lets it lapse (379/11.5)."""
    if not system and person_id != signatory_id:
        raise RuleViolation(
            "379/11.5",
            N_("Chỉ người ký mới bỏ được bản chuẩn bị ký của mình."),
            N_("Nhờ người ký bỏ, hoặc chờ bản chuẩn bị hết hạn."),
        )


def request_expires_at(now: datetime) -> datetime:
    """After fifteen minutes, and never past midnight in Vietnam: the page bears the day's date (217/11.3)."""
    local = to_vietnam(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(now + REQUEST_LIFE, midnight.astimezone(now.tzinfo))


def form_checked(digest: str, *, checked_digest: str | None, passed: bool) -> None:
    """The registry has checked exactly this revision, and it passed (379/13.1)."""
    if not passed or checked_digest != digest:
        raise RuleViolation(
            "379/13.1",
            N_("Văn thư chưa kiểm tra thể thức của bản này, hoặc thể thức chưa đạt."),
            N_("Văn thư kiểm tra thể thức rồi mới ký."),
        )


def same_revision(request_digest: str, document_digest: str) -> None:
    """The request was made for exactly the revision that stands approved now (379/17.2, 379/5.6)."""
    if request_digest != document_digest:
        raise RuleViolation(
            "379/17.2",
            N_("Văn bản đã thay đổi sau khi chuẩn bị ký."),
            N_("Chuẩn bị ký lại trên bản đã duyệt mới nhất."),
        )


DEFECT_KINDS = ("signature", "form", "content", "abstract", "recipients", "attachments", "other")


def defect_named(kind: str, words: str) -> tuple[str, str]:
    """Kind and words of a defect, trimmed; both are needed to decide on it (379/13.4)."""
    if kind.strip() not in DEFECT_KINDS or not words.strip():
        raise RuleViolation(
            "379/13.4", N_("Cần nêu rõ sai sót của văn bản."), N_("Chọn loại sai sót và mô tả một câu.")
        )
    return kind.strip(), words.strip()


def defect_open(defect: Defect | None) -> Defect:
    """There is something to settle (379/13.4)."""
    if defect is None:
        raise RuleViolation(
            "379/13.4",
            N_("Văn bản không có sai sót nào đang chờ ý kiến."),
            N_("Tải lại trang để xem trạng thái hiện tại."),
        )
    return defect


def need_to_know(person_organisation: UUID | None, admitted: Collection[UUID]) -> None:
    """A document is passed on inside the organisation and its units only (217/5.2, 379/4.4)."""
    if person_organisation not in admitted:
        raise RuleViolation(
            "379/4.4",
            N_("Chỉ chuyển văn bản cho người thuộc cơ quan và đơn vị trực thuộc."),
            N_("Chọn người khác trong danh sách."),
        )


def way_known(way: str) -> str:
    """One of the ways of signing, or none named (379/13.5)."""
    if way and way not in WAYS:
        raise RuleViolation("379/13.5", N_("Không có cách ký này."), N_("Chọn một cách ký trên trang."))
    return way


def key_is_here(way: str) -> None:
    """The house signs only with a key that it keeps (379/13.5)."""
    if way != HOUSE:
        raise RuleViolation(
            "379/13.5",
            N_("Khoá ký nằm trong thiết bị của đồng chí, hệ thống không giữ."),
            N_("Chọn “Ký bằng thiết bị của tôi”."),
        )


def key_elsewhere(way: str) -> None:
    """A device is asked only about a page that was prepared for its own certificate (379/13.5)."""
    if way == HOUSE:
        raise RuleViolation(
            "379/13.5",
            N_("Trang này được chuẩn bị để ký bằng khoá do hệ thống giữ."),
            N_("Chọn “Ký bằng thiết bị của tôi” để chuẩn bị lại."),
        )


def ticket_expires_at(now: datetime, request_expires_at: datetime) -> datetime:
    """Five minutes, and never longer than the page itself stands (379/5.6, 379/11.5)."""
    return min(now + TICKET_LIFE, request_expires_at)


def ticket_fits(
    state: str, *, bound: Sequence[object], given: Sequence[object], expires_at: datetime, now: datetime
) -> None:
    """Unused, in time, and exactly what it was given for: `bound` and `given` name way, digest, person, session."""
    if state != "open":
        raise RuleViolation(
            "379/5.6",
            N_("Vé ký này đã được dùng hoặc đã đóng."),
            N_("Mở lại trang ký để lấy vé mới nếu văn bản chưa ký."),
        )
    if now >= expires_at:
        raise RuleViolation("379/5.6", N_("Vé ký đã hết hạn."), N_("Mở lại trang ký và xác nhận lại."))
    if tuple(bound) != tuple(given):
        raise RuleViolation(
            "379/5.6",
            N_("Vé ký này được cấp cho người khác, phiên khác hoặc văn bản khác."),
            N_("Ký từ đúng phiên làm việc đã mở trang ký."),
        )
