"""What has arrived: the urgent first, the verdict beside the page, one form to register, one to return (217/10.1)."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.registry import acts as registry
from antin.registry import queries as books
from antin.values import N_, Actor, Office, is_uuid
from antin.web import shown
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

RETURN_REASONS = (
    N_("Sai nơi nhận."),
    N_("Chữ ký không hợp lệ."),
    N_("Thiếu tệp kèm."),
    N_("Không thuộc thẩm quyền giải quyết."),
)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The list, with the chosen document (the first one otherwise) in preview."""
    actor = actor_of(request)
    # Counted first: what arrives between the two is missing in the count, never in the list that the page asks for next.
    counted = documents.counts(actor, ["arrived"])["arrived"]
    found = documents.listing(actor, box="arrived", after=request.GET.get("sau"))
    asked = request.GET.get("vb", "")
    chosen = UUID(asked) if is_uuid(asked) else next((row.id for row in found.rows), None)
    ids = [row.id for row in found.rows]
    context: dict[str, Any] = {
        "at": ids.index(chosen) + 1 if chosen in ids else 0,
        "urgent": [row for row in found.rows if row.urgency.is_urgent],
        "others": [row for row in found.rows if not row.urgency.is_urgent],
        "count": len(found.rows),
        "counted": counted,
        "more": f"?{urlencode({'sau': found.next})}" if found.next else "",
        "asked": bool(asked),
        "one": _one(request, actor, documents.document(actor, chosen)) if chosen else None,
        "letters": exchange.letters_waiting(actor),
    }
    return page(request, "registry/receiving.html", context)


@require_safe
def one(request: HttpRequest, document_id: UUID) -> HttpResponse:
    return _page(request, document_id)


def _page(
    request: HttpRequest, document_id: UUID, refused: Refusal | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    context = {"one": _one(request, actor, documents.document(actor, document_id), refused)}
    return page(request, "registry/receive.html", context, status=status)


def _one(request: HttpRequest, actor: Actor, document: DocumentView, refused: Refusal | None = None) -> dict[str, Any]:
    """Everything the clerk needs to decide: the verdict in words, whom to pass it to, until when."""
    report, _kept = books.report_of(actor, document.id)
    agreed = books.agreed_effect(document, report)
    leaders = identity.people_with(Office.LEADER, document.owner_id)
    return {
        "document": document,
        "viewer": shown.viewer(request, document),
        "light": shown.light(report.verdict),
        "agreed": shown.effect(agreed) if agreed else None,
        "reasons": [shown.reason(reason) for reason in report.reasons],
        "signatures": shown.signature_cards(report, document),
        "leaders": [
            (person.id, f"{person.name}, {person.position}" if person.position else person.name) for person in leaders
        ],
        "may_register": shown.may(actor, document, "register_incoming") or shown.may(actor, document, "verify"),
        "may_return": shown.may(actor, document, "return_document"),
        "may_refer": shown.may(actor, document, "refer_defect"),
        "faulty": document.id in books.open_defects([document.id]),
        "return_reasons": [_(reason) for reason in RETURN_REASONS],
        "refused": refused,
        "typed": request.POST if refused else {},
    }


@require_POST
def register(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Checks the signatures, keeps the report, takes the arrival number, passes the document on (217/5.2)."""
    actor = actor_of(request)
    to_person = request.POST.get("forward_to", "")

    def act() -> int:
        if documents.document(actor, document_id).state == "arrived":
            registry.verify(actor=actor, document_id=document_id)
        view = registry.register_incoming(
            actor=actor,
            document_id=document_id,
            forward_to=UUID(to_person) if is_uuid(to_person) else None,
            due_on=_day(request.POST.get("due_on", "")),
            note=request.POST.get("note", ""),
        )
        return view.number

    number, refused = attempt(act)
    if refused:
        return _page(request, document_id, refused, status=refused.status)
    return done(request, "/tiep-nhan", _("Đã vào sổ: số đến %(number)s. Đã báo bên gửi.") % {"number": number})


@require_POST
def send_back(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Back to its sender with a reason (217/10.1.p2)."""
    reason = request.POST.get("reason", "")
    _result, refused = attempt(
        lambda: registry.return_document(actor=actor_of(request), document_id=document_id, reason=reason)
    )
    if refused:
        return _page(request, document_id, refused, status=refused.status)
    return done(request, "/tiep-nhan", _("Đã trả lại, bên gửi nhận được lý do."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
