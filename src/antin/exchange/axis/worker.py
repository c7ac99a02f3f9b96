"""The parts of the worker that speak to the axis: hand over, fetch, read its list of bodies. Nothing is remembered here."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from random import random

from django.db.models import F

from antin.exchange import faults, irregularities, ports, room, rules
from antin.exchange.axis import agencies, inbox, outbox, reading
from antin.exchange.axis.inbox import Fetched
from antin.exchange.axis.lookup import Found, Sought, look_up
from antin.exchange.axis.outbox import Ready
from antin.exchange.axis.protocol import EDOC, STATUS, AxisRefused, Entry
from antin.exchange.models import AxisIn, AxisLine, AxisOut
from antin.exchange.ports import Axis, Unreached
from antin.regulation import RemoteViolation, RuleViolation
from antin.values import N_, Actor
from antin.vault import queries as vault
from antin.vault.rules import ContentDestroyed
from antin.vault.spool import Spool

log = logging.getLogger("antin.exchange.axis")

SYSTEM = Actor.system("exchange")
BATCH = 50


def send_due() -> int:
    """Hands over what is due, one after the other; answers how many attempts were made. A part of the worker."""
    count = 0
    while count < BATCH and is_open():
        message_id = outbox.claim()
        if message_id is None:
            break
        faults.reach("axis.claimed")
        ready = outbox.pass_gate(actor=SYSTEM, message_id=message_id)
        if ready is not None:
            faults.reach("axis.gate_passed")
            _attempt(ready)
        count += 1
    return count


def refresh_due() -> int:
    """The list of bodies, once a day. A part of the worker."""
    if not is_open():
        return 0
    try:
        return agencies.refresh()
    except (Unreached, AxisRefused) as error:
        note_line(error=str(error))
        return 0


def is_open() -> bool:
    """Connected, and not resting after failures."""
    if ports.bound().axis is None:
        return False
    line, _ = AxisLine.objects.get_or_create(id=1)
    return line.retry_at is None or line.retry_at <= ports.bound().clock.now()


def note_line(*, error: str = "") -> None:
    """Whether the axis answered; failures in a row make pauses between attempts."""
    now = ports.bound().clock.now()
    if not error:
        AxisLine.objects.filter(id=1).update(state="up", at=now, failures=0, retry_at=None, last_error="")
        return
    AxisLine.objects.filter(id=1).update(failures=F("failures") + 1, last_error=error[:300])
    failures = AxisLine.objects.values_list("failures", flat=True).get(id=1)
    pause_s = rules.breaker_pause_s(failures, random())  # noqa: S311 (jitter, not a secret)
    if pause_s:
        AxisLine.objects.filter(id=1).update(state="down", at=now, retry_at=now + timedelta(seconds=pause_s))


def _attempt(ready: Ready) -> None:
    axis = ports.bound().axis
    assert axis is not None
    if ready.tried_at is not None:
        lookup = look_up(axis, _sought(ready))
        faults.reach("axis.looked_up")
        if lookup.found is not Found.ABSENT:
            note_line(error=lookup.error)
            outbox.settle_lookup(actor=SYSTEM, message_id=ready.id, lookup=lookup)
            return
        again = outbox.pass_gate(actor=SYSTEM, message_id=ready.id, absent=True)
        if again is None:
            return
        ready = again
    _hand_over(axis, ready)


def _hand_over(axis: Axis, ready: Ready) -> None:
    try:
        doc_id = axis.send(
            sender=ready.sender,
            kind=ready.kind,
            size=ready.size,
            sha256=ready.digest,
            pieces=lambda: vault.stream(ready.content),
        )
    except Unreached as unreached:
        note_line(error=str(unreached))
        outbox.settle(actor=SYSTEM, message_id=ready.id, error=str(unreached))
    except AxisRefused as refused:
        note_line()
        outbox.settle(actor=SYSTEM, message_id=ready.id, refused=str(refused))
    except ContentDestroyed:
        outbox.settle(actor=SYSTEM, message_id=ready.id, refused="destroyed")
    else:
        faults.reach("axis.handed_over")
        note_line()
        outbox.settle(actor=SYSTEM, message_id=ready.id, doc_id=doc_id)
        faults.reach("axis.noted")


def _sought(ready: Ready) -> Sought:
    assert ready.tried_at is not None
    here = ports.bound()
    return Sought(
        kind=ready.kind,
        sender=ready.sender,
        recipient=ready.recipient,
        tried_at=ready.tried_at,
        digest=ready.digest,
        most=here.limits.axis_bytes,
        is_known=lambda doc_id: AxisOut.objects.filter(doc_id=doc_id).exists(),
        same=agencies.same,
        spool=lambda: Spool(here.spool, here.limits.in_memory_bytes),
    )


def receive_due() -> int:
    """Fetches what waits at the axis, takes it in, tells it so; answers how many messages. A part of the worker."""
    axis = ports.bound().axis
    if axis is None or not is_open():
        return 0
    try:
        told = sum(_tell_axis(axis, row) for row in AxisIn.objects.filter(told_at=None).order_by("id")[:BATCH])
        taken = sum(_fetch_all(axis, kind) for kind in (EDOC, STATUS))
    except (Unreached, AxisRefused) as error:
        note_line(error=str(error))
        return 0
    note_line()
    AxisLine.objects.filter(id=1).update(polled_at=ports.bound().clock.now())
    return told + taken


def _fetch_all(axis: Axis, kind: str) -> int:
    count = 0
    for entry in axis.received(kind)[:BATCH]:
        known = AxisIn.objects.filter(doc_id=entry.doc_id)
        if entry.recipient:
            known = known.filter(recipient_code=agencies.recipient_code(entry.recipient))
        row = known.first()
        if row is not None:
            _tell_axis(axis, row)
        elif room.for_bytes(ports.bound().limits.axis_bytes):
            _fetch(axis, kind, entry)
            count += 1
        else:
            irregularities.note(irregularities.DISK_FULL, source="axis")
            break
    return count


def _fetch(axis: Axis, kind: str, entry: Entry) -> None:
    here, digest = ports.bound(), hashlib.sha256()
    with Spool(here.spool, here.limits.in_memory_bytes) as spool:

        def sink(piece: bytes) -> None:
            digest.update(piece)
            spool.write(piece)

        try:
            axis.get(entry.doc_id, most=here.limits.axis_bytes, sink=sink)
        except RemoteViolation as violation:  # larger than anything we take: not fetched a second time
            nothing = Fetched(entry, kind, Spool(here.spool, 0), hashlib.sha256(b"").hexdigest())
            _finish(axis, inbox.keep_doubtful(actor=SYSTEM, fetched=nothing, reason=violation.message()), entry)
            return
        faults.reach("axis.fetched")
        fetched = Fetched(entry, kind, spool, digest.hexdigest())
        _finish(axis, _admit(fetched), entry)


def _admit(fetched: Fetched) -> str:
    sound = None
    try:
        sound = reading.read(fetched.spool, fetched.entry)
        if (sound.purpose == "status") != (fetched.kind == STATUS):
            raise reading.doubtful(N_("Thông điệp không đúng loại mà Trục nêu."))
        paper = reading.paper_of(sound)
        faults.reach("axis.read")
        return inbox.take_in(actor=SYSTEM, fetched=fetched, sound=sound, paper=paper)
    except (RemoteViolation, RuleViolation) as violation:
        return inbox.keep_doubtful(actor=SYSTEM, fetched=fetched, reason=violation.message(), sound=sound)


def _finish(axis: Axis, verdict: str, entry: Entry) -> None:
    for row in AxisIn.objects.filter(doc_id=entry.doc_id, told_at=None, verdict=verdict):
        _tell_axis(axis, row)


def _tell_axis(axis: Axis, row: AxisIn) -> int:
    """After the commit, and again as often as the axis lists the message."""
    axis.update_status(row.doc_id, row.verdict)
    AxisIn.objects.filter(id=row.id, told_at=None).update(told_at=ports.bound().clock.now())
    return 1
