"""Two real installations, a network that cuts and truncates, kill -9 of every process and of PostgreSQL: nothing is lost, nothing doubled.

The order of misfortunes is drawn by a seed (`ANTIN_CHAOS_SEED` for another, `ANTIN_CHAOS_S` for longer). Afterwards all is
well again, and what both sides hold must be the same: documents, attachments, effects in the ledgers, receipts byte by byte.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bench import _two_homes as two_homes
from tests.exchange import chaos_roles
from tests.exchange.unkind_network import UnkindNetwork

from antin.house import config as configuration
from antin.house import postgres

pytestmark = [pytest.mark.clause("217/13.1", "217/6.2"), pytest.mark.world]

SEED = int(os.environ.get("ANTIN_CHAOS_SEED", "379"))
CHAOS_S = float(os.environ.get("ANTIN_CHAOS_S", "15"))
DOCUMENTS = 20
CALM_S = 240.0
ROOT = Path(__file__).parents[2]
ROLES = ("serve", "work")


class Village:
    """The cluster, the two homes, their processes and the wires between them."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self.random = folder, random
        self.cluster = postgres.start(folder, extra_settings={"max_connections": "200"})
        self.wires: list[UnkindNetwork] = []
        self.homes = two_homes.prepare(folder, self.cluster, self._front)
        self.processes: dict[tuple[str, str], subprocess.Popen[bytes]] = {}
        for home in self.homes.values():
            self._role("found", home)

    def _front(self, port: int) -> str:
        self.wires.append(UnkindNetwork(port, self.random))
        return f"https://127.0.0.1:{self.wires[-1].port}"

    def queue(self, count: int) -> None:
        for home in self.homes.values():
            self._role("queue", home, str(count))

    def told(self) -> dict[str, Any]:
        return {code: json.loads(self._role("tell", home)) for code, home in self.homes.items()}

    def verify_ledgers(self) -> None:
        """Exported and proven from the files alone."""
        for code, home in self.homes.items():
            log, environment = str(self.folder / f"log-{code}"), {**os.environ, configuration.HOME_VARIABLE: str(home)}
            for order in ("export", "verify"):
                command = [sys.executable, "-m", "antin.cli.main", "ledger", order, log]
                subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)

    def start(self, code: str, what: str) -> None:
        """`antin serve` or `antin work`, in a session of its own."""
        command = [sys.executable, "-m", "antin.cli.main", what, "--home", str(self.homes[code])]
        log = (self.folder / f"{code}-{what}.log").open("ab")
        self.processes[code, what] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def start_all(self) -> None:
        for code in self.homes:
            for what in ROLES:
                self.start(code, what)
            two_homes.await_port(configuration.load(self.homes[code]).exchange.port)

    def kill(self, code: str, what: str) -> None:
        """kill -9 of the process and all it forked."""
        process = self.processes[code, what]
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_database(self) -> None:
        """kill -9 of the postmaster; its children notice and end. Then it recovers from its log."""
        assert self.cluster.process is not None
        os.kill(self.cluster.process.pid, signal.SIGKILL)
        self.cluster.process.wait()
        for _ in range(50):
            with suppress(postgres.PostgresError):
                self.cluster = postgres.start(self.folder, extra_settings={"max_connections": "200"})
                return
            time.sleep(0.2)  # a child of the killed one still holds its memory
        raise AssertionError("PostgreSQL did not come back")

    def kill_a_session(self) -> None:
        """kill -9 of one of its sessions: the server throws everybody out and recovers."""
        assert self.cluster.process is not None
        children = (
            Path(f"/proc/{self.cluster.process.pid}/task/{self.cluster.process.pid}/children").read_text().split()
        )
        with suppress(ProcessLookupError):
            os.kill(int(self.random.choice(children)), signal.SIGKILL)

    def revive(self) -> None:
        """Whatever does not run is started again, as a service manager does."""
        for (code, what), process in self.processes.items():
            if process.poll() is not None:
                self.start(code, what)

    def end(self) -> None:
        for code, what in self.processes:
            self.kill(code, what)
        for wire in self.wires:
            wire.close()
        self.cluster.stop()
        postgres.remove(self.folder)

    def _role(self, role: str, home: Path, *arguments: str) -> str:
        return two_homes.run(chaos_roles.HERE, role, home, *arguments)


@pytest.fixture
def village(monkeypatch: pytest.MonkeyPatch) -> Iterator[Village]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    monkeypatch.setenv("PYTHONPATH", path)
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
            if not open_:
                return told
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
