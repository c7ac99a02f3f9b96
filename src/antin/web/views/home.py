"""The first page by role, help, the icon."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from antin.web import nav
from antin.web.answers import page


@require_safe
def first_page(request: HttpRequest) -> HttpResponse:
    """`/` leads where this person's work waits."""
    return HttpResponseRedirect(nav.first_page(request.actor))  # type: ignore[attr-defined]


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return page(request, "help.html")


@login_not_required
@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(static("antin/mark.svg"))
