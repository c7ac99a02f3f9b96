"""Decisions of identity: offices, separation of duties, codes, attempts, challenges. Pure; clauses at each line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from antin.regulation import RuleViolation
from antin.values import N_, Actor, MandateView, Office

CODE = re.compile(r"[A-Z0-9]+(\.[A-Z0-9]+){0,8}\Z")
CODE_102 = re.compile(r"[0-9A-Z]{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.[A-Z][0-9]{2}\Z")
CODE_MAX_CHARS = 35
SCHEMES = {"party": CODE, "qd20": CODE, "qcvn102": CODE_102}
LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?\Z")
PERSON_CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{2,34}\Z")

CONTENT_OFFICES = frozenset(
    {
        Office.CLERK,
        Office.SIGNATORY,
        Office.SEAL_KEEPER,
        Office.ARCHIVIST,
        Office.AUDITOR,
        Office.SECURITY_OFFICER,
    }
)
BESTOWABLE = frozenset(Office) - {Office.ASSIGNEE, Office.PERSON, Office.VISITOR, Office.SYSTEM, Office.PEER}

WINDOW = timedelta(minutes=5)
TRIES_PER_LOGIN_AND_ADDRESS = 5
TRIES_PER_LOGIN = 25
TRIES_PER_ADDRESS = 60
LOSS_REPORTS_PER_ADDRESS = 5

CHALLENGE_LIFE = timedelta(seconds=120)
WRONG_ANSWERS = 5

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=30)


def require_office(actor: Actor, offices: Iterable[Office], organisation_id: UUID | None) -> MandateView:
    """The actor's mandate for one of the offices in exactly this organisation; RuleViolation without one (379/31.p1).

    The system acts where its own office is among those named; it never stands in for a person's.
    """
    wanted = tuple(offices)
    if actor.office is Office.SYSTEM and Office.SYSTEM in wanted and organisation_id is not None:
        return MandateView(Office.SYSTEM, organisation_id)
    for mandate in actor.mandates:
        if mandate.office in wanted and mandate.organisation_id == organisation_id:
            return mandate
    raise _no_office()


def on_behalf(actor: Actor, office: Office, organisation_id: UUID | None) -> Actor:
    """The actor, with the lender named when the office there is held by delegation alone (379/6.2.p2)."""
    held = [m for m in actor.mandates if m.office is office and m.organisation_id == organisation_id]
    return actor.in_place_of(held[0].lent) if held and all(m.lent for m in held) else actor


def require_any_office(actor: Actor, offices: Iterable[Office]) -> Office:
    """The office of the installation under which the actor may do this, in whichever organisation it was conferred."""
    wanted = tuple(offices)
    if actor.office is Office.SYSTEM and Office.SYSTEM in wanted:
        return Office.SYSTEM
    for mandate in actor.mandates:
        if mandate.office in wanted:
            return mandate.office
    raise _no_office()


def _no_office() -> RuleViolation:
    return RuleViolation(
        "379/31.p1",
        N_("Việc này không thuộc thẩm quyền của người đang thực hiện."),
        N_("Chuyển cho người được giao nhiệm vụ, hoặc đề nghị giao nhiệm vụ."),
    )


def mandate_in_force(valid_from: date, valid_to: date | None, *, ended: bool, on: date) -> bool:
    """True on the day when a mandate confers its office."""
    return not ended and valid_from <= on and (valid_to is None or on <= valid_to)


def separation_of_duties(held: Iterable[Office], new: Office) -> None:
    """Who administers the machine holds no office over content, in the whole installation (379/5.3, 379/29.1)."""
    together = {*held, new}
    if Office.ADMINISTRATOR in together and together & CONTENT_OFFICES:
        raise RuleViolation(
            "379/5.3",
            N_("Người quản trị kỹ thuật không được kiêm nhiệm vụ xử lý nội dung văn bản."),
            N_("Giao nhiệm vụ này cho người khác, hoặc kết thúc nhiệm vụ đang giữ trước."),
        )


def bestowable(office: Office) -> None:
    """Offices that come with an assignment or an account are not conferred by mandate (379/31.p1)."""
    if office not in BESTOWABLE:
        raise RuleViolation(
            "379/31.p1",
            N_("Vai trò “{office}” không được giao bằng nhiệm vụ."),
            N_("Chọn một vai trò được giao bằng nhiệm vụ."),
            office=office.value,
        )


def code_fits(scheme: str, code: str) -> None:
    """The code is of its scheme's shape: opaque, at most 35 characters (217/11.1.p3, 379/11.4)."""
    pattern = SCHEMES.get(scheme)
    if pattern is None:
        raise RuleViolation(
            "217/11.1.p3", N_("Không có bộ mã “{scheme}”."), N_("Chọn một bộ mã trong danh mục."), scheme=scheme
        )
    if len(code) > CODE_MAX_CHARS or not pattern.match(code):
        raise RuleViolation(
            "217/11.1.p3",
            N_("Mã “{code}” không đúng cấu trúc của bộ mã."),
            N_("Mã gồm chữ in hoa và số, các cấp cách nhau bằng dấu chấm, không quá 35 ký tự."),
            code=code[:CODE_MAX_CHARS],
        )


