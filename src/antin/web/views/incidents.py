"""Incidents: anybody reports one, the security officer takes it in hand, the system's owner closes it (379/4.6)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.continuity import acts, queries
from antin.continuity.acts import Look
from antin.continuity.rules.incidents import GRADES, KINDS
from antin.identity import queries as identity
from antin.ledger import queries as ledger
from antin.values import Actor, is_uuid
from antin.web import step_up, table_words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.typed_time import instant_needed

BASE = "/su-co"
READ = ["GET", "HEAD", "POST"]


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Incidents that concern the reader, and where paper is worked on."""
    actor = actor_of(request)
    context = {**_words(), "rows": queries.incidents(actor), "outages": queries.outages(actor)}
    return page(request, "incidents/shelf.html", context)


@require_http_methods(READ)
def new(request: HttpRequest) -> HttpResponse:
    """The report: what kind, since when, what happened."""
    actor, refused, typed = actor_of(request), None, request.POST
    if request.method == "POST":
        made, refused = attempt(
            lambda: acts.report_incident(
                actor=actor,
                kind=typed.get("kind", ""),
                words=typed.get("words", ""),
                began_at=instant_needed(typed.get("began_at", ""), "379/4.6"),
            )
        )
        if refused is None:
            return done(
                request, f"{BASE}/{made}", _("Đã báo. Cán bộ an toàn thông tin và chủ quản hệ thống thấy ngay.")
            )
    context = {**_words(), "refused": refused, "typed": typed}
    return page(request, "incidents/new.html", context, status=refused.status if refused else 200)


@require_http_methods(READ)
def one(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """One incident, its looks, what it stopped; the next step for whose it is."""
    actor, refused = actor_of(request), None
    queries.incident(actor, incident_id)
    if request.method == "POST":
        refused = _step(request, actor, incident_id)
        if refused is None:
            return done(request, f"{BASE}/{incident_id}", _("Đã ghi."))
    row = queries.incident(actor, incident_id)
    closes = row.owns and row.state == "in_hand"
    context = {
        **_words(),
        "row": row,
        "history": ledger.history(incident_id),
        "bodies": [(one.id, one.short_name) for one in identity.organisations()] if row.owns else [],
        "asked": step_up.ask(request, "close_incident", acts.closing_digest(incident_id)) if closes else None,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "incidents/one.html", context, status=refused.status if refused else 200)


def _step(request: HttpRequest, actor: Actor, incident_id: UUID) -> Refusal | None:
    given = request.POST
    if given.get("step") == "close" and (refused := step_up.answered(request)):
        return refused
    steps: dict[str, Callable[[], object]] = {
        "assess": lambda: acts.assess_incident(
            actor=actor,
            incident_id=incident_id,
            look=Look(given.get("grade", ""), given.get("cause", ""), given.get("measures", "")),
        ),
        "declare": lambda: acts.declare_outage(
            actor=actor,
            incident_id=incident_id,
            organisation_ids=[UUID(one) for one in given.getlist("body") if is_uuid(one)],
            scope=given.get("scope", ""),
            began_at=instant_needed(given.get("began_at", ""), "379/4.6"),
        ),
        "close": lambda: acts.close_incident(actor=actor, incident_id=incident_id, report=given.get("report", "")),
    }
    _made, refused = attempt(steps.get(given.get("step", ""), lambda: None))
    return refused


def _words() -> dict[str, object]:
    return {
        "base": BASE,
        "kinds": [(name, _(text)) for name, text in KINDS.items()],
        "grades": [(name, _(text)) for name, text in GRADES.items()],
        "kind_of": lambda name: _(KINDS.get(name, name)),
        "state": table_words.state,
        "grade_of": lambda name: _(GRADES.get(name, name)),
    }
