"""Founding organisations and giving them codes (379/2.1, 379/11.2, 217/11.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from antin.identity import rules
from antin.identity.acts.step_up import stepped_up
from antin.identity.models import Organisation, OrganisationCode
from antin.identity.ports import bound
from antin.identity.queries.organisations import today
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, new_id, nfc


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
    """A body (`kind` "organisation") or a "unit" of one, with its codes by scheme. RuleViolation for a code taken.

    `organisation_id` lets the founder choose the id; otherwise it is fresh.
    """
    office = rules.require_any_office(actor, (Office.ADMINISTRATOR, Office.SYSTEM))
    rules.basis_named(basis)
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
    for scheme, code in codes.items():
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
    """One more code for an organisation; the former one of the scheme ends the day before. Codes are never reused."""
    office = rules.require_any_office(actor, (Office.IDENTITY_OFFICER, Office.SYSTEM))
    stepped_up(actor, "give_code", holder=str(organisation_id), scheme=scheme, code=code)
    begin = valid_from or today()
    former = OrganisationCode.objects.filter(organisation_id=organisation_id, scheme=scheme, valid_to=None)
    former.filter(valid_from__lt=begin).update(valid_to=date.fromordinal(begin.toordinal() - 1))
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


def _give(organisation_id: UUID, scheme: str, code: str, begin: date) -> None:
    rules.code_fits(scheme, code)
    try:
        with transaction.atomic():
            OrganisationCode(organisation_id=organisation_id, scheme=scheme, code=code, valid_from=begin).save(
                force_insert=True
            )
    except IntegrityError as error:
        raise RuleViolation(
            "379/11.2",
            N_("Mã “{code}” đã được cấp; mỗi mã chỉ cấp một lần."),
            N_("Chọn mã khác theo danh mục dùng chung."),
            code=code,
        ) from error
