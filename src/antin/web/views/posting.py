"""Papers to recipients, by the pages: printed with slip and label, posted, known to be there (217/8, 217/7.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.documents import queries as documents
from antin.exchange import acts
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.values import N_, to_vietnam
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import document
from antin.web.views.door import qr_picture

HERE = "/giay"
CARRIERS = (N_("Bưu điện"), N_("Giao liên"), N_("Trao tay"))
DROPS = (N_("Xác nhận nhầm loại."), N_("Bên nhận không cần bản giấy."))


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What is to be posted, and what is on its way."""
    return _list(request)


def _list(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    found = exchange.papers_waiting(actor_of(request))
    context = {
        "due": [pair for pair in found if pair[1].state == "due"],
        "posted": [pair for pair in found if pair[1].state == "posted"],
        "there": exchange.papers_there(actor_of(request)),
        "carriers": [_(one) for one in CARRIERS],
        "drops": [_(one) for one in DROPS],
        "today": to_vietnam(timezone.now()).date(),
        "refused": refused,
    }
    return page(request, "registry/papers.html", context, status=refused.status if refused else 200)


@require_POST
def prepare(request: HttpRequest, enclosure_id: UUID) -> HttpResponse:
    """The copy is made; slip and label can be printed."""
    said = _("Đã lập bản in. In bản giấy và phiếu gửi.")
    return _do(request, lambda: acts.print_enclosure(actor=actor_of(request), enclosure_id=enclosure_id), said)


@require_POST
def post(request: HttpRequest, enclosure_id: UUID) -> HttpResponse:
    carrier = request.POST.get("carrier", "")
    return _do(
        request,
        lambda: acts.post_paper(actor=actor_of(request), enclosure_id=enclosure_id, carrier=carrier),
        _("Đã ghi: bản giấy đã gửi đi."),
    )


@require_POST
def arrived(request: HttpRequest, enclosure_id: UUID) -> HttpResponse:
    person, on = request.POST.get("person", ""), _day(request.POST.get("on", ""))
    return _do(
        request,
        lambda: acts.note_paper_arrival(actor=actor_of(request), enclosure_id=enclosure_id, person=person, on=on),
        _("Đã ghi: bản giấy đã đến."),
    )


@require_POST
def drop(request: HttpRequest, enclosure_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _do(
        request,
        lambda: acts.drop_enclosure(actor=actor_of(request), enclosure_id=enclosure_id, reason=reason),
        _("Đã ghi: không gửi bản giấy."),
    )


@require_POST
def require(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The clerk names the class of 217/8 the document is of."""
    words = request.POST.get("words", "")
    count, refused = attempt(lambda: acts.require_paper(actor=actor_of(request), document_id=document_id, words=words))
    if refused:
        return _list(request, refused)
    said = _("Đã thêm %(n)s bản giấy cần gửi.") % {"n": count}
    return done(request, f"/van-ban/{document_id}/gui-nhan", said)


@require_POST
def came(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """At the recipient: the paper behind a received document is here; its sender is told (217/8.1)."""
    code, on = request.POST.get("code", ""), _day(request.POST.get("on", ""))
    _id, refused = attempt(
        lambda: acts.confirm_paper(actor=actor_of(request), document_id=document_id, code=code, on=on)
    )
    if refused:
        return document.deliveries_page(request, document_id, refused)
    return done(request, f"/van-ban/{document_id}/gui-nhan", _("Đã ghi: bản giấy đã đến."))


@require_safe
def slip(request: HttpRequest, document_id: UUID, enclosure_id: UUID) -> HttpResponse:
    """Slip and envelope label on one sheet, to be printed."""
    actor = actor_of(request)
    view = documents.document(actor, document_id)
    row = exchange.slip(actor, document_id, enclosure_id)
    context = {
        "document": view,
        "row": row,
        "sender": identity.organisation(view.owner_id),
        "qr": qr_picture(f"{settings.ANTIN.web.base_url.rstrip('/')}/k/{row.code.replace('-', '')}"),
        "today": to_vietnam(timezone.now()).date(),
    }
    return page(request, "registry/slip.html", context)


def _do(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    _result, refused = attempt(act)
    return _list(request, refused) if refused else done(request, HERE, said)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
