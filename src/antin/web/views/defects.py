"""A defect, by the pages: the clerk names it, the signatory or leader says what becomes of the document (379/13.4).

One address for both: until it is settled, nothing is issued or registered. The decision is bound to the page that was shown.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from antin.documents import queries as documents
from antin.documents.facts import Direction, DocumentView
from antin.registry import acts, queries
from antin.registry.rules import DEFECT_KINDS
from antin.registry.views import DefectView
from antin.values import N_, Actor
from antin.web import shown, step_up, words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import document as document_page

PROCEED, ABANDON = "proceed", "abandon"
REASONS = {
    Direction.OUTGOING: (
        N_("Không ảnh hưởng nội dung, giá trị văn bản."),
        N_("Soạn lại văn bản khác thay cho bản này."),
    ),
    Direction.INCOMING: (N_("Nhận để tham khảo."), N_("Đã hỏi lại bên gửi, nội dung đúng.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def defects(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Every defect of the document; the form to name one, or the sheet to settle the open one, for whom it is."""
    actor = actor_of(request)
    view = documents.document(actor, document_id)
    if request.method != "POST":
        return _sheet(request, view)
    kept = queries.defects(actor, view.id)
    if "kind" in request.POST:
        return _refer(request, actor, view, kept)
    return _settle(request, actor, view, kept)


def _refer(request: HttpRequest, actor: Actor, view: DocumentView, kept: tuple[DefectView, ...]) -> HttpResponse:
    kind, said = request.POST["kind"], request.POST.get("words", "")
    if kept and kept[0].state == "open" and (kept[0].kind, kept[0].words) == (kind, said.strip()):
        return done(request, _address(view), _("Đã báo, chờ ý kiến."))  # a second click
    _found, refused = attempt(lambda: acts.refer_defect(actor=actor, document_id=view.id, kind=kind, words=said))
    if refused:
        return _sheet(request, view, refused)
    return done(request, _address(view), _("Đã báo người có thẩm quyền. Văn bản dừng tại đây đến khi có ý kiến."))


def _settle(request: HttpRequest, actor: Actor, view: DocumentView, kept: tuple[DefectView, ...]) -> HttpResponse:
    outcome = ABANDON if request.POST.get("outcome") == ABANDON else PROCEED
    said = _("Đã bỏ văn bản, số không dùng lại.") if outcome == ABANDON else _("Đã cho đi tiếp.")
    if kept and kept[0].settled_by == actor.person_id and kept[0].outcome == outcome:
        return done(request, _address(view), said)  # a second click or a reload
    refused = step_up.answered(request)
    if refused is None:
        reason = request.POST.get("reason", "")
        _found, refused = attempt(
            lambda: acts.settle_defect(actor=actor, document_id=view.id, outcome=outcome, reason=reason)
        )
    return _sheet(request, view, refused) if refused else done(request, _address(view), said)


def _address(view: DocumentView) -> str:
    return f"/van-ban/{view.id}/sai-sot"


def _sheet(request: HttpRequest, view: DocumentView, refused: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    kept = queries.defects(actor, view.id)
    is_open = bool(kept) and kept[0].state == "open"
    outcomes = [one for one in (PROCEED, ABANDON) if is_open and shown.may(actor, view, f"settle_defect({one})")]
    may_refer = not is_open and shown.may(actor, view, "refer_defect")
    _pdf, rendition = documents.pdf(actor, view.id)
    context = {
        **document_page.head(request, actor, view),
        "defects": kept,
        "people": shown.names(person for one in kept for person in (one.referred_by, one.settled_by)),
        "may_refer": may_refer,
        "kinds": [(kind, words.defect(kind)) for kind in DEFECT_KINDS],
        "outcomes": outcomes,
        "reasons": [_(one) for one in REASONS[view.direction]],
        "digest": rendition.digest,
        "asked": step_up.ask(request, "settle_defect", rendition.digest) if outcomes else None,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    status = refused.status if refused else 200 if kept or may_refer else 422
    return page(request, "documents/defects.html", context, status=status)
