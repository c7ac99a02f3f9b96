"""Lending an office, and naming who answers during an absence; ending either (379/6.2.p2, acts.md §2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from antin.identity.acts.step_up import identity_digest, stepped_up
from antin.identity.lifecycle import ABSENCE, DELEGATION
from antin.identity.models import Absence, Account, Delegation, Mandate, Person
from antin.identity.ports import bound
from antin.identity.queries.in_force import in_force
from antin.identity.queries.organisations import today
from antin.identity.queries.people import mandate_views
from antin.identity.rules import lending as rules
from antin.ledger import acts as ledger
from antin.values import Actor, Office, nfc


@dataclass(frozen=True, slots=True)
class Lending:
    """What a person lends, to whom, for which days, on which written basis.

    `capacity` is what the delegate signs with (signing only); no `document_types` means all of the lender's;
    secret documents are lent only if `open_only` is False.
    """

    office: Office
    organisation_id: UUID
    delegate_id: UUID
    valid_from: date
    valid_to: date
    basis: str
    reason: str
    capacity: str = ""
    document_types: tuple[str, ...] = ()
    open_only: bool = True

    @property
    def digest(self) -> str:
        """What the confirmation is bound to: all of it (379/5.6)."""
        return identity_digest("grant_delegation", **self.particulars)

    @property
    def particulars(self) -> dict[str, str]:
        return {
            "office": self.office.value,
            "organisation": str(self.organisation_id),
            "delegate": str(self.delegate_id),
            "from": self.valid_from.isoformat(),
            "to": self.valid_to.isoformat(),
            "capacity": self.capacity,
            "types": " ".join(sorted(self.document_types)),
            "open_only": str(self.open_only),
        }


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which a person is away, and who answers in reviews meanwhile."""

    substitute_id: UUID
    valid_from: date
    valid_to: date
    reason: str

    @property
    def digest(self) -> str:
        return identity_digest("state_absence", **self.particulars)

    @property
    def particulars(self) -> dict[str, str]:
        return {
            "substitute": str(self.substitute_id),
            "from": self.valid_from.isoformat(),
            "to": self.valid_to.isoformat(),
        }


@transaction.atomic
def grant_delegation(*, actor: Actor, lending: Lending) -> UUID:
    """Lends one's own office for a time; spends the challenge "grant_delegation" over `lending.digest`.

    RuleViolation 379/6.2.p2 beyond one's own mandate, for an office that isn't lent, without bounds or basis;
    379/5.3 when the delegate may not hold it; 379/13.2 for a signing capacity that is none.
    """
    check_lending(actor=actor, lending=lending)
    assert actor.person_id is not None
    mandate = (
        in_force()
        .select_for_update()
        .get(person_id=actor.person_id, organisation_id=lending.organisation_id, office=lending.office.value)
    )
    rules.none_overlapping(_lent_alike(mandate, lending))  # again, now that the lender's own row is locked
    stepped_up(actor, "grant_delegation", **lending.particulars)
    row = Delegation.objects.create(
        mandate=mandate,
        delegate_id=lending.delegate_id,
        state=DELEGATION.step("", "grant_delegation").to,
        capacity=nfc(lending.capacity.strip()),
        document_types=sorted(lending.document_types),
        open_only=lending.open_only,
        basis=nfc(lending.basis),
        reason=nfc(lending.reason),
        valid_from=lending.valid_from,
        valid_to=lending.valid_to,
        granted_at=bound().clock.now(),
    )
    facts = {"delegation": str(row.id), "lent": lending.office.value, "delegate": str(row.delegate_id)}
    facts |= {"mandate": str(mandate.id), "from": row.valid_from.isoformat(), "until": row.valid_to.isoformat()}
    detail = {"basis": row.basis, "capacity": row.capacity, "delegate_name": row.delegate.name}
    _enter("identity.delegation.granted", actor, mandate.person_id, mandate.organisation_id, facts, detail, row.reason)
    return row.id


def check_lending(*, actor: Actor, lending: Lending) -> None:
    """Asks every rule of `grant_delegation` and writes nothing: what a page asks before the confirmation."""
    rules.words_within(reason=lending.reason, basis=lending.basis, capacity=lending.capacity)
    assert actor.person_id is not None
    held = mandate_views(actor.person_id)
    rules.within_own_mandate_now(held, lending.office, lending.organisation_id, lending.document_types)
    mandate = in_force().get(
        person_id=actor.person_id, organisation_id=lending.organisation_id, office=lending.office.value
    )
    rules.bounded_in_time(lending.valid_from, lending.valid_to, today=today(), mandate_until=mandate.valid_to)
    rules.capacity_fits(lending.office, lending.capacity.strip())
    theirs = mandate_views(lending.delegate_id)
    rules.delegate_fits(
        lending.office,
        lender_id=actor.person_id,
        delegate_id=lending.delegate_id,
        delegate_is_active=_is_active(lending.delegate_id),
        delegate_holds=[m.office for m in theirs],
        holds_it_there=any(
            m.office is lending.office and m.organisation_id == lending.organisation_id and m.lent is None
            for m in theirs
        ),
    )
    rules.none_overlapping(_lent_alike(mandate, lending))


