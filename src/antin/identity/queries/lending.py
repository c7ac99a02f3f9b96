"""Who stands in for whom today: offices lent in writing, seats of the absent (379/6.2.p2).

Everything here is asked for the day on Vietnam's clock: a period begins and ends by itself. A delegation is worth
something only while its lender holds the office and has an account in use.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from antin.identity.models import Absence, Delegation, Person
from antin.identity.queries.in_force import in_force
from antin.identity.queries.organisations import today
from antin.identity.rules import lending as rules
from antin.values import Behalf, Ground, MandateView, Office

SHOWN_MOST = 200


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """One delegation as people see it. `stands` is True today; it is False before, after, and once ended."""

    id: UUID
    office: Office
    organisation_id: UUID
    organisation_name: str
    lender_id: UUID
    lender_name: str
    delegate_id: UUID
    delegate_name: str
    capacity: str
    document_types: tuple[str, ...]
    open_only: bool
    basis: str
    reason: str
    valid_from: date
    valid_to: date
    ended_at: datetime | None
    ended_reason: str
    stands: bool


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """One absence with who answers meanwhile; `stands` as in DelegationRow."""

    id: UUID
    person_id: UUID
    person_name: str
    substitute_id: UUID
    substitute_name: str
    reason: str
    valid_from: date
    valid_to: date
    ended_at: datetime | None
    ended_reason: str
    stands: bool


def lent_mandates(person_id: UUID) -> tuple[MandateView, ...]:
    """The offices that others have lent to the person, in force now (379/6.2.p2)."""
    return tuple(_lent_view(row) for row in _lent_now().filter(delegate_id=person_id))


def lent_holders(office: Office, organisation_id: UUID) -> tuple[DelegationRow, ...]:
    """Who holds the office there by delegation now, by name."""
    rows = _lent_now().filter(mandate__office=office.value, mandate__organisation_id=organisation_id)
    return tuple(_delegation(row) for row in rows.filter(delegate__account__state="active").order_by("delegate__name"))


def stand_ins(person_id: UUID) -> tuple[Behalf, ...]:
    """The absent whose seats in reviews are the person's today; not passed on to the person's own substitute."""
    return tuple(_behalf(row) for row in _away_now().filter(substitute_id=person_id))


def substitutes(people: Iterable[UUID]) -> dict[UUID, AbsenceRow]:
    """Which of these people are away today, and who answers for them, in one query."""
    return {row.person_id: _absence(row) for row in _away_now().filter(person_id__in=set(people))}


def possible_substitutes(person_id: UUID) -> tuple[tuple[UUID, str, str], ...]:
    """(id, name, position) of those who review in a body where the person reviews too, by name."""
    bodies = in_force().filter(person_id=person_id, office=Office.REVIEWER.value).values("organisation_id")
    held = in_force().filter(office=Office.REVIEWER.value, organisation_id__in=bodies)
    rows = Person.objects.filter(mandates__in=held, account__state="active").exclude(pk=person_id)
    return tuple(rows.distinct().order_by("name").values_list("id", "name", "position"))


def delegations(person_id: UUID) -> tuple[DelegationRow, ...]:
    """Those the person gave or was given, the newest first."""
    rows = Delegation.objects.select_related(*_WITH_DELEGATION).order_by("-granted_at")
    return _delegations(rows.filter(Q(mandate__person_id=person_id) | Q(delegate_id=person_id)))


def absences(person_id: UUID) -> tuple[AbsenceRow, ...]:
    """Those the person stated or stands in during, the newest first."""
    rows = Absence.objects.select_related("person", "substitute").order_by("-stated_at")
    return tuple(map(_absence, rows.filter(Q(person_id=person_id) | Q(substitute_id=person_id))[:SHOWN_MOST]))


def all_delegations() -> tuple[DelegationRow, ...]:
    """Every delegation that has not run out, for those who watch over accounts; the newest first."""
    rows = Delegation.objects.select_related(*_WITH_DELEGATION).order_by("-granted_at")
    return _delegations(rows.filter(ended_at=None, valid_to__gte=today()))


def all_absences() -> tuple[AbsenceRow, ...]:
    """Every absence that has not run out, the newest first."""
    rows = Absence.objects.select_related("person", "substitute").order_by("-stated_at")
    return tuple(map(_absence, rows.filter(ended_at=None, valid_to__gte=today())[:SHOWN_MOST]))


_WITH_DELEGATION = ("mandate", "mandate__person", "mandate__organisation", "delegate")


def _lent_now() -> QuerySet[Delegation]:
    now = today()
    rows = Delegation.objects.select_related(*_WITH_DELEGATION).order_by("granted_at", "id")
    return rows.filter(
        ended_at=None,
        valid_from__lte=now,
        valid_to__gte=now,
        mandate__in=in_force(),
        mandate__person__account__state="active",
    )


def _away_now() -> QuerySet[Absence]:
    now = today()
    rows = Absence.objects.select_related("person", "substitute").order_by("stated_at", "id")
    return rows.filter(ended_at=None, valid_from__lte=now, valid_to__gte=now)


def _lent_view(row: Delegation) -> MandateView:
    own = frozenset(row.mandate.document_types)
    types = frozenset(row.document_types)
    return MandateView(
        office=Office(row.mandate.office),
        organisation_id=row.mandate.organisation_id,
        position=row.delegate.position,
        capacity=row.capacity,
        document_types=types & own if types and own else types or own,
        lent=Behalf(
            row.mandate.person_id, row.mandate.person.name, Ground.DELEGATION, row.id, row.valid_from, row.valid_to
        ),
        open_only=row.open_only,
    )


def _behalf(row: Absence) -> Behalf:
    return Behalf(row.person_id, row.person.name, Ground.ABSENCE, row.id, row.valid_from, row.valid_to)


def _delegations(rows: QuerySet[Delegation]) -> tuple[DelegationRow, ...]:
    found = list(rows[:SHOWN_MOST])
    standing = set(_lent_now().filter(id__in=[row.id for row in found]).values_list("id", flat=True))
    return tuple(_delegation(row, stands=row.id in standing) for row in found)


def _delegation(row: Delegation, *, stands: bool = True) -> DelegationRow:
    return DelegationRow(
        id=row.id,
        office=Office(row.mandate.office),
        organisation_id=row.mandate.organisation_id,
        organisation_name=row.mandate.organisation.name,
        lender_id=row.mandate.person_id,
        lender_name=row.mandate.person.name,
        delegate_id=row.delegate_id,
        delegate_name=row.delegate.name,
        capacity=row.capacity,
        document_types=tuple(row.document_types),
        open_only=row.open_only,
        basis=row.basis,
        reason=row.reason,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        ended_at=row.ended_at,
        ended_reason=row.ended_reason,
        stands=stands,
    )


def _absence(row: Absence) -> AbsenceRow:
    return AbsenceRow(
        id=row.id,
        person_id=row.person_id,
        person_name=row.person.name,
        substitute_id=row.substitute_id,
        substitute_name=row.substitute.name,
        reason=row.reason,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        ended_at=row.ended_at,
        ended_reason=row.ended_reason,
        stands=rules.in_force(row.valid_from, row.valid_to, ended=row.ended_at is not None, on=today()),
    )
