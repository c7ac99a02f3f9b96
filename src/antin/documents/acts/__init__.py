"""The only writes of this room.

drafting   create_draft, revise_draft, attach, detach
review     submit, endorse, send_back, approve, abandon
withdrawing  recall, invalidate
impounding   impound, lift_impoundment, note_refused_access
agreeing     propose_invalidation, answer_invalidation; for the exchange: take_word, lapse_refused
changing   for rooms above: apply_change as a document is issued, take_notice as its issuer speaks
carrying   for rooms above, inside their transaction, without a ledger entry of their own: advance, guard, locked,
           take_in, keep_rendition, set_aside_rendition, the note_ acts, obligations, grant_access, settle_custody
"""

from antin.documents.acts.carrying import (
from antin.documents.acts.agreeing import answer_invalidation, lapse_refused, propose_invalidation, take_word
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
    settle_custody,
    take_down_obligation,
    take_in,
)
from antin.documents.acts.changing import apply_change, take_notice
from antin.documents.acts.drafting import attach, create_draft, detach, revise_draft
from antin.documents.acts.impounding import impound, lift_impoundment, note_refused_access
from antin.documents.acts.review import abandon, approve, endorse, send_back, submit
from antin.documents.acts.withdrawing import invalidate, recall
from antin.documents.facts import DraftFields, IncomingFacts, RouteStep

__all__ = [
    "DraftFields",
    "IncomingFacts",
    "RouteStep",
    "abandon",
    "advance",
    "apply_change",
    "approve",
    "attach",
    "answer_invalidation",
    "create_draft",
    "detach",
    "endorse",
    "grant_access",
    "guard",
    "hang_obligation",
    "impound",
    "invalidate",
    "keep_rendition",
    "lift_impoundment",
    "locked",
    "note_arrival_number",
    "note_due_on",
    "note_number",
    "lapse_refused",
    "note_refused_access",
    "note_send_due",
    "note_sent",
    "obligations",
    "recall",
    "revise_draft",
    "send_back",
    "set_aside_rendition",
    "settle_custody",
    "propose_invalidation",
    "submit",
    "take_down_obligation",
    "take_in",
    "take_notice",
]
    "take_word",
