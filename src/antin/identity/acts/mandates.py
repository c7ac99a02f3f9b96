"""Conferring and ending mandates: an office in an organisation, on a basis document, with dates (379/31.p1, 379/9.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from antin.identity import rules
from antin.identity.acts.lending import end_with_mandate
from antin.identity.acts.step_up import stepped_up
from antin.identity.models import Mandate, Person
from antin.identity.ports import bound
from antin.identity.queries.organisations import today
from antin.identity.queries.people import mandate_views
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, nfc

CONFERRERS = (Office.COMPETENT_AUTHORITY, Office.IDENTITY_OFFICER, Office.SYSTEM)


@transaction.atomic
def confer_mandate(
    *,
    actor: Actor,
    person_id: UUID,
    organisation_id: UUID,
    office: Office,
    basis: str,
    position: str = "",
    capacity: str = "",
    document_types: Iterable[str] = (),
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> UUID:
    """`capacity` is the printed signing capacity ("T/M BAN THƯỜNG VỤ"); no `document_types` means all of them."""
    held_by = rules.require_any_office(actor, CONFERRERS)
    rules.not_own(person_id, actor)
    rules.bestowable(office)
    rules.basis_named(basis)
    Person.objects.select_for_update().get(pk=person_id)
    rules.separation_of_duties(_offices(person_id), office)
    stepped_up(actor, "confer_mandate", person=str(person_id), organisation=str(organisation_id), office=office.value)
    held = Mandate.objects.filter(
        person_id=person_id, organisation_id=organisation_id, office=office.value, ended_at=None
    )
    if held.exists():
        raise RuleViolation("379/31.p1", N_("Người này đang giữ nhiệm vụ đó."), N_("Kết thúc nhiệm vụ cũ trước."))
    row = Mandate(
        person_id=person_id,
        organisation_id=organisation_id,
        office=office.value,
        position=nfc(position),
        capacity=nfc(capacity),
        document_types=list(document_types),
        basis=nfc(basis),
        valid_from=valid_from or today(),
        valid_to=valid_to,
        conferred_by=actor.person_id,
        conferred_at=bound().clock.now(),
    )
    row.save(force_insert=True)
    ledger.append(
        "identity.mandate.conferred",
        actor,
        object_kind="person",
        object_id=person_id,
        organisation_id=organisation_id,
        facts={"mandate": str(row.id), "conferred": office.value, "office": held_by.value},
        detail={"basis": row.basis, "position": row.position, "capacity": row.capacity},
    )
    return row.id


@transaction.atomic
def end_mandate(*, actor: Actor, mandate_id: UUID, reason: str) -> None:
    """The office ends at once; RuleViolation when it had ended already."""
    held_by = rules.require_any_office(actor, CONFERRERS)
    rules.reason_given(reason, "379/9.2")
    row = Mandate.objects.select_for_update().filter(pk=mandate_id, ended_at=None).first()
    if row is None:
        raise RuleViolation("379/9.2", N_("Nhiệm vụ này đã kết thúc."), N_("Tải lại trang để xem nhiệm vụ hiện tại."))
    row.ended_at, row.ended_reason = bound().clock.now(), nfc(reason)
    row.save(update_fields=["ended_at", "ended_reason"])
    ledger.append(
        "identity.mandate.ended",
        actor,
        object_kind="person",
        object_id=row.person_id,
        organisation_id=row.organisation_id,
        facts={"mandate": str(row.id), "ended": row.office, "office": held_by.value},
        reason=reason,
    )
    end_with_mandate(actor, row, reason)


def _offices(person_id: UUID) -> list[Office]:
    """Offices held now, lent ones among them, or from a later day on."""
    later = Mandate.objects.filter(person_id=person_id, ended_at=None, valid_from__gt=today())
    return [*{m.office for m in mandate_views(person_id)}, *(Office(m.office) for m in later)]