def person_code_fits(code: str) -> None:
    if not PERSON_CODE.match(code):
        raise RuleViolation(
            "379/11.1",
            N_("Mã định danh cá nhân không đúng cấu trúc."),
            N_("Mã gồm chữ in hoa, số, dấu chấm, gạch nối, từ 3 đến 35 ký tự."),
        )


def login_fits(login: str) -> None:
    if not LOGIN.match(login):
        raise RuleViolation(
            "379/11.1",
            N_("Tên đăng nhập chỉ gồm chữ thường không dấu, số, dấu chấm, gạch nối; không quá 64 ký tự."),
            N_("Chọn tên đăng nhập khác."),
        )


def reason_given(reason: str, clause: str) -> None:
    """An act upon someone's access is never without its reason."""
    if not reason.strip():
        raise RuleViolation(clause, N_("Thiếu lý do."), N_("Ghi lý do rồi thực hiện lại."))


def basis_named(basis: str) -> None:
    if not basis.strip():
        raise RuleViolation("379/31.p1", N_("Thiếu văn bản làm căn cứ giao nhiệm vụ."), N_("Ghi số, ký hiệu văn bản."))


def evidence_seen(evidence: str) -> None:
    """Who vouches names the evidence of identity that was seen (379/3.7)."""
    if not evidence.strip():
        raise RuleViolation(
            "379/3.7",
            N_("Chưa ghi giấy tờ chứng minh danh tính đã xem."),
            N_("Ghi loại giấy tờ đã xem rồi xác nhận lại."),
        )


def not_the_enroller(enrolled_by: UUID | None, actor: Actor) -> None:
    """Two people make an identity: one enrols, another vouches (379/3.7, 379/5.6). The founding system is neither."""
    if actor.office is not Office.SYSTEM and enrolled_by is not None and enrolled_by == actor.person_id:
        raise RuleViolation(
            "379/3.7",
            N_("Người lập tài khoản không được tự xác nhận danh tính của tài khoản đó."),
            N_("Chuyển cho cán bộ định danh thứ hai."),
        )


def not_own(person_id: UUID, actor: Actor) -> None:
    """Nobody decides about one's own account or mandate (379/5.6)."""
    if actor.person_id == person_id:
        raise RuleViolation("379/5.6", N_("Không tự thực hiện việc này cho chính mình."), N_("Chuyển cho người khác."))


def not_the_reporter(reported_by: UUID | None, actor: Actor) -> None:
    if reported_by is not None and reported_by == actor.person_id:
        raise RuleViolation(
            "379/11.5", N_("Người báo mất không được cấp lại tài khoản."), N_("Chuyển cho cán bộ khác.")
        )


def password_settable_by_officer(*, bound: bool) -> None:
    """Once the app is bound, only its owner sets the password: no officer can make up both halves (379/5.6)."""
    if bound:
        raise RuleViolation(
            "379/5.6",
            N_("Chỉ chủ tài khoản đặt được mật khẩu của tài khoản đang dùng."),
            N_("Chủ tài khoản tự đổi ở trang tài khoản; nếu quên thì báo mất để được cấp lại."),
        )


def binds_own(person_id: UUID, actor: Actor) -> None:
    if actor.office is not Office.SYSTEM and actor.person_id != person_id:
        raise RuleViolation(
            "379/11.1", N_("Mỗi người tự gắn mã dùng một lần cho tài khoản của mình."), N_("Nhờ chủ tài khoản tự gắn.")
        )


def nothing_bound(*, bound: bool) -> None:
    if bound:
        raise RuleViolation(
            "379/11.1", N_("Tài khoản đã gắn ứng dụng mã dùng một lần."), N_("Kết thúc ứng dụng cũ trước.")
        )


def secret_fits(*, fits: bool) -> None:
    if not fits:
        raise RuleViolation(
            "379/12.2.b", N_("Khoá của ứng dụng mã dùng một lần không đúng dạng."), N_("Mở lại trang để nhận khoá mới.")
        )


def first_code_wrong() -> RuleViolation:
    return RuleViolation("379/12.2.b", N_("Mã chưa đúng."), N_("Chờ mã kế tiếp trong ứng dụng rồi nhập lại."))


