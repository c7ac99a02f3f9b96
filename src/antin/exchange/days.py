"""The day of an id: a UUIDv7 carries the instant of its making (RFC 9562, 5.7), the same for whoever reads it.

So both sides of an exchange put a parcel under the same day of Vietnam's calendar, whatever their clocks say.

>>> from uuid import UUID
>>> day_of(UUID("019b76da-a800-7000-8000-000000000000")).isoformat()
'2026-01-01'
>>> first_id(date(2026, 1, 1)) <= UUID("019b76da-a800-7000-8000-000000000000") < first_id(date(2026, 1, 2))
True
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

from antin.values import VIETNAM, to_vietnam

LOW_BITS = 80


def id_floor(at: datetime) -> UUID:
    """Not greater than any UUIDv7 made at that instant or later; itself no id of anything."""
    return UUID(int=(int(at.timestamp() * 1000) & 0xFFFFFFFFFFFF) << LOW_BITS)


def first_id(day: date) -> UUID:
    """Where the day's ids begin."""
    return id_floor(datetime.combine(day, time(), VIETNAM))


def day_of(made: UUID) -> date:
    """The day on Vietnam's calendar on which the id was made."""
    return to_vietnam(datetime.fromtimestamp((made.int >> LOW_BITS) / 1000, UTC)).date()
