"""Which deliveries may go by official mail instead now: what the clerk's pages offer, with the table's words (217/5.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from antin.documents import queries as documents
from antin.exchange import ports
from antin.exchange.lifecycle import DELIVERY
from antin.exchange.mail.instead import choice_now, is_refused
from antin.exchange.mail.rules import OFFICIAL_MAIL
from antin.exchange.models import Dispatch
from antin.exchange.queries.deliveries import DeliveryRow
from antin.rulebook.channels import ChannelChoice
from antin.values import Actor, Office


def mail_instead(actor: Actor, rows: Iterable[DeliveryRow]) -> Mapping[UUID, ChannelChoice]:
    """Dispatch → the table's choice, for those that the actor, the sender's clerk, may send by mail now."""
    if ports.bound().mail is None:
        return {}
    asked = [row.dispatch_id for row in rows if (row.state, "send_by_mail") in DELIVERY.rows]
    own = actor.organisations(Office.CLERK)
    found = list(Dispatch.objects.filter(id__in=asked, organisation_id__in=own).exclude(channel=OFFICIAL_MAIL))
    views = documents.cards(actor, [one.document_id for one in found])
    choices = {one.id: choice_now(views[one.document_id], one) for one in found if one.document_id in views}
    return {
        one.id: choices[one.id]
        for one in found
        if one.id in choices and choices[one.id].channel == OFFICIAL_MAIL and not is_refused(one)
    }
