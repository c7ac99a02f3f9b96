"""Partners' sheets fetched: each hourly, and at once when something is signed with a certificate that nobody knows here."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from antin.exchange import directory, ports, rules
from antin.exchange.lifecycle import PARTNER
from antin.exchange.models import DirectoryEntry, Partner
from antin.exchange.ports import Destination, Request, Unreached
from antin.exchange.sheets.form import SHEET_MAX
from antin.exchange.sheets.models import HeldSheet
from antin.exchange.sheets.taking import Taken, note_refused, take_sheet
from antin.regulation import Indeterminate, RemoteViolation
from antin.values import N_, Actor

log = logging.getLogger("antin.exchange.sheets")

SYSTEM = Actor.system("exchange")
PATH = "/exchange/v1/directory"
RETRY = timedelta(minutes=10)
ASKED_AGAIN_AFTER = timedelta(minutes=1)
ROUND_MOST = 20


def refresh_due(actor: Actor = SYSTEM) -> int:
    """Fetches the sheet of every partner whose turn it is; answers how many. A job of the worker."""
    now = ports.bound().clock.now()
    turn = Q(sheet=None) | Q(sheet__due_at=None) | Q(sheet__due_at__lte=now)
    due = list(Partner.objects.filter(turn, state="active", is_self=False).values_list("id", flat=True)[:ROUND_MOST])
    for partner_id in due:
        try:
            refresh(actor=actor, partner_id=partner_id)
        except (Indeterminate, RemoteViolation) as violation:
            log.warning("no sheet of %s: %s", partner_id, violation)  # its turn comes again soon
    return len(due)


def refresh(*, actor: Actor, partner_id: UUID) -> Taken:
    """The partner's sheet of now, applied. Indeterminate when it does not answer, RemoteViolation when its sheet does not hold."""
    partner = Partner.objects.get(id=partner_id)
    rules.require_operator(actor, PARTNER.step(partner.state, "refresh_sheet"))
    now = ports.bound().clock.now()
    HeldSheet.objects.get_or_create(partner=partner)
    held = HeldSheet.objects.filter(partner=partner)
    held.update(asked_at=now, due_at=now + RETRY)
    try:
        data = fetched(directory.destination(partner))
        return take_sheet(actor=actor, partner_id=partner_id, data=data)
    except Indeterminate as silent:
        held.update(error=str(silent.facts.get("error", ""))[:300])
        raise
    except RemoteViolation as violation:
        held.update(error=violation.message()[:300])
        note_refused(partner_id, partner.host_code, violation.reason)
        raise


def learn(partner: Partner) -> bool:
    """True when we hold the partner's sheet of this minute: asked now, because it signs with what we do not know, or just before."""
    held = HeldSheet.objects.filter(partner=partner).values_list("asked_at", "error").first()
    if held is not None and held[0] is not None and ports.bound().clock.now() < held[0] + ASKED_AGAIN_AFTER:
        return not held[1]
    try:
        refresh(actor=SYSTEM, partner_id=partner.id)
    except (Indeterminate, RemoteViolation) as violation:
        log.warning("no sheet of %s: %s", partner.id, violation)
        return False
    return True


def may_be_new(entry: DirectoryEntry, fingerprint: str, partner: Partner) -> bool:
    """True when a certificate of that digest was unknown here and the partner's sheet has been fetched since: look again.

    Indeterminate when it is unknown and the sheet can't be had: a certificate may have been renewed, so nobody is
    refused for good (217/13.1).
    """
    known = {one.sha256 for one in (entry.certificate, entry.next_certificate) if one is not None}
    if fingerprint in known:
        return False
    if not learn(partner):
        raise _silent("a certificate that is not known here")
    return True


def fetched(destination: Destination) -> bytes:
    """A node's sheet as it answers. Indeterminate when it does not."""
    try:
        answer = ports.bound().channel.exchange(destination, Request("GET", PATH, most=SHEET_MAX))
    except Unreached as unreached:
        raise _silent(str(unreached)) from unreached
    if answer.status != 200:
        raise _silent(f"HTTP {answer.status} to the directory")
    return answer.body


def _silent(error: str) -> Indeterminate:
    return Indeterminate(
        "217/13.1", N_("Nơi kết nối chưa trả lời danh bạ của mình."), N_("Hệ thống tự hỏi lại."), error=error
    )
