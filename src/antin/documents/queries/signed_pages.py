"""The page as a signature saw it beside the page now, and where they differ (379/5.11, 379/13.4)."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from antin.documents import ports, rows
from antin.documents.adapters.page_images import PdfiumPages
from antin.documents.adapters.pdf_process import PdfProcess
from antin.documents.ports import PageImages
from antin.documents.queries import pages
from antin.documents.states import SinceSigned, compared
from antin.values import Actor


def since_signed(actor: Actor, document_id: UUID, covers: int) -> SinceSigned:
    """What is seen otherwise than a signature over the first `covers` bytes saw it. RuleViolation when it covers nothing here."""
    return compared(_whole(actor, document_id, covers), covers, ports.bound().images)


def signed_image(actor: Actor, document_id: UUID, covers: int, page: int, dpi: int = 110) -> bytes:
    """A page as that signature saw it, as PNG; RuleViolation when there was no such page."""
    return ports.bound().images.png(_whole(actor, document_id, covers)[:covers], page, dpi)


@cache
def outside_images() -> PageImages:
    """Draws strangers' files: a worker of its own, and nothing of them is kept."""
    return PdfiumPages(PdfProcess(workers=1), kept_bytes=0)


def _whole(actor: Actor, document_id: UUID, covers: int) -> bytes:
    data, _rendition = pages.pdf(actor, document_id)
    if not 0 < covers <= len(data):
        raise rows.not_found()
    return data
