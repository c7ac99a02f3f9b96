"""How a recipient can be reached from here, and by which channel a document goes to it (217/7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from antin.documents.facts import DocumentView
from antin.exchange import directory, ports
from antin.exchange.axis import agencies
from antin.exchange.lifecycle import OPEN_DELIVERY
from antin.exchange.mail import contacts
from antin.exchange.models import DirectoryEntry, Dispatch, Partner
from antin.rulebook import queries as rulebook
from antin.rulebook.channels import ChannelChoice, channel_choice, is_state_code, link_health, mail_limits
from antin.values import Secrecy
from antin.vault import queries as vault

PARTY_NETWORK, AXIS, OFFICIAL_MAIL = "party_network", "axis", "official_mail"
MAIL_CONTACT = "mail_contact"
AHEAD = timedelta.max


@dataclass(frozen=True, slots=True)
class Way:
    """A channel that leads to a recipient here: its name as that channel knows it, the partner where there is one."""

    channel: str
    name: str
    partner: Partner | None = None


def means() -> frozenset[str]:
    """Channels with an adapter here."""
    here = ports.bound()
    found = {AXIS: here.axis is not None, OFFICIAL_MAIL: here.mail is not None}
    return frozenset({PARTY_NETWORK, *(name for name, is_here in found.items() if is_here)})


def choice_for(
    secrecy: Secrecy,
    code: str,
    found: DirectoryEntry | None = None,
    *,
    left: timedelta = AHEAD,
    unanswered: timedelta | None = None,
) -> ChannelChoice:
    """The channel for one recipient, with its reason; `found` spares looking the code up again.

    `left`: until the time for sending runs out; `unanswered`: how long a dispatch has stood there without a word.
    """
    found = found or directory.entry(code)
    reach, health = _reach(code, found), _health(found, left, unanswered)
    here = means() | _cipher(code)
    if reach == "internet" or health.startswith("down"):
        here |= _mail_contact(code)
    return channel_choice(secrecy, reach, health, means=here)


def choice_of(view: DocumentView, code: str, *, unanswered: timedelta | None = None) -> ChannelChoice:
    """The channel of a document for one recipient now, as near as its time for sending is."""
    return choice_for(view.secrecy, code, left=due_at(view) - ports.bound().clock.now(), unanswered=unanswered)


def due_at(view: DocumentView) -> datetime:
    """When it must have left (217/6.3); for one that is not signed yet, as if it were signed now."""
    signed_at = view.signed_at or view.issued_at or ports.bound().clock.now()
    return view.send_due_at or rulebook.send_due_at(signed_at, view.urgency)


def way_to(code: str) -> Way | None:
    """The channel that knows the recipient: the Party's directory first, then the axis' list, then mail."""
    found = directory.entry(code)
    if found is not None:
        return Way(PARTY_NETWORK, found.name, found.partner)
    listed = agencies.find(code) if AXIS in means() else None
    if listed is not None and agencies.is_state(listed):
        return Way(AXIS, listed.name)
    by_mail = contacts.active(code) if OFFICIAL_MAIL in means() else None
    return Way(OFFICIAL_MAIL, by_mail.name) if by_mail is not None else None


def in_a_lane(dispatch: Dispatch) -> bool:
    """True while its parcel is to be sent; what went by mail instead keeps its partner, for what arrived there all the same."""
    return dispatch.state in OPEN_DELIVERY and dispatch.channel == PARTY_NETWORK and dispatch.partner_id is not None


def recipient_code(code: str) -> str:
    """One code for each recipient: the axis lists a body under two, and nobody gets the same document twice."""
    return code if directory.entry(code) is not None or AXIS not in means() else agencies.canonical(code)


def _cipher(code: str) -> frozenset[str]:
    """The installed cipher product is a means towards those whose product it reaches (379/22.2)."""
    product = vault.cipher_product()
    return frozenset({"cipher_product"}) if product is not None and product.reaches(code) else frozenset()


def _mail_contact(code: str) -> frozenset[str]:
    """A confirmed address of official mail is a second means towards a partner's body, with an account here (217/7.2)."""
    has_mail = ports.bound().mail is not None and contacts.active(code) is not None
    return frozenset({MAIL_CONTACT}) if has_mail else frozenset()


def _reach(code: str, found: DirectoryEntry | None) -> str:
    if found is None:
        return _reach_without_partner(code)
    if found.partner.state == "ended":
        return "none"
    return "internet" if found.partner.link == "none" else "party_network"


def _reach_without_partner(code: str) -> str:
    way = way_to(code)
    if way is not None:
        return "state_axis" if way.channel == AXIS else OFFICIAL_MAIL
    if AXIS not in means() and is_state_code(code):
        return "state_axis"
    return OFFICIAL_MAIL if contacts.active(code) is not None else "none"


def _health(found: DirectoryEntry | None, left: timedelta, unanswered: timedelta | None) -> str:
    if found is None or found.partner.state == "ended":
        return "none"
    return link_health(
        is_active=found.partner.state == "active",
        is_down=found.partner.link == "down",
        unanswered=unanswered,
        left=left,
        limits=mail_limits(),
    )
