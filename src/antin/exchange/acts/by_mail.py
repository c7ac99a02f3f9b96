"""The clerk sends a document by official mail because the Party's network does not get it there in time (217/5.3, 217/7.2).

From then on its parcel is not sent any more. One that may have arrived does no harm: the recipient knows the document
by its code and its bytes, and the recipient's word, by whichever way, settles the one delivery.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange import ports, rules
from antin.exchange.acts.outbox import OBLIGATION, clerk_of, locked, note_by_mail, once_more_by_mail, tell
from antin.exchange.lifecycle import DELIVERY
from antin.exchange.mail import rules as mail_rules
from antin.exchange.mail.instead import choice_now, is_refused
from antin.values import Actor, Urgency


@transaction.atomic
def send_by_mail(*, actor: Actor, dispatch_id: UUID, reason: str) -> None:
    """A letter instead of the parcel, which has not got there; `reason` says why it cannot wait.

    RuleViolation when the table does not give mail now: secret, link good, time left, no address, no account here.
    """
    dispatch = locked(dispatch_id)
    clerk_of(actor, dispatch)
    reason = mail_rules.reason_named(reason)
    step = DELIVERY.step(dispatch.state, "send_by_mail")
    mail_rules.not_on_its_way_by_mail(dispatch.channel, dispatch.state)
    view = documents.guard(actor=actor, document_id=dispatch.document_id, guards=("in_use",))
    mail_rules.not_refused(is_refused=is_refused(dispatch))
    choice = choice_now(view, dispatch)
    mail_rules.mail_chosen(choice)
    dispatch.state, dispatch.reason, dispatch.last_error = step.to, "", ""
    dispatch.expires_at = rules.expires_at(Urgency.from_rank(dispatch.urgency), ports.bound().clock.now())
    note_by_mail(dispatch, reason)
    dispatch.save()
    once_more_by_mail(dispatch)
    documents.hang_obligation(document_id=dispatch.document_id, kind=OBLIGATION, key=str(dispatch.id))
    tell("exchange.dispatch.by_mail", actor, dispatch, reason=reason, clause=choice.clause)
