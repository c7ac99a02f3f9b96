"""The page itself: the newest PDF, a draft laid out on the fly, pictures and text of single pages.

What is laid out or drawn is kept in memory for a while, by digest: the access filter is asked before the cache
is, and nothing in clear touches the disk (379/4.5).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

from django.conf import settings

from antin.documents import models, ports, rows
from antin.documents.facts import RenditionKind, RenditionView
from antin.documents.ports import LaidOut, Sheet, TextLine
from antin.documents.queries.reading import opened, text_of
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, canonical_json, sha256_hex
from antin.vault import queries as vault

DPI_LEAST, DPI_MOST = 40, 220
CACHE_BYTES = 48 * 1024 * 1024
Key = TypeVar("Key")
Kept = TypeVar("Kept")


class _Recent(Generic[Key, Kept]):
    """The most recently used results, up to a number of bytes."""

    def __init__(self, limit_bytes: int, size: Callable[[Kept], int]) -> None:
        self._limit, self._size, self._used = limit_bytes, size, 0
        self._held: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Kept]) -> Kept:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        with self._lock:
            if key not in self._held:
                self._held[key] = made
                self._used += self._size(made)
            while self._used > self._limit and len(self._held) > 1:
                self._used -= self._size(self._held.popitem(last=False)[1])
        return made


_laid: _Recent[str, LaidOut] = _Recent(CACHE_BYTES, lambda laid: len(laid.pdf))
_images: _Recent[tuple[str, int, int], bytes] = _Recent(CACHE_BYTES, len)
_texts: _Recent[tuple[str, int], tuple[TextLine, ...]] = _Recent(8 * 1024 * 1024, lambda lines: 200 * len(lines))


def pdf(actor: Actor, document_id: UUID) -> tuple[bytes, RenditionView]:
    """The page as it stands: the newest kept PDF, else the present revision laid out now (kind "draft")."""
    row = opened(actor, document_id)
    kept = _newest(row)
    if kept is not None:
        return vault.read(kept.content_id), rows.rendition(kept)
    laid = laid_out(row)
    shown = RenditionView(
        None,
        RenditionKind.DRAFT,
        None,
        sha256_hex(laid.pdf),
        len(laid.pdf),
        laid.pages,
        dict(laid.anchors),
        row.updated_at,
    )
    return laid.pdf, shown


def page_image(actor: Actor, document_id: UUID, page: int, dpi: int = 110) -> bytes:
    """One page (from 1) as PNG; RuleViolation when there is no such page."""
    data, shown = pdf(actor, document_id)
    _has_page(page, shown)
    dpi = max(DPI_LEAST, min(dpi, DPI_MOST))
    return _images.get((shown.digest, page, dpi), lambda: ports.bound().images.png(data, page, dpi))


def page_text(actor: Actor, document_id: UUID, page: int) -> tuple[TextLine, ...]:
    """The lines of one page in reading order, for selection and screen readers."""
    data, shown = pdf(actor, document_id)
    _has_page(page, shown)
    return _texts.get((shown.digest, page), lambda: tuple(ports.bound().images.text(data, page)))


def sheet(
    document_id: UUID,
    *,
    number: int | None = None,
    notation: str = "",
    on: date | None = None,
    draft: bool = False,
) -> Sheet:
    """The printed words of the present revision; the one place that composes them. No actor: for acts above."""
    return _sheet(_row(document_id), number=number, notation=notation, on=on, draft=draft)


def uploaded_pdf(document_id: UUID) -> bytes | None:
    """The PDF that the drafter uploaded with the present revision, None when the body was written here."""
    return _uploaded(_row(document_id))


def laid_out(row: models.Document) -> LaidOut:
    """The present revision in its form, marked as a draft until it is approved."""
    paper = _sheet(row, number=None, notation="", on=None, draft=row.state in ("draft", "in_review", "abandoned"))
    uploaded = _uploaded(row)
    key = sha256_hex(canonical_json([repr(paper), sha256_hex(uploaded or b"")]))
    layout = ports.bound().layout
    return _laid.get(key, lambda: layout.stamp_uploaded(uploaded, paper) if uploaded else layout.lay_out(paper))


def _row(document_id: UUID) -> models.Document:
    row = models.Document.objects.defer("words").filter(id=document_id).first()
    if row is None:
        raise rows.not_found()
    return row


def _newest(row: models.Document) -> models.Rendition | None:
    """The last kept PDF; while nothing is signed and the text may change, none counts."""
    if row.state in ("draft", "in_review"):
        return None
    kept = models.Rendition.objects.filter(document_id=row.id)
    if row.approved_at is not None:  # prepared pages of an approval that was withdrawn don't count
        kept = kept.filter(at__gte=row.approved_at)
    return kept.order_by("-id").first()


def _sheet(row: models.Document, *, number: int | None, notation: str, on: date | None, draft: bool) -> Sheet:
    text = text_of(_revision(row))
    body = identity.organisation(row.owner_id)
    kind = rulebook.document_type(row.type_code, on or rulebook.today())
    return Sheet(
        body_name=body.body_name or body.name,
        superior_name=body.superior_name,
        type_name=kind.name,
        prints_name=kind.prints_name,
        number=number,
        notation=notation or f"{kind.notation}/{body.notation}",
        place=body.place,
        on=on,
        abstract=text.abstract,
        body=text.body,
        salutation=text.salutation,
        addressees=text.addressees,
        signing_capacity=text.signing_capacity,
        signer_position=text.signer_position,
        signer_name=row.signer_name,
        urgency_label=rulebook.urgency_stamp(text.urgency),
        secrecy_label=rulebook.secrecy_stamp(text.secrecy),
        draft=draft,
        sample=bool(settings.ANTIN.demo.sample),
    )


def _revision(row: models.Document) -> models.Revision:
    found = models.Revision.objects.filter(document_id=row.id, ordinal=row.revision).first()
    if found is None:
        raise rows.not_found()
    return found


def _uploaded(row: models.Document) -> bytes | None:
    held = _revision(row).pdf_content_id
    return vault.read(held) if held else None


def _has_page(page: int, shown: RenditionView) -> None:
    if page < 1 or (shown.pages and page > shown.pages):
        raise RuleViolation(
            "379/4.4",
            N_("Văn bản không có trang {page}."),
            N_("Mở lại từ trang 1."),
            page=page,
        )
