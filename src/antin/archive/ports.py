"""What the archive needs from outside: signed words of partners for proof bundles, the record to sign at a hand-over,
a place where a package may rest while it is looked through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from antin.signing.bundling import Receipt
from antin.values import Actor


class Receipts(Protocol):
    def receipts(self, actor: Actor, document_id: UUID) -> tuple[Receipt, ...]:
        """Every signed word about the document as it goes into its proof bundle, for who may read it; oldest first."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What stands on the record of a hand-over: which package, how much of what, from whom to whom, on what basis."""

    giver: str
    receiver: str
    place: str
    at: datetime
    package: str
    kind: str
    sha256: str
    size: int
    documents: int
    basis: str
    purpose: str
    handed_by: str


class HandOverPrinter(Protocol):
    def record(self, facts: HandOver) -> bytes:
        """The record as a PDF to be signed by both sides. RuleViolation for signs that cannot be printed."""


@dataclass(frozen=True)
class Ports:
    receipts: Receipts
    printer: HandOverPrinter
    spool: Path
    system: str


_bound: Ports | None = None


def bind(ports: Ports) -> None:
    """Called once by `house` (again only in tests that build another world)."""
    global _bound
    _bound = ports


def bound() -> Ports:
    """The adapters in use; RuntimeError when `house` has not wired them yet."""
    if _bound is None:
        raise RuntimeError("archive: no ports are bound; house/wiring.py does this at start")
    return _bound
