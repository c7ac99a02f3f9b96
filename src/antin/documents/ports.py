"""What `documents` needs from outside: laid-out pages, and pictures of pages.

`house` binds the adapters once at start; everything else asks `bound()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypedDict


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document in the words that are printed, in the order of the form's cells (379/13.1).

    Names come in ordinary case; the layout sets capitals. `number` and `on` are None while the document is
    a draft: the form leaves their places blank. `body` is the plain editor's text (see adapters/body.py).
    """

    body_name: str
    type_name: str
    abstract: str
    body: str
    superior_name: str = ""
    prints_name: bool = True
    number: int | None = None
    notation: str = ""
    place: str = ""
    on: date | None = None
    salutation: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()
    signing_capacity: str = ""
    signer_position: str = ""
    signer_name: str = ""
    urgency_label: str = ""
    secrecy_label: str = ""
    draft: bool = False
    sample: bool = False
    language: str = "vi"


class Anchor(TypedDict):
    """Where something belongs: page from 1, box (x1, y1, x2, y2) in PDF points from the bottom left."""

    page: int
    box: list[float]


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A finished PDF with the places kept free for the person's signature and the organisation's seal."""

    pdf: bytes
    pages: int
    anchors: dict[str, Anchor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a page's text; the box is relative to the page, 0..1, from the top left."""

    x: float
    y: float
    w: float
    h: float
    text: str


@dataclass(frozen=True, slots=True)
class Band:
    """A strip of ink between blank rows: top and bottom as shares of the page, and how much ink each column holds."""

    top: float
    bottom: float
    ink: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """A file against itself as it was when it ended earlier: pages then and now, and by page the boxes (x, y, w, h as shares
    of the page, from the top left) that look otherwise."""

    pages_then: int
    pages_now: int
    boxes: Mapping[int, tuple[tuple[float, float, float, float], ...]]


class Layout(Protocol):
    """The same sheet gives the same bytes, always."""

    def lay_out(self, sheet: Sheet) -> LaidOut:
        """The sheet in the Party form, as PDF/A-2b; anchors "signature" and "seal"."""

    def stamp_uploaded(self, pdf: bytes, sheet: Sheet) -> LaidOut:
        """An uploaded PDF with number and date written at the form's usual places where these are blank."""


class PageImages(Protocol):
    """Every answer within a time limit: hostile bytes give RuleViolation or Indeterminate, never a hang."""

    def png(self, pdf: bytes, page: int, dpi: int) -> bytes:
        """The page (from 1) as PNG, signatures drawn."""

    def text(self, pdf: bytes, page: int) -> list[TextLine]:
        """The lines of the page in reading order."""

    def bands(self, pdf: bytes, page: int) -> list[Band]:
        """The strips of ink of the page, from the top."""

    def pages(self, pdf: bytes) -> int:
        """How many pages the PDF has."""

    def differences(self, pdf: bytes, end: int, most: int) -> Differences:
        """Where the first `most` pages look otherwise now than when the file ended at `end`, to the dot."""


@dataclass(frozen=True)
class Ports:
    layout: Layout
    images: PageImages


_bound: Ports | None = None


def bind(ports: Ports) -> None:
    """Called once by `house` (again only in tests that build another world)."""
    global _bound
    _bound = ports


def bound() -> Ports:
    """The adapters in use; RuntimeError when `house` has not wired them yet."""
    if _bound is None:
        raise RuntimeError("documents: no ports are bound; house/wiring.py does this at start")
    return _bound
