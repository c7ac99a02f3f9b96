"""Corrections asked for: one's own, and those of the people whom a person manages (379/4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from antin.identity.models import Correction, Person
from antin.identity.queries.organisations import with_all_below
from antin.identity.rules import personal_data
from antin.values import Actor, Office

SHOWN_MOST = 200


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One request. `answer`: the evidence seen when it was rectified, the reason when it was refused."""

    id: UUID
    person_id: UUID
    person_name: str
    organisation_name: str
    field: str
    former: str
    proposed: str
    reason: str
    state: str
    asked_at: datetime
    answer: str
    settled_by: str
    settled_at: datetime | None


def corrections_of(person_id: UUID) -> tuple[CorrectionRow, ...]:
    """What the person asked for, the newest first."""
    return _views(_rows().filter(person_id=person_id).order_by("-asked_at"))


def corrections(actor: Actor) -> tuple[CorrectionRow, ...]:
    """Those of the people whom this person manages, open ones first, then the newest."""
    rows = _managed(actor).order_by("-asked_at")
    found = [*rows.filter(state="open")[:SHOWN_MOST], *rows.exclude(state="open")[:SHOWN_MOST]]
    return _views(found)


def correction(actor: Actor, correction_id: UUID) -> CorrectionRow:
    """One of them. RuleViolation 379/4.4 for whom it is not there."""
    found = _views(_managed(actor).filter(pk=correction_id))
    if not found:
        raise personal_data.nothing_here()
    return found[0]


def open_corrections(actor: Actor) -> int:
    """How many wait for this person's decision."""
    if not settles_corrections(actor):
        return 0
    return _managed(actor).filter(state="open").exclude(person_id=actor.person_id).count()


def settles_corrections(actor: Actor) -> bool:
    """Whether this person settles anybody's."""
    return bool(actor.organisations(*personal_data.SETTLERS))


def settles(actor: Actor, organisation_id: UUID) -> bool:
    """Whether this person settles those of the people of that body: the identity officer everywhere."""
    return bool(actor.organisations(Office.IDENTITY_OFFICER)) or organisation_id in _bodies(actor)


def code_was_anothers(code: str, person_id: UUID) -> bool:
    """Whether a correction once took this code from somebody else: a code is never given again (379/11.1)."""
    taken = Correction.objects.filter(field="code", state="rectified", former=code)
    return taken.exclude(person_id=person_id).exists()


def _bodies(actor: Actor) -> frozenset[UUID]:
    return with_all_below(actor.organisations(Office.COMPETENT_AUTHORITY))


def _managed(actor: Actor) -> QuerySet[Correction]:
    if actor.organisations(Office.IDENTITY_OFFICER):
        return _rows()
    return _rows().filter(person__organisation_id__in=_bodies(actor))


def _rows() -> QuerySet[Correction]:
    return Correction.objects.select_related("person", "person__organisation")


def _views(rows: QuerySet[Correction] | list[Correction]) -> tuple[CorrectionRow, ...]:
    found = list(rows)
    settlers = {row.settled_by for row in found if row.settled_by}
    names = dict(Person.objects.filter(pk__in=settlers).values_list("id", "name"))
    return tuple(
        CorrectionRow(
            id=row.id,
            person_id=row.person_id,
            person_name=row.person.name,
            organisation_name=row.person.organisation.name,
            field=row.field,
            former=row.former,
            proposed=row.proposed,
            reason=row.reason,
            state=row.state,
            asked_at=row.asked_at,
            answer=row.answer,
            settled_by=names.get(row.settled_by, "") if row.settled_by else "",
            settled_at=row.settled_at,
        )
        for row in found
    )
