"""Who can be written to: organisations of this installation and of its partners."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from antin.exchange import ports
from antin.exchange.models import Agency, AxisLine, DirectoryEntry, MailContact, MailLine
from antin.values import Actor, fold

MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One organisation that can be written to. `reachable`: partner active, its node answered when last tried.

    On the axis (`channel`) `installation` is empty and `reachable` tells how the axis answered last.
    """

    code: str
    name: str
    group: str
    installation: str
    reachable: bool
    old_code: str = ""
    is_ours: bool = False
    link_at: datetime | None = None
    channel: str = "party_network"


def directory(actor: Actor, text: str = "") -> tuple[DirectoryRow, ...]:
    """Organisations in use whose name, code or group holds every word of the text, with or without diacritics."""
    rows = DirectoryEntry.objects.select_related("partner").filter(in_use=True).exclude(partner__state="ended")
    for word in fold(text).split()[:8]:
        rows = rows.filter(folded__contains=word)
    found = [_directory_row(row) for row in rows.order_by("partner__name", "position", "code")[:MAX_ROWS]]
    found += _on_the_axis(text, MAX_ROWS - len(found))
    return (*found, *_by_mail(text, MAX_ROWS - len(found)))


def recipient_names(recipient_codes: Iterable[str]) -> dict[str, str]:
    """Code → name for those the directory knows."""
    codes = list(recipient_codes)[:MAX_ROWS]
    listed = dict(Agency.objects.filter(code__in=codes).values_list("code", "name"))
    by_mail = dict(MailContact.objects.filter(code__in=codes, state="active").values_list("code", "name"))
    return by_mail | listed | dict(DirectoryEntry.objects.filter(code__in=codes).values_list("code", "name"))


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


def _by_mail(text: str, most: int) -> list[DirectoryRow]:
    """Bodies reached by official mail, that nothing else reaches."""
    if ports.bound().mail is None:
        return []
    rows = MailContact.objects.filter(state="active")
    for word in fold(text).split()[:8]:
        rows = rows.filter(folded__contains=word)
    rows = rows.exclude(code__in=DirectoryEntry.objects.filter(in_use=True).values("code"))
    line = MailLine.objects.filter(kind="smtp").first()
    return [
        DirectoryRow(
            code=row.code,
            name=row.name,
            group="",
            installation="",
            reachable=line is None or line.state != "down",
            link_at=line.at if line else None,
            channel="official_mail",
        )
        for row in rows.order_by("name", "code")[: max(0, most)]
    ]


def _on_the_axis(text: str, most: int) -> list[DirectoryRow]:
    """Bodies on the axis that were written to, heard from, or entered by the operator; all of them when searched for."""
    if ports.bound().axis is None:
        return []
    words = fold(text).split()[:8]
    rows = Agency.objects.filter(in_use=True, **({} if words else {"is_listed": True}))
    for word in words:
        rows = rows.filter(folded__contains=word)
    known = DirectoryEntry.objects.filter(in_use=True)
    rows = rows.exclude(code__in=known.values("code")).exclude(
        old_code__in=known.exclude(old_code="").values("old_code")
    )
    line = AxisLine.objects.filter(id=1).first()
    return [
        DirectoryRow(
            code=row.code,
            name=row.name,
            group="",
            installation="",
            reachable=line is None or line.state != "down",
            old_code=row.old_code,
            link_at=line.at if line else None,
            channel="axis",
        )
        for row in rows.order_by("name", "code")[: max(0, most)]
    ]
