"""The door: password, then one-time code; binding the first app; reporting a loss; leaving (379/11.3, 379/12.2.b).

Between password and code the browser holds an anonymous session that names the account, for ten minutes; it opens
nothing but the second step, or for an account without an app the binding of one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from antin.identity import acts, authenticators, demo, queries
from antin.regulation import RuleViolation
from antin.values import Actor, Method
from antin.web.answers import done, own_address, page
from antin.web.refusals import Refusal, attempt, refusal

HALFWAY, NEW_SECRET = "antin_halfway", "antin_new_secret"
HALFWAY_S = 600


@dataclass(frozen=True, slots=True)
class Halfway:
    """Who gave the right password in this browser, and where to go afterwards."""

    account_id: UUID
    to: str


@login_not_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """First half."""
    to = own_address(request, request.GET.get("tiep") or request.POST.get("tiep"), "")
    if request.actor is not None:  # type: ignore[attr-defined]
        return HttpResponseRedirect(to or "/")
    if request.method == "GET":
        return door_page(request, to)
    login = request.POST.get("login", "")
    begun, refused = attempt(
        lambda: acts.begin_sign_in(login=login, password=request.POST.get("password", ""), door=acts.Door.of(request))
    )
    if begun is None:
        return door_page(request, to, login=login, refused=refused)
    return done(request, _go_halfway(request, begun, to))


@login_not_required
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Second half: opens the session."""
    halfway = _halfway(request)
    if halfway is None:
        return HttpResponseRedirect(settings.LOGIN_URL)
    if queries.pending_enrolment(halfway.account_id):
        return HttpResponseRedirect("/vao/ung-dung")
    if request.method == "GET":
        return page(request, "door/code.html", {"refused": None})
    given = request.POST.get("code", "")
    _result, refused = attempt(lambda: acts.finish_sign_in(request=request, account_id=halfway.account_id, code=given))
    if refused:
        return page(request, "door/code.html", {"refused": refused})
    return done(request, halfway.to or "/")


@login_not_required
@require_http_methods(["GET", "POST"])
def enrolment(request: HttpRequest) -> HttpResponse:
    """Binds the one-time-code app: the only thing an account without one can reach."""
    halfway = _halfway(request)
    if halfway is None or not queries.pending_enrolment(halfway.account_id):
        return HttpResponseRedirect("/vao/ma" if halfway else settings.LOGIN_URL)
    secret = request.session.setdefault(NEW_SECRET, authenticators.generate_totp_secret())
    account = queries.account(halfway.account_id)
    refused: Refusal | None = None
    if request.method == "POST":
        actor = Actor(person_id=account.person_id, name=account.name, method=Method.PASSWORD)
        given = request.POST.get("code", "")
        _result, refused = attempt(
            lambda: acts.bind_authenticator(actor=actor, account_id=account.id, secret=secret, code=given)
        )
        if refused is None:
            del request.session[NEW_SECRET]
            return done(request, "/vao/ma", _("Đã gắn ứng dụng. Nhập mã kế tiếp để vào."))
    context = {"refused": refused, "secret": secret, "qr": _qr(account.login_name, secret)}
    return page(request, "door/enrolment.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def loss(request: HttpRequest) -> HttpResponse:
    """A lost or stolen account is shut at once; the answer is the same whether it exists or not (379/11.5)."""
    if request.method == "GET":
        return page(request, "door/loss.html", {"refused": None, "taken": False})
    login, name = request.POST.get("login", ""), request.POST.get("name", "")
    _result, refused = attempt(lambda: acts.report_loss_at_door(login=login, name=name, door=acts.Door.of(request)))
    context = {"refused": refused, "taken": refused is None}
    return page(request, "door/loss.html", context)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.person_id is not None
    acts.sign_out(request=request, actor=actor, account_id=queries.account_of(actor.person_id).id)
    return done(request, settings.LOGIN_URL, _("Đã đăng xuất."))


@login_not_required
@require_POST
def persona(request: HttpRequest) -> HttpResponse:
    """A sample person steps in: the server fills password and an unused code, the checks are the same."""
    chosen = next((p for p in demo.personas() if p.login == request.POST.get("login")), None)
    if chosen is None:
        raise Http404
    try:
        begun = acts.begin_sign_in(login=chosen.login, password=chosen.password, door=acts.Door.of(request))
        given = demo.fresh_code(begun.account_id)
        acts.finish_sign_in(request=request, account_id=begun.account_id, code=given)
    except RuleViolation as violation:
        return door_page(request, "", refused=refusal(violation))
    return done(request, "/")


def door_page(request: HttpRequest, to: str, *, login: str = "", refused: Refusal | None = None) -> HttpResponse:
    """The sign-in page: the national account first, local ways below it (379/11.3)."""
    folk = [(name, list(people)) for name, people in groupby(demo.personas(), key=lambda p: p.organisation)]
    context = {"to": to, "login": login, "refused": refused, "folk": folk, "national": queries.national_provider()}
    return page(request, "door/password.html", context)


def _go_halfway(request: HttpRequest, begun: acts.Begun, to: str) -> str:
    """Under a fresh key, so that nobody who knew the former one goes along; answers the next address."""
    request.session.flush()
    request.session[HALFWAY] = {"account": str(begun.account_id), "to": to, "at": time.time()}
    request.session.set_expiry(HALFWAY_S)
    return "/vao/ma" if begun.bound else "/vao/ung-dung"


def _halfway(request: HttpRequest) -> Halfway | None:
    kept = request.session.get(HALFWAY)
    if not isinstance(kept, dict) or time.time() - kept["at"] > HALFWAY_S:
        return None
    return Halfway(UUID(kept["account"]), kept["to"])


def _qr(login: str, secret: str) -> str:
    """The key as a picture for the app: SVG path data only, so that the page needs no foreign markup."""
    label = f"otpauth://totp/{settings.ANTIN.name}:{login}?secret={secret}&issuer={settings.ANTIN.name}"
    return qr_picture(label)


def qr_picture(text: str) -> str:
    """A QR code as SVG for a page of ours."""
    code = segno.make(text, error="m")
    return code.svg_inline(scale=4, border=2, svgclass=None, lineclass=None, omitsize=True)
