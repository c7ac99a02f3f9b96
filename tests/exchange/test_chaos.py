"""Two real installations, a network that cuts and truncates, kill -9 of every process and of PostgreSQL: nothing is lost, nothing doubled.

The order of misfortunes is drawn by a seed (`ANTIN_CHAOS_SEED` for another, `ANTIN_CHAOS_S` for longer). Afterwards all is
well again, and what both sides hold must be the same: documents, attachments, effects in the ledgers, receipts byte by byte.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bench import _two_homes as two_homes
from tests.exchange.village import PATHS, Village

pytestmark = [pytest.mark.clause("217/13.1", "217/6.2"), pytest.mark.world]

SEED = int(os.environ.get("ANTIN_CHAOS_SEED", "379"))
CHAOS_S = float(os.environ.get("ANTIN_CHAOS_S", "15"))
DOCUMENTS = 20
CALM_S = 240.0


@pytest.fixture
def village(monkeypatch: pytest.MonkeyPatch) -> Iterator[Village]:
    monkeypatch.setenv("PYTHONPATH", PATHS)
    with tempfile.TemporaryDirectory(prefix="antin-chaos-") as folder:
        made = Village(Path(folder), Random(SEED))
        yield made
        made.end()


def test_nothing_is_lost_or_doubled_whatever_breaks(village: Village) -> None:
    village.queue(DOCUMENTS)
    village.start_all()
    suffered = _suffer(village)
    for wire in village.wires:
        wire.truncate(0)
    told = _settled(village)
    assert len(suffered) >= 7 and sum(wire.cuts for wire in village.wires) > 10, suffered
    for ours, theirs in (two_homes.NAMES, list(two_homes.NAMES)[::-1]):
        _same(told[ours], told[theirs])
    village.verify_ledgers()


def _suffer(village: Village) -> list[str]:
    """Misfortunes in the drawn order until the time is over; their names."""
    random, suffered, deck = village.random, [], list[str]()
    ends_at = time.monotonic() + CHAOS_S
    while time.monotonic() < ends_at:
        strikes = _misfortunes(village)
        deck = deck or random.sample(list(strikes), len(strikes))
        name = deck.pop()
        strikes[name]()
        suffered.append(name)
        time.sleep(random.uniform(0.2, 1.2))  # the time that work has until the next one
        village.revive()
    return suffered


def _misfortunes(village: Village) -> dict[str, Callable[[], object]]:
    """One of each kind, drawn where it strikes."""
    wire, code = village.random.choice(village.wires), village.random.choice(list(two_homes.NAMES))
    below = village.random.choice((0, 400, 20_000, 300_000, 9_000_000))
    return {
        "cut": wire.cut,
        "truncate": lambda: wire.truncate(below),
        "silence": lambda: wire.fall_silent(1.0),
        "kill serve": lambda: village.kill(code, "serve"),
        "kill work": lambda: village.kill(code, "work"),
        "kill a session": village.kill_a_session,
        "kill the database": village.kill_database,
    }


def _settled(village: Village) -> dict[str, Any]:
    """What both sides say once everything has arrived."""
    ends_at = time.monotonic() + CALM_S
    while True:
        village.revive()
        with suppress(subprocess.CalledProcessError):  # the database may still be recovering
            told = village.told()
            open_ = [one for side in told.values() for one in side["sent"].values() if one["state"] != "arrived"]
            if not open_:  # asked once more: the two sides were not heard at the same instant
                return village.told()
        assert time.monotonic() < ends_at, f"not everything arrived: {open_}"


def _same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """What one sent is what the other took in: the same parcels, documents, files and receipts, each once."""
    assert len(ours["sent"]) == DOCUMENTS
    assert ours["sent"].keys() == theirs["taken"].keys()
    assert theirs["incoming"] == DOCUMENTS
    for parcel, sent in ours["sent"].items():
        taken = theirs["taken"][parcel]
        assert taken["document"] == sent["document"]
        assert taken["files"] == sent["files"]
        assert taken["receipts"] == sent["receipts"] and len(sent["receipts"]) == 1
        assert (sent["acknowledged"], taken["received"]) == (1, 1)
