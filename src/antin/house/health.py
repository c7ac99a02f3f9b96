"""`/suc-khoe`: does this process answer and reach its database; says nothing else to strangers."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse


@login_not_required
def healthy(_: HttpRequest) -> HttpResponse:
    """200 when the database answers a PL/pgSQL call, 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("do $$ begin perform 1; end $$")
    except Exception:  # whatever is wrong, the answer is the same
        return JsonResponse({"healthy": False}, status=503)
    return JsonResponse({"healthy": True})
