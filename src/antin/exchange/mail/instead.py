"""What the table of channels says of a dispatch that stands there: may a letter go instead now (217/5.3, 217/7.2)."""

from __future__ import annotations

from antin.documents.facts import DocumentView
from antin.exchange import channels, ports
from antin.exchange.mail import rules
from antin.exchange.models import Dispatch, Evidence
from antin.rulebook.channels import ChannelChoice

REFUSALS = ("RelayRejection", "ContentConsignmentFailure")


def choice_now(view: DocumentView, dispatch: Dispatch) -> ChannelChoice:
    """The channel for its recipient now, by how long it has had no word."""
    waited = rules.unanswered_for(dispatch.state, dispatch.times, ports.bound().clock.now())
    return channels.choice_of(view, dispatch.recipient_code, unanswered=waited)


def is_refused(dispatch: Dispatch) -> bool:
    """True when the recipient signed that it does not take the parcel."""
    return Evidence.objects.filter(dispatch=dispatch, side="theirs", event__in=REFUSALS).exists()
