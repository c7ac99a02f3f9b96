"""Casework's decisions, pure."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.casework import rules
from antin.casework.lifecycle import ASSIGNMENT, OPEN_STATES
from antin.regulation import RuleViolation, clauses
from antin.rulebook import queries as rulebook
from antin.values import Validity
from world import refused

HOME, UNIT, ELSEWHERE = uuid4(), uuid4(), uuid4()
LEAD, OTHER = uuid4(), uuid4()
MONDAY = date(2026, 11, 23)


def test_table_every_clause_exists_and_only_closed_is_an_end() -> None:
    for row in ASSIGNMENT.rows.values():
        assert all(cited in clauses() for cited in row.clauses), row
    assert set(OPEN_STATES) == set(ASSIGNMENT.states()) - {"closed"}
    assert ASSIGNMENT.acts("closed") == ("reopen",)


@pytest.mark.clause("217/5.2")
def test_lead_and_supporting_the_lead_is_named_once() -> None:
    assert rules.lead_and_supporting(LEAD, [OTHER, LEAD, OTHER]) == (OTHER,)


@pytest.mark.clause("379/4.4")
def test_need_to_know_stranger_refused() -> None:
    rules.need_to_know([LEAD, OTHER], {LEAD: HOME, OTHER: UNIT}, {HOME, UNIT})
    for homes in ({LEAD: ELSEWHERE}, {}):
        with refused("379/4.4"):
            rules.need_to_know([LEAD], homes, {HOME, UNIT})


@pytest.mark.clause("217/11.13")
def test_due_on_missing_or_past_refused() -> None:
    assert rules.due_on_set(MONDAY, MONDAY) == MONDAY
    for due in (None, MONDAY - timedelta(days=1)):
        with refused("217/11.13"):
            rules.due_on_set(due, MONDAY)


@pytest.mark.clause("217/10.2")
def test_results_accepted_open_piece_refused() -> None:
    rules.results_accepted([])
    rules.results_accepted(["closed", "closed"])
    with refused("217/10.2"):
        rules.results_accepted(["closed", "reported"])


@pytest.mark.clause("217/10.2")
def test_assigned_to_me_another_person_refused() -> None:
    rules.assigned_to_me(LEAD, LEAD)
    for person in (OTHER, None):
        with refused("217/10.2"):
            rules.assigned_to_me(person, LEAD)
    rules.may_hand_over(OTHER, assignee_id=LEAD, leads=True)
    with pytest.raises(RuleViolation):
        rules.may_hand_over(OTHER, assignee_id=LEAD, leads=False)


@pytest.mark.clause("379/6.2.p2")
def test_hand_over_to_the_same_person_refused() -> None:
    with refused("379/6.2.p2"):
        rules.another_person(LEAD, LEAD)


def test_small_rules_answer() -> None:
    assert rules.accepts("accept") and not rules.accepts("return")
    with pytest.raises(RuleViolation):
        rules.accepts("perhaps")
    assert rules.in_process_already("in_process") and not rules.in_process_already("forwarded")
    assert rules.in_force(Validity.IN_FORCE) and not rules.in_force(Validity.RECALLED)
    assert rules.completes_as(LEAD, lead_id=LEAD) and not rules.completes_as(LEAD, lead_id=None)
    with refused("379/5.4"):
        rules.attachment_within(rules.ATTACHMENT_LIMIT_BYTES + 1)


@pytest.mark.clause("217/11.13")
@given(st.integers(-40, 40), st.integers(0, 700))
def test_overdue_list_and_row_agree_on_every_day(offset: int, start: int) -> None:
    """What SQL compares (one date) and what the row says (walking the calendar) are the same."""
    today = date(2026, 1, 1) + timedelta(days=start)
    due = today + timedelta(days=offset)
    by_row = rules.is_overdue(due, "accepted", today, rulebook.is_working_day)
    assert by_row == (due <= rules.overdue_since(today, rulebook.is_working_day))


def test_overdue_reported_work_is_not_late() -> None:
    assert not rules.is_overdue(date(2020, 1, 1), "reported", MONDAY, rulebook.is_working_day)


@given(st.dates(), st.uuids())
def test_mark_reads_back(day: date, last: UUID) -> None:
    assert rules.read_mark(rules.write_mark(day, last)) == (day, last)


@pytest.mark.parametrize(
    "mark", [None, "", "~", "2026-11-23", "x~y", "2026-13-01~01a20b24-eb80-7fcd-b53e-b5645e3a46ef"]
)
def test_mark_rubbish_reads_as_the_beginning(mark: str | None) -> None:
    assert rules.read_mark(mark) is None
