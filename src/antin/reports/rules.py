"""Periods, who may see which figures, when they may be frozen: pure decisions (217/12, 217/14.2, 379/30.2)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from antin.regulation import RuleViolation
from antin.values import N_, Office, nfc

READERS = (
    Office.CLERK,
    Office.LEADER,
    Office.OFFICE_HEAD,
    Office.OVERSEER,
    Office.EXCHANGE_OPERATOR,
    Office.SYSTEM_OWNER,
    Office.AUDITOR,
)
"""Offices that see the live figures of their body and of every unit below it."""

WRITERS = (Office.DRAFTER,)
"""Offices that put a published report into a document, and therefore see it."""

WORDS_MOST = 4_000
FILE_MOST = 20 * 1024 * 1024
JUDGES = (Office.COMPETENT_AUTHORITY,)
OVERSEERS = (Office.AUDITOR, *JUDGES)
"""Offices that read every reported suspicion of their body and of all below it."""

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_NAME = re.compile(r"(?P<year>20[0-9]{2})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days from `first` up to but without `until`, in Vietnam; `name` as "2026-11", "2026-Q4", "2026-H2", "2026".

    >>> period_of("2026-Q4", date(2026, 11, 1)).until
    datetime.date(2027, 1, 1)
    """

    kind: str
    first: date

    @property
    def until(self) -> date:
        return months_later(self.first, MONTHS[self.kind])

    @property
    def number(self) -> int:
        """Which one of its year, from 1."""
        return (self.first.month - 1) // MONTHS[self.kind] + 1

    @property
    def name(self) -> str:
        ends = {"month": f"-{self.number:02d}", "quarter": f"-Q{self.number}", "half": f"-H{self.number}", "year": ""}
        return f"{self.first.year}{ends[self.kind]}"

    def beside(self, steps: int) -> Period:
        """The period of the same kind so many before (negative) or after."""
        return Period(self.kind, months_later(self.first, steps * MONTHS[self.kind]))

    def is_over(self, today: date) -> bool:
        return self.until <= today


def months_later(first: date, months: int) -> date:
    """The first day of the month so many months on."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def period_holding(kind: str, day: date) -> Period:
    """The period of that kind in which the day lies."""
    months = MONTHS[kind]
    return Period(kind, date(day.year, (day.month - 1) // months * months + 1, 1))


def period_of(name: str, today: date) -> Period:
    """The period of that name; this month for none. RuleViolation 217/12.p1 for anything else."""
    if not name:
        return period_holding("month", today)
    found = _NAME.fullmatch(name)
    if found is None:
        raise RuleViolation(
            "217/12.p1",
            N_("Không có kỳ “{name}”."),
            N_("Chọn một tháng, một quý, nửa năm hoặc một năm."),
            name=name[:20],
        )
    kind = next((kind for kind in ("quarter", "half", "month") if found[kind]), "year")
    number = int(found[kind]) if kind != "year" else 1
    return Period(kind, date(int(found["year"]), (number - 1) * MONTHS[kind] + 1, 1))


def due(kinds: Iterable[str], published: Iterable[str], since: date | None, today: date) -> tuple[Period, ...]:
    """The last period of each kind that is over, lies wholly after `since` and was not published yet.

    Without `since` nothing has been recorded here, so nothing is owed.
    """
    if since is None:
        return ()
    known = set(published)
    last = (period_holding(kind, today).beside(-1) for kind in kinds)
    return tuple(one for one in last if one.first >= since and one.name not in known)


def figures_may_be_frozen(period: Period, today: date, *, agrees: bool) -> None:
    """RuleViolation while the period runs (379/30.2), or when the ledger tells other numbers (217/12.p1)."""
    if not period.is_over(today):
        raise RuleViolation(
            "379/30.2", N_("Kỳ này chưa kết thúc, số liệu còn thay đổi."), N_("Công bố sau ngày cuối của kỳ.")
        )
    if not agrees:
        raise RuleViolation(
            "217/12.p1",
            N_("Số liệu không khớp với nhật ký, không công bố được."),
            N_("Báo kiểm tra và quản trị để tìm chỗ sai lệch."),
        )


def asked_by(level: str) -> str:
    """The clause that asks for these figures: of all who send to the Centre, or of a body's own units."""
    return "217/12.1" if level == "central" else "217/12.2"


def heads_the_office(*, heads: bool) -> None:
    """RuleViolation 217/15.3 for who does not head the office whose figures they are."""
    if not heads:
        raise RuleViolation(
            "217/15.3", N_("Việc này của chánh văn phòng cơ quan."), N_("Trình chánh văn phòng công bố.")
        )


def first_of_its_edition(*, stands: bool) -> None:
    """RuleViolation when somebody else published at the same moment."""
    if not stands:
        raise RuleViolation("217/12.p1", N_("Vừa có người công bố kỳ này."), N_("Tải lại trang để xem bản đã công bố."))


def not_in_a_document_yet(document_id: UUID | None) -> None:
    """One report becomes one document (379/30.2)."""
    if document_id is not None:
        raise RuleViolation(
            "379/30.2", N_("Báo cáo này đã được đưa vào một văn bản."), N_("Mở văn bản đó để trình, ký, gửi.")
        )


def body_chosen(asked: str, readable: Iterable[str]) -> None:
    """RuleViolation 379/4.4 for a body that is not among those the reader may count."""
    if asked not in set(readable):
        raise nothing_here()


def evidence_named(words: str, *, shows: bool) -> str:
    """What happened, in words, with something that shows it. RuleViolation 379/32.p1 without either."""
    said = nfc(words).strip()
    if not said or not shows:
        raise RuleViolation(
            "379/32.p1",
            N_("Báo vi phạm phải nói rõ việc gì và kèm chứng cứ."),
            N_("Nêu sự việc; chọn văn bản liên quan hoặc kèm một tệp."),
        )
    return said[:WORDS_MOST]


def breached(clause_id: str, known: Collection[str]) -> str:
    """A clause of either regulation. RuleViolation for anything else."""
    if clause_id not in known:
        raise RuleViolation(
            "379/32.p1", N_("Không có điều khoản “{named}”."), N_("Chọn điều khoản bị vi phạm."), named=clause_id[:20]
        )
    return clause_id


def file_fits(size: int) -> None:
    """RuleViolation for a file of more than FILE_MOST bytes."""
    if size > FILE_MOST:
        raise RuleViolation("379/32.p1", N_("Tệp chứng cứ quá lớn."), N_("Kèm một tệp không quá 20 MB."))


def person_known(found: Collection[UUID] | None) -> None:
    """Who is meant is a person of this installation, when anybody is named."""
    if found is not None and not found:
        raise RuleViolation("379/32.p1", N_("Không có người này."), N_("Chọn người trong danh sách."))


def may_judge(judge: UUID | None, suspect: UUID | None, reporter: UUID) -> None:
    """Nobody judges what they are suspected of or reported themselves (379/32.p1)."""
    if judge is None or judge in (suspect, reporter):
        raise RuleViolation(
            "379/32.p1",
            N_("Người bị nghi vi phạm và người báo không được tự kết luận."),
            N_("Chuyển người có thẩm quyền khác."),
        )


def outcome_given(words: str) -> str:
    """RuleViolation without the finding and what was done about it."""
    said = nfc(words).strip()
    if not said:
        raise RuleViolation("379/32.p1", N_("Chưa nêu kết luận."), N_("Nêu kết luận và biện pháp đã làm."))
    return said[:WORDS_MOST]


def nothing_here() -> RuleViolation:
    """For whom it is not there."""
    return RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))
