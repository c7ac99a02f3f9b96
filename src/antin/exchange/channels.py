"""How a recipient can be reached from here, and by which channel a document goes to it (217/7)."""

from __future__ import annotations

from antin.exchange import directory
from antin.exchange.models import DirectoryEntry
from antin.rulebook.channels import ChannelChoice, channel_choice, is_state_code
from antin.values import Secrecy
from antin.vault import queries as vault

MEANS = frozenset({"party_network"})
"""Channels with an adapter here."""


def choice_for(secrecy: Secrecy, code: str, found: DirectoryEntry | None = None) -> ChannelChoice:
    """The channel for one recipient, with its reason; `found` spares looking the code up again."""
    found = found or directory.entry(code)
    reach, health = _reach(code, found), _health(found)
    return channel_choice(secrecy, reach, health, means=MEANS | _cipher(code))


def _cipher(code: str) -> frozenset[str]:
    """The installed cipher product is a means towards those whose product it reaches (379/22.2)."""
    product = vault.cipher_product()
    return frozenset({"cipher_product"}) if product is not None and product.reaches(code) else frozenset()


def _reach(code: str, found: DirectoryEntry | None) -> str:
    if found is None:
        return "state_axis" if is_state_code(code) else "none"
    if found.partner.state == "ended":
        return "none"
    return "internet" if found.partner.link == "none" else "party_network"


def _health(found: DirectoryEntry | None) -> str:
    if found is None or found.partner.state == "ended":
        return "none"
    if found.partner.state != "active":
        return "closed"
    return "down" if found.partner.link == "down" else "good"
