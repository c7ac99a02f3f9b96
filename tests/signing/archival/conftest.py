"""The world of issued documents, and a house whose clock and authorities are moved years ahead."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from antin.ledger import acts as ledger
from antin.signing import ports
from antin.signing.archival import follow, surveying
from antin.signing.pki import DemoAuthority
from antin.signing.pki.local import LocalRevocation
from antin.values import FixedClock
from world import World, authority, world

__all__ = ["authority", "world"]


@dataclass
class Ahead:
    """The house of the world in another year: its authority is a copy, asked directly."""

    pki: DemoAuthority
    clock: FixedClock

    def bind(self) -> None:
        ports.bind(
            replace(
                ports.bound(),
                timestamper=self.pki.timestamps,
                patient=None,
                revocation=LocalRevocation(self.pki),
                clock=self.clock,
            )
        )

    def go_to(self, instant: datetime) -> None:
        self.clock.advance((instant - self.clock.now()).total_seconds())

    def renew_authority(self) -> None:
        """The time-stamping authority gets another key, by a stronger algorithm, and a longer certificate."""
        self.pki.renew_timestamps()
        self.bind()


@pytest.fixture
def ahead(world: World, tmp_path: Path) -> Iterator[Ahead]:
    usual = ports.bound()
    home = tmp_path / "authority"
    shutil.copytree(world.authority.pki.home, home)
    clock = FixedClock(usual.clock.now())
    found = Ahead(DemoAuthority.open(home, clock=clock), clock)
    found.bind()
    yield found
    ports.bind(usual)


def surveyed() -> None:
    """Everything the ledger holds is followed, every new document surveyed."""
    while ledger.integrate():
        pass
    while follow.follow_once():
        pass
    while surveying.survey_due():
        pass
