"""Another method agreed with a partner: proposed with its paper, confirmed by a second operator, ended (379/12.2.c)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from antin.exchange import acts
from antin.exchange import queries as exchange
from antin.values import N_
from antin.web.views.connecting import carry_out
from antin.web.views.operating import operator_of

PAPER_MOST = 20 * 1024 * 1024
"""Bytes of an agreement: a scan of some pages."""


@require_POST
def propose(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """The terms as typed, and the file; a second operator confirms them."""
    facts, paper = _typed(request), _paper(request)
    return carry_out(
        request,
        partner_id,
        lambda actor: acts.propose_terms(actor=actor, partner_id=partner_id, facts=facts, paper=paper),
        N_("Đã đề nghị; chờ người thứ hai xác nhận."),
    )


@require_POST
def confirm(request: HttpRequest, partner_id: UUID, terms_id: UUID) -> HttpResponse:
    return carry_out(
        request,
        partner_id,
        lambda actor: acts.confirm_terms(actor=actor, terms_id=terms_id),
        N_("Đã xác nhận thoả thuận. Áp dụng cho văn bản đến từ bây giờ."),
    )


@require_POST
def end(request: HttpRequest, partner_id: UUID, terms_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return carry_out(
        request,
        partner_id,
        lambda actor: acts.end_terms(actor=actor, terms_id=terms_id, reason=reason),
        N_("Đã thôi áp dụng thoả thuận."),
    )


@require_safe
def paper(request: HttpRequest, terms_id: UUID) -> HttpResponse:
    """The agreement's own file, to keep or to read outside the page."""
    data = exchange.terms_paper(operator_of(request), terms_id)
    answer = HttpResponse(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="thoa-thuan.pdf"'
    return answer


def _typed(request: HttpRequest) -> acts.TermsFacts:
    given = request.POST
    return acts.TermsFacts(
        their_code=given.get("their_code", ""),
        our_code=given.get("our_code", ""),
        reference=given.get("reference", ""),
        agreed_on=_day(given.get("agreed_on", "")),
        types=tuple(given.getlist("types")),
        valid_from=_day(given.get("valid_from", "")),
        valid_until=_day(given.get("valid_until", "")),
        method=given.get("method", ""),
    )


def _paper(request: HttpRequest) -> bytes:
    sent = request.FILES.get("paper")
    return sent.read(PAPER_MOST + 1) if sent is not None else b""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
