"""The doors' record of who tried to reach an impounded document, by a page or by the API (379/21.2.c)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from antin.documents import acts
from antin.regulation import RuleViolation
from antin.values import Actor, is_uuid


def note_refused(request: HttpRequest, violation: Exception, *, visitor: Actor | None = None) -> None:
    """Puts a refused access on record, once the refused transaction is over; anything else leaves no trace.

    `visitor` stands for who is not signed in.
    """
    if not isinstance(violation, RuleViolation):
        return
    document, actor = str(violation.facts.get("document", "")), getattr(request, "actor", None) or visitor
    if is_uuid(document) and isinstance(actor, Actor):
        acts.note_refused_access(actor=actor, document_id=UUID(document), tried=f"{request.method} {request.path}")
