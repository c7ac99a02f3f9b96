"""Founding organisations of every level and giving them codes (379/2.2, 217/2.1, 379/11.2, 379/11.4, 217/11.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from antin.identity import rules
from antin.identity.acts.step_up import stepped_up
from antin.identity.models import Organisation, OrganisationCode
from antin.identity.ports import bound
from antin.identity.queries.organisations import today
from antin.identity.rules import organisations as places
from antin.ledger import acts as ledger
from antin.values import Actor, Office, new_id, nfc


@transaction.atomic
def found_organisation(
    *,
    actor: Actor,
    name: str,
    short_name: str,
    kind: str,
    level: str,
    place: str,
    notation: str,
    body_name: str,
    codes: Mapping[str, str],
    basis: str,
    name_en: str = "",
    superior_name: str = "",
    has_seal: bool = True,
    parent_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> UUID:
    """A body (`kind` "organisation") or a "unit" of one, at any level, with its codes by scheme.

    RuleViolation 379/11.2 or 379/11.4 for a code taken, 379/2.2 for a level that is none, 217/2.1 for a unit of nobody.
    `organisation_id` lets the founder choose the id; otherwise it is fresh.
    """
    office = rules.require_any_office(actor, (Office.ADMINISTRATOR, Office.SYSTEM))
    rules.basis_named(basis)
    places.place_in_the_tree(kind=kind, level=level, has_parent=parent_id is not None)
    row = Organisation(
        id=organisation_id or new_id(),
        parent_id=parent_id,
        name=nfc(name),
        name_en=name_en,
        short_name=nfc(short_name),
        kind=kind,
        level=level,
        place=nfc(place),
        notation=nfc(notation),
        superior_name=nfc(superior_name),
        body_name=nfc(body_name),
        has_seal=has_seal,
        basis=nfc(basis),
        founded_at=bound().clock.now(),
    )
    row.save(force_insert=True)
    for code, scheme in sorted((code, scheme) for scheme, code in codes.items()):
        _available(row.id, scheme, code)
        _give(row.id, scheme, code, today())
    ledger.append(
        "identity.organisation.founded",
        actor,
        object_kind="organisation",
        object_id=row.id,
        organisation_id=row.id,
        facts={"codes": dict(codes), "parent": str(parent_id or ""), "office": office.value},
        detail={"name": row.name, "basis": row.basis},
    )
    return row.id


@transaction.atomic
def give_code(
    *, actor: Actor, organisation_id: UUID, scheme: str, code: str, valid_from: date | None = None, reason: str = ""
) -> None:
    """One more code for an organisation; the former one of the scheme ends the day before. Codes are never reused.

    RuleViolation 217/11.1.p2 for a day on which the organisation would have two of the scheme.
    """
    office = rules.require_any_office(actor, (Office.IDENTITY_OFFICER, Office.SYSTEM))
    stepped_up(actor, "give_code", holder=str(organisation_id), scheme=scheme, code=code)
    begin = valid_from or today()
    Organisation.objects.select_for_update().get(pk=organisation_id)
    _available(organisation_id, scheme, code)
    former = OrganisationCode.objects.filter(organisation_id=organisation_id, scheme=scheme)
    places.one_code_at_a_time(former.values_list("valid_from", flat=True), begin)
    former.filter(valid_to=None).update(valid_to=date.fromordinal(begin.toordinal() - 1))
    _give(organisation_id, scheme, code, begin)
    ledger.append(
        "identity.code.given",
        actor,
        object_kind="organisation",
        object_id=organisation_id,
        organisation_id=organisation_id,
        facts={"scheme": scheme, "code": code, "office": office.value},
        reason=reason,
    )


def _available(organisation_id: UUID, scheme: str, code: str) -> None:
    """RuleViolation unless the code may be theirs. It is held until commit: two who give one at once wait for each other."""
    rules.code_fits(scheme, code)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"organisation code {code}"])
    held = OrganisationCode.objects.filter(code=code)
    places.code_never_given(code, given=held.filter(scheme=scheme).exists())
    places.names_one_holder(code, elsewhere=held.exclude(organisation_id=organisation_id).exists())


def _give(organisation_id: UUID, scheme: str, code: str, begin: date) -> None:
    row = OrganisationCode(organisation_id=organisation_id, scheme=scheme, code=code, valid_from=begin)
    row.save(force_insert=True)
