"""How a PDF looks now beside how it looked when it ended earlier. No database, no Django: commands use it too.

A PDF only grows: what a signature covers is the beginning of the file up to some byte, a whole file by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from antin.documents.ports import PageImages
from antin.documents.rules.pictures import Region

LOOKED_MOST = 12
"""Of longer files only the first pages are compared."""


@dataclass(frozen=True, slots=True)
class SinceSigned:
    """How many pages there were and are; `differing`: by the page's number, boxes around what looks otherwise."""

    pages_then: int
    pages_now: int
    differing: Mapping[int, tuple[Region, ...]]

    @property
    def last(self) -> int:
        return max(self.pages_then, self.pages_now)

    @property
    def looked_at_all(self) -> bool:
        return self.last <= LOOKED_MOST


def compared(data: bytes, covers: int, images: PageImages) -> SinceSigned:
    """What is seen otherwise than when the file was its first `covers` bytes. RuleViolation or Indeterminate for what
    can't be drawn."""
    found = images.differences(data, covers, LOOKED_MOST)
    differing = {page: tuple(Region(page, *box) for box in boxes) for page, boxes in found.boxes.items()}
    return SinceSigned(found.pages_then, found.pages_now, differing)
