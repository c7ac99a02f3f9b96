"""The journal of a time-stamping authority: no token leaves before its line is on the disk (379/12.2.b, ADR 12).

    FOLDER/tokens-YYYYMMDD.log     one line a token: instant, serial, digest (hexadecimal), of that day in UTC
    FOLDER/lock                    one writer at a time

Whoever asks waits until the line is durable; lines that wait at the same time are written and synced together, so that
many askers share one sync. A write or sync that failed is never repeated: what the disk holds is not known then, and no
token is given until the authority is started anew.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from threading import Condition

from antin.values import Clock, SystemClock


class JournalBroken(OSError):
    """A line could not be made durable; nothing is noted any more."""


class TokenJournal:
    """Opened by the one process that gives tokens; RuntimeError while another has it open."""

    def __init__(self, folder: Path | str, *, clock: Clock | None = None) -> None:
        self._folder = Path(folder)
        self._clock = clock or SystemClock()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = (self._folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            self._lock.close()
            raise RuntimeError(f"{self._folder} is written by another process") from held
        self._wake = Condition()
        self._pending: list[bytes] = []
        self._taken = self._durable = 0
        self._busy = False
        self._broken: OSError | None = None
        self._name, self._file = "", -1

    def note(self, line: str) -> None:
        """Returns once the line (with its line end) is on the disk; JournalBroken when that failed."""
        with self._wake:
            if self._broken is not None:
                raise JournalBroken("the journal is broken") from self._broken
            self._pending.append(line.encode())
            mine = self._taken + len(self._pending)
            while self._durable < mine:
                if self._broken is not None:
                    raise JournalBroken("the journal is broken") from self._broken
                if self._busy:
                    self._wake.wait()
                else:
                    self._write_pending()

    def close(self) -> None:
        with self._wake:
            if self._file >= 0:
                os.close(self._file)
                self._file, self._name = -1, ""
            self._lock.close()

    def _write_pending(self) -> None:
        """One of those who wait writes for all; the others go on lining up meanwhile."""
        lines, self._pending = self._pending, []
        self._taken += len(lines)
        upto, self._busy = self._taken, True
        self._wake.release()
        failed: OSError | None = None
        try:
            self._put(b"".join(lines))
        except OSError as broken:
            failed = broken
        finally:
            self._wake.acquire()
            self._busy = False
            if failed is None:
                self._durable = upto
            self._broken = failed
            self._wake.notify_all()

    def _put(self, data: bytes) -> None:
        name = f"tokens-{self._clock.now():%Y%m%d}.log"
        if name != self._name:
            self._open(name)
        written = 0
        while written < len(data):
            written += os.write(self._file, data[written:])
        self._sync()

    def _sync(self) -> None:
        os.fdatasync(self._file)

    def _open(self, name: str) -> None:
        """The day's file; what a killed process left without its line end is closed off, for no token went with it."""
        if self._file >= 0:
            os.close(self._file)
        path = self._folder / name
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._name = name