@transaction.atomic
def end_delegation(*, actor: Actor, delegation_id: UUID, reason: str) -> None:
    """Ends it at once; by its lender or an identity officer (379/9.2)."""
    row = Delegation.objects.select_for_update().select_related("mandate").filter(pk=delegation_id).first()
    if row is None:
        raise rules.not_theirs()
    office = _may_end(actor, DELEGATION.step("in_force", "end_delegation").offices, row.mandate.person_id)
    rules.still_open(is_open=row.ended_at is None)
    step = DELEGATION.step(row.state, "end_delegation")
    _end(row, actor, step.to, reason)
    facts = {"delegation": str(row.id), "delegate": str(row.delegate_id), "office": office.value}
    whose = row.mandate
    _enter("identity.delegation.ended", actor, whose.person_id, whose.organisation_id, facts, {}, reason)


def end_with_mandate(actor: Actor, mandate: Mandate, reason: str) -> None:
    """What was lent from a mandate ends with it, in its ending's transaction (379/9.2)."""
    for row in Delegation.objects.select_for_update().filter(mandate=mandate, ended_at=None):
        _end(row, actor, DELEGATION.step(row.state, "end_delegation").to, reason)
        facts = {"delegation": str(row.id), "delegate": str(row.delegate_id), "mandate": str(mandate.id)}
        _enter("identity.delegation.ended", actor, mandate.person_id, mandate.organisation_id, facts, {}, reason)


@transaction.atomic
def state_absence(*, actor: Actor, away: Away) -> UUID:
    """Names who answers in reviews meanwhile; spends the challenge "state_absence" over `away.digest`.

    RuleViolation 379/6.2.p2 without bounds or reason, 379/13.3 for a substitute who may not or is away too.
    """
    assert actor.person_id is not None
    list(Person.objects.select_for_update().filter(pk__in=[actor.person_id, away.substitute_id]).order_by("pk"))
    check_absence(actor=actor, away=away)
    stepped_up(actor, "state_absence", **away.particulars)
    row = Absence.objects.create(
        person_id=actor.person_id,
        substitute_id=away.substitute_id,
        state=ABSENCE.step("", "state_absence").to,
        reason=nfc(away.reason),
        valid_from=away.valid_from,
        valid_to=away.valid_to,
        stated_at=bound().clock.now(),
    )
    facts = {"absence": str(row.id), "substitute": str(row.substitute_id)}
    facts |= {"from": row.valid_from.isoformat(), "until": row.valid_to.isoformat()}
    detail = {"substitute_name": row.substitute.name}
    home = actor.organisation_id
    _enter("identity.absence.stated", actor, actor.person_id, home, facts, detail, row.reason)
    return row.id


def check_absence(*, actor: Actor, away: Away) -> None:
    """Asks every rule of `state_absence` and writes nothing."""
    rules.words_within(reason=away.reason)
    assert actor.person_id is not None
    rules.bounded_in_time(away.valid_from, away.valid_to, today=today(), longest=rules.LONGEST_ABSENCE)
    rules.none_overlapping(_overlapping(away).filter(person_id=actor.person_id).count())
    rules.substitute_may_review(
        person_id=actor.person_id,
        substitute_id=away.substitute_id,
        substitute_is_active=_is_active(away.substitute_id),
        reviews=in_force().filter(person_id=away.substitute_id, office=Office.REVIEWER.value).exists(),
        away=_overlapping(away).filter(person_id=away.substitute_id).exists(),
    )


@transaction.atomic
def end_absence(*, actor: Actor, absence_id: UUID, reason: str) -> None:
    """Back before the last day, or stated by mistake; by the person or an identity officer."""
    row = Absence.objects.select_for_update().filter(pk=absence_id).first()
    if row is None:
        raise rules.not_theirs()
    office = _may_end(actor, ABSENCE.step("in_force", "end_absence").offices, row.person_id)
    rules.still_open(is_open=row.ended_at is None)
    step = ABSENCE.step(row.state, "end_absence")
    _end(row, actor, step.to, reason)
    facts = {"absence": str(row.id), "substitute": str(row.substitute_id), "office": office.value}
    _enter("identity.absence.ended", actor, row.person_id, actor.organisation_id, facts, {}, reason)


def _may_end(actor: Actor, offices: Collection[Office], owner_id: UUID) -> Office:
    held = {mandate.office for mandate in actor.mandates}
    return rules.may_end(offices, by=actor.person_id, by_offices=held, owner_id=owner_id)


def _end(row: Delegation | Absence, actor: Actor, to: str, reason: str) -> None:
    rules.words_within(reason=reason)
    row.state, row.ended_at, row.ended_by, row.ended_reason = to, bound().clock.now(), actor.person_id, nfc(reason)
    row.save(update_fields=["state", "ended_at", "ended_by", "ended_reason"])


def _lent_alike(mandate: Mandate, lending: Lending) -> int:
    rows = Delegation.objects.filter(mandate=mandate, delegate_id=lending.delegate_id, ended_at=None)
    return rows.filter(valid_from__lte=lending.valid_to, valid_to__gte=lending.valid_from).count()


def _overlapping(away: Away) -> Any:
    return Absence.objects.filter(ended_at=None, valid_from__lte=away.valid_to, valid_to__gte=away.valid_from)


def _is_active(person_id: UUID) -> bool:
    return Account.objects.filter(person_id=person_id, state="active").exists()


def _enter(
    act: str,
    actor: Actor,
    person_id: UUID,
    organisation_id: UUID | None,
    facts: dict[str, Any],
    detail: dict[str, Any],
    reason: str,
) -> None:
    ledger.append(
        act,
        actor,
        object_kind="person",
        object_id=person_id,
        organisation_id=organisation_id,
        facts=facts,
        detail=detail,
        reason=reason,
        clause="379/6.2.p2",
    )
