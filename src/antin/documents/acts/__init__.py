"""The only writes of this room.

drafting   create_draft, revise_draft, attach, detach
review     submit, endorse, send_back, approve, abandon
carrying   for rooms above, inside their transaction, without a ledger entry of their own: advance, guard, locked,
           take_in, keep_rendition, set_aside_rendition, the note_ acts, obligations, grant_access
"""

from antin.documents.acts.carrying import (
    advance,
    grant_access,
    guard,
    hang_obligation,
    keep_rendition,
    locked,
    note_arrival_number,
    note_due_on,
    note_number,
    note_send_due,
    note_sent,
    obligations,
    set_aside_rendition,
    take_down_obligation,
    take_in,
)
from antin.documents.acts.drafting import attach, create_draft, detach, revise_draft
from antin.documents.acts.review import abandon, approve, endorse, send_back, submit
from antin.documents.facts import DraftFields, IncomingFacts, RouteStep

__all__ = [
    "DraftFields",
    "IncomingFacts",
    "RouteStep",
    "abandon",
    "advance",
    "approve",
    "attach",
    "create_draft",
    "detach",
    "endorse",
    "grant_access",
    "guard",
    "hang_obligation",
    "keep_rendition",
    "locked",
    "note_arrival_number",
    "note_due_on",
    "note_number",
    "note_send_due",
    "note_sent",
    "obligations",
    "revise_draft",
    "send_back",
    "set_aside_rendition",
    "submit",
    "take_down_obligation",
    "take_in",
]
