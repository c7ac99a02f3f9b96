"""One synchronised time: stored in UTC, shown in Asia/Ho_Chi_Minh by ISO 8601 (217/13.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until moved; for simulated worlds."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def to_vietnam(at: datetime) -> datetime:
    """The same instant on Vietnam's clock. Naive times are refused: they have no meaning in evidence."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(VIETNAM)


def iso(at: datetime) -> str:
    """ISO 8601 with +07:00 and seconds, the one written form of an instant."""
    return to_vietnam(at).isoformat(timespec="seconds")
