"""Void by agreement of all sides, by the pages: propose, see who consented when, answer (379/19.2.b).

One sheet for all of it: the code is bound to the signed page for a proposal, to the proposal for an answer.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from antin.documents import queries
from antin.documents.facts import AgreementView, DocumentView, SideAnswer
from antin.exchange import acts
from antin.values import N_, Actor
from antin.web import shown, step_up
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import document as document_page

SAID = {
    "propose": N_("Đã đề nghị. Các bên được báo và trả lời tại đây."),
    "confirm": N_("Đã ghi nhận đồng ý, các bên được báo."),
    "refuse": N_("Đã từ chối, các bên được báo. Đề nghị kết thúc."),
    "withdraw": N_("Đã rút đề nghị, các bên được báo."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The proposals on the document and, for who signs for this side, the one thing that is open now."""
    actor = actor_of(request)
    view = queries.document(actor, document_id)
    if request.method != "POST":
        return _sheet(request, view)
    given = request.POST.get("answer", "")
    if _stands(actor, view, given):
        return done(request, _address(view), _(SAID[given]))  # a second click or a reload
    refused = step_up.answered(request)
    if refused is None:
        _result, refused = attempt(lambda: _run(request, actor, view.id, given))
    if refused is None:
        return done(request, _address(view), _(SAID.get(given, "")))
    return _sheet(request, queries.document(actor, view.id), refused)


def _address(view: DocumentView) -> str:
    return f"/van-ban/{view.id}/thoa-thuan-huy"


def _stands(actor: Actor, view: DocumentView, given: str) -> bool:
    """True when this side has said exactly this already."""
    kept = next(iter(queries.agreements(actor, view.id)), None)
    own = kept.side(kept.own) if kept else None
    said = {"propose": SideAnswer.PROPOSED, "confirm": SideAnswer.CONFIRMED, "refuse": SideAnswer.REFUSED}.get(given)
    return (
        kept is not None and own is not None and own.answer is said and (given != "propose" or kept.state == "proposed")
    )


def _run(request: HttpRequest, actor: Actor, document_id: UUID, given: str) -> AgreementView:
    digest, reason = request.POST.get("digest", ""), request.POST.get("reason", "")
    if given == "propose":
        return acts.propose_invalidation(actor=actor, document_id=document_id, digest=digest, reason=reason)
    return acts.answer_invalidation(actor=actor, document_id=document_id, digest=digest, answer=given, reason=reason)


def _sheet(request: HttpRequest, view: DocumentView, refused: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    kept = queries.agreements(actor, view.id)
    open_now = shown.agreeing(actor, view, kept)
    digest = _digest(actor, view, kept, open_now)
    act = "propose_invalidation" if open_now == "propose" else "answer_invalidation"
    context = {
        **document_page.head(request, actor, view),
        "agreements": kept,
        "may_propose": open_now == "propose",
        "may_answer": open_now == "answer",
        "may_withdraw": open_now == "withdraw",
        "digest": digest,
        "asked": step_up.ask(request, act, digest) if digest else None,
        "refused": refused,
        "typed": request.POST if refused else {},
        "why_not": shown.no_agreement(view),
    }
    status = refused.status if refused else 200 if kept or open_now else 422
    return page(request, "documents/agreement.html", context, status=status)


def _digest(actor: Actor, view: DocumentView, kept: tuple[AgreementView, ...], open_now: str) -> str:
    if open_now == "propose":
        return queries.final_digest(actor, view.id)
    return kept[0].digest if open_now else ""
