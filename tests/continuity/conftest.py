"""A committed world whose contents and database are backed up to folders of the test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from antin.continuity import acts, ports
from antin.continuity.adapters.directory_target import DirectoryTarget
from antin.continuity.models import BackupSet
from antin.house import postgres
from antin.ledger import acts as ledger
from antin.values import Actor, FixedClock, SystemClock
from world import World, authority, committed_world, world

__all__ = ["authority", "committed_world", "world"]
SYSTEM = Actor.system("continuity")


@dataclass
class Kept:
    """The world, a place for its backups, and what the tests do with them."""

    world: World
    place: DirectoryTarget
    clock: FixedClock
    scratch: Path
    homes: list[Path] = field(default_factory=list)

    @property
    def keys(self) -> Path:
        return Path(settings.ANTIN.home) / "keys"

    def back_up(self) -> BackupSet:
        integrate()
        return acts.run_backup(actor=SYSTEM, target=self.place)

    def folder(self, made: BackupSet) -> Path:
        return self.place.sets / made.name

    def restore(self, made: BackupSet, *, keys: Path | None = None) -> tuple[int, dict[str, Any], Path]:
        """`antin restore` as a person runs it: (exit code, what it says, the new home)."""
        home = self.scratch / f"home{len(self.homes)}"
        self.homes.append(home)
        given = [str(self.folder(made)), "--keys", str(keys or self.keys), "--home", str(home)]
        code, said = antin("restore", *given, "--json")
        return code, said, home

    def asked(self, home: Path, *queries: str) -> list[Any]:
        """The first column of the first row of each query, in the restored database."""
        cluster = postgres.start(home)
        try:
            with psycopg.connect(cluster.ensure_database("antin_thu_nghiem")) as restored:
                rows = [restored.execute(query).fetchone() for query in queries]  # type: ignore[call-overload]
                return [row[0] if row else None for row in rows]
        finally:
            cluster.stop()


def integrate() -> None:
    while ledger.integrate():
        pass


def antin(*arguments: str) -> tuple[int, dict[str, Any]]:
    """The command in a process of its own; its exit code and the JSON it printed, or {"text": …}."""
    environment = {name: value for name, value in os.environ.items() if name != "ANTIN_HOME"}
    command = [sys.executable, "-m", "antin.cli.main", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"text": done.stdout + done.stderr}


@pytest.fixture
def kept(committed_world: World, tmp_path: Path) -> Iterator[Kept]:
    before, facts = ports.bound(), connection.settings_dict
    clock = FixedClock(SystemClock().now())
    place = DirectoryTarget(tmp_path / "place")
    address = f"postgresql:///{facts['NAME']}?host={facts['HOST']}&user={facts['USER']}"
    ports.bind(replace(before, database_url=address, targets=(place,), clock=clock, every=timedelta(hours=24)))
    found = Kept(committed_world, place, clock, tmp_path)
    yield found
    ports.bind(before)
    for home in found.homes:
        postgres.remove(home)
        shutil.rmtree(home, ignore_errors=True)
