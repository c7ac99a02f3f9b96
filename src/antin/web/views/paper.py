"""Paper copies of one document, by the pages: asked for by readers, decided and printed by the clerk, voided (379/16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.conversion import acts, queries
from antin.conversion.acts.confirmations import ACT as CONFIRM
from antin.conversion.rules import IN_FORCE
from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.ledger import acts as ledger
from antin.values import N_, Actor, Validity, is_uuid
from antin.web import shown, step_up
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import document as document_page

PURPOSES = (
    N_("Lưu hồ sơ giấy."),
    N_("Trình cơ quan có thẩm quyền kiểm tra."),
    N_("Gửi nơi chưa nhận được văn bản điện tử."),
)
REASONS = (N_("In hỏng."), N_("Đã thu lại."), N_("Bị mất."))
SAID = {
    "ask": N_("Đã gửi đề nghị, văn thư xem xét."),
    "print": N_("Đã lập bản in. Mở tệp để in ra giấy."),
    "grant": N_("Đã lập bản in. Mở tệp để in ra giấy."),
    "refuse": N_("Đã từ chối đề nghị."),
    "spoil": N_("Bản in không còn giá trị; mã trên bản in báo như vậy."),
    "ask_confirmation": N_("Đã gửi đề nghị, người có thẩm quyền xem xét."),
    "confirm": N_("Đã duyệt, văn thư lập giấy xác nhận."),
    "deny": N_("Đã từ chối đề nghị."),
    "print_confirmation": N_("Đã lập giấy xác nhận. Mở tệp để in ra giấy."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def copies(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The copies of the document and what this person may do about them; a POST does one of it."""
    actor = actor_of(request)
    view = documents.document(actor, document_id)
    if request.method != "POST":
        return _page(request, view)
    what = request.POST.get("do", "")
    act = DEEDS.get(what)
    if act is None:
        return _page(request, view)
    refused = step_up.answered(request) if what == CONFIRMED_BY_CODE else None
    if refused is None:
        _result, refused = attempt(lambda: act(request, actor, view.id))
    if refused:
        return _page(request, view, refused)
    return done(request, f"/van-ban/{view.id}/ban-giay", _(SAID[what]))


def _wish(request: HttpRequest) -> dict[str, Any]:
    post = request.POST
    return {
        "purpose": post.get("purpose", ""),
        "for_whom": post.get("for_whom", ""),
        "for_authority": bool(post.get("for_authority")),
    }


def _output(request: HttpRequest) -> UUID:
    given = request.POST.get("output", "")
    return UUID(given) if is_uuid(given) else UUID(int=0)


def _ask(request: HttpRequest, actor: Actor, document_id: UUID) -> object:
    return acts.request_paper_output(actor=actor, document_id=document_id, **_wish(request))


def _print(request: HttpRequest, actor: Actor, document_id: UUID) -> object:
    return acts.print_at_once(actor=actor, document_id=document_id, **_wish(request))


def _grant(request: HttpRequest, actor: Actor, _document_id: UUID) -> object:
    return acts.grant_and_print(actor=actor, output_id=_output(request))


def _refuse(request: HttpRequest, actor: Actor, _document_id: UUID) -> object:
    reason = request.POST.get("reason", "")
    return acts.settle_paper_output(actor=actor, output_id=_output(request), outcome="refuse", reason=reason)


def _spoil(request: HttpRequest, actor: Actor, _document_id: UUID) -> object:
    return acts.spoil_copy(actor=actor, output_id=_output(request), reason=request.POST.get("reason", ""))


def _ask_confirmation(request: HttpRequest, actor: Actor, document_id: UUID) -> object:
    wish = _wish(request)
    return acts.request_confirmation(
        actor=actor, document_id=document_id, purpose=wish["purpose"], for_whom=wish["for_whom"]
    )


def _confirm(request: HttpRequest, actor: Actor, _document_id: UUID) -> object:
    procedure = request.POST.get("procedure", "")
    return acts.settle_confirmation(actor=actor, output_id=_output(request), outcome="grant", procedure=procedure)


def _deny(request: HttpRequest, actor: Actor, _document_id: UUID) -> object:
    reason = request.POST.get("reason", "")
    return acts.settle_confirmation(actor=actor, output_id=_output(request), outcome="refuse", reason=reason)


def _print_confirmation(request: HttpRequest, actor: Actor, _document_id: UUID) -> object:
    return acts.print_copy(actor=actor, output_id=_output(request))


DEEDS: dict[str, Callable[[HttpRequest, Actor, UUID], object]] = {
    "ask": _ask,
    "print": _print,
    "grant": _grant,
    "refuse": _refuse,
    "spoil": _spoil,
    "ask_confirmation": _ask_confirmation,
    "confirm": _confirm,
    "deny": _deny,
    "print_confirmation": _print_confirmation,
}
CONFIRMED_BY_CODE = "confirm"


def _page(request: HttpRequest, view: DocumentView, refused: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    found = queries.outputs(actor, view.id)
    _none, why_not = attempt(lambda: queries.may_go_on_paper(view))
    asked = [one for one in found if one.kind == "confirmation" and one.state == "asked"]
    to_decide = asked[-1] if asked and queries.decides(actor, view.owner_id) else None  # one after the other
    context = {
        **document_page.head(request, actor, view),
        "copies": found,
        "people": shown.names(one.asked_by for one in found),
        "keeps": queries.keeps(actor, view.owner_id),
        "to_decide": to_decide,
        "asked": step_up.ask(request, CONFIRM, to_decide.digest) if to_decide else None,
        "why_not": why_not,
        "ended": view.validity is not Validity.IN_FORCE,
        "in_force": IN_FORCE,
        "purposes": [_(one) for one in PURPOSES],
        "reasons": [_(one) for one in REASONS],
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "documents/copies.html", context, status=refused.status if refused else 200)


@require_safe
def file(request: HttpRequest, document_id: UUID, output_id: UUID) -> HttpResponse:
    """The copy to print; fetching it stands in the ledger."""
    actor = actor_of(request)
    data, copy = queries.copy_pdf(actor, document_id, output_id)
    ledger.note_reading(actor=actor, object_kind="document", object_id=document_id, purpose="paper_copy")
    answer = HttpResponse(data, content_type="application/pdf")
    name = "giay-xac-nhan" if copy.kind == "confirmation" else "ban-in"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}-{copy.number}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """For the clerk: requests that wait, and copies on paper whose document has gone out of force (379/19.5)."""
    actor = actor_of(request)
    found = queries.waiting(actor)
    rows = (*found.open, *found.to_withdraw)
    people = shown.names(one.asked_by for _view, one in rows)
    return page(request, "registry/copies.html", {"waiting": found, "people": people})
