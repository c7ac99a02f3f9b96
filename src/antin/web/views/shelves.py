"""Shelves: documents in, documents out, search. Bounded, keyset-paged, behind the access filter."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from antin.documents import queries as documents
from antin.web.answers import page
from antin.web.shown import actor_of

MAX_WORDS_CHARS = 200


@require_safe
def incoming(request: HttpRequest) -> HttpResponse:
    return _shelf(request, "incoming", _("Văn bản đến"), _("Chưa có văn bản đến nào."))


@require_safe
def outgoing(request: HttpRequest) -> HttpResponse:
    return _shelf(request, "outgoing", _("Văn bản đi"), _("Chưa có văn bản đi nào."))


def _shelf(request: HttpRequest, box: str, title: str, nothing: str) -> HttpResponse:
    found = documents.listing(actor_of(request), box=box, after=request.GET.get("sau"))
    more = f"?{urlencode({'sau': found.next})}" if found.next else ""
    return page(request, "documents/shelf.html", {"title": title, "nothing": nothing, "rows": found.rows, "more": more})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """With or without diacritics, by number and notation; the newest first."""
    words = request.GET.get("q", "")[:MAX_WORDS_CHARS].strip()
    found = documents.search(actor_of(request), words, after=request.GET.get("sau")) if words else None
    more = f"?{urlencode({'q': words, 'sau': found.next})}" if found and found.next else ""
    context = {"words_asked": words, "rows": found.rows if found else (), "more": more}
    return page(request, "documents/search.html", context)
