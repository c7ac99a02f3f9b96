"""The organisation's own way of review, adopted, changed and ended by its office (379/17.1, 379/17.3).

A change is a new version from its day on; the former stays as it was, for what was submitted by it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from antin.documents import models, rows, rules
from antin.documents.lifecycle import ROUTE_TEMPLATE
from antin.documents.queries.route_templates import view_of
from antin.documents.route_templates import Seat, TemplateFields, TemplateStep, TemplateView
from antin.documents.rules import templates
from antin.identity import queries as identity
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.rulebook import queries as rulebook
from antin.values import Actor, canonical_json, new_id, sha256_hex


@transaction.atomic
def adopt_route_template(
    *, actor: Actor, organisation_id: UUID, fields: TemplateFields, valid_from: date, reason: str
) -> UUID:
    """A new template from a day on; the id of its series.

    RuleViolation 379/31.p1 without the office, 379/17.1 for one that can't be laid or a type that has one already,
    379/17.3 for a day that is past or a missing reason.
    """
    step = ROUTE_TEMPLATE.step("", "adopt_route_template")
    acting = _begin(actor, step.offices, organisation_id)
    fields, reason = _checked(organisation_id, fields), rules.reason_given(reason)
    templates.dated(valid_from, today=rulebook.today())
    templates.types_free(fields, valid_from, _standing(organisation_id))
    made = _keep(acting, organisation_id, new_id(), 1, fields, valid_from, step.to, reason)
    _enter("adopted", acting, made, reason)
    return made.series


@transaction.atomic
def change_route_template(
    *, actor: Actor, series: UUID, fields: TemplateFields, valid_from: date, reason: str, expected_version: int
) -> int:
    """The next version, from its day on; its number. The former ends the day before."""
    former = _latest(series)
    step = ROUTE_TEMPLATE.step(former.state, "change_route_template")
    acting = _begin(actor, step.offices, former.owner_id)
    former = _latest(series)
    templates.version_expected(former.version, expected_version)
    fields, reason = _checked(former.owner_id, fields), rules.reason_given(reason)
    templates.dated(valid_from, today=rulebook.today(), after=former.valid_from)
    templates.types_free(fields, valid_from, [one for one in _standing(former.owner_id) if one.series != series])
    former.state, former.valid_to = step.to, valid_from - timedelta(days=1)
    former.save(update_fields=["state", "valid_to"])
    begun = ROUTE_TEMPLATE.step("", "adopt_route_template").to
    made = _keep(acting, former.owner_id, series, former.version + 1, fields, valid_from, begun, reason)
    _enter("changed", acting, made, reason)
    return made.version


@transaction.atomic
def end_route_template(*, actor: Actor, series: UUID, reason: str, expected_version: int) -> None:
    """From now on drafts of its types go without it."""
    row = _latest(series)
    step = ROUTE_TEMPLATE.step(row.state, "end_route_template")
    acting = _begin(actor, step.offices, row.owner_id)
    row = _latest(series)
    templates.version_expected(row.version, expected_version)
    ROUTE_TEMPLATE.step(row.state, "end_route_template")
    row.state, row.valid_to = step.to, rulebook.today() - timedelta(days=1)
    row.save(update_fields=["state", "valid_to"])
    _enter("ended", acting, row, rules.reason_given(reason))


def _begin(actor: Actor, offices: Any, organisation_id: UUID) -> Actor:
    """The actor in office; the organisation's templates stay as they are until the act commits."""
    rules.strongly_authenticated(actor)
    office = identity_rules.require_office(actor, offices, organisation_id).office
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"route-templates {organisation_id}"])
    return rows.acting(actor, office, organisation_id)


def _latest(series: UUID) -> models.RouteTemplate:
    found = models.RouteTemplate.objects.select_for_update().filter(series=series).order_by("-version").first()
    if found is None:
        raise rows.not_found()
    return found


def _checked(organisation_id: UUID, fields: TemplateFields) -> TemplateFields:
    """In stored form, with people and bodies that there are and types of the day."""
    fields = templates.check_template(fields)
    seats = [seat for step in fields.steps for seat in step.seats]
    named = {seat.person_id for seat in seats if seat.person_id}
    bodies = {seat.organisation_id for seat in seats if seat.organisation_id}
    known_types = {one.code for one in rulebook.document_types(rulebook.today())}
    here = {organisation_id} | identity.descendants(organisation_id)
    templates.all_known((named, set(identity.people(named))), (bodies, here), (set(fields.type_codes), known_types))
    return fields


def _standing(organisation_id: UUID) -> list[TemplateView]:
    found = models.RouteTemplate.objects.filter(owner_id=organisation_id, state="in_force")
    return [view_of(row) for row in found]


def _keep(
    acting: Actor,
    owner_id: UUID,
    series: UUID,
    version: int,
    fields: TemplateFields,
    valid_from: date,
    state: str,
    reason: str,
) -> models.RouteTemplate:
    return models.RouteTemplate.objects.create(
        id=new_id(),
        series=series,
        version=version,
        owner_id=owner_id,
        name=fields.name,
        type_codes=list(fields.type_codes),
        may_deviate=fields.may_deviate,
        steps=[_written(step) for step in fields.steps],
        valid_from=valid_from,
        state=state,
        reason=reason,
        adopted_by=acting.person_id,
        adopted_by_name=acting.name,
        adopted_at=rows.now(),
    )


def _written(step: TemplateStep) -> dict[str, Any]:
    return {
        "order": step.order,
        "kind": step.kind,
        "quorum": step.quorum,
        "obligatory": step.obligatory,
        "seats": [_seat(seat) for seat in step.seats],
    }


def _seat(seat: Seat) -> dict[str, str]:
    if seat.person_id is not None:
        return {"person": str(seat.person_id)}
    return {"organisation": str(seat.organisation_id), "office": str(seat.office)}


def _enter(what: str, acting: Actor, row: models.RouteTemplate, reason: str) -> None:
    digest = sha256_hex(canonical_json([row.name, row.type_codes, row.may_deviate, row.steps]))
    ledger.append(
        f"documents.route_template.{what}",
        acting,
        object_kind="route_template",
        object_id=row.series,
        organisation_id=row.owner_id,
        facts={
            "version": row.version,
            "digest": digest,
            "from": row.valid_from.isoformat(),
            "until": row.valid_to.isoformat() if row.valid_to else "",
        },
        detail={"name": row.name, "types": row.type_codes, "may_deviate": row.may_deviate, "steps": row.steps},
        reason=reason,
        clause="379/17.1",
    )
