"""Frozen rows of casework, as its acts and queries answer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from antin.documents.facts import DocumentView


@dataclass(frozen=True, slots=True)
class InstructionView:
    id: UUID
    document_id: UUID
    by: UUID
    by_name: str
    words: str
    people: tuple[UUID, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """One person's piece of work; `overdue` and `days_left` (working days, negative when late) are of today."""

    id: UUID
    document_id: UUID
    role: str
    person_id: UUID
    person_name: str
    given_by: UUID
    given_by_name: str
    words: str
    due_on: date
    state: str
    given_at: datetime
    accepted_at: datetime | None
    reported_at: datetime | None
    closed_at: datetime | None
    overdue: bool
    days_left: int


@dataclass(frozen=True, slots=True)
class ResultView:
    """What was reported; `content_name` is "" when no file came with it."""

    id: UUID
    assignment_id: UUID
    words: str
    content_name: str
    media_type: str
    digest: str
    by: UUID
    by_name: str
    at: datetime
    outcome: str
    reason: str
    settled_by: UUID | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueChangeView:
    assignment_id: UUID
    old: date
    new: date
    reason: str
    by: UUID
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HandOverView:
    assignment_id: UUID
    from_person: UUID
    from_name: str
    to_person: UUID
    to_name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A piece of work with the facts of its document, for lists."""

    assignment: AssignmentView
    document: DocumentView


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Rows by deadline, earliest first; `next` is the mark after which to go on, None at the end."""

    rows: tuple[WorkRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class FileClassView:
    """A heading of the file plan; `years` None keeps for ever."""

    id: UUID
    organisation_id: UUID
    code: str
    title: str
    retention: str
    years: int | None
    basis: str


@dataclass(frozen=True, slots=True)
class CaseFileView:
    """A case file; `code` is class, ordinal and year as they stand on its cover."""

    id: UUID
    organisation_id: UUID
    code: str
    title: str
    file_class: FileClassView
    year: int
    keeper_id: UUID
    keeper_name: str
    state: str
    documents: int
    opened_at: datetime
    closed_at: datetime | None
    members_digest: str
    retained_until: date | None


@dataclass(frozen=True, slots=True)
class MemberView:
    """A document in a case file; `document` is None when the reader may not see it (sealed off, no right)."""

    id: UUID
    document_id: UUID
    part: int
    at: datetime
    document: DocumentView | None


@dataclass(frozen=True, slots=True)
class CaseLinkView:
    other_id: UUID
    code: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class CasePage:
    rows: tuple[CaseFileView, ...]
    next: str | None
