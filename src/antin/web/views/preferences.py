"""Theme, language, single keys: a cookie each, no account needed, nothing about the person in it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from antin.web.answers import own_address
from antin.web.context import KEYS_COOKIE, THEME_COOKIE, THEMES
from antin.web.middleware import LANGUAGE_COOKIE, LANGUAGES

YEAR_S = 365 * 24 * 3600


@login_not_required
@require_safe
def theme(request: HttpRequest, theme: str) -> HttpResponse:
    return _keep(request, THEME_COOKIE, theme, THEMES)


@login_not_required
@require_safe
def language(request: HttpRequest, language: str) -> HttpResponse:
    return _keep(request, LANGUAGE_COOKIE, language, LANGUAGES)


@login_not_required
@require_safe
def keys(request: HttpRequest, state: str) -> HttpResponse:
    return _keep(request, KEYS_COOKIE, state, ("on", "off"))


def _keep(request: HttpRequest, cookie: str, value: str, allowed: tuple[str, ...]) -> HttpResponse:
    if value not in allowed:
        raise Http404
    response = HttpResponseRedirect(own_address(request, request.GET.get("ve")))
    response.set_cookie(
        cookie, value, max_age=YEAR_S, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response
