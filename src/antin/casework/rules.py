"""Decisions of casework, pure: who may be given work, when it is late, when a document is done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from antin.casework.lifecycle import CASE_FILE
from antin.regulation import RuleViolation
from antin.steps import Step
from antin.values import N_, Actor, Office, Validity

LEAD, SUPPORTING = "lead", "supporting"
OVERSEE_CASES = (Office.CLERK, Office.LEADER, Office.ARCHIVIST)
"""Offices that see every case file of their organisation; others see those they keep."""
MAY_KEEP = (Office.DRAFTER, Office.REVIEWER, Office.LEADER, Office.CLERK)
TITLE_LIMIT = 1000
ATTACHMENT_LIMIT_BYTES = 50 * 1024 * 1024
Found = TypeVar("Found")


def lead_and_supporting(lead: UUID, supporting: Iterable[UUID]) -> tuple[UUID, ...]:
    """Supporting people without repeats and without the lead, in the order named (217/5.2)."""
    return tuple(p for p in dict.fromkeys(supporting) if p != lead)


def need_to_know(people: Iterable[UUID], homes: dict[UUID, UUID], admitted: Collection[UUID]) -> None:
    """Work is given to people of the organisation and its units; `homes` = where each person belongs (379/4.4)."""
    strangers = [p for p in people if homes.get(p) not in admitted]
    if strangers:
        raise RuleViolation(
            "379/4.4",
            N_("Chỉ giao việc cho người thuộc cơ quan và đơn vị trực thuộc ({count} người không thuộc)."),
            N_("Chọn lại người xử lý."),
            count=len(strangers),
        )


def due_on_set(due_on: date | None, today: date) -> date:
    """Each piece of work has a date, not in the past (217/11.13)."""
    if due_on is None or due_on < today:
        raise RuleViolation(
            "217/11.13",
            N_("Giao việc phải có thời hạn từ hôm nay trở đi."),
            N_("Đặt lại thời hạn xử lý."),
        )
    return due_on


def no_lead_yet(open_leads: int) -> None:
    """One lead at a time; a change of lead is a hand-over (217/10.2)."""
    if open_leads:
        raise RuleViolation(
            "217/10.2",
            N_("Văn bản đã có người chủ trì."),
            N_("Muốn đổi người chủ trì thì chuyển giao việc, kèm lý do."),
        )


def assigned_to_me(person_id: UUID | None, assignee_id: UUID) -> None:
    """Only the one it was given to takes up and reports a piece of work (379/13.3, 217/10.2)."""
    if person_id is None or person_id != assignee_id:
        raise RuleViolation(
            "217/10.2",
            N_("Việc này được giao cho người khác."),
            N_("Người được giao thực hiện, hoặc lãnh đạo chuyển giao việc."),
        )


def assignment_found(assignment: Found | None) -> Found:
    """The piece of work exists and hangs on a document the actor may see."""
    if assignment is None:
        raise RuleViolation("379/4.4", N_("Không tìm thấy việc được giao."), N_("Tải lại danh sách việc."))
    return assignment


def words_given(words: str, clause: str = "379/17.3") -> str:
    """The words, trimmed; an instruction, a reason or a report without words is refused (379/17.3)."""
    text = words.strip()
    if not text:
        raise RuleViolation(clause, N_("Cần ghi nội dung hoặc lý do."), N_("Ghi một câu rồi làm lại."))
    return text


def another_person(current: UUID, taker: UUID) -> None:
    """A hand-over goes to someone else (379/6.2.p2)."""
    if current == taker:
        raise RuleViolation("379/6.2.p2", N_("Người nhận việc trùng với người đang giữ việc."), N_("Chọn người khác."))


def may_hand_over(person_id: UUID | None, *, assignee_id: UUID, leads: bool) -> None:
    """The one who holds the work, or a leader (379/6.2.p2)."""
    if not leads:
        assigned_to_me(person_id, assignee_id)


def results_accepted(states: Collection[str]) -> None:
    """A document is completed when every piece of work is closed (217/10.2)."""
    waiting = sum(1 for state in states if state != "closed")
    if waiting:
        raise RuleViolation(
            "217/10.2",
            N_("Còn {waiting} việc chưa được nghiệm thu kết quả."),
            N_("Người xử lý báo cáo, lãnh đạo chấp nhận kết quả rồi hoàn thành."),
            waiting=waiting,
        )


def completes_as(person_id: UUID | None, *, lead_id: UUID | None) -> bool:
    """True when the actor completes as the lead assignee rather than as a leader (217/10.2)."""
    return person_id is not None and person_id == lead_id


def in_process_already(state: str) -> bool:
    """The first to take up moves the document; the others join it (217/10.2)."""
    return state == "in_process"


def in_force(validity: Validity) -> bool:
    """Work on a document that is no longer in force needs no result (217/10.2.p2)."""
    return validity is Validity.IN_FORCE


def accepts(outcome: str) -> bool:
    """Accepted closes, returned goes back with a reason; anything else is no answer (217/10.2)."""
    if outcome not in {"accept", "return"}:
        raise RuleViolation(
            "217/10.2", N_("Kết quả chỉ có thể được chấp nhận hoặc trả lại."), N_("Chọn chấp nhận hoặc trả lại.")
        )
    return outcome == "accept"


def attachment_within(size: int) -> None:
    """A report's file stays under its limit (379/5.4)."""
    if size > ATTACHMENT_LIMIT_BYTES:
        raise RuleViolation(
            "379/5.4",
            N_("Tệp báo cáo lớn hơn {limit} MB."),
            N_("Rút gọn hoặc tách tệp."),
            limit=ATTACHMENT_LIMIT_BYTES // (1024 * 1024),
        )


