"""Two real installations for a test: a durable cluster, `antin serve` and `antin work` of each, wires between that can be unkind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from bench import _two_homes as two_homes
from tests.exchange import chaos_roles
from tests.exchange.unkind_network import UnkindNetwork

from antin.house import config as configuration
from antin.house import postgres

ROLES = ("serve", "work")
ROOT = Path(__file__).parents[2]
PATHS = os.pathsep.join([str(ROOT), str(ROOT / "src")])
"""What PYTHONPATH must be for the roles that are played in processes of their own."""


class Village:
    """The cluster, the two homes, their processes and the wires between them."""

    def __init__(self, folder: Path, random: Random, *, cipher: Iterable[str] = ()) -> None:
        self.folder, self.random = folder, random
        self.cluster = postgres.start(folder, extra_settings={"max_connections": "200"})
        self.wires: list[UnkindNetwork] = []
        self.homes = two_homes.prepare(folder, self.cluster, self._front, cipher=cipher)
        self.processes: dict[tuple[str, str], subprocess.Popen[bytes]] = {}
        for home in self.homes.values():
            self.role("found", home)

    def _front(self, port: int) -> str:
        self.wires.append(UnkindNetwork(port, self.random))
        return f"https://127.0.0.1:{self.wires[-1].port}"

    def queue(self, count: int) -> None:
        for home in self.homes.values():
            self.role("queue", home, str(count))

    def told(self) -> dict[str, Any]:
        return {code: json.loads(self.role("tell", home)) for code, home in self.homes.items()}

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

    def role(self, role: str, home: Path, *arguments: str) -> str:
        return two_homes.run(chaos_roles.HERE, role, home, *arguments)
