"""The exchange operator's page: partners and their ways, what is held back, what stands still, what was odd (217/13.1).

For whom the exchange is none of their office there is no such page (379/4.4). Nothing here shows a document.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.exchange import acts
from antin.exchange import queries as exchange
from antin.exchange.acts import Probe
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor
from antin.web import exchange_words, formats
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

HERE = "/lien-thong"
SHOWN_MOST = 50
EXPIRES_SOON = timedelta(days=30)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return _overview(request, operator_of(request))


@require_POST
def probe(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """A real connection to the partner's node, answered in words."""
    actor = operator_of(request)
    names = {row.id: row.name for row in exchange.partners(actor)}
    found, refused = attempt(lambda: acts.note_link_state(actor=actor, partner_id=partner_id))
    if found is None:
        return _overview(request, actor, refused)
    return done(request, HERE, f"{names[partner_id]}: {_probed(found)}")


@require_POST
def reconcile(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Both sides' messages compared now, today's among them; what the other lost is offered again."""
    actor = operator_of(request)
    names = {row.id: row.name for row in exchange.partners(actor)}
    act = lambda: acts.reconcile_partner(actor=actor, partner_id=partner_id, through=rulebook.today())  # noqa: E731
    found, refused = attempt(act)
    if found is None:
        return _overview(request, actor, refused)
    return done(request, HERE, f"{names[partner_id]}: {exchange_words.compared(found.differences, found.offered)}")


@require_POST
def refuse_parcel(request: HttpRequest, parcel_id: UUID) -> HttpResponse:
    """A parcel held back is refused for good."""
    actor, reason = operator_of(request), request.POST.get("reason", "")
    return _do(
        request, actor, lambda: acts.settle_parcel(actor=actor, parcel_in_id=parcel_id, reason=reason), N_("Đã từ chối hẳn gói tin.")
    )  # fmt: skip


@require_POST
def release_dispatch(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    actor = operator_of(request)
    act = lambda: acts.release_parked_dispatch(actor=actor, dispatch_id=dispatch_id)  # noqa: E731
    return _do(request, actor, act, N_("Đã cho gửi lại."))


@require_POST
def release_statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    actor = operator_of(request)
    act = lambda: acts.release_parked_statement(actor=actor, statement_id=statement_id)  # noqa: E731
    return _do(request, actor, act, N_("Đã cho gửi lại."))


@require_POST
def refuse_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """A message of the axis held back is refused for good."""
    actor, reason = operator_of(request), request.POST.get("reason", "")
    act = lambda: acts.settle_message(actor=actor, message_id=message_id, reason=reason)  # noqa: E731
    return _do(request, actor, act, N_("Đã từ chối hẳn gói tin."))


@require_POST
def release_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    actor = operator_of(request)
    act = lambda: acts.release_parked_message(actor=actor, message_id=message_id)  # noqa: E731
    return _do(request, actor, act, N_("Đã cho gửi lại."))


@require_POST
def release_letter(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    actor = operator_of(request)
    act = lambda: acts.release_parked_letter(actor=actor, letter_id=letter_id)  # noqa: E731
    return _do(request, actor, act, N_("Đã cho gửi lại."))


@require_POST
def list_agency(request: HttpRequest) -> HttpResponse:
    """A body of the axis is offered to those who draft, from now on."""
    actor, code = operator_of(request), request.POST.get("code", "")
    name, refused = attempt(lambda: acts.list_agency(actor=actor, code=code))
    if name is None:
        return _overview(request, actor, refused)
    return done(request, HERE, _("%(name)s: đã có trong danh sách nơi nhận.") % {"name": name})


def operator_of(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not exchange.may_operate(actor):
        raise RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))
    return actor


def _do(request: HttpRequest, actor: Actor, act: Callable[[], object], said: str) -> HttpResponse:
    _result, refused = attempt(act)
    return _overview(request, actor, refused) if refused else done(request, HERE, _(said))


def _overview(request: HttpRequest, actor: Actor, refused: Refusal | None = None) -> HttpResponse:
    context = {
        "partners": exchange.partners(actor),
        "sheets": exchange.sheets_of(actor),
        "quarantined": exchange.quarantined(actor)[:SHOWN_MOST],
        "axis": exchange.axis_line(actor),
        "held": exchange.axis_held(actor)[:SHOWN_MOST],
        "mail": exchange.mail_line(actor),
        "letters": exchange.letters_held(actor)[:SHOWN_MOST],
        "parked": exchange.parked(actor)[:SHOWN_MOST],
        "irregularities": exchange.irregularities(actor, limit=SHOWN_MOST),
        "names": exchange.installation_names(actor),
        "said": exchange_words,
        "soon": formats.now() + EXPIRES_SOON,
        "refused": refused,
    }
    return page(request, "exchange/operating.html", context, status=refused.status if refused else 200)


def _probed(found: Probe) -> str:
    if not found.reached:
        return _("không kết nối được. %(trouble)s") % {"trouble": exchange_words.trouble(found.trouble)}
    said = _("kết nối tốt, trả lời sau %(ms)s ms") % {"ms": formats.number(found.milliseconds)}
    return f"{said}, {exchange_words.offset(found.clock_offset_s)}." if found.clock_offset_s is not None else f"{said}."
