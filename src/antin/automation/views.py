"""Frozen rows of automation, as its queries answer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from antin.automation.facts import Terms
from antin.documents.facts import DocumentView


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule as it stands; `runs` and `errors` since its approval, `review_is_over` also for a version never reviewed."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    state: str
    version: int
    terms: Terms
    digest: str
    overseer_name: str
    lead_name: str
    configured_by_name: str
    configured_at: datetime
    reviewed: bool
    review_is_over: bool
    next_review_on: date | None
    approved_at: datetime | None
    paused_at: datetime | None
    paused_why: str
    runs: int
    errors: int
    open_deviations: int


@dataclass(frozen=True, slots=True)
class RunView:
    """What a rule did or proposed once; `document` only for who may see it, `terms` are those of the version that acted."""

    id: UUID
    rule_id: UUID
    organisation_id: UUID
    version: int
    terms: Terms
    act: str
    mode: str
    state: str
    document_id: UUID
    document: DocumentView | None
    at: datetime
    people_names: tuple[str, ...]
    lead: UUID | None
    due_on: date | None
    error: str
    reason: str
    settled_by_name: str
    settled_at: datetime | None
    overseer_name: str
    may_be_undone: bool


@dataclass(frozen=True, slots=True)
class DeviationView:
    """What went wrong, how it was put right; `traced` is what else ran under the rule since its approval."""

    id: UUID
    state: str
    words: str
    run_id: UUID | None
    opened_by_name: str
    opened_at: datetime
    corrected: str
    reported: str
    closed_at: datetime | None
    traced: tuple[RunView, ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    level: int
    findings: str
    next_on: date
    by_name: str
    at: datetime
    is_of_this_version: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What a person is told: a day is near (`remind`), or what the machine did was taken back (`undone`)."""

    id: UUID
    kind: str
    document: DocumentView
    assignment_id: UUID | None
    due_on: date | None
    reason: str
    at: datetime
