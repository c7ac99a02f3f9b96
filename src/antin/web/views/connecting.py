"""One installation's page for the exchange operator, the way in for a new one, and our own times of maintenance (379/26.2, 217/15.2)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.exchange import acts
from antin.exchange import queries as exchange
from antin.exchange.sheets import asking, closures, onboarding
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor
from antin.web import exchange_words, table_words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.typed_time import instant_needed
from antin.web.views.operating import operator_of

BASE = "/lien-thong"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Address and fingerprint as the other side told them; what its node answers is kept, and ours is shown there."""
    actor, typed, refused = operator_of(request), request.POST, None
    if request.method == "POST":
        partner_id, refused = attempt(
            lambda: onboarding.propose_connection(
                actor=actor,
                url=typed.get("url", "").strip(),
                fingerprint=typed.get("fingerprint", ""),
                agreement=typed.get("agreement", "").strip()[:200],
            )
        )
        if partner_id is not None:
            return done(
                request, _at(partner_id), _("Đã đề nghị kết nối. Người thứ hai đối chiếu dấu vân tay và xác nhận.")
            )
    context = {"typed": typed, "refused": refused, "ours": _ours(actor), "in_groups": exchange.in_groups}
    return page(request, "exchange/new.html", context, status=refused.status if refused else 200)


@require_safe
def one(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    return _installation(request, operator_of(request), partner_id)


@require_POST
def confirm(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """The second person's word: the fingerprint as the other side reads it."""
    shown = request.POST.get("fingerprint", "")
    return carry_out(
        request,
        partner_id,
        lambda actor: acts.confirm_partner(actor=actor, partner_id=partner_id, fingerprint=shown),
        N_("Đã xác nhận kết nối."),
    )


@require_POST
def introduce(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Our sheet shown there once more."""

    def act(actor: Actor) -> None:
        if not onboarding.introduce_partner(actor=actor, partner_id=partner_id):
            raise RuleViolation(
                "217/13.1", N_("Máy bên đó chưa nhận lời giới thiệu."), N_("Kiểm tra đường truyền rồi gửi lại.")
            )

    return carry_out(request, partner_id, act, N_("Bên đó đã nhận lời giới thiệu."))


@require_POST
def refresh(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """The partner's sheet of now."""
    return carry_out(
        request,
        partner_id,
        lambda actor: asking.refresh(actor=actor, partner_id=partner_id),
        N_("Đã lấy danh bạ mới của nơi này."),
    )


@require_POST
def list_organisation(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """An organisation that the partner's sheet lists anew comes into the directory."""
    code = request.POST.get("code", "")
    return carry_out(
        request,
        partner_id,
        lambda actor: onboarding.confirm_organisation(actor=actor, partner_id=partner_id, code=code),
        N_("Đã đưa cơ quan vào danh bạ."),
    )


@require_POST
def close(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Suspended, or ended for good, with the reason."""
    reason, end = request.POST.get("reason", ""), request.POST.get("how") == "end"
    return carry_out(
        request,
        partner_id,
        lambda actor: acts.close_partner(actor=actor, partner_id=partner_id, reason=reason, end=end),
        N_("Đã dừng kết nối."),
    )


@require_POST
def announce(request: HttpRequest) -> HttpResponse:
    """A time at which this installation will not answer."""
    given = request.POST
    return carry_out(
        request,
        None,
        lambda actor: closures.announce_closure(
            actor=actor,
            start=instant_needed(given.get("start", ""), "217/13.1"),
            end=instant_needed(given.get("end", ""), "217/13.1"),
            reason=given.get("reason", "").strip(),
        ),
        N_("Đã báo thời gian bảo trì. Các nơi kết nối biết trong vòng một giờ."),
    )


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """It does not take place, or is over sooner."""
    start = request.POST.get("start", "")
    return carry_out(
        request,
        None,
        lambda actor: closures.withdraw_closure(actor=actor, start=instant_needed(start, "217/13.1")),
        N_("Đã bỏ lần bảo trì này."),
    )


def carry_out(request: HttpRequest, partner_id: UUID | None, act: Callable[[Actor], object], said: str) -> HttpResponse:
    """Does it and goes to the installation's page (ours when none is named), or shows there why not."""
    actor = operator_of(request)
    here = partner_id or getattr(_ours(actor), "id", None)
    if here is None:
        raise RuleViolation("379/4.4", N_("Bản cài đặt này chưa có trong danh bạ của mình."), N_("Chạy antin init."))
    exchange.connection_of(actor, here)
    _result, refused = attempt(lambda: (act(actor), True))
    return _installation(request, actor, here, refused) if refused else done(request, _at(here), _(said))


def _installation(request: HttpRequest, actor: Actor, partner_id: UUID, refused: Refusal | None = None) -> HttpResponse:
    """One installation's page; with `refused`, what was typed stands there still."""
    context = {
        "one": exchange.connection_of(actor, partner_id),
        "in_groups": exchange.in_groups,
        "terms": exchange.terms_of(actor, partner_id),
        "parties": exchange.parties_of(actor, partner_id),
        "types": rulebook.document_types(),
        "term_states": {key: _(word) for key, word in table_words.TERMS.items()},
        "today": rulebook.today(),
        "said": exchange_words,
        "typed": request.POST if refused else {},
        "typed_types": request.POST.getlist("types") if refused else [],
        "refused": refused,
    }
    return page(request, "exchange/connection.html", context, status=refused.status if refused else 200)


def _ours(actor: Actor) -> exchange.ConnectionView | None:
    """This installation; None before it is in its own directory."""
    own = (row for row in exchange.partners(actor) if row.is_self and row.state != "ended")
    return next((exchange.connection_of(actor, row.id) for row in own), None)


def _at(partner_id: UUID) -> str:
    """The address of an installation's page."""
    return f"{BASE}/noi/{partner_id}"
