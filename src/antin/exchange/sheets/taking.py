"""A partner's sheet, judged and applied: names, certificates, address, limits and closures; never a new organisation unasked.

The host organisation speaks for its whole installation, so its signature is enough for what it already has there. A
code that was not listed before is only offered: a person confirms it (379/26.2). An organisation that the sheet lists no
more is out of use; what was received from it stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from antin.exchange import directory, irregularities, ports
from antin.exchange.directory import keep_certificate
from antin.exchange.models import DirectoryEntry, Partner
from antin.exchange.sheets.form import Following, Organ, Sheet, SignedSheet, following, kept
from antin.exchange.sheets.models import HeldSheet
from antin.ledger import acts as ledger
from antin.regulation import RemoteViolation
from antin.signing import certificates, envelope
from antin.values import N_, Actor, fold, sha256_hex

AGAIN_AFTER = timedelta(hours=1)
AHEAD_MOST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet changed: `changed` False when it said what was known; codes that are `offered` wait for a person."""

    version: int
    changed: bool
    offered: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


def take_sheet(*, actor: Actor, partner_id: UUID, data: bytes) -> Taken:
    """Applies what the partner's host organisation signed. RemoteViolation, and nothing is changed, when it does not hold."""
    signed = SignedSheet.parse(data)
    sheet = signed.open()
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(id=partner_id)
        held, _made = HeldSheet.objects.get_or_create(partner=partner)
        _belongs(partner, sheet)
        _is_signed(partner, signed)
        _is_in_time(sheet)
        names_certificates(sheet)
        known = (held.version, held.content) if held.version else None
        step = following(known, sheet)
        if step in (Following.OLDER, Following.FORKED):
            raise _refused(N_("Bản danh bạ cũ hơn bản đang giữ, hoặc cùng số mà khác nội dung."))
        keep(held, sheet, data)
        if step is Following.SAME:
            return Taken(sheet.version, changed=False)
        return _applied(actor, partner, held, sheet)


def keep(held: HeldSheet, sheet: Sheet, data: bytes) -> None:
    """This sheet is the one held now. Joins the transaction."""
    now = ports.bound().clock.now()
    held.version, held.content, held.message = sheet.version, sheet.content, data
    held.until, held.parcel_bytes, held.closures = sheet.until, sheet.parcel_bytes, kept(sheet.closures)
    held.taken_at, held.due_at, held.error = now, now + AGAIN_AFTER, ""
    held.save()


def enter(partner: Partner, organ: Organ, *, position: int = 0) -> DirectoryEntry:
    """The organisation as the sheet has it, in use from now on; its two newest certificates count. Joins the transaction."""
    found = DirectoryEntry.objects.filter(code=organ.code, partner=partner).first()
    found = found or DirectoryEntry(code=organ.code, partner=partner, position=position)
    found.old_code, found.name, found.group, found.in_use = organ.old_code, organ.name, organ.group, True
    newest, *older = (keep_certificate(der, organ.code) for der in organ.certificates)
    found.certificate, found.next_certificate = newest, older[0] if older else None
    found.folded = fold(" ".join((organ.name, organ.code, organ.old_code, organ.group)))
    found.save()
    return found


def signs_itself(signed: SignedSheet, sheet: Sheet) -> bool:
    """True when a certificate that the sheet lists for its own host made one of its signatures: it was not altered."""
    own = {
        sha256_hex(der): der for organ in sheet.organisations if organ.code == sheet.host for der in organ.certificates
    }
    return any(
        certificate in own and envelope.verify_detached(signed.payload, signature, own[certificate])
        for certificate, signature in signed.signatures
    )


def names_certificates(sheet: Sheet) -> None:
    """RemoteViolation when one of the certificates it lists is none: what can't be read must not stand in the directory."""
    try:
        for organ in sheet.organisations:
            for der in organ.certificates:
                certificates.load(der)
    except ValueError as odd:
        raise _refused(N_("Bản danh bạ có chứng thư không đọc được.")) from odd


def _belongs(partner: Partner, sheet: Sheet) -> None:
    if sheet.host != partner.host_code or sheet.node not in {partner.node_certificate, partner.next_node_certificate}:
        raise _refused(N_("Bản danh bạ không phải của nơi kết nối này."))


def _is_signed(partner: Partner, signed: SignedSheet) -> None:
    host = directory.entry(partner.host_code)
    mine = host if host is not None and host.partner_id == partner.id else None
    if not any(directory.verified(mine, signed.payload, made, shown) for shown, made in signed.signatures):
        raise _refused(N_("Bản danh bạ không có chữ ký được công nhận của cơ quan chủ."))


def _is_in_time(sheet: Sheet) -> None:
    now = ports.bound().clock.now()
    if not sheet.issued_at - AHEAD_MOST <= now < sheet.until:
        raise _refused(N_("Bản danh bạ đã quá hạn, hoặc đề ngày chưa tới."))


def _applied(actor: Actor, partner: Partner, held: HeldSheet, sheet: Sheet) -> Taken:
    partner.url = sheet.url.rstrip("/")
    partner.node_certificate, partner.next_node_certificate = sheet.node, sheet.next_node
    partner.save(update_fields=["url", "node_certificate", "next_node_certificate"])
    known = {entry.code: entry for entry in DirectoryEntry.objects.filter(partner=partner)}
    listed = {organ.code: organ for organ in sheet.organisations}
    for code in known.keys() & listed.keys():
        if known[code].in_use:
            enter(partner, listed[code])
    withdrawn = tuple(sorted(code for code, entry in known.items() if entry.in_use and code not in listed))
    DirectoryEntry.objects.filter(partner=partner, code__in=withdrawn).update(in_use=False)
    offered = tuple(sorted(code for code in listed if code not in known or not known[code].in_use))
    facts = {"version": sheet.version, "digest": sheet.content, "offered": len(offered), "withdrawn": len(withdrawn)}
    ledger.append(
        "exchange.directory.taken",
        actor,
        object_kind="partner",
        object_id=partner.id,
        facts=facts,
        detail={"name": partner.name, "offered": list(offered), "withdrawn": list(withdrawn)},
        clause="379/26.2",
    )
    transaction.on_commit(directory.forget)
    return Taken(sheet.version, changed=True, offered=offered, withdrawn=withdrawn)


def _refused(reason: str) -> RemoteViolation:
    return RemoteViolation("379/26.2", reason, N_("Đối chiếu với quản trị bên đó."))


def note_refused(partner_id: UUID, host_code: str, reason: str) -> None:
    """A sheet that was not taken is an irregularity: somebody may play with the directory."""
    irregularities.note(irregularities.SHEET_REFUSED, source=reason, subject=partner_id, sender_code=host_code)
