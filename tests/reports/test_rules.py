"""Periods by name, what is owed, when figures may be frozen (217/12.p1, 217/14.2, 379/30.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.regulation import RuleViolation
from antin.reports import rules
from antin.reports.rules import MONTHS, Period, due, figures_may_be_frozen, period_holding, period_of
from antin.rulebook import queries as rulebook

TODAY = date(2026, 11, 27)
DAYS = st.dates(date(2020, 1, 1), date(2098, 12, 31))
KINDS = st.sampled_from(sorted(MONTHS))


@given(DAYS, KINDS)
def test_every_day_lies_in_exactly_one_period_of_a_kind(day: date, kind: str) -> None:
    found = period_holding(kind, day)
    assert found.first <= day < found.until
    assert found.beside(1).first == found.until and found.beside(-1).until == found.first
    assert period_of(found.name, TODAY) == found


@pytest.mark.parametrize(
    ("name", "kind", "first", "until"),
    [
        ("2026-11", "month", date(2026, 11, 1), date(2026, 12, 1)),
        ("2026-Q4", "quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-H2", "half", date(2026, 7, 1), date(2027, 1, 1)),
        ("2026", "year", date(2026, 1, 1), date(2027, 1, 1)),
        ("", "month", date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_a_name_is_its_days(name: str, kind: str, first: date, until: date) -> None:
    found = period_of(name, TODAY)
    assert (found.kind, found.first, found.until) == (kind, first, until)


@pytest.mark.parametrize("name", ["2026-13", "2026-Q5", "2026-H3", "1999", "x", "2026-1", "2026-Q4 ", "２０２６"])
def test_nothing_else_is_a_period(name: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        period_of(name, TODAY)
    assert refused.value.clause == "217/12.p1"


@pytest.mark.clause("379/30.2", "217/14.2")
def test_quarter_half_and_year_are_owed_once_they_are_over_and_never_before_the_log_began() -> None:
    kinds = rulebook.report_periods(TODAY)
    assert set(kinds) == {"quarter", "half", "year"}
    assert rulebook.report_periods(date(2024, 1, 1)) == ("year",)  # before the regulation of 2025
    owed = [one.name for one in due(kinds, [], date(2024, 6, 1), TODAY)]
    assert owed == ["2026-Q3", "2026-H1", "2025"]
    assert [one.name for one in due(kinds, ["2026-H1"], date(2024, 6, 1), TODAY)] == ["2026-Q3", "2025"]
    assert [one.name for one in due(kinds, [], date(2026, 7, 1), TODAY)] == ["2026-Q3"]
    assert due(kinds, [], date(2026, 7, 2), TODAY) == ()
    assert due(kinds, [], None, TODAY) == ()


@pytest.mark.clause("379/30.2", "217/12.p1")
def test_figures_are_frozen_only_when_the_period_is_over_and_the_log_agrees() -> None:
    period = Period("month", date(2026, 10, 1))
    figures_may_be_frozen(period, period.until, agrees=True)
    with pytest.raises(RuleViolation) as early:
        figures_may_be_frozen(period, period.until - timedelta(days=1), agrees=True)
    with pytest.raises(RuleViolation) as differs:
        figures_may_be_frozen(period, period.until, agrees=False)
    assert (early.value.clause, differs.value.clause) == ("379/30.2", "217/12.p1")


@pytest.mark.clause("217/12.1", "217/12.2")
def test_the_centre_counts_who_sends_to_it_and_every_office_its_units() -> None:
    assert (rules.asked_by("central"), rules.asked_by("province")) == ("217/12.1", "217/12.2")


def test_a_body_is_counted_by_who_may_count_it() -> None:
    rules.body_chosen("a", ["a", "b"])
    with pytest.raises(RuleViolation) as refused:
        rules.body_chosen("c", ["a", "b"])
    assert refused.value.clause == "379/4.4"
