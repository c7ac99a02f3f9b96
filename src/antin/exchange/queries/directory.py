"""Who can be written to: organisations of this installation and of its partners."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from antin.exchange.models import DirectoryEntry
from antin.exchange.queries.deliveries import MAX_ROWS
from antin.values import Actor, fold


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One organisation that can be written to. `reachable`: partner active, its node answered when last tried."""

    code: str
    name: str
    group: str
    installation: str
    reachable: bool
    old_code: str = ""
    is_ours: bool = False
    link_at: datetime | None = None


def directory(actor: Actor, text: str = "") -> tuple[DirectoryRow, ...]:
    """Organisations in use whose name, code or group holds every word of the text, with or without diacritics."""
    rows = DirectoryEntry.objects.select_related("partner").filter(in_use=True).exclude(partner__state="ended")
    for word in fold(text).split()[:8]:
        rows = rows.filter(folded__contains=word)
    return tuple(_directory_row(row) for row in rows.order_by("partner__name", "position", "code")[:MAX_ROWS])


def recipient_names(recipient_codes: Iterable[str]) -> dict[str, str]:
    """Code → name for those the directory knows."""
    found = DirectoryEntry.objects.filter(code__in=list(recipient_codes)[:MAX_ROWS])
    return dict(found.values_list("code", "name"))


def _directory_row(row: DirectoryEntry) -> DirectoryRow:
    partner = row.partner
    return DirectoryRow(
        code=row.code,
        name=row.name,
        group=row.group,
        installation=partner.name,
        reachable=partner.state == "active" and partner.link != "down",
        old_code=row.old_code,
        is_ours=partner.is_self,
        link_at=partner.link_at,
    )
