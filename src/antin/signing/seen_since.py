"""Pictures of what was signed beside what a changed file shows now. Drawn in the sandbox into an answer, kept nowhere.

The number of pages and the bytes of their pictures are bounded, whatever the file: a page past either is only named.
No database, no Django: the command and the public page use it alike (379/5.11, 379/13.4).
"""

from __future__ import annotations

import base64

from antin.documents.ports import PageImages
from antin.documents.states import SinceSigned, compared
from antin.regulation import Indeterminate, RuleViolation
from antin.signing.verdict.report import Report, Verdict
from antin.signing.verdict.seen import Pair, Seen, Side

DPI = 72
BYTES_MOST = 6_000_000


def of(data: bytes, report: Report, images: PageImages, *, pages: int = 3, dpi: int = DPI) -> Seen | None:
    """At most so many pages; None when nothing that could be seen came after the last signature that covers what was
    changed."""
    sound = [one for one in report.signatures if one.intact and one.covers]
    changed = [one.covers for one in sound if one.changes == "other"]
    if not sound or not (changed or report.verdict is Verdict.CHANGED):
        return None
    signed = max(changed or [one.covers for one in sound])
    try:
        found = compared(data, signed, images)
        pairs = _pairs(images, data, signed, found, pages, dpi)
    except (RuleViolation, Indeterminate):
        return Seen(drawn=False)
    return Seen(pairs, tuple(list(found.differing)[len(pairs) :]), found.looked_at_all)


def _pairs(images: PageImages, data: bytes, signed: int, found: SinceSigned, pages: int, dpi: int) -> tuple[Pair, ...]:
    pairs: list[Pair] = []
    left = BYTES_MOST
    for page in list(found.differing)[:pages]:
        before = _drawn(images, data[:signed], page, dpi) if page <= found.pages_then else ""
        after = _drawn(images, data, page, dpi) if page <= found.pages_now else ""
        left -= len(before) + len(after)
        if left < 0:
            break
        marks = found.differing[page]
        pairs.append(Pair(page, (Side(before, marks), Side(after, marks))))
    return tuple(pairs)


def _drawn(images: PageImages, data: bytes, page: int, dpi: int) -> str:
    return "data:image/png;base64," + base64.b64encode(images.png(data, page, dpi)).decode()
