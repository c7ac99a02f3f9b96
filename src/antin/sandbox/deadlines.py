"""Deadlines for any number of pieces of work, kept by one thread; a timer of its own for each would cost a thread each."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

NEVER = float("inf")


class Deadlines:
    """Ends what is late. Its thread starts at first use (so after a server's fork) and sleeps until the next deadline."""

    def __init__(self) -> None:
        self._watched: dict[int, tuple[float, Callable[[], object]]] = {}
        self._keys = itertools.count()
        self._earlier = threading.Condition()
        self._next = NEVER
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float, end: Callable[[], object]) -> Iterator[None]:
        """Calls `end`, from another thread, unless the block ends in time."""
        deadline = time.monotonic() + seconds
        with self._earlier:
            key = next(self._keys)
            self._watched[key] = (deadline, end)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
            elif deadline < self._next:
                self._earlier.notify()
        try:
            yield
        finally:
            with self._earlier:
                self._watched.pop(key, None)

    def _watch(self) -> None:
        with self._earlier:
            while True:
                now = time.monotonic()
                for key in [key for key, (deadline, _) in self._watched.items() if deadline <= now]:
                    self._watched.pop(key)[1]()
                self._next = min((deadline for deadline, _ in self._watched.values()), default=NEVER)
                self._earlier.wait(None if self._next == NEVER else self._next - now)


class Watchdog:
    """Ends the connection of whoever is past the deadline; any number of sockets from one thread."""

    def __init__(self) -> None:
        self._deadlines = Deadlines()

    @contextmanager
    def within(self, sock: socket.socket | None, seconds: float) -> Iterator[None]:
        """Shuts the socket down unless the block ends in time; None is not watched."""
        if sock is None:
            yield
            return
        with self._deadlines.within(seconds, partial(_end, sock)):
            yield


def _end(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # the plain socket below TLS: safe from another thread
    except OSError:
        return
