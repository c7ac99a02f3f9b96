"""What reports need from outside: the time."""

from __future__ import annotations

from dataclasses import dataclass, field

from antin.values import Clock, SystemClock


@dataclass(frozen=True)
class Ports:
    clock: Clock = field(default_factory=SystemClock)


_bound: list[Ports] = [Ports()]


def bind(ports: Ports) -> None:
    """A second call replaces the first."""
    _bound[:] = [ports]


def bound() -> Ports:
    return _bound[0]
