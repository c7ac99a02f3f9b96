"""The leader's decisions: approve, sign, send back; each confirmed on exactly the digest shown (379/5.6, 217/9.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.registry import acts as registry
from antin.registry import queries as books
from antin.signing import queries as signing
from antin.values import N_, Actor
from antin.web import shown, step_up
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

AFTER_APPROVAL = ("approved", "signed", "sealed", "issued")
AFTER_SIGNATURE = ("signed", "sealed", "issued")
RETURN_REASONS = (
    N_("Làm rõ số liệu."),
    N_("Lấy thêm ý kiến."),
    N_("Sửa câu chữ."),
    N_("Chưa cần ban hành."),
)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for the leader: to approve, to sign, and what came in and was passed on."""
    actor = actor_of(request)
    boxes = {box: documents.listing(actor, box=box).rows for box in ("to_approve", "to_sign")}
    incoming = documents.listing(actor, box="incoming", state=("registered", "forwarded")).rows
    drafters = identity.people({row.drafter_id for rows in boxes.values() for row in rows if row.drafter_id})
    return page(request, "decisions/waiting.html", {**boxes, "incoming": incoming, "drafters": drafters})


@require_safe
def one(request: HttpRequest, document_id: UUID) -> HttpResponse:
    return _one(request, document_id)


def _one(request: HttpRequest, document_id: UUID, refused: Refusal | None = None, *, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    context = {
        **_facts(request, actor, document),
        "opinions": documents.opinions(actor, document_id),
        "reasons": [_(reason) for reason in RETURN_REASONS],
        "refused": refused,
    }
    return page(request, "decisions/one.html", context, status=status)


def _facts(request: HttpRequest, actor: Actor, document: DocumentView) -> dict[str, Any]:
    return {
        "document": document,
        "viewer": shown.viewer(request, document),
        "check": books.form_check(actor, document.id),
        "may_approve": document.state == "in_review" and document.route_complete,
        "may_sign": document.state == "approved" and document.form_checked,
        "awaits_form": document.state == "approved" and not document.form_checked,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The sheet of approval, bound to the digest of the revision in view; from here on the text is frozen (379/17.2)."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    if document.state in AFTER_APPROVAL:
        return done(request, f"/quyet/{document_id}", _("Văn bản đã được phê duyệt."))
    refused = None
    if request.method == "POST":
        refused = step_up.answered(request)
        if refused is None:
            _result, refused = attempt(
                lambda: documents_acts.approve(
                    actor=actor, document_id=document_id, revision=document.revision, digest=document.digest
                )
            )
        if refused is None:
            return done(request, f"/quyet/{document_id}", _("Đã phê duyệt. Nội dung khoá lại từ đây."))
    context = {
        **_facts(request, actor, document),
        "asked": step_up.ask(request, "approve", document.digest),
        "digest": document.digest,
        "refused": refused,
    }
    return page(request, "decisions/approve.html", context, status=refused.status if refused else 200)


@require_POST
def prepare(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Number and date are reserved and written into the page that will be signed."""
    actor = actor_of(request)
    _result, refused = attempt(lambda: registry.prepare_signature(actor=actor, document_id=document_id))
    if refused:
        return _one(request, document_id, refused, status=refused.status)
    return done(request, f"/quyet/{document_id}/ky")


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The signing sheet, bound to the digest of the prepared page; a second signature is never offered."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    prepared = books.signature_request(actor, document_id)
    if document.state in AFTER_SIGNATURE or prepared is None or prepared.state != "open":
        _result, refused = attempt(lambda: registry.prepare_signature(actor=actor, document_id=document_id))
        if refused:
            return _one(request, document_id, refused, status=refused.status)
        prepared = books.signature_request(actor, document_id)
        assert prepared is not None
    refused = None
    if request.method == "POST":
        refused = step_up.answered(request)
        if refused is None:
            _result, refused = attempt(lambda: registry.sign(actor=actor, document_id=document_id))
        if refused is None:
            said = _("Đã ký. Số %(reference)s. Văn thư sẽ đóng dấu.") % {"reference": prepared.reference_number}
            return done(request, f"/van-ban/{document_id}", said)
    context = {
        **_facts(request, actor, document),
        "prepared": prepared,
        "asked": step_up.ask(request, "sign", prepared.digest),
        "digest": prepared.digest,
        "certificate": signing.certificate_for("person", prepared.signatory_id, "sign"),
        "refused": refused,
    }
    return page(request, "decisions/sign.html", context, status=refused.status if refused else 200)


@require_POST
def send_back(request: HttpRequest, document_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    _result, refused = attempt(
        lambda: documents_acts.send_back(actor=actor_of(request), document_id=document_id, reason=reason)
    )
    if refused:
        return _one(request, document_id, refused, status=refused.status)
    return done(request, "/quyet", _("Đã trả lại người soạn."))
