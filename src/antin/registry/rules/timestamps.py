"""Signatures that wait for their timestamp: what waits with them, how long one asks, when one asks again (379/12.2.b)."""

from __future__ import annotations

from datetime import datetime, timedelta

from antin.regulation import RuleViolation
from antin.values import N_

SPARE = timedelta(minutes=5)
FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 300


def timestamp_present(*, waiting: bool) -> None:
    """379/12.2.b: what follows a signature waits until its timestamp is there."""
    if waiting:
        raise RuleViolation(
            "379/12.2.b",
            N_("Văn bản đã ký, đang chờ dấu thời gian."),
            N_("Hệ thống tự lấy dấu thời gian khi dịch vụ cấp trả lời; không cần ký lại. Làm bước này sau đó."),
        )


def timestamp_lease(token_s: float) -> timedelta:
    """How long a worker may be busy with one: a token for the signature, one for the archive, and certificate states."""
    return timedelta(seconds=2 * token_s) + SPARE


def next_timestamp_try(now: datetime, tries: int) -> datetime:
    """Soon at first, then twice as long each time, every five minutes at last."""
    return now + timedelta(seconds=min(LONGEST_PAUSE_S, FIRST_PAUSE_S << min(tries, 10)))
