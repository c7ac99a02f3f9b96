"""What identity needs from outside: the secret that seals one-time-code secrets, and the time."""

from __future__ import annotations

from dataclasses import dataclass, field

from antin.values import Clock, SystemClock


@dataclass(frozen=True)
class Ports:
    """`totp_secret`: the installation's own random text of 32 characters or more, kept outside the database."""

    totp_secret: str
    clock: Clock = field(default_factory=SystemClock)


_bound: list[Ports] = []


def bind(ports: Ports) -> None:
    """Called by the house once per process; a second call replaces the first."""
    _bound[:] = [ports]


def bound() -> Ports:
    """RuntimeError when the house has not wired identity."""
    if not _bound:
        raise RuntimeError("the ports of identity are not bound")
    return _bound[0]
