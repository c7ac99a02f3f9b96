"""What a person types as a time, by the clock in Vietnam."""

from __future__ import annotations

from datetime import datetime

from antin.regulation import RuleViolation
from antin.values import N_, VIETNAM


def instant(typed: str, clause: str) -> datetime | None:
    """An instant, or the hour on the clock in Vietnam; None when nothing was typed. RuleViolation for anything else."""
    if not typed:
        return None
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise RuleViolation(clause, N_("Thời điểm không đúng."), N_("Chọn ngày, giờ.")) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=VIETNAM)


def instant_needed(typed: str, clause: str) -> datetime:
    """The same, where nothing typed is no answer."""
    at = instant(typed, clause)
    if at is None:
        raise RuleViolation(clause, N_("Thời điểm không đúng."), N_("Chọn ngày, giờ."))
    return at
