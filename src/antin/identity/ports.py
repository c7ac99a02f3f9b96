"""What identity needs from outside: a secret for what it keeps sealed, the provider of national accounts, the time."""

from __future__ import annotations

from dataclasses import dataclass, field

from antin.identity.national import NationalIdentity
from antin.values import Clock, SystemClock


@dataclass(frozen=True)
class Ports:
    """`totp_secret`: the installation's own random text of 32 characters or more, kept outside the database.

    `national`: None where the installation is not connected to a provider (379/11.3); local ways of signing in are always there.
    """

    totp_secret: str
    clock: Clock = field(default_factory=SystemClock)
    national: NationalIdentity | None = None


_bound: list[Ports] = []


def bind(ports: Ports) -> None:
    """Called by the house once per process; a second call replaces the first."""
    _bound[:] = [ports]


def bound() -> Ports:
    """RuntimeError when the house has not wired identity."""
    if not _bound:
        raise RuntimeError("the ports of identity are not bound")
    return _bound[0]
