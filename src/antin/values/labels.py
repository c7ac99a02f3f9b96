"""Labels a document carries: secrecy (217/5.1), urgency (217/11.5), validity and custody."""

from __future__ import annotations

from enum import StrEnum


class Secrecy(StrEnum):
    OPEN = "open"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"
    TOP_SECRET = "top_secret"


class Urgency(StrEnum):
    """Urgency levels; the numbers are edXML `Priority` 0 to 4 (QCVN 102:2016)."""

    ROUTINE = "routine"
    URGENT = "urgent"
    VERY_URGENT = "very_urgent"
    IMMEDIATE = "immediate"
    TIMED = "timed"

    @property
    def rank(self) -> int:
        """Order in every list and lane: higher goes first (217/6.3.p2)."""
        return _URGENCY_ORDER.index(self)

    @property
    def is_urgent(self) -> bool:
        return self is not Urgency.ROUTINE

    @staticmethod
    def from_rank(rank: int) -> Urgency:
        """The level for an edXML priority; an unknown number reads as routine."""
        return _URGENCY_ORDER[rank] if 0 <= rank < len(_URGENCY_ORDER) else Urgency.ROUTINE


_URGENCY_ORDER = (Urgency.ROUTINE, Urgency.URGENT, Urgency.VERY_URGENT, Urgency.IMMEDIATE, Urgency.TIMED)


class Validity(StrEnum):
    NONE = ""
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    RECALLED = "recalled"
    INVALIDATED = "invalidated"


class Custody(StrEnum):
    CURRENT = "current"
    ARCHIVED = "archived"
    DESTROYED = "destroyed"
    EXPELLED = "expelled"
