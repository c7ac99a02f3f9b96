"""Partners as pages need them: those the exchange knows besides our own organisations."""

from __future__ import annotations

from dataclasses import dataclass

from antin.values import Actor


@dataclass(frozen=True, slots=True)
class PartnerRow:
    code: str
    name: str
    group: str
    reachable: bool | None


def partners(actor: Actor) -> tuple[PartnerRow, ...]:
    """Directory entries of other installations, by group and name."""
    return ()
