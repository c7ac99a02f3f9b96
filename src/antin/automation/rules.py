"""Decisions of automation, pure: what never runs, when a rule fits, who may approve, when it stops.

- 379/4.7   what a machine never does, whatever the data and the rule say; what is Mật and what is about personnel
- 379/27.2  the limits, the overseer who is not the configurer, the review in date, the level named
- 379/27.3  a deviation is corrected and reported before anything runs again
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from antin.automation.facts import PROPOSE, REMIND, ROUTE, RUN, Occasion, Standing, Terms
from antin.regulation import RuleViolation
from antin.rulebook.rules import AutomatableAct, PersonnelSigns
from antin.values import N_, Actor, Office, Secrecy, fold

Found = TypeVar("Found")

ACT_OF = {ROUTE: "assign", REMIND: "remind"}
"""The kinds that exist, and the act each of them does."""
MODES = {ROUTE: (PROPOSE, RUN), REMIND: (RUN,)}
FAR = {"never": 0, PROPOSE: 1, RUN: 2}
NEVER = frozenset(
    {
        "approve", "prepare_signature", "sign", "seal", "issue", "recall",
        "impound", "lift_impoundment",
        "invalidate", "propose_invalidation", "answer_invalidation", "invalidate_paper_original",
        "propose_destruction", "decide_destruction", "execute_destruction",
        "confer_mandate", "end_mandate", "grant_delegation", "settle_violation", "rectify_person_data",
    }
)  # fmt: skip
"""Never by a machine and never proposed by one, also if the dated data said otherwise (I41)."""

WATCHERS = frozenset(
    {
        Office.ADMINISTRATOR, Office.SECURITY_OFFICER, Office.AUDITOR, Office.SYSTEM_OWNER,
        Office.OVERSEER, Office.LEADER, Office.OFFICE_HEAD,
    }
)  # fmt: skip
LEVELS = range(1, 6)
DAYS_MOST, PER_DAY_MOST, ERRORS_MOST, TEXT_LIMIT, VALUES_MOST = 60, 500, 50, 200, 50
OVERDUE_REVIEW = N_("Tự động tạm dừng: quá hạn đánh giá an toàn định kỳ.")
OVER_LIMIT = N_("Tự động tạm dừng: đã đến giới hạn số lần trong ngày.")
TOO_MANY_ERRORS = N_("Tự động tạm dừng: số lỗi đã đến ngưỡng.")


# what never runs


def reach_of(act: str, acts: Mapping[str, AutomatableAct]) -> str:
    """How far a machine may go with the act: "never", "propose" or "run"; what is not in the data: never (379/4.7)."""
    row = acts.get(act)
    if row is None or act in NEVER or row.personnel or row.mode not in FAR:
        return "never"
    return row.mode


def kind_automatable(kind: str, mode: str, acts: Mapping[str, AutomatableAct]) -> AutomatableAct:
    """The dated row of the kind's act; RuleViolation for a kind or a mode that is not open to a machine (379/4.7)."""
    act = ACT_OF.get(kind, "")
    if mode not in MODES.get(kind, ()) or FAR[mode] > FAR[reach_of(act, acts)]:
        raise RuleViolation(
            "379/4.7",
            N_("Việc này không được để máy tự làm."),
            N_("Chọn một loại việc và cách làm trong danh mục, hoặc để người có thẩm quyền làm."),
        )
    return acts[act]


def forbidden(occasion: Occasion, signs: PersonnelSigns) -> bool:
    """True for what no machine touches: anything but open, and anything about personnel (379/4.7, 379/27.4)."""
    if occasion.secrecy is not Secrecy.OPEN or occasion.type_code in signs.types:
        return True
    texts = (occasion.subject, *occasion.headings)
    return any(mentions(text, word) for text in texts for word in signs.words)


def mentions(text: str, words: str) -> bool:
    """True when these words stand in the text one after the other, whole, whatever their case and diacritics.

    >>> mentions("V/v Điều động cán bộ", "dieu dong")
    True
    >>> mentions("điều độngg", "điều động")
    False
    """
    asked = _tokens(words)
    said = _tokens(text)
    return bool(asked) and any(said[n : n + len(asked)] == asked for n in range(len(said) - len(asked) + 1))


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


# when a rule fits


def matches(terms: Terms, occasion: Occasion) -> bool:
    """All conditions hold; one that is empty asks nothing."""
    return (
        _any_of(terms.senders, {occasion.sender_code})
        and _any_of(terms.types, {occasion.type_code})
        and _any_of(terms.urgencies, {occasion.urgency.value})
        and _any_of(terms.classes, occasion.classes)
        and (not terms.words or any(mentions(occasion.subject, word) for word in terms.words))
    )


