"""Tickets of the person's device: secrets made and recognised, rows closed. Used by this room's acts and queries alone.

The secret leaves once, in the answer to whoever opened the ticket; kept are only digests. A ticket has 256 bits of
chance, so a plain digest is enough. Two secrets: one reads the page, the other gives the answer; the first is derived
from the second, so that an address for reading that got about opens nothing else.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from antin.registry.lifecycle import TICKET
from antin.registry.models import DeviceTicket
from antin.values import sha256_hex

_DOWNLOAD = b"antin ticket, reading: "


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def reading_secret(secret: str) -> str:
    """What opens the reading only; known to whoever knows the secret, and never the other way round."""
    return sha256_hex(_DOWNLOAD + secret.encode())


def hashed(secret: str) -> str:
    return sha256_hex(secret.encode())


def close(ticket: DeviceTicket, act: str, *, now: datetime, reason: str = "") -> None:
    """By the table; RuleViolation when the ticket is closed already."""
    ticket.state = TICKET.step(ticket.state, act).to
    ticket.closed_at, ticket.reason = now, reason
    ticket.save(update_fields=["state", "closed_at", "reason"])


def end(request_id: UUID, *, now: datetime, reason: str) -> None:
    """Ends the open ticket of a request, if there is one; joins the transaction."""
    for ticket in DeviceTicket.objects.select_for_update().filter(request_id=request_id, state="open"):
        close(ticket, "end_device_ticket", now=now, reason=reason)
