"""Backups and drills, for who watches over the installation: what stands where, what is late, what was rehearsed (217/15.5, 379/29.4)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from antin.continuity import queries
from antin.web.answers import page
from antin.web.shown import actor_of


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return page(request, "backups.html", {"found": queries.overview(actor_of(request))})
