"""The page itself: the newest PDF, a draft laid out on the fly, pictures and text of single pages.

What is laid out or drawn is kept in memory for a while, by digest: the access filter is asked before the cache
is, and nothing in clear touches the disk (379/4.5).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

from django.conf import settings

from antin.documents import models, ports, rows, rules
from antin.documents.facts import DraftFields, PagePreview, RenditionKind, RenditionView
from antin.documents.ports import LaidOut, Sheet, TextLine
from antin.documents.queries.reading import opened, revision_of, text_of
from antin.documents.rules.pictures import Region, Strip
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
_counts: _Recent[str, int] = _Recent(10_000, lambda _pages: 1)
_images: _Recent[tuple[str, int, int], bytes] = _Recent(CACHE_BYTES, len)
_texts: _Recent[tuple[str, int], tuple[TextLine, ...]] = _Recent(8 * 1024 * 1024, lambda lines: 200 * len(lines))


def pdf(actor: Actor, document_id: UUID) -> tuple[bytes, RenditionView]:
    """The page as it stands: the newest kept PDF, else the present revision laid out now (kind "draft")."""
    row = opened(actor, document_id)
    kept = _newest(row)
    if kept is not None:
        data = vault.read(kept.content_id)
        return data, _counted(rows.rendition(kept), data)
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


def _counted(shown: RenditionView, data: bytes) -> RenditionView:
    """With its number of pages: what has just arrived is kept before anybody counted them."""
    if shown.pages:
        return shown
    return replace(shown, pages=_counts.get(shown.digest, lambda: ports.bound().images.pages(data)))


def page_image(actor: Actor, document_id: UUID, page: int, dpi: int = 110) -> bytes:
    """One page (from 1) as PNG; RuleViolation when there is no such page."""
    data, shown = pdf(actor, document_id)
    _has_page(page, shown.pages)
    return _png(data, shown.digest, page, dpi)


def revision_pages(actor: Actor, document_id: UUID, revision: int) -> tuple[bytes, str, int]:
    """An earlier revision laid out anew as a draft: PDF, its digest, how many pages (379/17.3)."""
    row = opened(actor, document_id)
    kept = revision_of(row, revision)
    laid = _lay_out(_paper(row.owner_id, text_of(kept), draft=True), _paper_of(kept))
    return laid.pdf, sha256_hex(laid.pdf), laid.pages


def revision_image(actor: Actor, document_id: UUID, revision: int, page: int, dpi: int = 110) -> bytes:
    """One page of an earlier revision as PNG; RuleViolation when there is no such page."""
    data, digest, pages = revision_pages(actor, document_id, revision)
    _has_page(page, pages)
    return _png(data, digest, page, dpi)


def picture_differences(
    actor: Actor, document_id: UUID, a: int, b: int, page: int
) -> tuple[tuple[Region, ...], tuple[Region, ...]]:
    """Where the pictures of page `page` of the two revisions differ, as boxes on each; the pages beside it are read too,

    so that what has only moved over a page break is the same. A revision without such a page has no boxes there.
    """
    sides = [_strips(*revision_pages(actor, document_id, one), page) for one in (a, b)]
    left, right = rules.changed(*sides)
    return tuple(one for one in left if one.page == page), tuple(one for one in right if one.page == page)


def _strips(data: bytes, _digest: str, pages: int, page: int) -> list[Strip]:
    near = range(max(1, page - 1), min(pages, page + 1) + 1)
    images = ports.bound().images
    return [Strip(n, one.top, one.bottom, one.ink) for n in near for one in images.bands(data, n)]


def preview(actor: Actor, organisation_id: UUID, fields: DraftFields, *, page: int = 1, dpi: int = 110) -> PagePreview:
    """One page of fields that are not saved, laid out as a draft; the nearest page when there is none of that number.

    RuleViolation 379/14.p1 outside the drafter's mandate, 217/11.x or 379/13.1 for a field over its limit.
    """
    rules.may_draft_type(actor, organisation_id, fields.type_code)
    laid = _lay_out(_paper(organisation_id, rules.fields_within_limits(fields), draft=True), None)
    shown, digest = max(1, min(page, laid.pages)), sha256_hex(laid.pdf)
    return PagePreview(digest, laid.pages, shown, _png(laid.pdf, digest, shown, dpi))


def page_text(actor: Actor, document_id: UUID, page: int) -> tuple[TextLine, ...]:
    """The lines of one page in reading order, for selection and screen readers."""
    data, shown = pdf(actor, document_id)
    _has_page(page, shown.pages)
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
    return _lay_out(paper, _uploaded(row))


def _lay_out(paper: Sheet, uploaded: bytes | None) -> LaidOut:
    key = sha256_hex(canonical_json([repr(paper), sha256_hex(uploaded or b"")]))
    layout = ports.bound().layout
    return _laid.get(key, lambda: layout.stamp_uploaded(uploaded, paper) if uploaded else layout.lay_out(paper))


def _png(data: bytes, digest: str, page: int, dpi: int) -> bytes:
    dpi = max(DPI_LEAST, min(dpi, DPI_MOST))
    return _images.get((digest, page, dpi), lambda: ports.bound().images.png(data, page, dpi))


def _row(document_id: UUID) -> models.Document:
    row = models.Document.objects.defer("words").filter(id=document_id).first()
    if row is None:
        raise rows.not_found()
    return row


def _newest(row: models.Document) -> models.Rendition | None:
    """The last kept PDF; while nothing is signed and the text may change, none counts."""
    if row.state in ("draft", "in_review"):
        return None
    kept = models.Rendition.objects.filter(document_id=row.id, set_aside_at=None)
    if row.approved_at is not None:  # prepared pages of an approval that was withdrawn don't count
        kept = kept.filter(at__gte=row.approved_at)
    return kept.order_by("-id").first()


def _sheet(row: models.Document, *, number: int | None, notation: str, on: date | None, draft: bool) -> Sheet:
    text = text_of(_revision(row))
    return _paper(row.owner_id, text, row.signer_name, number=number, notation=notation, on=on, draft=draft)


def _paper(
    organisation_id: UUID,
    text: DraftFields,
    signer_name: str | None = None,
    *,
    number: int | None = None,
    notation: str = "",
    on: date | None = None,
    draft: bool,
) -> Sheet:
    """`signer_name` None: the name of the text's own signatory, "" while nobody is chosen."""
    body = identity.organisation(organisation_id)
    kind = rulebook.document_type(text.type_code, on or rulebook.today())
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
        signer_name=_signer_name(text) if signer_name is None else signer_name,
        urgency_label=rulebook.urgency_stamp(text.urgency),
        secrecy_label=rulebook.secrecy_stamp(text.secrecy),
        draft=draft,
        sample=bool(settings.ANTIN.demo.sample),
    )


def _signer_name(text: DraftFields) -> str:
    known = identity.people([text.signatory_id]) if text.signatory_id else {}
    return known[text.signatory_id].name if text.signatory_id in known else ""


def _revision(row: models.Document) -> models.Revision:
    return revision_of(row, row.revision)


def _uploaded(row: models.Document) -> bytes | None:
    return _paper_of(_revision(row))


def _paper_of(revision: models.Revision) -> bytes | None:
    return vault.read(revision.pdf_content_id) if revision.pdf_content_id else None


def _has_page(page: int, pages: int) -> None:
    if page < 1 or (pages and page > pages):
        raise RuleViolation(
            "379/4.4",
            N_("Văn bản không có trang {page}."),
            N_("Mở lại từ trang 1."),
            page=page,
        )
