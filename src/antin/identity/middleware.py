"""`request.actor`: who acts, asked anew on each request; nobody without an actor gets past the door (379/5.3, 379/5.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from antin.identity import queries, sessions

API = "/api/"


class ActorMiddleware:
    """Default deny: a view is open to strangers only when marked with Django's `login_not_required`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._admit(request)
        return self.get_response(request)

    def _admit(self, request: HttpRequest) -> None:
        method = sessions.in_force(request)
        key = request.session.session_key
        if method is None or not method.is_strong or key is None:
            request.session.flush()
            request.user = _nobody()
            return
        request.actor = queries.actor_for(request.user, session_key=key, method=method)  # type: ignore[attr-defined, arg-type]

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.actor is not None or not getattr(view, "login_required", True):  # type: ignore[attr-defined]
            return None
        if request.path.startswith(API):
            return JsonResponse({"clause": "379/5.6", "reason": "sign in first"}, status=401)
        where = "" if request.method != "GET" else "?" + urlencode({"tiep": request.get_full_path()})
        response = HttpResponseRedirect(f"{settings.LOGIN_URL}{where}" if where != "?tiep=%2F" else settings.LOGIN_URL)
        if request.headers.get("HX-Request") == "true":
            response = HttpResponse(status=204, headers={"HX-Redirect": settings.LOGIN_URL})
        return response


def _nobody() -> Any:
    from django.contrib.auth.models import AnonymousUser  # needs loaded applications

    return AnonymousUser()
