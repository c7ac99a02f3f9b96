"""Working days and the time to send: the dated holidays agree with astronomy and law, and the sums with each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.rulebook import queries
from antin.values import VIETNAM, Urgency, to_vietnam

from . import lunar

known_days = st.dates(date(2026, 1, 1), date(2028, 12, 20))
instants = st.integers(0, 1065 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@pytest.mark.clause("217/6.3")
@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_lunar_holidays_agree_with_the_moon(year: int) -> None:
    tet = lunar.tet(year)
    assert not any(queries.is_working_day(tet + timedelta(days=n)) for n in range(-1, 4))
    assert "Mùng 1" in queries.calendar().holidays[tet]
    assert "Giỗ Tổ" in queries.calendar().holidays[lunar.kings_day(year)]


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_fixed_holidays_are_off_and_weekend_ones_made_good(year: int) -> None:
    holidays = queries.calendar().holidays
    for day in (date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)):
        assert day in holidays and not queries.is_working_day(day)
    own = [day for day in holidays if day.year == year and "Nghỉ" not in holidays[day]]
    on_weekends = [day for day in own if day.weekday() >= 5]
    made_good = [day for day in holidays if day.year == year and holidays[day].startswith("Nghỉ bù")]
    assert len(made_good) == len(on_weekends)


def test_worked_saturdays_of_2026_are_working_days() -> None:
    assert queries.is_working_day(date(2026, 1, 10)) and queries.is_working_day(date(2026, 8, 22))
    assert not queries.is_working_day(date(2026, 1, 2)) and not queries.is_working_day(date(2026, 8, 31))


@given(known_days)
def test_next_and_previous_working_day_are_inverse_on_working_days(day: date) -> None:
    following = queries.next_working_day(day)
    assert following > day and queries.is_working_day(following)
    assert not any(queries.is_working_day(day + timedelta(days=n)) for n in range(1, (following - day).days))
    if queries.is_working_day(day):
        assert queries.previous_working_day(following) == day


@given(known_days, known_days, known_days)
def test_working_days_between_adds_up(a: date, b: date, c: date) -> None:
    assert queries.working_days_between(a, b) == -queries.working_days_between(b, a)
    first, middle, last = sorted((a, b, c))
    whole = queries.working_days_between(first, last)
    assert whole == queries.working_days_between(first, middle) + queries.working_days_between(middle, last)


@pytest.mark.clause("217/6.3", "217/13.2")
@given(instants)
def test_send_due_at_is_the_next_working_morning(signed_at: datetime) -> None:
    due = to_vietnam(queries.send_due_at(signed_at))
    assert due.time() == time(11, 30)
    assert due.date() == queries.next_working_day(to_vietnam(signed_at).date())
    assert due > signed_at


@pytest.mark.clause("217/6.3")
@given(instants, st.sampled_from(Urgency))
def test_send_target_at_never_lies_after_the_last_instant(signed_at: datetime, urgency: Urgency) -> None:
    assert signed_at < queries.send_target_at(signed_at, urgency) <= queries.send_due_at(signed_at, urgency)


@pytest.mark.clause("217/6.3.p2")
@pytest.mark.parametrize("urgency", [one for one in Urgency if one.is_urgent])
def test_send_due_at_of_urgent_documents_is_minutes_away_even_at_night(urgency: Urgency) -> None:
    night = datetime(2026, 2, 17, 23, 50, tzinfo=VIETNAM)
    assert queries.send_due_at(night, urgency) - night <= timedelta(minutes=15)


@pytest.mark.clause("217/6.3")
def test_send_due_at_on_the_eve_of_tet_waits_for_the_first_working_day() -> None:
    eve = datetime(2026, 2, 13, 16, 30, tzinfo=VIETNAM)
    assert queries.send_due_at(eve) == datetime(2026, 2, 23, 11, 30, tzinfo=VIETNAM)
    assert queries.send_target_at(eve) == datetime(2026, 2, 13, 17, 0, tzinfo=VIETNAM)


@pytest.mark.clause("217/6.3")
@pytest.mark.parametrize(
    ("signed", "warned"),
    [
        (datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM), datetime(2026, 3, 2, 15, 0, tzinfo=VIETNAM)),
        (datetime(2026, 3, 2, 16, 47, tzinfo=VIETNAM), datetime(2026, 3, 3, 9, 30, tzinfo=VIETNAM)),
        (datetime(2026, 3, 7, 10, 0, tzinfo=VIETNAM), datetime(2026, 3, 9, 9, 30, tzinfo=VIETNAM)),
    ],
)
def test_send_warning_at_comes_before_the_day_ends_or_before_the_last_instant(
    signed: datetime, warned: datetime
) -> None:
    assert queries.send_warning_at(signed) == warned


@pytest.mark.clause("217/6.3.p2")
def test_send_warning_at_of_urgent_documents_leaves_minutes_to_act() -> None:
    signed = datetime(2026, 3, 2, 22, 0, tzinfo=VIETNAM)
    assert queries.send_warning_at(signed, Urgency.IMMEDIATE) == signed + timedelta(minutes=10)
