"""Route templates: those of the organisations one works in, the one that fits a draft, the route it proposes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from antin.documents import models, rows
from antin.documents.facts import RouteStep
from antin.documents.lifecycle import ROUTE_TEMPLATE
from antin.documents.queries.reading import opened
from antin.documents.route_templates import Seat, TemplateFields, TemplateStep, TemplateView
from antin.documents.rules import templates as rules
from antin.identity import queries as identity
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office

KEEPERS = ROUTE_TEMPLATE.step("", "adopt_route_template").offices
READERS = (*KEEPERS, Office.DRAFTER, Office.AUDITOR)
SHOWN_MOST = 500


def kept_by(actor: Actor) -> frozenset[UUID]:
    """The organisations whose templates the actor adopts, changes and ends."""
    return actor.organisations(*KEEPERS)


def route_templates(actor: Actor) -> tuple[TemplateView, ...]:
    """The latest version of each template of the organisations that the actor drafts or answers for; by name.

    RuleViolation 379/4.4 for who does neither anywhere.
    """
    here = actor.organisations(*READERS)
    if not here:
        raise rows.not_found()
    found = models.RouteTemplate.objects.filter(owner_id__in=here).order_by("series", "-version").distinct("series")
    views = map(view_of, found[:SHOWN_MOST])
    return tuple(sorted(views, key=lambda one: (one.state != "in_force", one.fields.name)))


def route_template(actor: Actor, series: UUID) -> tuple[TemplateView, ...]:
    """Every version, the newest first; RuleViolation 379/4.4 when it is none of the actor's organisations'."""
    here = actor.organisations(*READERS)
    found = models.RouteTemplate.objects.filter(series=series, owner_id__in=here).order_by("-version")[:SHOWN_MOST]
    versions = tuple(map(view_of, found))
    if not versions:
        raise rows.not_found()
    return versions


def fitting_template(actor: Actor, document_id: UUID) -> tuple[TemplateView, tuple[RouteStep, ...]] | None:
    """The template of today for this draft, and the route it proposes for it; None when there is none."""
    row = opened(actor, document_id)
    found = fitting(row.owner_id, row.type_code, rulebook.today())
    if found is None:
        return None
    return found, rules.fill(found.fields.steps, holders(found.fields.steps), row.drafter_id)


def fitting(owner_id: UUID, type_code: str, on: date) -> TemplateView | None:
    """For acts: the template of the organisation for the type on that day."""
    rows_ = models.RouteTemplate.objects.filter(owner_id=owner_id, valid_from__lte=on).exclude(valid_to__lt=on)
    return rules.fitting(map(view_of, rows_.order_by("-version")), type_code, on)


def holders(steps: Iterable[TemplateStep]) -> dict[Seat, tuple[UUID, ...]]:
    """Who holds the office of each seat now."""
    seats = {seat for step in steps for seat in step.seats if seat.organisation_id and seat.office}
    return {
        seat: tuple(one.id for one in identity.people_with(seat.office, seat.organisation_id))  # type: ignore[arg-type]
        for seat in seats
    }


def person_names(steps: Iterable[TemplateStep]) -> dict[UUID, str]:
    """The names of the people that the steps name."""
    named = {seat.person_id for step in steps for seat in step.seats if seat.person_id}
    return {one.id: one.name for one in identity.people(named).values()}


def seat_names(steps: Iterable[TemplateStep]) -> dict[Seat, str]:
    """What each seat is called: a person's name, or the office and the body."""
    steps = tuple(steps)
    people = person_names(steps)
    seats = {seat for step in steps for seat in step.seats}
    bodies = {b: identity.organisation(b).name for b in {s.organisation_id for s in seats if s.organisation_id}}
    return {
        seat: people.get(seat.person_id, "")
        if seat.person_id
        else f"{rules.SEAT_WORDS[seat.office]} · {bodies[seat.organisation_id]}"  # type: ignore[index]
        for seat in seats
    }


def view_of(row: models.RouteTemplate) -> TemplateView:
    return TemplateView(
        id=row.id,
        series=row.series,
        version=row.version,
        owner_id=row.owner_id,
        fields=TemplateFields(row.name, tuple(row.type_codes), tuple(map(_step, row.steps)), row.may_deviate),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=row.state,
        reason=row.reason,
        adopted_by_name=row.adopted_by_name,
        adopted_at=row.adopted_at,
    )


def _step(kept: dict[str, Any]) -> TemplateStep:
    seats = tuple(map(_seat, kept["seats"]))
    return TemplateStep(kept["order"], seats, kept["quorum"], kept["kind"], kept["obligatory"])


def _seat(kept: dict[str, str]) -> Seat:
    if "person" in kept:
        return Seat(person_id=UUID(kept["person"]))
    return Seat(organisation_id=UUID(kept["organisation"]), office=Office(kept["office"]))
