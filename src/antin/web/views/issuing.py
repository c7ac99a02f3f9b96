"""From approval to the recipients: form check, seal, issue, the same-day clock, and what needs following (217/6.3, 9.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.exchange import queries as exchange
from antin.registry import acts as registry
from antin.registry import queries as books
from antin.rulebook import queries as rulebook
from antin.signing import queries as signing
from antin.values import Actor
from antin.web import shown, step_up
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

SENT_SHOWN = 30


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Three short lists: to be checked for form, to be sealed, to be issued."""
    return _waiting(request)


def _waiting(
    request: HttpRequest, refused: Refusal | None = None, findings: Any = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    boxes = {box: documents.listing(actor, box=box).rows for box in ("to_form_check", "to_seal", "to_issue")}
    untimed = books.awaiting_timestamp(row.id for box in ("to_seal", "to_issue") for row in boxes[box])
    faulty = books.open_defects(row.id for box in ("to_seal", "to_issue") for row in boxes[box])
    context = {**boxes, "untimed": untimed, "faulty": faulty, "refused": refused, "check": findings}
    return page(request, "registry/issuing.html", context, status=status)


@require_POST
def check_form(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The rules of form of this day on this revision (379/13.1)."""
    actor = actor_of(request)
    check, refused = attempt(lambda: registry.check_form(actor=actor, document_id=document_id))
    if refused:
        return _waiting(request, refused, status=refused.status)
    assert check is not None
    if not check.passed:
        document = documents.document(actor, document_id)
        return _waiting(request, findings={"document": document, "findings": check.findings}, status=422)
    return done(request, "/phat-hanh", _("Thể thức đạt. Văn bản đã chuyển người ký."))


@require_http_methods(["GET", "HEAD", "POST"])
def seal(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The organisation's seal, confirmed on exactly the signed PDF (379/8.4)."""
    return _sheet(request, document_id, "seal", registry.seal, _("Đã đóng dấu."))


@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Issued to its recipients, confirmed on exactly the final PDF (217/9.1)."""
    return _sheet(request, document_id, "issue", registry.issue, _("Đã phát hành, đang gửi các nơi nhận."))


def _sheet(
    request: HttpRequest, document_id: UUID, act: str, perform: Callable[..., DocumentView], said: str
) -> HttpResponse:
    """GET opens a challenge on the bytes; POST takes the code and does the act. A repeat shows the finished state."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    if document.state in FINISHED[act]:
        return done(request, f"/van-ban/{document_id}", _("Việc này đã xong."))
    refused = None
    if request.method == "POST":
        refused = step_up.answered(request)
        if refused is None:
            _result, refused = attempt(lambda: perform(actor=actor, document_id=document_id))
        if refused is None:
            return done(request, "/phat-hanh", f"{document.reference_number}: {said}")
    context = _facts(request, actor, document, act)
    return page(
        request, "registry/sheet.html", {**context, "refused": refused}, status=refused.status if refused else 200
    )


FINISHED = {"seal": ("sealed", "issued"), "issue": ("issued",)}


def _facts(request: HttpRequest, actor: Actor, document: DocumentView, act: str) -> dict[str, Any]:
    _pdf, rendition = documents.pdf(actor, document.id)
    return {
        "act": act,
        "document": document,
        "digest": rendition.digest,
        "asked": step_up.ask(request, act, rendition.digest),
        "certificate": signing.certificate_for("organisation", document.owner_id, "seal") if act == "seal" else None,
        "channels": exchange.channel_choices(actor, document.id) if act == "issue" else (),
        "viewer": shown.viewer(request, document),
        "check": books.form_check(actor, document.id),
    }


@require_safe
def send_due(request: HttpRequest) -> HttpResponse:
    """What must leave by when: signed and not issued, issued and not sent to everybody, then what has left (217/6.3)."""
    actor = actor_of(request)
    clocks = exchange.send_clocks(actor)
    waiting = {clock.document.id for clock in clocks}
    signed = [row for box in ("to_seal", "to_issue") for row in documents.listing(actor, box=box).rows]
    sent = [row for row in documents.listing(actor, box="sent", limit=SENT_SHOWN).rows if row.id not in waiting]
    context = {
        "clocks": clocks,
        "signed": sorted((_due_of(row), row.id, row) for row in signed),
        "sent": [row for row in sent if row.sent_at],
        "instant_now": timezone.now(),
    }
    return page(request, "registry/send_due.html", context)


def _due_of(row: DocumentView) -> datetime:
    """The clock runs from the signature, before anybody issues."""
    return row.send_due_at or rulebook.send_due_at(row.signed_at or timezone.now(), row.urgency)