def session_found(*, found: bool) -> None:
    """Somebody else's session reads as one that isn't there (379/31.p1)."""
    if not found:
        raise RuleViolation("379/31.p1", N_("Phiên này không còn."), N_("Tải lại trang để xem các phiên hiện có."))


@dataclass(frozen=True, slots=True)
class Tries:
    """Refused tries within the window."""

    login_and_address: int
    login: int
    address: int


def try_admitted(tries: Tries) -> None:
    """Too many refused tries close the door for a while, the same for names that exist and that don't (379/5.9)."""
    if (
        tries.login_and_address >= TRIES_PER_LOGIN_AND_ADDRESS
        or tries.login >= TRIES_PER_LOGIN
        or tries.address >= TRIES_PER_ADDRESS
    ):
        raise too_many()


def loss_report_admitted(reports: int) -> None:
    """A report of loss is believed at once; a flood of them from one address is not (379/11.5, 379/5.9)."""
    if reports >= LOSS_REPORTS_PER_ADDRESS:
        raise too_many()


def too_many() -> RuleViolation:
    return RuleViolation(
        "379/5.9",
        N_("Đã thử sai nhiều lần, cửa này tạm đóng {minutes} phút."),
        N_("Chờ rồi thử lại; nếu nghi bị lộ, bấm “Mất tài khoản, bị lộ mã”."),
        minutes=int(WINDOW.total_seconds() // 60),
    )


def wrong_credentials() -> RuleViolation:
    """One wording for every wrong credential: the answer tells nobody which part was wrong (379/5.6)."""
    return RuleViolation(
        "379/5.6",
        N_("Mã định danh, mật khẩu hoặc mã dùng một lần không đúng."),
        N_("Kiểm tra rồi nhập lại. Mỗi mã dùng một lần chỉ dùng được một lần."),
    )


@dataclass(frozen=True, slots=True)
class ChallengeFacts:
    """What decides about a challenge; `person_id` and `session` say to whom it was put."""

    person_id: UUID
    session: str
    act: str
    digest: str
    expires_at: datetime
    wrong_answers: int
    answered_at: datetime | None
    spent_at: datetime | None


def challenge_is_mine(challenge: ChallengeFacts | None, actor: Actor) -> ChallengeFacts:
    """The challenge, if it was put to this person in this session; another's reads as none (379/12.2.b)."""
    if challenge is None or challenge.person_id != actor.person_id or challenge.session != actor.session:
        raise RuleViolation(
            "379/12.2.b", N_("Không có lần xác nhận nào đang chờ trong phiên này."), N_("Mở lại trang và xác nhận lại.")
        )
    return challenge


def challenge_awaits(challenge: ChallengeFacts, now: datetime) -> None:
    """Still to be answered: neither expired nor closed by wrong answers nor used (379/12.2.b)."""
    if challenge.wrong_answers >= WRONG_ANSWERS:
        raise RuleViolation(
            "379/12.2.b",
            N_("Lần xác nhận này đã đóng sau {n} mã sai."),
            N_("Mở lại trang để xác nhận lần khác."),
            n=WRONG_ANSWERS,
        )
    if challenge.spent_at is not None:
        raise RuleViolation("379/12.2.b", N_("Lần xác nhận này đã được dùng."), N_("Mở lại trang và xác nhận lại."))
    if now >= challenge.expires_at:
        raise RuleViolation(
            "379/12.2.b",
            N_("Lần xác nhận đã quá {s} giây."),
            N_("Nhập mã mới để xác nhận lại."),
            s=int(CHALLENGE_LIFE.total_seconds()),
        )


def wrong_code(left: int) -> RuleViolation:
    return RuleViolation(
        "379/12.2.b",
        N_("Mã dùng một lần không đúng hoặc đã dùng."),
        N_("Chờ mã kế tiếp trong ứng dụng rồi nhập lại; còn {left} lần."),
        left=left,
    )


def challenge_spendable(challenge: ChallengeFacts, now: datetime) -> bool:
    """Answered, unspent, and the answer is not older than a challenge lives."""
    return (
        challenge.answered_at is not None
        and challenge.spent_at is None
        and now < challenge.answered_at + CHALLENGE_LIFE
    )


def step_up_missing() -> RuleViolation:
    """An act with legal effect needs its own fresh confirmation (379/5.6)."""
    return RuleViolation(
        "379/5.6", N_("Việc này cần xác nhận lại danh tính bằng mã dùng một lần."), N_("Nhập mã mới rồi thực hiện lại.")
    )


def session_in_force(opened_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """A session lives 12 hours at most and 30 minutes without use (379/5.9)."""
    return now < opened_at + SESSION_LIFE and now < seen_at + SESSION_IDLE
