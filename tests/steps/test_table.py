"""The engine of the tables of life."""

from __future__ import annotations

import pytest

from antin.regulation import RuleViolation
from antin.steps import life
from antin.values import Office

LINES = (
    "— | make | open | person | | 379/14.p1",
    "open | shut | closed | person, clerk | quiet unlocked | 379/17.1 379/17.3",
    "open, closed | paint | same | clerk | | 379/17.2",
)


def test_step_in_the_table_answers_its_row() -> None:
    step = life("door", LINES).step("open", "shut")
    assert (step.to, step.offices, step.guards) == ("closed", (Office.PERSON, Office.CLERK), ("quiet", "unlocked"))


def test_step_from_nothing_uses_the_absent_state() -> None:
    assert life("door", LINES).step("", "make").to == "open"


def test_step_same_keeps_each_state() -> None:
    door = life("door", LINES)
    assert [door.step(s, "paint").to for s in ("open", "closed")] == ["open", "closed"]


@pytest.mark.clause("379/17.1")
def test_step_not_in_the_table_is_refused_with_the_clause_of_the_act() -> None:
    with pytest.raises(RuleViolation) as refused:
        life("door", LINES).step("closed", "shut")
    assert refused.value.clause == "379/17.1"
    assert "closed" in refused.value.message()


def test_acts_and_states_come_in_table_order() -> None:
    door = life("door", LINES)
    assert door.acts("open") == ("shut", "paint")
    assert door.states() == ("open", "closed")


@pytest.mark.parametrize("line", ["a | b | c", "a | act | b | nobody | | 379/1.1"])
def test_malformed_lines_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"six cells|nobody"):
        life("door", [line])


def test_a_row_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        life("door", ["a | x | b | person | | 379/1.1", "a | x | c | person | | 379/1.1"])