def _any_of(asked: Collection[str], there: Iterable[str]) -> bool:
    return not asked or bool(set(asked) & set(there))


def may_act_at(standing: Standing, cause_at: datetime) -> bool:
    """Enabled, on a cause that came after the approval: nothing is done to what was there before (379/27.2.b)."""
    return standing.state == "enabled" and standing.approved_at is not None and cause_at >= standing.approved_at


def reason_to_stop(standing: Standing, most_per_day: int) -> str:
    """Why the rule must stop before it acts again, "" while it may go on (379/27.2.a, 379/27.2.c)."""
    if standing.review_is_over or standing.reviewed_digest != standing.digest:
        return OVERDUE_REVIEW
    return OVER_LIMIT if standing.done_today >= most_per_day else ""


def errors_reached(errors: int, threshold: int) -> bool:
    """True when the rule has failed as often as its configurer allowed (379/27.2.a)."""
    return errors >= threshold


def waits_for_routing(state: str, *, in_force: bool, current: bool, impounded: bool, has_lead: bool) -> bool:
    """Registered or passed on, in use, and nobody has the lead: what a person could assign now (217/10.2)."""
    return state in {"registered", "forwarded"} and in_force and current and not impounded and not has_lead


def due_for_reminder(days_left: int, days: int) -> bool:
    """`days_left` working days are left; the reminder is given once, up to the due day itself."""
    return 0 <= days_left <= days


# drafting


def terms_complete(terms: Terms) -> Terms:
    """The terms, trimmed; every limit is set, a routing has a receiver and at least one condition (379/27.2.a)."""
    asked = (terms.senders, terms.types, terms.words, terms.urgencies, terms.classes)
    faults = (
        (not terms.title.strip() or len(terms.title) > TEXT_LIMIT, "title"),
        (terms.level not in LEVELS, "level"),
        (not (1 if terms.kind == REMIND else 0) <= terms.days <= DAYS_MOST, "days"),
        (not 1 <= terms.most_per_day <= PER_DAY_MOST, "most_per_day"),
        (not 1 <= terms.error_threshold <= ERRORS_MOST, "error_threshold"),
        (terms.kind == ROUTE and terms.lead is None, "lead"),
        (terms.kind == ROUTE and not any(asked), "words"),
        (any(len(values) > VALUES_MOST or any(len(v) > TEXT_LIMIT for v in values) for values in asked), "words"),
        (any(not _tokens(word) for word in terms.words), "words"),
    )
    wrong = next((field for fails, field in faults if fails), "")
    if wrong:
        raise RuleViolation(
            "379/27.2.a",
            N_("Quy tắc chưa đủ hoặc ngoài giới hạn cho phép."),
            N_("Ghi tên, ít nhất một điều kiện, người nhận việc, số ngày, giới hạn trong ngày và ngưỡng lỗi."),
            field=wrong,
        )
    return terms


def administers(organisation_id: UUID, bodies: Collection[UUID]) -> None:
    """Only an administrator of the body or of one above it drafts a rule; `bodies` are those administered (379/27.2.a)."""
    if organisation_id not in bodies:
        raise RuleViolation(
            "379/27.2.a",
            N_("Chỉ quản trị của cơ quan được cấu hình việc tự động."),
            N_("Đề nghị quản trị của cơ quan."),
        )


def reviews(organisation_id: UUID, bodies: Collection[UUID]) -> None:
    """Only a security officer of the body or of one above it reviews a rule (379/27.2.c)."""
    if organisation_id not in bodies:
        raise RuleViolation(
            "379/27.2.c",
            N_("Đánh giá an toàn là việc của cán bộ an toàn thông tin."),
            N_("Đề nghị cán bộ an toàn thông tin của cơ quan."),
        )


def not_the_configurer(configured_by: UUID | None, overseer_id: UUID | None) -> None:
    """Who configures does not oversee (379/27.2.b)."""
    if configured_by is None or configured_by == overseer_id:
        raise RuleViolation(
            "379/27.2.b",
            N_("Người cấu hình không được là người kiểm duyệt của cùng một quy tắc."),
            N_("Chọn người kiểm duyệt khác."),
        )


def may_answer_for_it(offices: Collection[str], office: str) -> None:
    """The overseer could do the act in person in that body: a machine never may what its overseer may not (379/27.2.b)."""
    if office not in offices:
        raise RuleViolation(
            "379/27.2.b",
            N_("Người kiểm duyệt phải là người có thẩm quyền làm việc ấy ở cơ quan này."),
            N_("Chọn lãnh đạo của cơ quan làm người kiểm duyệt."),
        )


