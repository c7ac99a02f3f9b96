"""The only writes of this room.

drafting   create_draft, revise_draft, attach, detach
review     submit, endorse, send_back, approve, abandon
templates  adopt_route_template, change_route_template, end_route_template
withdrawing  recall, invalidate
agreeing     propose_invalidation, answer_invalidation; for the exchange: take_word, lapse_refused
impounding   impound, lift_impoundment, note_refused_access
changing   for rooms above: apply_change as a document is issued, take_notice as its issuer speaks,
           end_with_paper when a paper original is void
carrying   for rooms above, inside their transaction, without a ledger entry of their own: advance, guard, locked,
           take_in, keep_rendition, set_aside_rendition, the note_ acts, obligations, grant_access, settle_custody
"""

from antin.documents.acts.agreeing import answer_invalidation, lapse_refused, propose_invalidation, take_word
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
    settle_custody,
    take_down_obligation,
    take_in,
)
from antin.documents.acts.changing import apply_change, end_with_paper, take_notice
from antin.documents.acts.drafting import attach, create_draft, detach, revise_draft
from antin.documents.acts.impounding import impound, impound_again, lift_impoundment, note_refused_access
from antin.documents.acts.review import abandon, approve, endorse, send_back, submit
from antin.documents.acts.route_templates import adopt_route_template, change_route_template, end_route_template
from antin.documents.acts.withdrawing import invalidate, recall
from antin.documents.facts import DraftFields, IncomingFacts, RouteStep

__all__ = [
    "DraftFields",
    "IncomingFacts",
    "RouteStep",
    "abandon",
    "adopt_route_template",
    "advance",
    "answer_invalidation",
    "apply_change",
    "approve",
    "attach",
    "change_route_template",
    "create_draft",
    "detach",
    "end_route_template",
    "end_with_paper",
    "endorse",
    "grant_access",
    "guard",
    "hang_obligation",
    "impound",
    "impound_again",
    "invalidate",
    "keep_rendition",
    "lapse_refused",
    "lift_impoundment",
    "locked",
    "note_arrival_number",
    "note_due_on",
    "note_number",
    "note_refused_access",
    "note_send_due",
    "note_sent",
    "obligations",
    "propose_invalidation",
    "recall",
    "revise_draft",
    "send_back",
    "set_aside_rendition",
    "settle_custody",
    "submit",
    "take_down_obligation",
    "take_in",
    "take_notice",
    "take_word",
]
