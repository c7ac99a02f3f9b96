"""The national identity account: the first way in, and its link on one's own account (379/11.3).

The question waits in this browser's session and is answered once. Both ways come back to one address, because a provider
sends people only where it was told beforehand.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.identity import acts, queries
from antin.identity.national import Asked
from antin.values import Actor
from antin.web import step_up
from antin.web.answers import done, own_address, page
from antin.web.refusals import Refusal, attempt
from antin.web.views.door import HALFWAY_S, door_page

WAITING = "antin_national"


@login_not_required
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Sends the person to the provider; the door again when there is none or it does not answer."""
    to = own_address(request, request.GET.get("tiep"), "")
    if request.actor is not None:  # type: ignore[attr-defined]
        return HttpResponseRedirect(to or "/")
    found, refused = attempt(acts.ask_nationally)
    if found is None:
        return door_page(request, to, refused=refused)
    asked, address = found
    request.session.flush()
    request.session[WAITING] = {"asked": asked.kept(), "to": to}
    request.session.set_expiry(HALFWAY_S)
    return HttpResponseRedirect(address)


@login_not_required
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """With the provider's answer: a session, or the link that its owner asked for."""
    waited: dict[str, Any] = request.session.pop(WAITING, None) or {}
    asked = Asked(**waited["asked"]) if waited else None
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is not None:
        return _link_answered(request, actor, asked if "link" in waited else None, state, code)
    to = own_address(request, str(waited.get("to", "")), "")
    _result, refused = attempt(lambda: acts.sign_in_nationally(request=request, asked=asked, state=state, code=code))
    if refused:
        return door_page(request, to, refused=refused)
    return done(request, to or "/")


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """The confirmation before a link; then the way to the provider."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    account = _account(actor)
    refused: Refusal | None = None
    if request.method == "POST":
        refused = step_up.answered(request)
        if refused is None:
            found, refused = attempt(lambda: acts.ask_to_link(actor=actor, account_id=account.id))
            if found is not None:
                request.session[WAITING] = {"asked": found[0].kept(), "link": True}
                return _page(request, account, address=found[1])
    return _page(request, account, refused=refused)


@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    """The national account opens this one no more; local ways stay."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    acts.end_credential(actor=actor, account_id=_account(actor).id, credential="national")
    return done(request, "/toi", _("Đã gỡ tài khoản định danh quốc gia."))


def _link_answered(request: HttpRequest, actor: Actor, asked: Asked | None, state: str, code: str) -> HttpResponse:
    account = _account(actor)
    _result, refused = attempt(
        lambda: acts.link_national_account(actor=actor, account_id=account.id, asked=asked, state=state, code=code)
    )
    if refused:
        return _page(request, account, refused=refused)
    return done(request, "/toi", _("Đã gắn. Lần sau vào được bằng tài khoản định danh quốc gia."))


def _page(
    request: HttpRequest, account: queries.AccountView, *, refused: Refusal | None = None, address: str = ""
) -> HttpResponse:
    digest = acts.identity_digest("bind_authenticator", account=str(account.id), kind="national")
    context = {
        "refused": refused,
        "address": address,
        "provider": queries.national_provider(),
        "person": queries.person(account.person_id),
        "asked": None if address else step_up.ask(request, "bind_authenticator", digest),
    }
    return page(request, "account_national.html", context, status=refused.status if refused else 200)


def _account(actor: Actor) -> queries.AccountView:
    assert actor.person_id is not None
    return queries.account_of(actor.person_id)
