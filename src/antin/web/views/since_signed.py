"""What a signature saw beside what is there now: pictures of both, page beside page, what differs outlined (379/5.11)."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from antin.documents import queries as documents
from antin.registry import queries as registry
from antin.signing.verdict import SignatureFacts
from antin.values import Actor
from antin.web.answers import page
from antin.web.shown import actor_of
from antin.web.views import draft_page
from antin.web.views.document_files import RESOLUTIONS, USUAL_DPI


@require_safe
def pictures(request: HttpRequest, document_id: UUID, number: int) -> HttpResponse:
    """For the signature of this number in the report; the first page that differs, unless one is asked for."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    signature = _signature(actor, document_id, number)
    found = documents.since_signed(actor, document_id, signature.covers)
    shown = draft_page.number(request.GET.get("trang") or str(next(iter(found.differing), 1)), 1, found.last)
    here = f"/van-ban/{document_id}/kiem-tra/{number}"
    marks = found.differing.get(shown, ())
    context = {
        "document": document,
        "signature": signature,
        "found": found,
        "page": shown,
        "here": here,
        "sides": [
            {"name": _("Lúc ký"), "side": "a", "marks": marks, "there": shown <= found.pages_then,
             "src": f"{here}/trang/{shown}.png"},
            {"name": _("Hiện nay"), "side": "b", "marks": marks, "there": shown <= found.pages_now,
             "src": f"/van-ban/{document_id}/trang/{shown}.png"},
        ],
    }  # fmt: skip
    return page(request, "documents/since_signed.html", context)


@require_safe
def picture(request: HttpRequest, document_id: UUID, number: int, page_number: int) -> HttpResponse:
    """One page as that signature saw it, as PNG."""
    actor = actor_of(request)
    signature = _signature(actor, document_id, number)
    asked = request.GET.get("dpi", "")
    dpi = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in RESOLUTIONS else USUAL_DPI
    answer = HttpResponse(
        documents.signed_image(actor, document_id, signature.covers, page_number, dpi), content_type="image/png"
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _signature(actor: Actor, document_id: UUID, number: int) -> SignatureFacts:
    """404 for a number that the report does not have, or a signature that is not right over what it covers: it saw nothing."""
    report, _kept = registry.report_of(actor, document_id)
    found = report.signatures[number - 1] if 0 < number <= len(report.signatures) else None
    if found is None or not found.covers or not found.intact:
        raise Http404
    return found
