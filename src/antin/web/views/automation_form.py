"""Drafting a rule: what, on which documents, for whom, within which limits, and who answers for it (379/27.2.a)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from antin.automation import acts, queries, rules
from antin.automation.facts import Terms
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office, Urgency
from antin.web import automation_words, formats, words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt, no_such_page
from antin.web.shown import actor_of
from antin.web.views.automation import BASE, READ, named, told
from antin.web.views.draft_page import number

FIRST: Mapping[str, Any] = {
    "title": "", "way": "route:propose", "lead": "", "days": 5, "senders": (), "types": (), "words": "", "urgencies": (),
    "classes": "", "most_per_day": 20, "error_threshold": 3, "overseer": "", "level": 2,
}  # fmt: skip
MANY = ("senders", "types", "urgencies")


@require_http_methods(READ)
def new(request: HttpRequest) -> HttpResponse:
    """A first draft, for one of the bodies one administers."""
    actor = actor_of(request)
    bodies = queries.may_configure(actor)
    if not bodies:
        raise no_such_page()
    asked = named(request.POST.get("body") or request.GET.get("co-quan", ""))
    body = asked if asked in bodies else _first(bodies)
    return _form(request, actor, body, FIRST, None)


@require_http_methods(READ)
def edit(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """The next version of a rule; it stops until it is reviewed and approved anew."""
    actor = actor_of(request)
    rule = queries.automation(actor, rule_id)
    if rule.organisation_id not in queries.may_configure(actor):
        raise no_such_page()
    return _form(request, actor, rule.organisation_id, _kept(rule.terms), rule_id)


def _form(
    request: HttpRequest, actor: Actor, body: UUID, kept: Mapping[str, Any], rule_id: UUID | None
) -> HttpResponse:
    typed, refused = kept, None
    if request.method == "POST":
        made, refused = attempt(
            lambda: acts.configure_automation(
                actor=actor, organisation_id=body, terms=_terms(request.POST), rule_id=rule_id
            )
        )
        if refused is None:
            return done(request, f"{BASE}/{made}", _("Đã lưu dự thảo quy tắc. Cán bộ an toàn thông tin đánh giá tiếp."))
        typed = _sent(request.POST)
    context = {**told(), **_choices(actor, body), "typed": typed, "rule_id": rule_id, "refused": refused}
    return page(request, "automation/form.html", context, status=_status(refused))


def _status(refused: Refusal | None) -> int:
    return refused.status if refused else 200


def _first(bodies: frozenset[UUID]) -> UUID:
    return next(one.id for one in identity.organisations() if one.id in bodies)


def _choices(actor: Actor, body: UUID) -> dict[str, Any]:
    inside = {body} | identity.descendants(body)
    bodies = queries.may_configure(actor)
    everybody = [(one.name, identity.people_in(one.id)) for one in identity.organisations() if one.id in inside]
    return {
        "body": body,
        "bodies": [(str(one.id), one.name) for one in identity.organisations() if one.id in bodies],
        "people": [(name, [(str(one.id), _person(one)) for one in people]) for name, people in everybody if people],
        "overseers": [
            (str(one.id), _person(one))
            for one in identity.people_with(Office.LEADER, body)
            if one.id != actor.person_id
        ],
        "ways": [(key, _(text)) for key, text in automation_words.WAYS.items()],
        "types": [(one.code, words.type_choice(one)) for one in rulebook.document_types(rulebook.today())],
        "urgencies": [(one.value, rulebook.urgency_label(one, formats.language())) for one in Urgency],
        "senders": _senders(actor),
        "levels": [(str(level), str(level)) for level in rules.LEVELS],
    }


def _person(one: identity.PersonView) -> str:
    return f"{one.name}, {one.position}" if one.position else one.name


def _senders(actor: Actor) -> list[tuple[str, str]]:
    known = automation_words.sender_names()
    return sorted(
        {**{row.code: row.name for row in exchange.directory(actor)}, **known}.items(), key=lambda one: one[1]
    )


def _terms(given: QueryDict) -> Terms:
    """What was typed, brought into shape; the act judges it."""
    kind, _colon, mode = given.get("way", "").partition(":")
    lead = named(given.get("lead", ""))
    return Terms(
        title=given.get("title", "").strip(),
        kind=kind,
        mode=mode,
        overseer_id=named(given.get("overseer", "")),
        level=number(given.get("level"), 0, 9),
        days=number(given.get("days"), 0, 999),
        lead=lead if kind == "route" and lead.int else None,
        senders=tuple(given.getlist("senders")),
        types=tuple(given.getlist("types")),
        words=_lines(given.get("words", "")),
        urgencies=tuple(given.getlist("urgencies")),
        classes=_lines(given.get("classes", "")),
        most_per_day=number(given.get("most_per_day"), 0, 9999),
        error_threshold=number(given.get("error_threshold"), 0, 999),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _sent(given: QueryDict) -> dict[str, Any]:
    return {name: given.getlist(name) if name in MANY else given.get(name, "") for name in FIRST}


def _kept(terms: Terms) -> dict[str, Any]:
    """A stored version as the form shows it."""
    same = {name: getattr(terms, name) for name in FIRST if hasattr(terms, name)}
    changed = {
        "way": f"{terms.kind}:{terms.mode}",
        "overseer": str(terms.overseer_id),
        "lead": str(terms.lead or ""),
        "words": "\n".join(terms.words),
        "classes": "\n".join(terms.classes),
    }
    return {**same, **changed}
