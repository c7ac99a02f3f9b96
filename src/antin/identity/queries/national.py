"""Whether and how a person may come in by a national identity account (379/11.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antin.identity.models import NationalLink
from antin.identity.ports import bound


@dataclass(frozen=True, slots=True)
class NationalLinkView:
    """`level`: at which the provider knew the person at the last sign-in, in the provider's own words."""

    level: str
    linked_at: datetime
    used_at: datetime | None


def national_provider() -> str:
    """Its name for buttons, "" where none is connected."""
    provider = bound().national
    return provider.name if provider else ""


def national_link(account_id: UUID) -> NationalLinkView | None:
    """The standing link of the account."""
    row = NationalLink.objects.filter(account_id=account_id, ended_at=None).first()
    return NationalLinkView(row.level, row.linked_at, row.used_at) if row else None
