"""The sandbox keeps its limits, answers afterwards, and remembers nothing from one question to the next."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from antin.sandbox import Pool, Unanswered, copies, landlock

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


def remembered(pool: Pool, source: str, *blobs: bytes) -> int:
    return int(pool.ask("remember", blobs, {}, source=source)[0]["kept"])


def test_small_files_of_one_source_share_a_copy_and_those_of_another_do_not(pool: Pool):
    assert [remembered(pool, "a") for _ in range(3)] == [1, 2, 3]
    assert [remembered(pool, "b"), remembered(pool, "a"), remembered(pool, "a")] == [1, 1, 2]
    assert [remembered(pool, ""), remembered(pool, "a")] == [1, 1]


def test_a_large_file_has_a_copy_of_its_own_also_from_a_known_source(pool: Pool):
    assert [remembered(pool, "a"), remembered(pool, "a", bytes(copies.SMALL_BYTES + 1)), remembered(pool, "a")] == [
        1,
        1,
        1,
    ]


def test_a_shared_copy_is_renewed_after_a_number_of_files(pool: Pool):
    seen = [remembered(pool, "a") for _ in range(copies.SHARED_MOST + 1)]
    assert seen == [*range(1, copies.SHARED_MOST + 1), 1]


def test_a_file_that_follows_a_harmful_one_is_read_by_a_fresh_copy(pool: Pool):
    assert [pool.ask("fragile", (), {}, source="a")[0].get("fresh") for _ in range(3)] == [True] * 3


@pytest.mark.clause("379/5.4")
def test_a_shared_copy_holds_no_line_to_anybody_but_the_worker(pool: Pool):
    assert pool.ask("pipes", (), {}, source="a")[0]["pipes"] == 0
    assert pool.ask("pipes", (), {})[0]["pipes"] > 0


@pytest.mark.parametrize("task", ["burn", "die"])
def test_a_shared_copy_beyond_the_limits_is_unanswered_and_the_next_is_answered(pool: Pool, task: str):
    remembered(pool, "a")
    with pytest.raises(Unanswered):
        pool.ask(task, (), {}, source="a")
    assert remembered(pool, "a") == 1


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
        quick.ask("hang", (), {})
    for left in _alive(worker.child.pid):
        _await_end(left)
    assert not _alive(worker.child.pid)
    quick.close()


def _await_end(pid: str) -> None:
    """The kernel says when a process has ended, also one that is not our child."""
    with contextlib.suppress(ProcessLookupError):  # ended between the look and here
        watch = os.pidfd_open(int(pid))
        select.select([watch], [], [], 5)
        os.close(watch)


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


FILES, CONNECTIONS, SIGNALS = 1, 4, 6
"""The versions of the kernel's Landlock that first take these away; an older kernel leaves them, and that is said too."""


def is_refused(pool: Pool, task: str, options: dict[str, object]) -> bool:
    return pool.ask(task, (), options)[0].get("refused") == task


@pytest.mark.clause("379/5.4", "379/13.5")
def test_worker_reads_libraries_and_nothing_of_ours(pool: Pool, tmp_path: Path):
    (tmp_path / "key.pem").write_text("secret")
    has = landlock.version() >= FILES
    assert is_refused(pool, "read", {"path": str(tmp_path / "key.pem")}) is has
    assert is_refused(pool, "list", {"path": str(tmp_path)}) is has
    assert not is_refused(pool, "read", {"path": os.__file__})


@pytest.mark.clause("379/5.4")
def test_worker_reaches_nobody(pool: Pool):
    with socket.create_server(("127.0.0.1", 0)) as server:
        has = landlock.version() >= CONNECTIONS
        assert is_refused(pool, "connect", {"port": server.getsockname()[1]}) is has
    assert is_refused(pool, "signal", {"pid": os.getpid()}) is (landlock.version() >= SIGNALS)


@pytest.mark.clause("379/5.4")
def test_worker_starts_no_program(pool: Pool):
    assert is_refused(pool, "run", {}) is (landlock.version() >= FILES or os.geteuid() != 0)


def test_kernel_without_landlock_leaves_the_other_limits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(landlock, "_call", lambda *_: -1)
    assert landlock.version() == 0
    assert not landlock.confine()
