"""Work: what was given to me, what I gave out, reports and their acceptance (217/10.2)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.automation import queries as automation
from antin.casework import acts as casework
from antin.casework import queries
from antin.documents import queries as documents
from antin.web import shown
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

BOXES = ("open", "lead", "supporting", "overdue", "done")


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    asked = request.GET.get("loc", "open")
    box = asked if asked in BOXES else "open"
    found = queries.my_work(actor, box, after=request.GET.get("sau"))
    more = f"?{urlencode({'loc': box, 'sau': found.next})}" if found.next else ""
    context = {"rows": found.rows, "box": box, "counts": queries.counts(actor), "more": more}
    context |= {"notices": automation.notices(actor)}
    return page(request, "work/mine.html", context)


@require_safe
def one(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    return _one(request, assignment_id)


def _one(
    request: HttpRequest, assignment_id: UUID, refused: Refusal | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    piece = queries.assignment(actor, assignment_id)
    document = documents.document(actor, piece.document_id)
    context: dict[str, Any] = {
        "piece": piece,
        "document": document,
        "viewer": shown.viewer(request, document),
        "instructions": queries.instructions(actor, document.id),
        "results": [row for row in queries.results(actor, document.id) if row.assignment_id == piece.id],
        "is_mine": piece.person_id == actor.person_id,
        "refused": refused,
        "typed": request.POST.get("text", "") if refused else "",
    }
    return page(request, "work/one.html", context, status=status)


@require_POST
def take_up(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    _result, refused = attempt(lambda: casework.take_up(actor=actor_of(request), assignment_id=assignment_id))
    if refused:
        return _one(request, assignment_id, refused, status=refused.status)
    return done(request, f"/viec/{assignment_id}", _("Đã nhận việc. Bên gửi được báo đang xử lý."))


@require_POST
def report(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """The result in words, with a file where there is one."""
    given = request.FILES.get("file")
    attachment = (given.name or "", given.content_type or "application/octet-stream", given.read()) if given else None

    def act() -> object:
        return casework.report_result(
            actor=actor_of(request),
            assignment_id=assignment_id,
            text=request.POST.get("text", ""),
            attachment=attachment,
        )

    _result, refused = attempt(act)
    if refused:
        return _one(request, assignment_id, refused, status=refused.status)
    return done(request, f"/viec/{assignment_id}", _("Đã báo cáo kết quả."))


@require_safe
def given_out(request: HttpRequest) -> HttpResponse:
    return _given_out(request)


def _given_out(request: HttpRequest, refused: Refusal | None = None, *, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    found = queries.given_out(actor, open_only=request.GET.get("loc") != "tat-ca", after=request.GET.get("sau"))
    results = {
        result.assignment_id: result
        for row in found.rows
        if row.assignment.state == "reported"
        for result in queries.results(actor, row.document.id)
    }
    more = f"?{urlencode({'sau': found.next})}" if found.next else ""
    context = {"rows": found.rows, "results": results, "more": more, "refused": refused}
    return page(request, "work/given_out.html", context, status=status)


@require_POST
def settle(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """The leader accepts the result or returns it with a reason."""
    accepted = request.POST.get("outcome") == "accept"

    def act() -> object:
        return casework.settle_result(
            actor=actor_of(request),
            assignment_id=assignment_id,
            outcome="accept" if accepted else "return",
            reason=request.POST.get("reason", ""),
        )

    _result, refused = attempt(act)
    if refused:
        return _given_out(request, refused, status=refused.status)
    return done(request, "/giao-viec", _("Đã duyệt kết quả.") if accepted else _("Đã trả lại kết quả."))
