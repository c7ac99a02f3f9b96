"""The journal of the time-stamping authority: no token leaves before its line is durable, whatever happens (379/12.2.b)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from antin.signing import cms, der, token
from antin.signing.pki import DemoAuthority
from antin.signing.pki.journal import JournalBroken, TokenJournal
from antin.values import FixedClock

from .scene import House

DAY = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)


def request(digest: bytes = b"\1" * 32) -> bytes:
    imprint = der.sequence(cms.digest_id(digest), der.octets(digest))
    return der.sequence(der.integer(1), imprint, der.TRUE)


def journal(tmp_path: Path, clock: FixedClock | None = None) -> TokenJournal:
    return TokenJournal(tmp_path / "journal", clock=clock or FixedClock(DAY))


def lines(tmp_path: Path, name: str = "tokens-20260302.log") -> list[str]:
    return (tmp_path / "journal" / name).read_text().splitlines()


@pytest.mark.clause("379/12.2.b")
def test_each_token_has_its_line_with_serial_and_whole_digest(house: House, tmp_path: Path) -> None:
    kept = journal(tmp_path)
    house.authority.timestamps.log_to(kept.note)
    for digest in (b"\1" * 32, b"\2" * 64):
        given = token.read(house.authority.timestamps.token(digest))
        instant, serial, noted = lines(tmp_path)[-1].split()
        assert (serial, noted) == (given.serial_hex, digest.hex())
        assert datetime.fromisoformat(instant).replace(microsecond=0) == given.at.replace(microsecond=0)
    assert (tmp_path / "journal" / "tokens-20260302.log").stat().st_mode & 0o777 == 0o600


@pytest.mark.clause("379/12.2.b")
def test_note_returns_only_when_the_line_is_synced_and_waiting_lines_share_a_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, go, syncs = journal(tmp_path), threading.Event(), []

    def sync() -> None:
        syncs.append(1)
        assert go.wait(60)

    monkeypatch.setattr(kept, "_sync", sync)
    done: list[int] = []
    askers = [threading.Thread(target=lambda n=n: (kept.note(f"{n}\n"), done.append(n))) for n in range(20)]
    for one in askers:
        one.start()
    deadline = time.monotonic() + 60  # only a machine that starts no threads comes near it
    while len(kept._pending) < 19 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not done and len(syncs) == 1
    go.set()
    for one in askers:
        one.join(60)
    assert len(done) == 20 and len(syncs) == 2 and sorted(map(int, lines(tmp_path))) == list(range(20))


@pytest.mark.clause("379/12.2.b")
def test_a_failed_sync_ends_the_giving_of_tokens(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = journal(tmp_path)
    house.authority.timestamps.log_to(kept.note)

    def fails() -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(kept, "_sync", fails)
    refused = house.authority.timestamps.answer(request())
    monkeypatch.undo()
    assert house.authority.timestamps.answer(request()) == refused, "not even when the disk seems well again"
    body = der.Reader(der.Reader(refused).inside().raw(der.SEQUENCE)).inside()
    assert body.integer() == 2 and body.content(der.BIT_STRING)[1:] == b"\0\0\0\x40"  # systemFailure (25)
    with pytest.raises(JournalBroken):
        kept.note("x\n")


def test_a_day_has_a_file_and_a_torn_line_is_closed_off(tmp_path: Path) -> None:
    clock = FixedClock(DAY)
    kept = journal(tmp_path, clock)
    kept.note("one\n")
    clock.advance(2)
    kept.note("two\n")
    kept.close()
    path = tmp_path / "journal" / "tokens-20260303.log"
    path.write_bytes(path.read_bytes() + b"torn")
    again = journal(tmp_path, clock)
    again.note("three\n")
    assert lines(tmp_path) == ["one"] and lines(tmp_path, path.name) == ["two", "torn", "three"]


def test_only_one_process_writes_a_journal(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    with pytest.raises(RuntimeError, match="another process"):
        journal(tmp_path)
    kept.close()
    journal(tmp_path).note("again\n")


@pytest.mark.clause("379/12.2.b")
def test_killed_under_load_every_token_that_left_is_in_the_journal(tmp_path: Path) -> None:
    home = tmp_path / "ca"
    DemoAuthority.create(home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "antin.signing.pki.server", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command)
    got: list[str] = []
    stop = threading.Event()
    askers = [threading.Thread(target=_ask, args=(port, got, stop)) for _ in range(6)]
    try:
        for one in askers:
            one.start()
        deadline = time.monotonic() + 30
        while len(got) < 200 and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        stop.set()
        for one in askers:
            one.join(10)
    (path,) = (home / "tsa" / "journal").glob("tokens-*.log")
    noted = {line.split()[1] for line in path.read_text().splitlines() if line.count(" ") == 2}
    assert len(got) >= 200 and set(got) <= noted


def _ask(port: int, got: list[str], stop: threading.Event) -> None:
    """Asks on one connection until the authority is gone; keeps the serials of the tokens received whole."""
    body = request()
    head = f"POST /tsa HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    while not stop.is_set():
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as wire, wire.makefile("rb") as file:
                while not stop.is_set():
                    wire.sendall(head + body)
                    length = 0
                    while (line := file.readline()) not in (b"\r\n", b""):
                        if line.lower().startswith(b"content-length:"):
                            length = int(line.split(b":")[1])
                    answer = file.read(length)
                    if not length or len(answer) < length:
                        return
                    outer = der.Reader(answer).inside()
                    outer.raw(der.SEQUENCE)
                    got.append(token.read(outer.raw(der.SEQUENCE)).serial_hex)
        except OSError:
            if got:
                return
            time.sleep(0.1)
