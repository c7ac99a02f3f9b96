"""Child processes of the demonstration world: started in their own session, ended with their starter."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from antin.house.config import HOME_VARIABLE


class StartError(RuntimeError):
    """A part of the world did not come up; the text holds the last lines of its log."""


@dataclass
class Processes:
    """What was started, in order; `stop` ends it in reverse."""

    logs: Path
    running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self, name: str, arguments: Sequence[str], *, home: Path | None = None) -> subprocess.Popen[bytes]:
        """Starts `python …` with its output in `logs/NAME.log`."""
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        environment = {**os.environ, **({HOME_VARIABLE: str(home)} if home else {})}
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.running.append((name, process))
        return process

    def ended(self) -> str | None:
        """The name of a part that ended by itself, if any."""
        return next((name for name, process in self.running if process.poll() is not None), None)

    def stop(self) -> None:
        for _, process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 15
        for _, process in reversed(self.running):
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def tail(self, name: str, length: int = 1500) -> str:
        log = self.logs / f"{name}.log"
        return log.read_text(errors="replace")[-length:] if log.exists() else ""

    def finish(self, *names: str, timeout_s: float = 120) -> None:
        """Waits until the named one-off parts are done. StartError when one fails."""
        for name in names:
            process = next(p for n, p in self.running if n == name)
            if process.wait(timeout=timeout_s):
                raise StartError(f"{name} failed:\n{self.tail(name)}")
            self.running.remove((name, process))

    def finished(self, name: str, timeout_s: float = 120) -> bool:
        """Waits until the named one-off part is done, or ends it when it is late. True when it did its work."""
        part = next((n, p) for n, p in self.running if n == name)
        try:
            part[1].wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            part[1].terminate()
            part[1].wait()
        self.running.remove(part)
        return part[1].returncode == 0

    def await_port(self, name: str, port: int, timeout_s: float = 40) -> None:
        """Waits until something listens on the port of this machine. StartError when the part dies or is late."""
        self._await(name, lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close(), timeout_s)

    def await_page(self, name: str, url: str, timeout_s: float = 40) -> None:
        """Waits until the address answers with success."""
        self._await(name, lambda: urllib.request.urlopen(url, timeout=5).close(), timeout_s)  # noqa: S310 (our own address)

    def _await(self, name: str, attempt: Callable[[], object], timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            ended = self.ended()
            if ended:
                raise StartError(f"{ended} ended:\n{self.tail(ended)}")
            try:
                attempt()
                return
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        raise StartError(f"{name} is not answering after {timeout_s:.0f} s:\n{self.tail(name)}")


def _end_with_parent() -> None:
    """The kernel sends SIGTERM when the starter is gone, however it went."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def free_ports(first: int, count: int) -> tuple[int, ...]:
    """`count` free ports of this machine, the first free run from `first` on.

    The run stays this process's own while it lives: two worlds that start in the same second, each before its servers
    listen, do not choose the same.
    """
    for base in range(first, first + 2000, 10):
        ports = tuple(base + offset for offset in range(count))
        if _claim(base) and all(_is_free(port) for port in ports):
            return ports
    raise StartError(f"no free ports from {first} on")


def _claim(base: int) -> bool:
    """Binds a name in the kernel's abstract socket space, which goes with the process and leaves no file behind."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0antin-ports-{base}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


_claims: list[socket.socket] = []


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
