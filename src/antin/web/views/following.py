"""What was sent and needs somebody: sent again, by mail, put on paper, read why it came back (217/7.4, 217/5.3, 217/9.2, 217/11.14)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.exchange import acts
from antin.exchange import queries as exchange
from antin.values import Office
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

HERE = "/theo-doi"
AGAIN, PAPER = ("failed", "paper"), ("queued", "failed")


@require_safe
def follow_up(request: HttpRequest) -> HttpResponse:
    """Only what needs somebody: waiting, failed, returned, recalls without an answer."""
    return _list(request)


def _list(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    rows = exchange.follow_up(actor)
    context = {
        "rows": rows,
        "by_mail": exchange.mail_instead(actor, rows),
        "acts": any(mandate.office is Office.CLERK for mandate in actor.mandates),
        "papers": exchange.papers_count(actor),
        "again": AGAIN,
        "paper": PAPER,
        "refused": refused,
    }
    return page(request, "registry/follow_up.html", context, status=refused.status if refused else 200)


@require_POST
def send_again(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    return _do(request, lambda: acts.queue_again(actor=actor, dispatch_id=dispatch_id), _("Đã đưa vào hàng gửi lại."))


@require_POST
def on_paper(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    actor, why = actor_of(request), request.POST.get("necessity", "")
    said = _("Đã chuyển sang gửi giấy.")
    return _do(request, lambda: acts.send_on_paper(actor=actor, dispatch_id=dispatch_id, necessity=why), said)


@require_POST
def by_mail(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    actor, why = actor_of(request), request.POST.get("reason", "")
    said = _("Đã chuyển sang gửi qua thư công vụ.")
    return _do(request, lambda: acts.send_by_mail(actor=actor, dispatch_id=dispatch_id, reason=why), said)


@require_POST
def seen(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    return _do(request, lambda: acts.note_seen(actor=actor, dispatch_id=dispatch_id), _("Đã ghi nhận."))


def _do(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    _result, refused = attempt(act)
    return _list(request, refused) if refused else done(request, HERE, said)
