"""Digests over the byte ranges of one file: what several signatures have in common is hashed once.

Every signature covers the file from its first byte on, so the running digest of one is the beginning of the next.
"""

from __future__ import annotations

import hashlib
from typing import Any

NAMES = ("sha256", "sha384", "sha512")


class Digests:
    """Of the file's bytes from 0 to `first` and from `second` on for `rest`, as a byte range tells them."""

    def __init__(self, data: bytes) -> None:
        self._bytes = memoryview(data)
        self._running: dict[str, tuple[int, Any]] = {}

    def over(self, name: str, first: int, second: int, rest: int) -> bytes:
        """The digest by one of `NAMES`; the range must lie within the file."""
        at, running = self._running.get(name, (0, None))
        if running is None or at > first:
            at, running = 0, hashlib.new(name)
        running.update(self._bytes[at:first])
        self._running[name] = (first, running)
        own = running.copy()
        own.update(self._bytes[second : second + rest])
        return bytes(own.digest())
