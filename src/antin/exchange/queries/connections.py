"""One installation as the operator sees it: its fingerprint, its sheet, its organisations; and our own closures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antin.exchange import ports, rules
from antin.exchange.directory import expires_at
from antin.exchange.models import DirectoryEntry, HeldSheet, Partner
from antin.exchange.queries.deliveries import MAX_ROWS
from antin.exchange.queries.operating import OPERATES
from antin.exchange.sheets.form import Closure, SignedSheet, closed_until, closures_of
from antin.regulation import RuleViolation
from antin.values import N_, Actor

GROUP = 4


@dataclass(frozen=True, slots=True)
class ListedOrganisation:
    """An organisation of a partner: in the directory (`in_use`), or offered by its sheet and waiting for a person."""

    code: str
    name: str
    group: str
    in_use: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class SheetView:
    """The sheet held of an installation. `error`: why the last one was not taken; `closed_until`: maintenance is now, till then."""

    version: int
    taken_at: datetime | None
    until: datetime | None
    parcel_bytes: int | None
    closures: tuple[Closure, ...]
    closed_until: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """`introduced`: it asked by itself; `mine`: this very operator proposed it and may not confirm."""

    id: UUID
    name: str
    url: str
    state: str
    is_self: bool
    host_code: str
    fingerprint: str
    next_fingerprint: str
    node_expires_at: datetime | None
    agreement: str
    introduced: bool
    mine: bool
    closed_reason: str
    sheet: SheetView
    organisations: tuple[ListedOrganisation, ...]

    @property
    def offered(self) -> tuple[ListedOrganisation, ...]:
        return tuple(one for one in self.organisations if not one.in_use)


def connection_of(actor: Actor, partner_id: UUID) -> ConnectionView:
    """RuleViolation 379/4.4 when there is no such installation; for exchange operators."""
    rules.require_operator(actor, OPERATES)
    row = Partner.objects.filter(id=partner_id).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có nơi kết nối này."), N_("Mở lại trang liên thông."))
    held = HeldSheet.objects.filter(partner=row).first()
    return ConnectionView(
        id=row.id,
        name=row.name,
        url=row.url,
        state=row.state,
        is_self=row.is_self,
        host_code=row.host_code,
        fingerprint=row.node_certificate,
        next_fingerprint=row.next_node_certificate,
        node_expires_at=row.node_expires_at,
        agreement=row.agreement,
        introduced=row.proposed_by is None and row.state == "proposed",
        mine=row.proposed_by is not None and row.proposed_by == actor.person_id,
        closed_reason=row.closed_reason,
        sheet=_sheet(held, ports.bound().clock.now()),
        organisations=_organisations(row, held),
    )


def sheets_of(actor: Actor) -> dict[UUID, SheetView]:
    """The sheet held of every installation, by partner; for exchange operators."""
    rules.require_operator(actor, OPERATES)
    now = ports.bound().clock.now()
    return {row.partner_id: _sheet(row, now) for row in HeldSheet.objects.all()[:MAX_ROWS]}


def in_groups(fingerprint: str) -> str:
    """A fingerprint as it is read aloud.

    >>> in_groups("ab12cd34ef")
    'AB12 CD34 EF'
    """
    return " ".join(fingerprint[n : n + GROUP] for n in range(0, len(fingerprint), GROUP)).upper()


def _sheet(held: HeldSheet | None, now: datetime) -> SheetView:
    if held is None:
        return SheetView(0, None, None, None, (), None, "")
    closures = tuple(one for one in closures_of(held.closures) if one.end > now)
    ends = closed_until(closures, now)
    return SheetView(held.version, held.taken_at, held.until, held.parcel_bytes, closures, ends, held.error)


def _organisations(row: Partner, held: HeldSheet | None) -> tuple[ListedOrganisation, ...]:
    entries = DirectoryEntry.objects.select_related("certificate").filter(partner=row).order_by("position", "code")
    listed = [
        ListedOrganisation(one.code, one.name, one.group, True, expires_at(bytes(one.certificate.der)))
        for one in entries[:MAX_ROWS]
        if one.in_use
    ]
    known = {one.code for one in listed}
    sheet = SignedSheet.parse(bytes(held.message)).open() if held is not None and held.message else None
    offered = [one for one in (sheet.organisations if sheet else ()) if one.code not in known]
    return (*listed, *(ListedOrganisation(one.code, one.name, one.group, False, None) for one in offered))
