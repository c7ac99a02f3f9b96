"""The page as a signature saw it beside the page now, and where they differ (379/5.11, 379/13.4).

A PDF only grows: what a signature covers is the beginning of the file up to some byte, a whole file by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from antin.documents import ports, rows
from antin.documents.adapters.page_images import PdfiumPages
from antin.documents.adapters.pdf_process import PdfProcess
from antin.documents.ports import PageImages
from antin.documents.queries import pages
from antin.documents.rules.pictures import Region
from antin.values import Actor

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


def since_signed(actor: Actor, document_id: UUID, covers: int) -> SinceSigned:
    """What is seen otherwise than a signature over the first `covers` bytes saw it. RuleViolation when it covers nothing here."""
    return compared(_whole(actor, document_id, covers), covers)


def signed_image(actor: Actor, document_id: UUID, covers: int, page: int, dpi: int = 110) -> bytes:
    """A page as that signature saw it, as PNG; RuleViolation when there was no such page."""
    return ports.bound().images.png(_whole(actor, document_id, covers)[:covers], page, dpi)


def compared(data: bytes, covers: int, images: PageImages | None = None) -> SinceSigned:
    """The same of any file; `images` draws it. RuleViolation or Indeterminate for what can't be drawn."""
    images = images or ports.bound().images
    found = images.differences(data, covers, LOOKED_MOST)
    differing = {page: tuple(Region(page, *box) for box in boxes) for page, boxes in found.boxes.items()}
    return SinceSigned(found.pages_then, found.pages_now, differing)


@cache
def outside_images() -> PageImages:
    """Draws strangers' files: a worker of its own, and nothing of them is kept."""
    return PdfiumPages(PdfProcess(workers=1), kept_bytes=0)


def _whole(actor: Actor, document_id: UUID, covers: int) -> bytes:
    data, _rendition = pages.pdf(actor, document_id)
    if not 0 < covers <= len(data):
        raise rows.not_found()
    return data
