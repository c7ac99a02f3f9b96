"""People of this installation and the offices they hold now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from antin.identity.models import Person
from antin.identity.queries.in_force import in_force
from antin.identity.queries.lending import lent_mandates
from antin.values import MandateView, Office


@dataclass(frozen=True, slots=True)
class PersonView:
    id: UUID
    name: str
    code: str
    position: str
    organisation_id: UUID
    organisation_name: str


@dataclass(frozen=True, slots=True)
class MandateRow:
    """One mandate as a person sees it."""

    id: UUID
    office: Office
    organisation_id: UUID
    organisation_name: str
    position: str
    capacity: str
    basis: str
    valid_from: date
    valid_to: date | None


def person(person_id: UUID) -> PersonView:
    """LookupError when this installation knows no such person."""
    found = people([person_id])
    if person_id not in found:
        raise LookupError(f"no person {person_id}")
    return found[person_id]


def people(ids: Iterable[UUID]) -> dict[UUID, PersonView]:
    """Those of the ids that are known, in one query."""
    return {view.id: view for view in map(_view, _rows().filter(pk__in=set(ids)))}


def people_in(organisation_id: UUID) -> tuple[PersonView, ...]:
    """Who belongs to exactly this organisation and has an account in use, by name."""
    return tuple(map(_view, _rows().filter(organisation_id=organisation_id, account__state="active").order_by("name")))


def people_with(office: Office, organisation_id: UUID) -> tuple[PersonView, ...]:
    """Who holds the office in exactly this organisation now, with an active account, by name."""
    held = in_force().filter(office=office.value, organisation_id=organisation_id)
    rows = _rows().filter(mandates__in=held, account__state="active").distinct().order_by("name")
    return tuple(map(_view, rows))


def holders_of(office: Office) -> frozenset[UUID]:
    """Everybody who holds the office somewhere today, of their own, with an account in use."""
    held = in_force().filter(office=office.value, person__account__state="active")
    return frozenset(held.values_list("person_id", flat=True))


def mandates(person_id: UUID) -> tuple[MandateRow, ...]:
    """The person's mandates in force now."""
    rows = in_force().filter(person_id=person_id).select_related("organisation").order_by("conferred_at", "office")
    return tuple(
        MandateRow(
            id=row.id,
            office=Office(row.office),
            organisation_id=row.organisation_id,
            organisation_name=row.organisation.name,
            position=row.position,
            capacity=row.capacity,
            basis=row.basis,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    )


def mandate_views(person_id: UUID) -> tuple[MandateView, ...]:
    """The same as an `Actor` carries them, one's own before those that others have lent."""
    rows = in_force().filter(person_id=person_id).order_by("conferred_at", "office")
    own = tuple(
        MandateView(
            office=Office(row.office),
            organisation_id=row.organisation_id,
            position=row.position,
            capacity=row.capacity,
            document_types=frozenset(row.document_types),
        )
        for row in rows
    )
    return own + lent_mandates(person_id)


def _rows() -> QuerySet[Person]:
    return Person.objects.select_related("organisation")


def _view(row: Person) -> PersonView:
    return PersonView(
        id=row.id,
        name=row.name,
        code=row.code,
        position=row.position,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
    )
