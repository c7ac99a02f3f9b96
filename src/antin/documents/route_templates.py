"""The frozen values of route templates: an organisation's own way of review for its types of document (379/17.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from antin.values import Office


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits in a step: a person, or whoever holds `office` in that body on the day the draft is submitted."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None
    office: Office | None = None


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """One step; those of the same order run side by side. An obligatory one is in every route, others are advice."""

    order: int
    seats: tuple[Seat, ...]
    quorum: int = 1
    kind: str = "review"
    obligatory: bool = True


@dataclass(frozen=True, slots=True)
class TemplateFields:
    """What is adopted. Without `type_codes` it is for every type that has no template of its own.

    `may_deviate`: the route is advice as a whole, and a drafter may lay another.
    """

    name: str
    type_codes: tuple[str, ...]
    steps: tuple[TemplateStep, ...]
    may_deviate: bool = False


@dataclass(frozen=True, slots=True)
class TemplateView:
    """One version of a template; `series` is the same for all its versions. `valid_to` None: until changed or ended."""

    id: UUID
    series: UUID
    version: int
    owner_id: UUID
    fields: TemplateFields
    valid_from: date
    valid_to: date | None
    state: str
    reason: str
    adopted_by_name: str
    adopted_at: datetime

    def stands(self, on: date) -> bool:
        """True on the days for which this version is the organisation's way."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
