"""Our own sheet: made from the directory, the certificates in use and the closures announced; signed by the host organisation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from antin.exchange import directory, ports
from antin.exchange.models import DirectoryEntry, Partner
from antin.exchange.sheets.form import (
    CERTIFICATES_MOST,
    RENEWED_AFTER,
    VALID,
    Closure,
    Organ,
    Sheet,
    SignedSheet,
    closures_of,
    kept,
)
from antin.exchange.sheets.models import HeldSheet
from antin.identity import queries as identity
from antin.signing import envelope
from antin.values import sha256_hex


def own_sheet() -> bytes:
    """The signed sheet in force: the kept one while it says what is so and is fresh, else the next.

    RuleViolation when this installation is not in its own directory, or its host organisation has no key.
    """
    now = ports.bound().clock.now().replace(microsecond=0)
    held = HeldSheet.objects.filter(partner=own_partner()).first()
    if held is not None and _in_force(held, now):
        return bytes(held.message)
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(id=own_partner().id)
        held, _made = HeldSheet.objects.get_or_create(partner=partner)
        return bytes(held.message) if _in_force(held, now) else _next(held, now)


def own_partner() -> Partner:
    """Our own row among the partners."""
    found = Partner.objects.filter(is_self=True).exclude(state="ended").order_by("proposed_at").first()
    if found is None:
        raise directory.no_key(ports.bound().organisation_code)
    return found


def announced(held: HeldSheet | None, now: datetime) -> tuple[Closure, ...]:
    """Our closures that are not over."""
    return tuple(one for one in closures_of(held.closures if held else ()) if one.end > now)


def _in_force(held: HeldSheet, now: datetime) -> bool:
    fresh = held.taken_at is not None and now < held.taken_at + RENEWED_AFTER
    return fresh and held.content == _said(held, now).content


def _next(held: HeldSheet, now: datetime) -> bytes:
    """The same number while the words stay; one more when they changed."""
    sheet = _said(held, now)
    version = held.version if held.content == sheet.content else held.version + 1
    sheet = replace(sheet, version=version)
    host = directory.own_organisation(sheet.host)
    assert host is not None, "the host organisation is one of ours"
    payload = sheet.to_bytes()
    signatures = [(sha256_hex(der), made) for der, made in envelope.sign_by_each(payload, host)]
    held.version, held.content, held.until, held.taken_at = version, sheet.content, sheet.until, now
    held.parcel_bytes = sheet.parcel_bytes
    held.closures, held.message = kept(sheet.closures), SignedSheet(payload, tuple(signatures)).to_bytes()
    held.save()
    return bytes(held.message)


def _said(held: HeldSheet, now: datetime) -> Sheet:
    """What is so now, under the number held."""
    here, partner = ports.bound(), held.partner
    entries = DirectoryEntry.objects.select_related("certificate").filter(partner=partner, in_use=True)
    return Sheet(
        host=here.organisation_code,
        version=held.version,
        issued_at=now,
        until=now + VALID,
        url=partner.url,
        node=partner.node_certificate,
        next_node=partner.next_node_certificate,
        parcel_bytes=here.limits.parcel_bytes,
        closures=announced(held, now),
        organisations=tuple(map(_organ, entries.order_by("position", "code"))),
    )


def _organ(entry: DirectoryEntry) -> Organ:
    """With the certificates it signs with now; with the one that was entered while it has none."""
    ours = identity.organisation_by_code(entry.code)
    usable = envelope.exchange_certificates(ours.id)[:CERTIFICATES_MOST] if ours else ()
    return Organ(entry.code, entry.old_code, entry.name, entry.group, usable or (bytes(entry.certificate.der),))
