"""The only writes of this room.

partners   propose_partner, confirm_partner, close_partner, enter_organisation, found_partner
terms      propose_terms, confirm_terms, end_terms: another method agreed with a partner
outbox     queue_dispatches, queue_again, send_on_paper, note_seen, fail_dispatch
by_mail    send_by_mail: a letter instead of a parcel that does not get there in time
paper      require_paper, print_enclosure, post_paper, note_paper_arrival, drop_enclosure
paper_in   confirm_paper: the recipient's own word that it is there
clocks     start_clock, watch_clocks (a job of the worker)
links      note_link_state, release_parked_dispatch, …_statement, …_message, …_letter (the exchange operator's)
reconciliation   reconcile_partner, reconcile_due (a job of the worker)
reoffers   queue_reoffer, due_reoffers, pass_reoffer_gate, settle_reoffer: parcels that their recipient lost
transmit   pass_gate, settle, note_link (the sender's)
inbox      receive_parcel, quarantine_parcel, settle_parcel (the receiver's)
news       report_progress, note_progress: what became of a received document
notices    ask_recall, tell_invalidated: what the issuer says of its own
agreeing   propose_invalidation, answer_invalidation, and what the sides of an agreement tell each other
axis       list_agency, settle_message (the exchange operator's); its traffic in `antin.exchange.axis`
mail       propose_mail_contact, confirm_mail_contact, end_mail_contact, settle_letter (the exchange operators'), admit_letter
statements ready_statement, settle_statement: both on their way out
"""

from antin.exchange.acts.agreeing import answer_invalidation, propose_invalidation
from antin.exchange.acts.by_mail import send_by_mail
from antin.exchange.acts.clocks import watch_clocks
from antin.exchange.acts.inbox import quarantine_parcel, receive_parcel, settle_parcel
from antin.exchange.acts.links import (
    Probe,
    note_link_state,
    release_parked_dispatch,
    release_parked_letter,
    release_parked_message,
    release_parked_statement,
)
from antin.exchange.acts.news import note_progress, report_progress
from antin.exchange.acts.notices import ask_recall, tell_invalidated
from antin.exchange.acts.outbox import fail_dispatch, note_seen, queue_again, queue_dispatches, send_on_paper
from antin.exchange.acts.paper import (
    drop_enclosure,
    note_paper_arrival,
    post_paper,
    print_enclosure,
    require_paper,
)
from antin.exchange.acts.paper_in import confirm_paper
from antin.exchange.acts.partners import (
    OrganisationEntry,
    close_partner,
    confirm_partner,
    enter_organisation,
    found_partner,
    propose_partner,
)
from antin.exchange.acts.reconciliation import Findings, reconcile_due, reconcile_partner
from antin.exchange.acts.statements import News, settle_statement
from antin.exchange.acts.terms import TermsFacts, confirm_terms, end_terms, propose_terms
from antin.exchange.acts.transmit import note_link, pass_gate, settle
from antin.exchange.axis.agencies import list_agency
from antin.exchange.axis.inbox import settle_message
from antin.exchange.mail.contacts import confirm_mail_contact, end_mail_contact, propose_mail_contact
from antin.exchange.mail.inbox import admit_letter, settle_letter

__all__ = [
    "Findings",
    "News",
    "OrganisationEntry",
    "Probe",
    "TermsFacts",
    "admit_letter",
    "answer_invalidation",
    "ask_recall",
    "close_partner",
    "confirm_mail_contact",
    "confirm_paper",
    "confirm_partner",
    "confirm_terms",
    "drop_enclosure",
    "end_mail_contact",
    "end_terms",
    "enter_organisation",
    "fail_dispatch",
    "found_partner",
    "list_agency",
    "note_link",
    "note_link_state",
    "note_paper_arrival",
    "note_progress",
    "note_seen",
    "pass_gate",
    "post_paper",
    "print_enclosure",
    "propose_invalidation",
    "propose_mail_contact",
    "propose_partner",
    "propose_terms",
    "quarantine_parcel",
    "queue_again",
    "queue_dispatches",
    "receive_parcel",
    "reconcile_due",
    "reconcile_partner",
    "release_parked_dispatch",
    "release_parked_letter",
    "release_parked_message",
    "release_parked_statement",
    "report_progress",
    "require_paper",
    "send_by_mail",
    "send_on_paper",
    "settle",
    "settle_letter",
    "settle_message",
    "settle_parcel",
    "settle_statement",
    "tell_invalidated",
    "watch_clocks",
]
