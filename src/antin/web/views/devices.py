"""Signing with one's own device: the sheet's code opens a ticket, the page hands it to the companion and watches (379/13.5).

The ticket stands in the answer to the POST alone: no address, no cookie, no log holds it. This one page may speak to
the companion's port on the user's computer; every other page of the site may not.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.documents import queries
from antin.documents.facts import DocumentView
from antin.registry import acts as registry
from antin.registry import queries as registry_queries
from antin.registry import rules
from antin.values import N_
from antin.web import step_up
from antin.web.answers import page
from antin.web.formats import now
from antin.web.middleware import POLICY
from antin.web.origins import origin_of
from antin.web.refusals import UNPROCESSABLE, Refusal, attempt
from antin.web.shown import actor_of
from antin.web.toasts import toast
from antin.web.views import draft_page, sheets
from antin.web.views.decisions import BASE
from antin.web.views.draft_page import AFTER_SIGNATURE

OVER = {
    "": N_("Vé ký đã hết hạn, thiết bị chưa trả lời."),
    "refused": N_("Thiết bị trả về chữ ký không đúng, nên không được nhận."),
    "ended": N_("Vé ký này đã được thay bằng vé khác."),
}


@require_POST
def open_ticket(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The right code opens the ticket; a wrong one shows the sheet again."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    if view.state in AFTER_SIGNATURE:
        return sheets.signed_already(request, view)
    refused, opened = step_up.answered(request), None
    if refused is None:
        opened, refused = attempt(
            lambda: registry.open_device_ticket(actor=actor, document_id=view.id, origin=origin_of(request))
        )
    if opened is None:
        return sheets.signature_sheet(request, queries.document(actor, view.id), refused=refused)
    companion = f"http://127.0.0.1:{settings.ANTIN.signing.device_port}"
    context = {
        **_waiting(request, view),
        "ticket": opened.secret,
        "companion": companion,
        "until": opened.expires_at,
        "way": opened.way,
        "download": f"/api/v1/device/file/{opened.reading}/van-ban.pdf",
        "origin": origin_of(request),
        "upload": f"{origin_of(request)}/api/v1/device/file/{opened.secret}",
        "standing": registry_queries.signature_request(actor, view.id),
    }
    answer = page(request, "decisions/device.html", context)
    if opened.way == rules.DEVICE:
        answer.headers["Content-Security-Policy"] = POLICY.replace(
            "connect-src 'self'", f"connect-src 'self' {companion}"
        )
    return answer


@require_POST
def upload(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The file that another program signed, sent by the person from the page that handed it out."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    ticket, given = registry_queries.device_ticket(request.POST.get("ticket", "")), request.FILES.get("file")
    fits = ticket is not None and ticket.document_id == view.id and ticket.may_answer
    refused = None
    if ticket is not None and fits and given is not None and given.size and given.size <= rules.SIGNED_FILE_MOST:
        _view, refused = attempt(
            lambda: registry.take_signed_file(
                actor=actor, ticket_id=ticket.id, origin=origin_of(request), data=given.read()
            )
        )
    fresh = queries.document(actor, view.id)
    if fresh.state in AFTER_SIGNATURE:
        return sheets.signed_already(request, fresh)
    return sheets.signature_sheet(request, fresh, refused=refused or _no_file())


def _no_file() -> Refusal:
    return Refusal(
        "379/13.5",
        "",
        _("Không nhận được tệp đã ký, hoặc tệp quá lớn."),
        _("Mở lại trang ký và xác nhận lại."),
        UNPROCESSABLE,
    )


@require_safe
def state(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """How the ticket stands, for the page that waits; once signed, the document's own page."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    if view.state in AFTER_SIGNATURE:
        toast(request, _("Đã ký. Số %(number)s. Chuyển văn thư đóng dấu.") % {"number": view.reference_number})
        return HttpResponse(status=204, headers={"HX-Redirect": f"{BASE}/{view.id}#xem"})
    return page(request, "decisions/device_state.html", _waiting(request, view))


def _waiting(request: HttpRequest, view: DocumentView) -> dict[str, Any]:
    ticket = registry_queries.latest_ticket(actor_of(request), view.id)
    waits = ticket is not None and ticket.state == "open" and ticket.expires_at > now()
    why = "" if waits else _(OVER.get(ticket.state if ticket else "", OVER[""]))
    return {"view": view, "waits": waits, "why": why, "here": f"{BASE}/{view.id}/ky"}
