"""Who may stand in for whom: offices lent in writing, seats in reviews during an absence (379/6.2.p2). Pure.

- Lent are leading, approving and signing (acts.md §3); every other office needs its own mandate.
- A delegation never reaches further than the mandate it comes from, is never passed on, and always ends.
- Whoever signs under one signs in their own name, with the capacity that the delegation gives: K/T or T/L.
- An absence passes on seats in reviews and nothing else; the substitute is somebody who reviews anyway.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from antin.identity.rules import separation_of_duties
from antin.regulation import RuleViolation
from antin.values import N_, MandateView, Office

LENDABLE = (Office.LEADER, Office.APPROVER, Office.SIGNATORY)
WATCHERS = (Office.ADMINISTRATOR, Office.IDENTITY_OFFICER, Office.SECURITY_OFFICER, Office.AUDITOR)
"""Who sees every delegation and absence in force (379/31.p1)."""
LONGEST_DELEGATION = timedelta(days=366)
LONGEST_ABSENCE = timedelta(days=186)
CAPACITY = re.compile(r"(?:K/T|T/L) \S")
WORDS_MOST = {"reason": 500, "basis": 300, "capacity": 200}


def within_own_mandate_now(
    held: Iterable[MandateView], office: Office, organisation_id: UUID, document_types: Collection[str]
) -> MandateView:
    """The lender's own mandate that covers what is to be lent; RuleViolation without one (379/6.2.p2).

    An office that is itself held by delegation is not passed on: there are no chains.
    """
    if office not in LENDABLE:
        raise RuleViolation(
            "379/6.2.p2",
            N_("Nhiệm vụ này không uỷ quyền được."),
            N_("Chỉ uỷ quyền việc chỉ đạo, phê duyệt hoặc ký; nhiệm vụ khác do cấp có thẩm quyền giao."),
            office=office.value,
        )
    there = [m for m in held if m.office is office and m.organisation_id == organisation_id]
    own = next((m for m in there if m.lent is None), None)
    if own is None and there:
        raise RuleViolation(
            "379/6.2.p2",
            N_("Nhiệm vụ được uỷ quyền không được uỷ quyền tiếp cho người khác."),
            N_("Đề nghị người đã uỷ quyền chọn người khác."),
        )
    if own is None or (own.document_types and not set(document_types) <= own.document_types):
        raise RuleViolation(
            "379/6.2.p2",
            N_("Chỉ uỷ quyền được trong phạm vi nhiệm vụ của chính mình."),
            N_("Chọn nhiệm vụ và thể loại văn bản đang được giao."),
        )
    return own


def lent_types(own: MandateView, document_types: Collection[str]) -> frozenset[str]:
    """The types that the delegation reaches: those named, else all of the lender's."""
    return frozenset(document_types) or own.document_types


def bounded_in_time(
    since: date, until: date, *, today: date, longest: timedelta = LONGEST_DELEGATION, mandate_until: date | None = None
) -> None:
    """A first and a last day, not in the past, not beyond the mandate (379/6.2.p2)."""
    if since < today or until < since:
        raise RuleViolation(
            "379/6.2.p2",
            N_("Thời gian phải từ hôm nay trở đi, ngày cuối không trước ngày đầu."),
            N_("Sửa lại ngày."),
        )
    if until - since >= longest:
        raise RuleViolation(
            "379/6.2.p2", N_("Thời gian dài nhất là {days} ngày."), N_("Chọn ngày cuối sớm hơn."), days=longest.days
        )
    if mandate_until is not None and until > mandate_until:
        raise RuleViolation(
            "379/6.2.p2",
            N_("Nhiệm vụ của người uỷ quyền kết thúc trước ngày cuối."),
            N_("Chọn ngày cuối trong thời hạn của nhiệm vụ."),
        )


