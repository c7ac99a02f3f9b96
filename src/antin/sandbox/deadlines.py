"""Deadlines for any number of pieces of work, kept by one thread; a timer of its own for each would cost a thread each."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOK_EVERY_S = 0.5


class Deadlines:
    """Ends what is late, by half a second at most. Its thread starts at first use (so after a server's fork)."""

    def __init__(self) -> None:
        self._watched: dict[int, tuple[float, Callable[[], object]]] = {}
        self._keys = itertools.count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float, end: Callable[[], object]) -> Iterator[None]:
        """Calls `end`, from another thread, unless the block ends in time."""
        with self._lock:
            key = next(self._keys)
            self._watched[key] = (time.monotonic() + seconds, end)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._watched.pop(key, None)

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            now = time.monotonic()
            with self._lock:
                late = [key for key, (deadline, _) in self._watched.items() if deadline < now]
                for key in late:
                    self._watched.pop(key)[1]()
