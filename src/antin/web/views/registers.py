"""The books: numbers in their order, gapless, printable (217/11.2)."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from antin.conversion import queries as conversion
from antin.identity import queries as identity
from antin.registry import queries as registry
from antin.web.answers import page
from antin.web.shown import actor_of

PAGE = 50


@require_safe
def books(request: HttpRequest) -> HttpResponse:
    found = registry.registers(actor_of(request))
    owners = {one.organisation_id: identity.organisation(one.organisation_id).short_name for one in found}
    actor = actor_of(request)
    counts = {"copies_waiting": conversion.waiting_count(actor), "scans_waiting": conversion.scans_waiting(actor)}
    return page(request, "registry/books.html", {"books": found, "owners": owners, **counts})


@require_safe
def book(request: HttpRequest, register_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    one = next((found for found in registry.registers(actor) if found.id == register_id), None)
    if one is None:
        raise Http404
    asked = request.GET.get("sau", "0")
    after = int(asked) if asked.isascii() and asked.isdigit() else 0
    lines = registry.register_rows(actor, register_id, after=after, limit=PAGE)
    more = f"?sau={lines.next}" if lines.next else ""
    return page(request, "registry/book.html", {"book": one, "rows": lines.rows, "more": more})
