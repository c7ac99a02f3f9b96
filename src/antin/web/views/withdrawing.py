"""After issue: recall and invalidation by the issuer, a recalled copy put out of use by its receiver (217/9.2, 379/19).

Each has one sheet bound to the signed page that was shown, confirmed by a fresh code; a second click or a reload
finds the document where the first one left it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from antin.documents import acts, queries
from antin.documents.facts import DocumentView
from antin.registry import acts as registry
from antin.values import N_, Actor, Validity
from antin.web import shown, step_up
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import document as document_page

READ = ["GET", "HEAD", "POST"]
RECALL_REASONS = (N_("Ban hành nhầm."), N_("Sai nội dung, sẽ ban hành văn bản khác."), N_("Sai nơi nhận."))
INVALIDATION_FORMS = (N_("Quyết định huỷ hiệu lực"), N_("Thông báo bằng văn bản"))


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of force: its act, what the document is then, what the page says, how it is done."""

    act: str
    ends_in: Validity
    said: str
    run: Callable[[HttpRequest, Actor, UUID], object]


def _recall(request: HttpRequest, actor: Actor, document_id: UUID) -> object:
    post = request.POST
    return acts.recall(
        actor=actor, document_id=document_id, digest=post.get("digest", ""), reason=post.get("reason", "")
    )


def _invalidate(request: HttpRequest, actor: Actor, document_id: UUID) -> object:
    post = request.POST
    return acts.invalidate(
        actor=actor,
        document_id=document_id,
        digest=post.get("digest", ""),
        reason=post.get("reason", ""),
        basis=post.get("basis", ""),
        form=post.get("form", ""),
    )


RECALL = Way("recall", Validity.RECALLED, N_("Đã thu hồi. Các nơi nhận được yêu cầu bỏ bản đã nhận."), _recall)
INVALIDATE = Way("invalidate", Validity.INVALIDATED, N_("Đã huỷ hiệu lực. Các nơi nhận được thông báo."), _invalidate)


@require_http_methods(READ)
def recall(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The sheet of the recall; a POST with the right code recalls exactly the document that was shown."""
    return _answer(request, document_id, RECALL)


@require_http_methods(READ)
def invalidate(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The sheet of the invalidation: basis, form and reason (379/19.2.a, 379/19.3)."""
    return _answer(request, document_id, INVALIDATE)


def _answer(request: HttpRequest, document_id: UUID, way: Way) -> HttpResponse:
    actor = actor_of(request)
    view = queries.document(actor, document_id)
    if view.validity is way.ends_in:
        return done(request, f"/van-ban/{view.id}", _(way.said))
    if request.method != "POST":
        return _sheet(request, view, way)
    refused = step_up.answered(request)
    if refused is None:
        _result, refused = attempt(lambda: way.run(request, actor, view.id))
    if refused is None:
        return done(request, f"/van-ban/{view.id}", _(way.said))
    return _sheet(request, queries.document(actor, view.id), way, refused=refused)


def _sheet(request: HttpRequest, view: DocumentView, way: Way, *, refused: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    mine = shown.may_end(actor, view, way.act)
    digest = queries.final_digest(actor, view.id) if mine else ""
    context = {
        **document_page.head(request, actor, view),
        "way": way.act,
        "mine": mine,
        "digest": digest,
        "asked": step_up.ask(request, way.act, digest) if mine else None,
        "refused": refused,
        "typed": request.POST if refused else {},
        "deliveries": document_page.deliveries_of(actor, view),
        "reasons": [_(one) for one in RECALL_REASONS],
        "forms": [_(one) for one in INVALIDATION_FORMS],
    }
    return page(request, "documents/withdraw.html", context, status=refused.status if refused else 200 if mine else 422)


@require_http_methods(READ)
def discard(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The receiving registry puts a copy out of use that its issuer took back; the sender is told (217/10.2.p2)."""
    actor = actor_of(request)
    view = queries.document(actor, document_id)
    refused = None
    if request.method == "POST" and view.state != "discarded":
        reason = request.POST.get("reason", "")
        _result, refused = attempt(lambda: registry.discard(actor=actor, document_id=view.id, reason=reason))
    if refused or request.method != "POST":
        mine = "discard" in shown.ways_out(actor, view)
        context = {
            **document_page.head(request, actor, view),
            "way": "discard",
            "mine": mine,
            "asked": None,
            "refused": refused,
            "typed": request.POST if refused else {},
        }
        status = refused.status if refused else 200 if mine else 422
        return page(request, "documents/withdraw.html", context, status=status)
    return done(request, f"/van-ban/{view.id}", _("Đã bỏ bản bị thu hồi, bên gửi được báo."))
