"""The archive: case files to take over, what is held and due, lists of destruction on their way, the register (379/20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.archive import acts, queries, rules
from antin.archive.lifecycle import DESTRUCTION
from antin.archive.views import DestructionView
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, is_uuid
from antin.web import step_up
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views.case_files import retention

BASE = "/luu-tru"
READ = ["GET", "HEAD", "POST"]
STATES = {
    "proposed": N_("chờ thẩm định"),
    "examined": N_("chờ quyết định"),
    "approved": N_("chờ thi hành"),
    "executed": N_("đã huỷ, chờ xác nhận"),
    "attested": N_("đã huỷ, đã xác nhận"),
    "closed": N_("đã thôi"),
}
TRACES = {
    "": "",
    "wait": N_("đang chờ xoá"),
    "gone": N_("đã xoá: bảng, chỉ mục, thống kê và nhật ký ghi"),
    "log_left": N_("đã xoá trong bảng, chỉ mục và thống kê; nhật ký ghi do máy chủ ngoài hệ thống giữ"),
}
STEPS = {
    "examine": "examine_destruction",
    "approve": "decide_destruction(approve)",
    "refuse": "decide_destruction(refuse)",
    "withdraw": "decide_destruction(withdraw)",
    "execute": "execute_destruction",
    "attest": "attest_destruction",
}
CHALLENGES = {
    "examine": "examine_destruction",
    "approve": "decide_destruction",
    "refuse": "decide_destruction",
    "execute": "execute_destruction",
}
"""Steps that are confirmed by a code bound to the list; the others are not irrevocable."""


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """What waits to be taken over, what the archive holds, the lists of destruction."""
    return _shelf(request)


def _shelf(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    held = queries.holdings(actor)
    context = {
        "offered": [(one, retention(one)) for one in queries.offered(actor)],
        "holdings": [(one, retention(one.case), _(one.why_not)) for one in held],
        "holds": queries.open_holds(one.case.id for one in held),
        "lists": [(one, _(STATES[one.state])) for one in queries.destructions(actor)],
        "may_propose": bool(actor.organisations(Office.ARCHIVIST)),
        "works_here": bool(actor.organisations(*rules.WORKING_HERE)),
        "sees_packages": bool(actor.organisations(Office.ARCHIVIST, Office.COMPETENT_AUTHORITY)),
        "may_hold": bool(actor.organisations(Office.COMPETENT_AUTHORITY)),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "archive/shelf.html", context, status=refused.status if refused else 200)


def _act(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    _result, refused = attempt(act)
    return _shelf(request, refused) if refused else done(request, BASE, said)


@require_POST
def accept(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    return _act(
        request,
        lambda: acts.accept_case_file(actor=actor_of(request), case_file_id=case_file_id),
        _("Đã nhận hồ sơ vào kho; mọi tệp còn nguyên vẹn."),
    )


@require_POST
def hold(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    basis, until = request.POST.get("basis", ""), _day(request.POST.get("until", ""))
    return _act(
        request,
        lambda: acts.hold(actor=actor_of(request), case_file_id=case_file_id, basis=basis, until=until),
        _("Đã ghi lệnh giữ lại."),
    )


@require_POST
def lift_hold(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _act(
        request,
        lambda: acts.lift_hold(actor=actor_of(request), hold_id=hold_id, reason=reason),
        _("Đã bỏ lệnh giữ lại."),
    )


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """A list of the case files ticked, all of one organisation."""
    actor, chosen = actor_of(request), [UUID(one) for one in request.POST.getlist("case_file") if is_uuid(one)]
    held = {one.case.id: one.case for one in queries.holdings(actor)}
    owners = {held[one].organisation_id for one in chosen if one in held}

    def act() -> UUID:
        if len(owners) > 1:
            raise RuleViolation(
                "379/20.1", N_("Một danh mục chỉ gồm hồ sơ của một cơ quan."), N_("Lập danh mục riêng.")
            )
        owner = next(iter(owners), next(iter(actor.organisations(Office.ARCHIVIST)), UUID(int=0)))
        return acts.propose(
            actor=actor, organisation_id=owner, case_file_ids=chosen, reason=request.POST.get("reason", "")
        )

    made, refused = attempt(act)
    if refused:
        return _shelf(request, refused)
    return done(request, f"{BASE}/huy/{made}", _("Đã lập danh mục huỷ, chờ thẩm định."))


@require_http_methods(READ)
def one(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """One list and the step it waits for; a POST takes that step, by a code bound to exactly this list where it matters."""
    actor = actor_of(request)
    view = queries.destruction(actor, destruction_id)
    refused = None
    if request.method == "POST":
        step = request.POST.get("step", "")
        if step not in open_steps(actor, view):
            return done(request, f"{BASE}/huy/{view.id}")
        refused = step_up.answered(request) if step in CHALLENGES else None
        if refused is None:
            _result, refused = attempt(lambda: _take(request, actor, view, step))
        if refused is None:
            return done(request, f"{BASE}/huy/{view.id}", _("Đã ghi nhận."))
        view = queries.destruction(actor, destruction_id)
    return _one(request, actor, view, refused)


def _one(request: HttpRequest, actor: Actor, view: DestructionView, refused: Refusal | None) -> HttpResponse:
    steps = open_steps(actor, view)
    confirmed = next((CHALLENGES[step] for step in steps if step in CHALLENGES), "")
    context = {
        "list": view,
        "state": _(STATES[view.state]),
        "traces": _(TRACES[view.traces]) if view.traces else "",
        "items": queries.items(actor, view.id),
        "steps": steps,
        "asked": step_up.ask(request, confirmed, view.digest) if confirmed else None,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "archive/one.html", context, status=refused.status if refused else 200)


def open_steps(actor: Actor, view: DestructionView) -> list[str]:
    """The steps of the table that lie open here in an office of this person's; the act asks again, and who did what."""
    rows = ((step, DESTRUCTION.rows.get((view.state, act))) for step, act in STEPS.items())
    return [
        step for step, row in rows if row and any(actor.holds(office, view.organisation_id) for office in row.offices)
    ]


def _take(request: HttpRequest, actor: Actor, view: DestructionView, step: str) -> object:
    post, shown = request.POST, request.POST.get("digest", "")
    ways: dict[str, Callable[[], object]] = {
        "examine": lambda: acts.examine(
            actor=actor, destruction_id=view.id, digest=shown, opinion=post.get("words", ""), struck=_struck(request)
        ),
        "approve": lambda: acts.decide(
            actor=actor, destruction_id=view.id, digest=shown, approve=True, basis=post.get("words", "")
        ),
        "refuse": lambda: acts.decide(
            actor=actor, destruction_id=view.id, digest=shown, approve=False, reason=post.get("words", "")
        ),
        "withdraw": lambda: acts.withdraw(actor=actor, destruction_id=view.id, reason=post.get("words", "")),
        "execute": lambda: acts.execute(actor=actor, destruction_id=view.id, digest=shown),
        "attest": lambda: acts.attest(actor=actor, destruction_id=view.id),
    }
    return ways[step]()


def _struck(request: HttpRequest) -> dict[UUID, str]:
    named = [UUID(one) for one in request.POST.getlist("struck") if is_uuid(one)]
    return {one: request.POST.get("struck_reason", "") for one in named}


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """What was destroyed, for good: numbers, dates, classes, digests (379/20.3)."""
    context: dict[str, Any] = {"items": queries.destruction_register(actor_of(request))}
    return page(request, "archive/register.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
