"""The clauses in our own words: where every clause number on a page leads (379/5.1)."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from antin.regulation import clauses
from antin.web.answers import page


@login_not_required
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Every clause of both regulations, by article."""
    language = get_language() or "vi"
    rows = [(clause.id, clause.statement(language)) for clause in clauses().values()]
    laws = [(law, list(found)) for law, found in groupby(rows, key=lambda row: row[0].split("/")[0])]
    return page(request, "regulation.html", {"laws": laws})


@login_not_required
@require_safe
def one(request: HttpRequest, law: str, number: str) -> HttpResponse:
    """One clause and its neighbours of the same article."""
    found = clauses().get(f"{law}/{number}")
    if found is None:
        raise Http404
    language = get_language() or "vi"
    article = number.split(".")[0]
    near = [c for c in clauses().values() if c.id.startswith(f"{law}/{article}.") and c.id != found.id]
    context = {"clause": found, "statement": found.statement(language), "law": law, "number": number}
    return page(request, "clause.html", context | {"near": [(c.id, c.statement(language)) for c in near]})
