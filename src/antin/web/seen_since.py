"""For who checks a file here: pictures of what was signed beside what the file shows now. Drawn into the answer, kept nowhere."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from antin.documents import queries as documents
from antin.documents.ports import PageImages
from antin.documents.rules.pictures import Region
from antin.regulation import Indeterminate, RuleViolation
from antin.signing.verdict import Report, Verdict

SHOWN_MOST = 3
DPI = 72


@dataclass(frozen=True, slots=True)
class Side:
    """A page as a data: address, "" when there is no such page; boxes around what the other side has not."""

    src: str
    marks: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    page: int
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class Seen:
    """`pairs`: the first pages that differ; `more`: numbers of the others; `drawn` False when nobody could draw the file."""

    pairs: tuple[Pair, ...] = ()
    more: tuple[int, ...] = ()
    looked_at_all: bool = True
    drawn: bool = True


def of(data: bytes, report: Report) -> Seen | None:
    """None when nothing that could be seen came after the last signature that covers what was changed."""
    sound = [one for one in report.signatures if one.intact and one.covers]
    changed = [one.covers for one in sound if one.changes == "other"]
    if not sound or not (changed or report.verdict is Verdict.CHANGED):
        return None
    signed = max(changed or [one.covers for one in sound])
    images = documents.outside_images()
    try:
        found = documents.compared(data, signed, images)
        pairs = tuple(_pair(images, data, signed, found, n) for n in list(found.differing)[:SHOWN_MOST])
    except (RuleViolation, Indeterminate):
        return Seen(drawn=False)
    return Seen(pairs, tuple(list(found.differing)[SHOWN_MOST:]), found.looked_at_all)


def _pair(images: PageImages, data: bytes, signed: int, found: documents.SinceSigned, page: int) -> Pair:
    marks = found.differing[page]
    before = _drawn(images, data[:signed], page) if page <= found.pages_then else ""
    after = _drawn(images, data, page) if page <= found.pages_now else ""
    return Pair(page, (Side(before, marks), Side(after, marks)))


def _drawn(images: PageImages, data: bytes, page: int) -> str:
    return "data:image/png;base64," + base64.b64encode(images.png(data, page, DPI)).decode()
