"""The time that identity is told while the demonstration world is being made.

Each one-time code counts once. Were sample documents confirmed with the codes of this half minute, the sample people
would stand before a locked door right after the start; so the world's first half hour is played some time behind.
Nothing of the check is loosened: every confirmation finds an unspent code of its own half minute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from antin.house.demo.codes import STEP_S
from antin.identity import ports

KEEP_BEHIND = timedelta(seconds=4 * STEP_S)


@dataclass
class EarlierClock:
    """Runs with the real time, some time behind it."""

    behind: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) - self.behind

    def leap(self) -> None:
        """On to the next code. RuntimeError when only the codes of the present are left: they are the people's own."""
        self.behind -= timedelta(seconds=STEP_S)
        if self.behind < KEEP_BEHIND:
            raise RuntimeError("the sample documents need more confirmations than the time before the start holds")


def live_behind(behind: timedelta) -> EarlierClock:
    """Gives identity, in this process, a clock that far behind."""
    clock = EarlierClock(behind)
    ports.bind(replace(ports.bound(), clock=clock))
    return clock