def delegate_fits(
    office: Office,
    *,
    lender_id: UUID,
    delegate_id: UUID,
    delegate_is_active: bool,
    delegate_holds: Sequence[Office],
    holds_it_there: bool,
) -> None:
    """Another person with an account in use, who lacks the office there and may hold it (379/5.3, 379/6.2.p2)."""
    if delegate_id == lender_id or not delegate_is_active:
        raise RuleViolation(
            "379/6.2.p2", N_("Người được uỷ quyền phải là người khác, đang có tài khoản."), N_("Chọn người khác.")
        )
    if holds_it_there:
        raise RuleViolation("379/6.2.p2", N_("Người này đã có nhiệm vụ đó ở cơ quan này."), N_("Chọn người khác."))
    separation_of_duties(delegate_holds, office)


def capacity_fits(office: Office, capacity: str) -> None:
    """A delegate signs for the head (K/T) or by order (T/L), never for the whole body (379/8.3, 379/13.2)."""
    if office is Office.SIGNATORY and not CAPACITY.match(capacity):
        raise RuleViolation(
            "379/13.2",
            N_("Uỷ quyền ký phải ghi quyền hạn ký bắt đầu bằng “K/T” hoặc “T/L”."),
            N_("Ghi, ví dụ, “K/T CHÁNH VĂN PHÒNG”."),
        )
    if office is not Office.SIGNATORY and capacity:
        raise RuleViolation("379/13.2", N_("Quyền hạn ký chỉ ghi khi uỷ quyền ký."), N_("Để trống ô này."))


def none_overlapping(overlaps: int) -> None:
    """The same office is not lent twice to the same person, nobody has two substitutes on one day."""
    if overlaps:
        raise RuleViolation(
            "379/6.2.p2", N_("Đã có bản khác trùng thời gian này."), N_("Kết thúc bản kia trước, hoặc đổi ngày.")
        )


def substitute_may_review(
    *, person_id: UUID, substitute_id: UUID, substitute_is_active: bool, reviews: bool, away: bool
) -> None:
    """Another person who reviews anyway and is there meanwhile (379/13.3)."""
    if substitute_id == person_id or not substitute_is_active or not reviews:
        raise RuleViolation(
            "379/13.3",
            N_("Người thay phải là người khác, đang làm nhiệm vụ soát xét."),
            N_("Chọn người trong danh sách."),
        )
    if away:
        raise RuleViolation("379/13.3", N_("Người thay cũng vắng trong thời gian này."), N_("Chọn người khác."))


def words_within(**given: str) -> None:
    """None is empty but the capacity, none over its limit; sizes before contents."""
    for name, text in given.items():
        if len(text) > WORDS_MOST[name]:
            raise RuleViolation(
                "379/6.2.p2",
                N_("Lý do, căn cứ hoặc quyền hạn ký dài quá {most} ký tự."),
                N_("Rút gọn rồi thực hiện lại."),
                most=WORDS_MOST[name],
            )
    if not all(text.strip() for name, text in given.items() if name != "capacity"):
        raise RuleViolation("379/6.2.p2", N_("Thiếu căn cứ hoặc lý do."), N_("Ghi rồi thực hiện lại."))


def may_end(offices: Iterable[Office], *, by: UUID | None, by_offices: Collection[Office], owner_id: UUID) -> Office:
    """The office of the row: the person whose it is, else one of the offices named (379/9.2)."""
    if by is not None and by == owner_id:
        return Office.PERSON
    found = next((office for office in offices if office is not Office.PERSON and office in by_offices), None)
    if found is None:
        raise not_theirs()
    return found


def not_theirs() -> RuleViolation:
    """One answer for what is missing and what is somebody else's, so that ids tell nothing (379/4.4)."""
    return RuleViolation(
        "379/4.4",
        N_("Không có bản này, hoặc không phải của đồng chí."),
        N_("Chỉ người đã lập hoặc cán bộ định danh kết thúc được."),
    )


def still_open(*, is_open: bool) -> None:
    if not is_open:
        raise RuleViolation("379/9.2", N_("Bản này đã kết thúc."), N_("Tải lại trang để xem hiện tại."))


def in_force(since: date, until: date, *, ended: bool, on: date) -> bool:
    """True on the days of the period, until it is ended; it ends by itself after its last day."""
    return not ended and since <= on <= until
