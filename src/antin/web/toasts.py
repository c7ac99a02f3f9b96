"""The result of an act, said once: after a redirect by the next page, after an htmx request by the script."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

UNDO = "undo:"


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Shows `text` on the next page. `undo`: an address that takes the act back (POST), only where nothing has left."""
    messages.success(request, text, extra_tags=f"{UNDO}{undo}" if undo else "")


def waiting(request: HttpRequest) -> list[dict[str, str]]:
    """The toasts not shown yet, each with `text` and `undo`; reading them takes them away."""
    return [
        {"text": str(one), "undo": (one.extra_tags or "").removeprefix(UNDO)} for one in messages.get_messages(request)
    ]


def announce(response: HttpResponse, text: str, *, undo: str = "") -> HttpResponse:
    """The same for an htmx answer: the script shows it, nothing is reloaded."""
    response["HX-Trigger"] = json.dumps({"antin:toast": {"text": text, "undo": undo}})
    return response
