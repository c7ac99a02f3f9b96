"""The register of impoundments: who decided, over how many documents, what was tried; to impound and to lift (379/21).

Nothing here shows what a sealed-off document says: a decision names it by number, code or time, and so does the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.documents import acts, queries, rules
from antin.documents.facts import DecisionFacts, Identified, ImpoundmentView
from antin.identity import queries as identity
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office
from antin.web import step_up, words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

READ = ["GET", "HEAD", "POST"]
BASE = "/niem-phong"
SHOWN_MOST = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """What the form names: the documents found, the names of none, the digest that a code is bound to."""

    owner_id: UUID
    decision: DecisionFacts
    found: Sequence[Identified] = ()
    missing: Sequence[str] = ()

    @property
    def ids(self) -> list[UUID]:
        return [one.id for one in self.found]

    @property
    def digest(self) -> str:
        return rules.scope_digest(self.decision, self.ids)


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    found = queries.impoundments(actor)
    context = {"orders": found, "owners": _owners(found), "may": bool(_bodies(actor)), "today": rulebook.today()}
    return page(request, "impounding/register.html", context)


@require_http_methods(READ)
def new(request: HttpRequest) -> HttpResponse:
    """First what the decision says; then the documents it names, to be confirmed by a code bound to just these."""
    actor = actor_of(request)
    bodies = _bodies(actor)
    if not bodies:
        rules.may_impound(actor, actor.organisation_id or UUID(int=0))
    if request.method != "POST":
        return _form(request, bodies)
    scope, refused = attempt(lambda: _scope(request, actor, bodies))
    if scope is None or "code" not in request.POST:
        return _form(request, bodies, scope, refused)
    refused = step_up.answered(request)
    if refused is None:
        order, refused = attempt(lambda: _impound(request, actor, scope))
        if refused is None:
            return done(request, f"{BASE}/{order}", _("Đã niêm phong. Từ lúc này không ai mở được các văn bản đó."))
    return _form(request, bodies, scope, refused)


@require_http_methods(READ)
def one(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One impoundment: the decision, its documents by number, attempts, and its lifting by the same authority."""
    actor = actor_of(request)
    view = queries.impoundment(actor, order_id)
    refused = None
    if request.method == "POST" and view.lifted_at is None:
        refused = step_up.answered(request)
        if refused is None:
            decision = _decision(request)
            _result, refused = attempt(lambda: acts.lift_impoundment(actor=actor, order_id=order_id, decision=decision))
    if request.method == "POST" and refused is None:
        return done(request, f"{BASE}/{order_id}", _("Đã huỷ niêm phong. Văn bản trở lại như trước."))
    return _one(request, actor, view, refused)


def _one(request: HttpRequest, actor: Actor, view: ImpoundmentView, refused: Refusal | None) -> HttpResponse:
    may_lift = view.lifted_at is None and actor.holds(Office.IMPOUNDING_AUTHORITY, view.owner_id)
    context = {
        "order": view,
        "owner": identity.organisation(view.owner_id).name,
        "documents": queries.impounded_documents(actor, view.id, limit=SHOWN_MOST),
        "attempts": queries.attempts(actor, view.id),
        "asked": step_up.ask(request, "lift_impoundment", view.scope_digest) if may_lift else None,
        "refused": refused,
        "typed": request.POST if refused else {},
        "today": rulebook.today(),
    }
    return page(request, "impounding/one.html", context, status=refused.status if refused else 200)


def _form(
    request: HttpRequest, bodies: Sequence[tuple[str, str]], scope: Scope | None = None, refused: Refusal | None = None
) -> HttpResponse:
    ready = scope is not None and bool(scope.found)
    context: dict[str, Any] = {
        "bodies": bodies,
        "typed": request.POST,
        "types": [(one.code, words.type_choice(one)) for one in rulebook.document_types(rulebook.today())],
        "scope": scope,
        "shown": scope.found[:SHOWN_MOST] if scope else (),
        "asked": step_up.ask(request, "impound", scope.digest) if scope and ready else None,
        "refused": refused,
    }
    return page(request, "impounding/new.html", context, status=refused.status if refused else 200)


def _scope(request: HttpRequest, actor: Actor, bodies: Sequence[tuple[str, str]]) -> Scope:
    post = request.POST
    asked = post.get("owner", "")
    owner = UUID(next((key for key, _name in bodies if key == asked), bodies[0][0]))
    decision = rules.decision_verified(_decision(request), rulebook.today())
    found, missing = queries.named_documents(
        actor,
        owner,
        post.get("names", "").splitlines(),
        type_code=post.get("type_code", ""),
        since=_day(post.get("since", "")),
        until=_day(post.get("until", "")),
    )
    scope = Scope(owner, decision, found, missing)
    if missing:
        return scope
    rules.scope_listed(scope.ids)
    return scope


def _impound(request: HttpRequest, actor: Actor, scope: Scope) -> UUID:
    return acts.impound(
        actor=actor,
        owner_id=scope.owner_id,
        decision=scope.decision,
        document_ids=scope.ids,
        reason=request.POST.get("reason", ""),
        term_ends_on=_day(request.POST.get("term_ends_on", "")),
    )


def _decision(request: HttpRequest) -> DecisionFacts:
    post = request.POST
    return DecisionFacts(post.get("authority", ""), post.get("number", ""), _day(post.get("decided_on", "")))


def _bodies(actor: Actor) -> list[tuple[str, str]]:
    """Where the actor carries out decisions."""
    held = sorted(actor.organisations(Office.IMPOUNDING_AUTHORITY))
    return [(str(one), identity.organisation(one).name) for one in held]


def _owners(found: Sequence[ImpoundmentView]) -> dict[UUID, str]:
    return {one: identity.organisation(one).name for one in {view.owner_id for view in found}}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
