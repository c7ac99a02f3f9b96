"""How views answer: a page, a redirect after an act, the person's own address only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from antin.web.toasts import toast

SEE_OTHER = 303


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The template with the shell's context."""
    return render(request, template, dict(context or {}), status=status)


def done(request: HttpRequest, to: str, text: str = "", *, undo: str = "") -> HttpResponse:
    """After a successful POST: 303 to a page that shows `text` once. `to` must be an address of ours."""
    if text:
        toast(request, text, undo=undo)
    return HttpResponse(status=SEE_OTHER, headers={"Location": to})


def own_address(request: HttpRequest, given: str | None, otherwise: str = "/") -> str:
    """The address given, if it is a path of this site; never another host (open redirects)."""
    if given and given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return given
    return otherwise
