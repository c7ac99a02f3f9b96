"""Around every page: strict headers, the language, refusals shown instead of raised."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from antin.regulation.errors import Violation
from antin.web import refusals, sealed_off
from antin.web.toasts import announce

Next = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; manifest-src 'self'"
)
LANGUAGE_COOKIE = "antin_lang"
LANGUAGES = ("vi", "en")
API = "/api/"


class SecurityHeaders:
    """No inline script or style, no foreign source, no framing, no caching of pages with content (379/5.3)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
        response.setdefault("X-Frame-Options", "DENY")
        response.setdefault("Cache-Control", "no-store")
        return response


class Language:
    """Vietnamese unless the person chose otherwise; the choice is a cookie. Machines say it by `Accept-Language`."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = _asked_for(request) or LANGUAGES[0]
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.setdefault("Content-Language", language)
        return response


def _asked_for(request: HttpRequest) -> str:
    """One of ours or "". Browsers send `Accept-Language` unasked, so that pages go by the cookie alone."""
    if request.path.startswith(API):
        accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
        known = [language for tag, _weight in accepted if (language := tag.partition("-")[0]) in LANGUAGES]
        if known:
            return known[0]
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else ""


class Refusals:
    """A RuleViolation from any view becomes a page with clause, reason and next step; to htmx, a toast."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Violation):
            return None
        said = refusals.refusal(exception)
        if said.clause == refusals.IMPOUNDED:
            sealed_off.note_refused(request, exception)
        if getattr(request, "htmx", False):
            words = " ".join(part for part in (said.reason, said.next_step, said.clause) if part)
            return announce(HttpResponse(status=said.status, headers={"HX-Reswap": "none"}), words)
        from antin.web.views import errors  # views need loaded settings

        return errors.refused(request, said)
