"""What the room needs from outside: pages put on paper with their marks, what became of a document on its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from antin.conversion.rules import Marks
from antin.conversion.rules.confirming import Confirmed, Happened
from antin.values import Actor


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A PDF to print, with the number of pages of the source and of itself."""

    pdf: bytes
    pages: int
    pages_of_source: int


class Printer(Protocol):
    """Every page of the PDF, smaller, above a foot with the marks; signatures drawn, nothing covered."""

    def on_paper(self, pdf: bytes, marks: Marks) -> OnPaper:
        """RuleViolation for signs that cannot be printed, Indeterminate for a PDF that cannot be opened in time."""

    def qr(self, address: str) -> bytes:
        """The address as a QR code, a PNG."""

    def confirmation(self, confirmed: Confirmed) -> bytes:
        """The pages of a confirmation, as a PDF without marks. RuleViolation for signs that cannot be printed."""


class Deliveries(Protocol):
    def told(self, actor: Actor, document_id: UUID) -> tuple[Happened, ...]:
        """What became of the document on its way to each recipient, for who may read it; oldest first."""


@dataclass(frozen=True)
class Ports:
    printer: Printer
    deliveries: Deliveries
    system: str
    base_url: str


_bound: Ports | None = None


def bind(ports: Ports) -> None:
    """Called once by `house` (again only in tests that build another world)."""
    global _bound
    _bound = ports


def bound() -> Ports:
    """The adapters in use; RuntimeError when `house` has not wired them yet."""
    if _bound is None:
        raise RuntimeError("conversion: no ports are bound; house/wiring.py does this at start")
    return _bound
