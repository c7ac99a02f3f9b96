"""How a recipient can be reached from here, and by which channel a document goes to it (217/7)."""

from __future__ import annotations

from dataclasses import dataclass

from antin.exchange import directory, ports
from antin.exchange.axis import agencies
from antin.exchange.mail import contacts
from antin.exchange.models import DirectoryEntry, Partner
from antin.rulebook.channels import ChannelChoice, channel_choice, is_state_code
from antin.values import Secrecy
from antin.vault import queries as vault

PARTY_NETWORK, AXIS, OFFICIAL_MAIL = "party_network", "axis", "official_mail"


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


def choice_for(secrecy: Secrecy, code: str, found: DirectoryEntry | None = None) -> ChannelChoice:
    """The channel for one recipient, with its reason; `found` spares looking the code up again."""
    found = found or directory.entry(code)
    reach, health = _reach(code, found), _health(found)
    return channel_choice(secrecy, reach, health, means=means() | _cipher(code))


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


def recipient_code(code: str) -> str:
    """One code for each recipient: the axis lists a body under two, and nobody gets the same document twice."""
    return code if directory.entry(code) is not None or AXIS not in means() else agencies.canonical(code)


def _cipher(code: str) -> frozenset[str]:
    """The installed cipher product is a means towards those whose product it reaches (379/22.2)."""
    product = vault.cipher_product()
    return frozenset({"cipher_product"}) if product is not None and product.reaches(code) else frozenset()


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


def _health(found: DirectoryEntry | None) -> str:
    if found is None or found.partner.state == "ended":
        return "none"
    if found.partner.state != "active":
        return "closed"
    return "down" if found.partner.link == "down" else "good"