def effective_due(due_on: date, is_working_day: Callable[[date], bool]) -> date:
    """A deadline on a day off moves to the next working day (217/11.13)."""
    day = due_on
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def overdue_since(today: date, is_working_day: Callable[[date], bool]) -> date:
    """Every deadline up to this day is overdue today: the last working day before today (217/11.13).

    >>> overdue_since(date(2026, 11, 23), lambda d: d.weekday() < 5)   # a Monday: Friday's are late
    datetime.date(2026, 11, 20)
    """
    day = today - timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def is_overdue(due_on: date, state: str, today: date, is_working_day: Callable[[date], bool]) -> bool:
    """Late when the last working day allowed has passed and nothing was reported (217/11.13)."""
    return state in {"assigned", "accepted"} and effective_due(due_on, is_working_day) < today


def write_mark(day: date, last: UUID) -> str:
    """The mark of a page: deadline and id of its last row."""
    return f"{day.isoformat()}~{last}"


def read_mark(mark: str | None) -> tuple[date, UUID] | None:
    """The inverse of `write_mark`; rubbish reads as the beginning."""
    day, _, last = (mark or "").partition("~")
    try:
        return date.fromisoformat(day), UUID(last)
    except ValueError:
        return None


# case files


def case_file_found(case_file: Found | None) -> Found:
    """The case file exists and is the actor's to open."""
    if case_file is None:
        raise RuleViolation(
            "379/4.4",
            N_("Không có hồ sơ này, hoặc đồng chí không có quyền xem."),
            N_("Mở lại danh sách hồ sơ, hoặc nhờ người giữ hồ sơ."),
        )
    return case_file


def class_code_free(code: str, *, taken: bool) -> None:
    """379/24.2: one code, one heading."""
    if taken:
        raise RuleViolation(
            "379/24.2",
            N_("Danh mục hồ sơ đã có đề mục mang mã {code}."),
            N_("Dùng đề mục đó, hoặc chọn mã khác."),
            code=code,
        )


def case_office(step: Step, actor: Actor, organisation_id: UUID, keeper_id: UUID | None) -> Office:
    """The office of the row that the actor holds: the keeper (assignee) or one of the organisation's offices.

    `keeper_id` None: the case file is about to be opened, by whoever works with documents there.
    """
    keeps = actor.person_id == keeper_id if keeper_id else organisation_id in actor.organisations(*MAY_KEEP)
    for office in step.offices:
        if (office is Office.ASSIGNEE and keeps) or actor.holds(office, organisation_id):
            return office
    raise RuleViolation(
        step.clauses[0],
        N_("Việc này của người giữ hồ sơ hoặc văn thư, lãnh đạo cơ quan."),
        N_("Nhờ người giữ hồ sơ."),
        act=step.act,
    )


def open_to(actor: Actor, act: str, *, state: str, organisation_id: UUID, keeper_id: UUID) -> bool:
    """Would the table let this person begin the act on a case file in that state? The act itself asks again."""
    step = CASE_FILE.rows.get((state, act))
    if step is None:
        return False
    try:
        case_office(step, actor, organisation_id, keeper_id)
    except RuleViolation:
        return False
    return True


def title_given(title: str) -> str:
    """A title, trimmed (379/25.p1)."""
    words = " ".join(title.split())
    if not words or len(words) > TITLE_LIMIT:
        raise RuleViolation(
            "379/25.p1",
            N_("Hồ sơ phải có tiêu đề, không quá {limit} ký tự."),
            N_("Ghi tiêu đề ngắn gọn rồi lưu lại."),
            limit=TITLE_LIMIT,
            field="title",
        )
    return words


def class_has_retention(retention: str, years: int, own_years: int | None) -> int | None:
    """The years of a class: those of the code, or its own for the code that leaves them open; None for ever (379/24.2)."""
    if years == 0:
        return None
    kept = years if years > 0 else (own_years or 0)
    if kept < 1:
        raise RuleViolation(
            "379/24.2",
            N_("Nhóm hồ sơ phải có thời hạn bảo quản."),
            N_("Ghi số năm theo văn bản quy định."),
            retention=retention,
            field="years",
        )
    return kept


def case_code(class_code: str, ordinal: int, year: int) -> str:
    """As on the cover.

    >>> case_code("TH.01", 3, 2026)
    'TH.01-03/2026'
    """
    return f"{class_code}-{ordinal:02d}/{year}"


def life_ended(states: Iterable[tuple[str, str]], owed: int) -> None:
    """379/25.p1: every document of the case has come to its end and nothing is owed on any; at least one is there."""
    ended = {("outgoing", "issued"), ("outgoing", "abandoned")}
    ended |= {("incoming", state) for state in ("completed", "returned", "discarded")}
    found = list(states)
    waiting = sum(1 for one in found if one not in ended)
    if found and not waiting and not owed:
        return
    raise RuleViolation(
        "379/25.p1",
        N_("Hồ sơ chưa có văn bản nào.")
        if not found
        else N_("Còn {waiting} văn bản chưa xong việc, {owed} việc còn nợ."),
        N_("Kết thúc từng văn bản, hoặc đưa ra khỏi hồ sơ kèm lý do."),
        waiting=waiting,
        owed=owed,
    )


def retained_until(closed_on: date, years: int | None) -> date | None:
    """The last day of the retention: that many whole years from the year after the closing; None for ever (379/24.2).

    >>> retained_until(date(2026, 5, 1), 10)
    datetime.date(2036, 12, 31)
    """
    return date(closed_on.year + years, 12, 31) if years is not None else None
