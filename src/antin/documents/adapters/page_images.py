"""Pages as pictures with a text layer, by PDFium in another process; answers are kept for a while in memory.

Pictures rather than the PDF itself go to the browser: no script-capable file is opened there, and access
can end at once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from antin.documents.adapters.pdf_process import PdfProcess, process
from antin.documents.ports import Band, Differences, TextLine
from antin.values import sha256_hex

KEPT_BYTES = 24_000_000


class PdfiumPages:
    """The port `PageImages`."""

    def __init__(self, using: PdfProcess | None = None, kept_bytes: int = KEPT_BYTES) -> None:
        self._using = using
        self._kept = _Kept(kept_bytes)

    def png(self, pdf: bytes, page: int, dpi: int = 110) -> bytes:
        """The page as PNG, few grays or a small palette; 36 to 300 dots per inch."""
        key = ("png", sha256_hex(pdf), page, dpi)
        picture: bytes = self._kept.get(key, lambda: self._process().png(pdf, page=page, dpi=dpi), len)
        return picture

    def text(self, pdf: bytes, page: int) -> list[TextLine]:
        """The lines of the page, boxes relative to it."""
        key = ("text", sha256_hex(pdf), page, 0)
        rows = self._kept.get(key, lambda: self._process().text(pdf, page=page), lambda found: 150 * len(found) + 50)
        return [TextLine(x=row[0], y=row[1], w=row[2], h=row[3], text=row[4]) for row in rows]

    def bands(self, pdf: bytes, page: int) -> list[Band]:
        """The strips of ink of the page, for comparing its picture with another."""
        key = ("bands", sha256_hex(pdf), page, 0)
        rows = self._kept.get(key, lambda: self._process().bands(pdf, page=page), lambda found: 1800 * len(found) + 50)
        return [Band(float(row[0]), float(row[1]), tuple(map(int, row[2]))) for row in rows]

    def pages(self, pdf: bytes) -> int:
        count: int = self._kept.get(("pages", sha256_hex(pdf), 0, 0), lambda: self._process().pages(pdf), lambda _: 50)
        return count

    def differences(self, pdf: bytes, end: int, most: int) -> Differences:
        """How the file differs from what it was when it ended there, on the first so many pages."""
        key = ("differences", sha256_hex(pdf), end, most)
        found = self._kept.get(
            key,
            lambda: self._process().differences(pdf, end=end, most=most),
            lambda answer: 60 * len(answer["pages"]) + 50,
        )
        boxes = {int(page): tuple(tuple(map(float, box)) for box in rows) for page, rows in found["pages"]}
        return Differences(int(found["then"]), int(found["now"]), boxes)  # type: ignore[arg-type]

    def _process(self) -> PdfProcess:
        return self._using or process()


Key = tuple[str, str, int, int]


class _Kept:
    """The answers used last, up to so many bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._answers: OrderedDict[Key, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, make: Callable[[], Any], measure: Callable[[Any], int]) -> Any:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key][0]
        made = make()
        size = measure(made)
        with self._lock:
            if size <= self._limit and key not in self._answers:
                self._answers[key] = made, size
                self._used += size
            while self._used > self._limit:
                _, (_, dropped) = self._answers.popitem(last=False)
                self._used -= dropped
        return made
