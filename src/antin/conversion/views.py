"""Frozen rows of the room, as its acts and queries answer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from antin.conversion.rules.digitising import PaperFields
from antin.documents.facts import DocumentView
from antin.values import Validity


@dataclass(frozen=True, slots=True)
class OutputView:
    """One copy. `worth` as in `rules.worth`, "" before it is printed; `code` as it is printed."""

    id: UUID
    document_id: UUID
    state: str
    purpose: str
    for_whom: str
    for_authority: bool
    asked_by: UUID | None
    asked_at: datetime
    settled_by: UUID | None
    settled_at: datetime | None
    reason: str
    printed_by_name: str
    printed_at: datetime | None
    number: int | None
    code: str
    pages: int
    spoiled_at: datetime | None
    worth: str
    kind: str
    procedure: str
    digest: str
    """What a grant of a confirmation is bound to."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """For the clerk and the competent authority: requests to decide or print, and copies on paper whose document has ended
    since (379/19.5)."""

    open: tuple[tuple[DocumentView, OutputView], ...]
    to_withdraw: tuple[tuple[DocumentView, OutputView], ...]


@dataclass(frozen=True, slots=True)
class LookUp:
    """What anybody with the code may read: enough to compare the paper, nothing of the content (379/16.4)."""

    kind: str
    worth: str
    validity: Validity
    validity_at: datetime | None
    code: str
    number: int
    pages: int
    printed_at: datetime
    printed_by: str
    organisation: str
    reference_number: str
    document_code: str
    issuing_name: str
    issued_on: date | None
    signer_name: str
    digest: str
    spoiled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ScanView:
    """A paper being digitised; `fields` None until it was described."""

    id: UUID
    organisation_id: UUID
    state: str
    digest: str
    pages: int
    dpi: int
    device: str
    fields: PaperFields | None
    reference_number: str
    captured_by: UUID | None
    captured_at: datetime
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    document_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper original: what it is, where it lies, whether it still counts."""

    id: UUID
    organisation_id: UUID
    issuing_name: str
    reference_number: str
    issued_on: date
    kept_at: str
    state: str
    basis: str
    reason: str
    ended_at: datetime | None
