"""The signing sheets: approve this very text, sign this very page, each confirmed by a fresh code (379/5.6, 379/8.3).

Whatever was done already is shown as done: a reload or a second click never opens a second approval, signature or
number.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from antin.documents import acts, queries, rules
from antin.documents.facts import DocumentView
from antin.exchange import queries as exchange
from antin.registry import acts as registry
from antin.registry import queries as registry_queries
from antin.registry.views import SignatureRequestView
from antin.values import N_, Actor
from antin.web import formats, signing_ways, step_up
from antin.web.answers import done, page
from antin.web.formats import now
from antin.web.refusals import UNPROCESSABLE, Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import decisions, draft_page
from antin.web.views.decisions import BASE
from antin.web.views.draft_page import AFTER_APPROVAL, AFTER_SIGNATURE

READ = ["GET", "HEAD", "POST"]


# --- approval ----------------------------------------------------------------------------------------------


@require_http_methods(READ)
def approve(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The sheet of the approval; a POST with the right code freezes exactly the revision that was shown."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    if view.state in AFTER_APPROVAL:
        return _approved_already(request, view)
    if request.method != "POST":
        return _approval_sheet(request, view)
    refused = step_up.answered(request)
    if refused is None:
        _view, refused = attempt(lambda: _approve(request, actor, view))
    if refused is None:
        return done(request, f"{BASE}/{view.id}#xem", _("Đã duyệt. Văn thư kiểm tra thể thức rồi trình ký."))
    fresh = queries.document(actor, view.id)
    if fresh.state in AFTER_APPROVAL:
        return _approved_already(request, fresh)
    return _approval_sheet(request, fresh, refused=refused)


def _approve(request: HttpRequest, actor: Actor, view: DocumentView) -> DocumentView:
    """Of the revision and digest that the sheet named, whatever lies there now."""
    return acts.approve(
        actor=actor,
        document_id=view.id,
        revision=draft_page.number(request.POST.get("revision"), 0, 1_000_000),
        digest=request.POST.get("digest", ""),
    )


def _approved_already(request: HttpRequest, view: DocumentView) -> HttpResponse:
    return done(request, f"{BASE}/{view.id}#xem", _("Văn bản đã được duyệt."))


def _approval_sheet(request: HttpRequest, view: DocumentView, *, refused: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    stopped = decisions.approval_refused(actor, view)
    if not stopped and decisions.open_decision(actor, view) != decisions.APPROVE:
        stopped = _not_mine(view)
    context = {
        **_what(request, view, f"{BASE}/{view.id}/duyet"),
        "digest": view.digest,
        "stopped": stopped,
        "asked": None if stopped else step_up.ask(request, "approve", view.digest),
        "refused": refused,
        "signs_too": view.signatory_id == actor.person_id,
        "in_place_of": _in_place_of(actor, view),
    }
    return page(request, "decisions/approve.html", context, status=_status(refused, stopped))


def _in_place_of(actor: Actor, view: DocumentView) -> str:
    """Whose approval it is when the office was lent, and until when; "" for one's own."""
    lent = rules.approval_lent(view, actor)
    if view.approver_id == actor.person_id or lent is None or lent.lent is None:
        return ""
    return _("%(name)s, uỷ quyền đến %(day)s") % {"name": lent.lent.name, "day": formats.day(lent.lent.until)}


def _not_mine(view: DocumentView) -> Refusal:
    return Refusal(
        "379/17.2",
        "",
        _("Văn bản này không chờ đồng chí phê duyệt."),
        _("Mở danh sách chờ quyết để xem việc đang chờ."),
        UNPROCESSABLE,
    )


# --- signature ---------------------------------------------------------------------------------------------


@require_POST
def prepare(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Reserves the number and lays out the final page; the sheet comes next."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    if view.state in AFTER_SIGNATURE:
        return signed_already(request, view)
    way = request.POST.get("way", "")[:8]
    _request, refused = attempt(lambda: registry.prepare_signature(actor=actor, document_id=view.id, way=way))
    if refused:
        return signature_sheet(request, view, refused=refused)
    return done(request, f"{BASE}/{view.id}/ky")


@require_http_methods(READ)
def sign(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The sheet of the signature; a POST with the right code signs exactly the page that was prepared."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    if request.method != "POST":
        return signature_sheet(request, view)
    if view.state in AFTER_SIGNATURE:
        return signed_already(request, view)
    refused = step_up.answered(request)
    if refused is None:
        _view, refused = attempt(lambda: registry.sign(actor=actor, document_id=view.id))
    fresh = queries.document(actor, view.id)
    if fresh.state in AFTER_SIGNATURE:
        return signed_already(request, fresh)
    return signature_sheet(request, fresh, refused=refused)


@require_POST
def lapse(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Not now: the prepared page is dropped and its number is free again (379/11.5)."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    standing = _open_request(actor, view)
    if standing is not None:
        reason = N_("Người ký để lại, chưa ký.")  # kept as written; pages translate it
        registry.lapse_signature(actor=actor, request_id=standing.id, reason=reason)
    return done(request, f"{BASE}/{view.id}#xem", _("Đã trả số, văn bản vẫn chờ ký."))


def signed_already(request: HttpRequest, view: DocumentView) -> HttpResponse:
    said = _("Đã ký. Số %(number)s. Chuyển văn thư đóng dấu.") % {"number": view.reference_number}
    return done(request, f"{BASE}/{view.id}#xem", said)


def signature_sheet(request: HttpRequest, view: DocumentView, *, refused: Refusal | None = None) -> HttpResponse:
    """Waiting for the code, or to be prepared (again), or finished: a finished one answers 422, there is nothing to do."""
    actor = actor_of(request)
    finished = view.state in AFTER_SIGNATURE
    standing = None if finished else _open_request(actor, view)
    mine = decisions.open_decision(actor, view) == decisions.SIGN
    held = signing_ways.held(actor)
    context = {
        **_what(request, view, f"{BASE}/{view.id}/ky"),
        "finished": finished,
        "standing": standing,
        "mine": mine,
        "certificate": held.get(standing.way if standing else next(iter(held), "")),
        "other_ways": [way for way in held if standing and way != standing.way],
        "asked": step_up.ask(request, "sign", standing.digest) if standing and mine else None,
        "refused": refused,
    }
    ready = mine and not finished
    return page(request, "decisions/sign.html", context, status=_status(refused) if ready else UNPROCESSABLE)


def _open_request(actor: Actor, view: DocumentView) -> SignatureRequestView | None:
    """The prepared page that waits for this actor's signature."""
    found = registry_queries.signature_request(actor, view.id)
    if found is None or found.state != "open" or found.expires_at <= now():
        return None
    return found if found.signatory_id == actor.person_id else None


# --- both --------------------------------------------------------------------------------------------------


def _what(request: HttpRequest, view: DocumentView, here: str) -> dict[str, Any]:
    """What is decided upon: the document with its page, who gets it, who read it before."""
    actor = actor_of(request)
    route, shown = queries.route(actor, view.id), draft_page.shown(request, view, here=here)
    return {
        "view": view,
        "shown": shown,
        "pages": shown.pages,
        "recipients": list(exchange.recipient_names(view.recipients).values()),
        "change": draft_page.change(actor, view),
        "readers": [seat.name for step in route.steps for seat in step.seats if seat.done],
        "attachments": queries.attachments(actor, view.id),
    }


def _status(*refusals: Refusal | None) -> int:
    return next((refused.status for refused in refusals if refused), 200)
