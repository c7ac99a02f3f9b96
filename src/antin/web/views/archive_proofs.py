"""Archive timestamps, for who watches over stored files: how many end when, what stands in the way, what was renewed (379/23.2.b)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from antin.signing.archival import queries
from antin.signing.evidence_records import queries as evidence_records
from antin.web import words
from antin.web.answers import page
from antin.web.shown import actor_of


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    found = queries.overview(actor_of(request))
    context = {
        "found": found,
        "years": found.by_year,
        "heads": evidence_records.summary(),
        "troubles": [(one, words.told(one.trouble, one.facts)) for one in found.troubles],
    }
    return page(request, "archive_proofs.html", context)
