"""The clock of the seeding: behind the real time, never up to the codes of the present."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from antin.house.demo.clock import KEEP_BEHIND, EarlierClock
from antin.identity.authenticators import PERIOD_S, TOLERANCE


def test_clock_runs_with_the_real_time_some_time_behind() -> None:
    clock = EarlierClock(timedelta(minutes=30))
    assert timedelta(0) <= datetime.now(UTC) - timedelta(minutes=30) - clock.now() + timedelta(seconds=1)
    before = clock.now()
    clock.leap()
    assert timedelta(seconds=PERIOD_S) <= clock.now() - before < timedelta(seconds=PERIOD_S + 1)


def test_codes_of_the_present_are_never_reached() -> None:
    """The admitted steps of the last seeding half minute end before those of the people's first one begin."""
    assert timedelta(seconds=(2 * TOLERANCE + 1) * PERIOD_S) < KEEP_BEHIND
    clock = EarlierClock(KEEP_BEHIND + timedelta(seconds=PERIOD_S))
    clock.leap()
    with pytest.raises(RuntimeError, match="more confirmations"):
        clock.leap()
