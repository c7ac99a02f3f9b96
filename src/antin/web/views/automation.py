"""What the machine does by itself here: its rules, what each did and why, and the way to stop one at once (379/27)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.automation import acts, queries, rules
from antin.automation.lifecycle import AUTOMATION
from antin.automation.views import RuleView
from antin.ledger import queries as ledger
from antin.rulebook import queries as rulebook
from antin.values import Actor, is_uuid
from antin.web import automation_words, step_up
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

BASE = "/tu-dong"
READ = ["GET", "HEAD", "POST"]
NOBODY = UUID(int=0)


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Every rule of the bodies one watches over."""
    actor = actor_of(request)
    context = {"rows": queries.automations(actor), "may_draft": bool(queries.may_configure(actor)), **told()}
    return page(request, "automation/shelf.html", context)


@require_http_methods(READ)
def one(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """One rule with its runs, reviews and deviations; `step` names what is done with it."""
    actor = actor_of(request)
    rule, refused = queries.automation(actor, rule_id), None
    step = request.POST.get("step", "")
    if request.method == "POST":
        refused = _done(request, actor, rule, step)
        if refused is None:
            return done(request, f"{BASE}/{rule_id}", _("Đã ghi nhận."))
    return _shown(request, actor, rule, refused)


def _done(request: HttpRequest, actor: Actor, rule: RuleView, step: str) -> Refusal | None:
    if step in CONFIRMED:
        refused = step_up.answered(request)
        if refused is not None:
            return refused
    act = STEPS.get(step)
    given = request.POST
    return attempt(lambda: act(actor, rule.id, given) if act else rules.found(None))[1]


def _shown(request: HttpRequest, actor: Actor, rule: RuleView, refused: Refusal | None) -> HttpResponse:
    oversees = actor.person_id == rule.terms.overseer_id
    begins = {step: (rule.state, act) in AUTOMATION.rows for step, act in TABLE.items()}
    approves, reviews = oversees and begins["approve"], queries.may_review(actor, rule)
    context = {
        **told(),
        "rule": rule,
        "runs": queries.runs(actor, rule.id),
        "reviews": queries.reviews(actor, rule.id),
        "deviations": queries.deviations(actor, rule.id),
        "history": [ledger.opened(entry) for entry in ledger.history(rule.id)],
        "oversees": oversees,
        "may_pause": oversees and begins["pause"],
        "may_configure": rule.organisation_id in queries.may_configure(actor) and not oversees,
        "approval": step_up.ask(request, "approve_automation", rule.digest) if approves else None,
        "review": step_up.ask(request, "review_automation", rule.digest) if reviews else None,
        "latest_review": rules.latest_review(rulebook.today(), rulebook.review_months()),
        "today": rulebook.today(),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "automation/one.html", context, status=refused.status if refused else 200)


Given = Mapping[str, str]
TABLE = {"approve": "approve_automation", "pause": "pause_automation"}
CONFIRMED = ("approve", "review")
STEPS: Mapping[str, Callable[[Actor, UUID, Given], object]] = {
    "approve": lambda actor, rule, given: acts.approve_automation(actor=actor, rule_id=rule),
    "review": lambda actor, rule, given: acts.review_automation(
        actor=actor, rule_id=rule, findings=given.get("findings", ""), next_on=day(given.get("next_on", ""))
    ),
    "pause": lambda actor, rule, given: acts.pause_automation(
        actor=actor, rule_id=rule, reason=given.get("reason", "")
    ),
    "deviate": lambda actor, rule, given: acts.report_deviation(
        actor=actor, rule_id=rule, words=given.get("reason", "")
    ),
    "undo": lambda actor, rule, given: acts.undo_automated_act(
        actor=actor, run_id=named(given.get("run", "")), reason=given.get("reason", "")
    ),
    "close": lambda actor, rule, given: acts.close_deviation(
        actor=actor,
        deviation_id=named(given.get("deviation", "")),
        corrected=given.get("corrected", ""),
        reported=given.get("reported", ""),
    ),
}


def told() -> dict[str, Any]:
    """Words for the templates."""
    return {"base": BASE, "say": automation_words}


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def named(text: str) -> UUID:
    """An id from a form; what is none names nobody."""
    return UUID(text) if is_uuid(text) else NOBODY
