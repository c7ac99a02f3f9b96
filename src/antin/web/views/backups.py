"""Backups and drills, for who watches over the installation: what stands where, what is late, what was rehearsed (217/15.5, 379/29.4)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from antin.continuity import queries
from antin.web.answers import page
from antin.web.shown import actor_of


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    context = {"found": queries.overview(actor), "open_incidents": queries.open_incidents(actor)}
    return page(request, "backups.html", context)
