"""The frozen values that cross this room's doors. Instants are UTC, dates Vietnam's, digests SHA-256 in hexadecimal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from antin.casework.views import CaseFileView

Traces = Literal["", "wait", "gone", "log_left"]
"""Of destroyed documents in the database's files: nothing destroyed, to be removed, removed, removed but for a log not ours."""


@dataclass(frozen=True, slots=True)
class HoldView:
    """A case file that may not be destroyed for now, on whose word and why; `until` None: until it is lifted."""

    id: UUID
    case_file_id: UUID
    basis: str
    until: date | None
    by_name: str
    at: datetime
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class HoldingView:
    """A case file in the archive, and what stands in the way of destroying it ("" for nothing)."""

    case: CaseFileView
    is_due: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """A line of a list and, once destroyed, of the permanent register: never what the document said (379/20.3)."""

    id: UUID
    case_file_id: UUID
    document_id: UUID
    document_code: str
    reference_number: str
    issued_on: date | None
    type_name: str
    file_class: str
    retained_until: date | None
    digest: str
    state: str
    opinion: str
    destroyed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DestructionView:
    """One list on its way: who proposed, examined, decided, executed, attested; `digest` is over its standing items."""

    id: UUID
    organisation_id: UUID
    state: str
    reason: str
    digest: str
    items: int
    basis: str
    proposed_by: str
    proposed_at: datetime
    examined_by: str
    examined_at: datetime | None
    opinion: str
    decided_by: str
    decided_at: datetime | None
    decision_reason: str
    executed_by: str
    executed_at: datetime | None
    attested_by: str
    attested_at: datetime | None
    attestation: dict[str, object]
    traces: Traces


@dataclass(frozen=True, slots=True)
class PackageView:
    """A package, where it is on its way, to whom it went and who signed for it. `size` in bytes of the package itself."""

    id: UUID
    case_file_id: UUID
    case_code: str
    case_title: str
    organisation_id: UUID
    kind: str
    state: str
    name: str
    digest: str
    handed_digest: str
    is_enciphered: bool
    size: int
    documents: int
    purpose: str
    built_by: str
    built_at: datetime
    recipient: str
    recipient_code: str
    basis: str
    handed_by: str
    handed_at: datetime | None
    receipt_digest: str
    signers: tuple[str, ...]
    received_by: str
    received_at: datetime | None
    is_destroyed: bool


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file to be taken away: name, size in bytes, its bytes in pieces."""

    name: str
    size: int
    pieces: Iterator[bytes]
