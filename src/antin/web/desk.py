"""What lies on a leader's desk besides drafts: documents that came in and wait for a word (217/10.2)."""

from __future__ import annotations

from antin.casework import queries as casework
from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.values import Actor, Office


def awaiting_instruction(actor: Actor) -> list[DocumentView]:
    """Registered or passed on, and nobody has been given it yet by this leader."""
    if not any(mandate.office is Office.LEADER for mandate in actor.mandates):
        return []
    given = {row.document.id for row in casework.given_out(actor).rows}
    rows = documents.listing(actor, box="incoming", state=("registered", "forwarded")).rows
    return [row for row in rows if row.id not in given and actor.holds(Office.LEADER, row.owner_id)]
