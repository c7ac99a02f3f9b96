"""Everything this room keeps about one person, and who looked at it or changed it (379/4.1). Never a secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q

from antin.identity.models import Absence, Account, Delegation, Mandate, NationalLink, Person, SignInAttempt
from antin.identity.queries.corrections import CorrectionRow, corrections_of
from antin.ledger import queries as ledger

PAGE = 500


@dataclass(frozen=True, slots=True)
class PersonRecord:
    code: str
    name: str
    position: str
    organisation: str
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class MandateRecord:
    """One mandate, past or present."""

    office: str
    organisation: str
    position: str
    capacity: str
    document_types: tuple[str, ...]
    basis: str
    valid_from: date
    valid_to: date | None
    conferred_by: str
    conferred_at: datetime
    ended_at: datetime | None
    ended_reason: str


@dataclass(frozen=True, slots=True)
class AuthenticatorRecord:
    """That something is bound and when it was used; what it holds is shown to nobody."""

    kind: str
    bound_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountRecord:
    login_name: str
    state: str
    state_at: datetime
    enrolled_by: str
    vouched_by: str
    lost_since: datetime | None
    authenticators: tuple[AuthenticatorRecord, ...]


@dataclass(frozen=True, slots=True)
class SignInRecord:
    at: datetime
    stage: str
    passed: bool
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class StandInRecord:
    """A delegation or an absence; `reason` is empty where it is another person's to tell."""

    kind: str
    given: bool
    other: str
    office: str
    valid_from: date
    valid_to: date
    basis: str
    reason: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """An entry of the log about the person: `own` when the person did it; `reads` counts looks within a minute."""

    at: datetime
    act: str
    by: str
    own: bool
    office: str
    purpose: str
    reads: int


@dataclass(frozen=True, slots=True)
class OwnData:
    person: PersonRecord
    mandates: tuple[MandateRecord, ...]
    account: AccountRecord
    sign_ins: tuple[SignInRecord, ...]
    stand_ins: tuple[StandInRecord, ...]
    corrections: tuple[CorrectionRow, ...]
    accesses: tuple[AccessRecord, ...]


def own_data(person_id: UUID, *, most: int | None = None) -> OwnData:
    """`most`: at most so many sign-ins and accesses, the newest; all of them when None."""
    account = Account.objects.select_related("person__organisation").get(person_id=person_id)
    person = account.person
    return OwnData(
        person=PersonRecord(person.code, person.name, person.position, person.organisation.name, person.enrolled_at),
        mandates=_mandates(person_id),
        account=_account(account),
        sign_ins=_sign_ins(person_id, most),
        stand_ins=(*_delegations(person_id), *_absences(person_id)),
        corrections=corrections_of(person_id),
        accesses=tuple(_accesses(person_id, most)),
    )


def _mandates(person_id: UUID) -> tuple[MandateRecord, ...]:
    rows = list(
        Mandate.objects.filter(person_id=person_id).select_related("organisation").order_by("-conferred_at", "-id")
    )
    names = _names({row.conferred_by for row in rows})
    return tuple(
        MandateRecord(
            office=row.office,
            organisation=row.organisation.name,
            position=row.position,
            capacity=row.capacity,
            document_types=tuple(row.document_types),
            basis=row.basis,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            conferred_by=names.get(row.conferred_by, ""),
            conferred_at=row.conferred_at,
            ended_at=row.ended_at,
            ended_reason=row.ended_reason,
        )
        for row in rows
    )


def _account(row: Account) -> AccountRecord:
    names = _names({row.enrolled_by, row.vouched_by})
    apps = Authenticator.objects.filter(user_id=row.id).order_by("created_at")
    links = NationalLink.objects.filter(account_id=row.id, ended_at=None)
    return AccountRecord(
        login_name=row.login_name,
        state=row.state,
        state_at=row.state_at,
        enrolled_by=names.get(row.enrolled_by, ""),
        vouched_by=names.get(row.vouched_by, ""),
        lost_since=row.lost_since,
        authenticators=(
            *(AuthenticatorRecord(one.type, one.created_at, one.last_used_at) for one in apps),
            *(AuthenticatorRecord("national", one.linked_at, one.used_at) for one in links),
        ),
    )


def _sign_ins(person_id: UUID, most: int | None) -> tuple[SignInRecord, ...]:
    rows = SignInAttempt.objects.filter(account__person_id=person_id).order_by("-at")[:most]
    return tuple(SignInRecord(row.at, row.stage, row.passed, row.address or "", row.user_agent) for row in rows)


def _delegations(person_id: UUID) -> Iterator[StandInRecord]:
    concerned = Q(mandate__person_id=person_id) | Q(delegate_id=person_id)
    rows = Delegation.objects.select_related("mandate__person", "delegate").filter(concerned)
    for row in rows.order_by("-granted_at"):
        given = row.mandate.person_id == person_id
        yield StandInRecord(
            kind="delegation",
            given=given,
            other=(row.delegate if given else row.mandate.person).name,
            office=row.mandate.office,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            basis=row.basis,
            reason=row.reason if given else "",
            ended_at=row.ended_at,
        )


def _absences(person_id: UUID) -> Iterator[StandInRecord]:
    concerned = Q(person_id=person_id) | Q(substitute_id=person_id)
    for row in Absence.objects.select_related("person", "substitute").filter(concerned).order_by("-stated_at"):
        given = row.person_id == person_id
        yield StandInRecord(
            kind="absence",
            given=given,
            other=(row.substitute if given else row.person).name,
            office="",
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            basis="",
            reason=row.reason if given else "",
            ended_at=row.ended_at,
        )


def _accesses(person_id: UUID, most: int | None) -> Iterator[AccessRecord]:
    """Page by page down to the first entry, unless fewer are wanted."""
    before: int | None = None
    while rows := ledger.history(person_id, before=before, limit=most or PAGE):
        for row in rows:
            own, reads = row.person_id == person_id, int(row.facts.get("count", 0))
            purpose = str(row.facts.get("purpose", ""))
            yield AccessRecord(row.at, row.act, row.actor_name, own, row.office, purpose, reads)
        if most:
            return
        before = rows[-1].id


def _names(ids: set[UUID | None]) -> dict[UUID | None, str]:
    return {key: name for key, name in Person.objects.filter(pk__in=ids - {None}).values_list("id", "name")}