def receiver_belongs(home: UUID | None, admitted: Collection[UUID]) -> None:
    """Work goes to people of the body and its units (379/4.4)."""
    if home is None or home not in admitted:
        raise RuleViolation(
            "379/4.4",
            N_("Chỉ giao việc cho người thuộc cơ quan và đơn vị trực thuộc."),
            N_("Chọn lại người nhận việc."),
        )


# approving, reviewing, stopping


def is_the_overseer(person_id: UUID | None, overseer_id: UUID) -> None:
    """Only the one named in the rule approves, pauses and undoes (379/27.2.b)."""
    if person_id is None or person_id != overseer_id:
        raise RuleViolation(
            "379/27.2.b",
            N_("Việc này của người kiểm duyệt nêu trong quy tắc."),
            N_("Báo người kiểm duyệt của quy tắc."),
        )


def safety_level_named(level: int) -> None:
    if level not in LEVELS:
        raise RuleViolation(
            "379/27.2.d", N_("Quy tắc chưa nêu cấp độ an toàn."), N_("Quản trị ghi cấp độ an toàn rồi trình lại.")
        )


def review_in_date(reviewed_digest: str, digest: str, *, is_over: bool) -> None:
    """This very version was reviewed, and the next review is not overdue (379/27.2.c)."""
    if is_over or reviewed_digest != digest:
        raise RuleViolation(
            "379/27.2.c",
            N_("Bản này của quy tắc chưa được đánh giá an toàn, hoặc đã quá hạn đánh giá."),
            N_("Cán bộ an toàn thông tin đánh giá trước."),
        )


def next_review_within(next_on: date | None, today: date, months: int) -> date:
    """The day of the next review: after today, within the period (379/27.2.c)."""
    if next_on is None or not today < next_on <= latest_review(today, months):
        raise RuleViolation(
            "379/27.2.c",
            N_("Ngày đánh giá tiếp theo phải sau hôm nay và trong vòng {months} tháng."),
            N_("Chọn lại ngày."),
            months=months,
        )
    return next_on


def latest_review(today: date, months: int) -> date:
    """The last day on which the next review may be.

    >>> latest_review(date(2026, 11, 30), 12)
    datetime.date(2027, 11, 28)
    """
    year, month = divmod(today.month - 1 + months, 12)
    return date(today.year + year, month + 1, 1) + timedelta(days=min(today.day, 28) - 1)


def no_open_deviation(count: int) -> None:
    """What went wrong is corrected and reported before the rule is approved again (379/27.3)."""
    if count:
        raise RuleViolation(
            "379/27.3",
            N_("Còn {count} sai lệch chưa được khắc phục và báo cáo."),
            N_("Ghi việc đã khắc phục và báo cáo cho cơ quan chủ quản trước."),
            count=count,
        )


def words_given(words: str, clause: str = "379/27.4") -> str:
    """The words, trimmed; a reason, findings or a report are never empty and never a book."""
    text = words.strip()
    if not text or len(text) > 4000:
        raise RuleViolation(clause, N_("Cần ghi nội dung hoặc lý do, không quá 4000 ký tự."), N_("Ghi rồi làm lại."))
    return text


def act_has_compensation(act: str, work_state: str) -> None:
    """What was assigned can be taken back while nobody took it up; a reminder always (379/27.3)."""
    if act == ACT_OF[ROUTE] and work_state != "assigned":
        raise RuleViolation(
            "379/27.3",
            N_("Người nhận đã nhận việc này; không rút lại tự động được nữa."),
            N_("Ghi nhận sai lệch để dừng quy tắc, rồi lãnh đạo chuyển giao việc cho đúng người."),
        )


def entitled_to_the_act(actor: Actor, organisation_id: UUID) -> None:
    """A proposal is settled by whoever could do the act in person; the act asks again (379/4.7)."""
    if not actor.holds(Office.LEADER, organisation_id):
        raise RuleViolation(
            "379/4.7",
            N_("Đề nghị này chờ người có thẩm quyền giao việc ở cơ quan."),
            N_("Chuyển cho lãnh đạo cơ quan."),
        )


def found(one: Found | None) -> Found:
    """The same answer for what is not there as for what is not yours (379/4.4)."""
    if one is None:
        raise RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))
    return one


def may_watch(actor: Actor, *, oversees: bool) -> None:
    """Who configures, reviews, oversees or leads; for others there is no such page (379/4.4)."""
    if not oversees and not any(mandate.office in WATCHERS for mandate in actor.mandates):
        found(None)
