"""One ZIP written from front to back: the same bytes for the same files and instant, of any size (zip64), at constant memory.

Every entry is deflated with its sizes behind it (APPNOTE 6.3.3, 4.4.4 bit 3), so that nothing is read twice.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

from antin.values import to_vietnam

LEVEL = 6
FILE_MODE, UNIX = 0o100644, 3


class _Outlet:
    """A file that can only be written: what zipfile writes waits here until it is taken."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


class Zip:
    """Entries are added in turn; each call yields the bytes that came of it, and `end` the rest."""

    def __init__(self, at: datetime) -> None:
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]
        self._moment = to_vietnam(at).timetuple()[:6]
        self.sha256, self.size = "", 0

    def add(self, name: str, pieces: Iterable[bytes], size: int = 0) -> Iterator[bytes]:
        """Afterwards `sha256` and `size` tell of the file that was added. A size beyond 2 GiB has to be known before."""
        entry = zipfile.ZipInfo(name, self._moment)
        entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, UNIX, FILE_MODE << 16
        entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # public only from Python 3.13 on
        entry.file_size = size
        digest, written = hashlib.sha256(), 0
        with self._zip.open(entry, "w") as target:
            for piece in pieces:
                digest.update(piece)
                written += len(piece)
                target.write(piece)
                if ready := self._outlet.take():
                    yield ready
        self.sha256, self.size = digest.hexdigest(), written
        yield self._outlet.take()

    def end(self) -> Iterator[bytes]:
        self._zip.close()
        yield self._outlet.take()
