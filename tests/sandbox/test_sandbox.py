"""The sandbox keeps its limits, answers afterwards, and remembers nothing from one question to the next."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from antin.sandbox import Pool, Unanswered, landlock

from . import probe


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(probe.__name__, workers=1, timeout_s=10)
    yield made
    made.close()


def test_ask_answers_with_head_and_bytes(pool: Pool):
    assert pool.ask("echo", (b"a" * 3_000_000, b"", b"c"), {"word": "Ấn"}) == (
        {"said": "Ấn", "size": 3_000_001},
        b"a" * 3_000_000 + b"c",
    )


def test_ask_twice_is_answered_by_two_fresh_copies(pool: Pool):
    assert [pool.ask("remember", (), {})[0]["kept"] for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(("task", "within_s"), [("burn", 5), ("die", 5), ("unheard of", 5)])
def test_ask_beyond_the_limits_is_unanswered_and_the_next_is_answered(pool: Pool, task: str, within_s: float):
    pool.ask("echo", (), {"word": ""})
    started = time.monotonic()
    with pytest.raises(Unanswered):
        pool.ask(task, (), {})
    assert time.monotonic() - started < within_s
    assert pool.ask("echo", (), {"word": "x"})[0]["said"] == "x"


def test_ask_that_takes_too_long_ends_worker_and_copy():
    quick = Pool(probe.__name__, workers=1, timeout_s=1)
    worker = quick.fit_worker()
    quick.free.append(worker)
    with pytest.raises(Unanswered):
        quick.ask("sleep", (), {})
    deadline = time.monotonic() + 5
    while _alive(worker.child.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(worker.child.pid)
    quick.close()


def _alive(group: int) -> list[str]:
    """Processes of the group that still run (one that waits to be reaped does not)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, belongs = entry.read_text().rsplit(")", 1)[1].split()[:3]
            found += [entry.parent.name] if int(belongs) == group and state != "Z" else []
    return found


def test_ask_when_every_worker_is_busy_is_unanswered():
    quick = Pool(probe.__name__, workers=0, timeout_s=0.1)
    with pytest.raises(Unanswered, match="busy"):
        quick.ask("echo", (), {"word": ""})


def test_ask_just_as_the_worker_goes_to_rest_is_answered_by_another(pool: Pool, monkeypatch: pytest.MonkeyPatch):
    worker = pool.fit_worker()
    assert worker.child.stdin is not None
    worker.child.stdin.close()
    worker.child.wait(5)
    monkeypatch.setattr(type(worker), "fit", True)
    pool.free.append(worker)
    assert pool.ask("echo", (), {"word": "x"})[0]["said"] == "x"


def test_worker_gets_no_more_memory_than_its_limit(pool: Pool):
    assert pool.ask("memory", (), {})[0]["refused"] == "memory"


@pytest.mark.clause("379/5.4")
def test_worker_writes_no_file(pool: Pool, tmp_path: Path):
    assert pool.ask("write", (), {"path": str(tmp_path / "a")})[0]["refused"] == "file"
    assert not (tmp_path / "a").exists() or (tmp_path / "a").stat().st_size == 0


@pytest.fixture
def confined(pool: Pool) -> Pool:
    """With everything that today's kernels can take away."""
    if landlock.version() < 6:
        pytest.skip("the kernel's Landlock is older")
    return pool


@pytest.mark.clause("379/5.4", "379/13.5")
def test_worker_reads_libraries_and_nothing_of_ours(confined: Pool, tmp_path: Path):
    (tmp_path / "key.pem").write_text("secret")
    assert confined.ask("read", (), {"path": str(tmp_path / "key.pem")})[0]["refused"] == "read"
    assert confined.ask("list", (), {"path": str(tmp_path)})[0]["refused"] == "list"
    assert "refused" not in confined.ask("read", (), {"path": os.__file__})[0]


@pytest.mark.clause("379/5.4")
def test_worker_reaches_nobody(confined: Pool):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert confined.ask("connect", (), {"port": port})[0]["refused"] == "connect"
    assert confined.ask("signal", (), {"pid": os.getpid()})[0]["refused"] == "signal"
    assert confined.ask("run", (), {})[0]["refused"] == "run"


def test_kernel_without_landlock_leaves_the_other_limits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(landlock, "_call", lambda *_: -1)
    assert landlock.version() == 0
    assert not landlock.confine()
