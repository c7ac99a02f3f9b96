"""The parts of the worker that speak to the mail account: hand over, fetch, watch for silence. Nothing is remembered here."""

from __future__ import annotations

import logging
from datetime import timedelta
from random import random

from django.db import InterfaceError, OperationalError
from django.db.models import F

from antin.exchange import faults, irregularities, ports, room, rules
from antin.exchange.mail import bounces, inbox, outbox, reading
from antin.exchange.mail.inbox import Place
from antin.exchange.mail.outbox import Ready
from antin.exchange.mail.reading import Letter
from antin.exchange.models import MailIn, MailLine
from antin.exchange.ports import Lying, Mail, Mailbox, MailRefused, Unreached
from antin.regulation import Indeterminate, RemoteViolation, RuleViolation
from antin.values import N_, Actor
from antin.vault import queries as vault
from antin.vault.rules import ContentDestroyed

log = logging.getLogger("antin.exchange.mail")

SYSTEM = Actor.system("exchange")
BATCH = 50
ASIDE = ("aside", "quarantined", "refused")
SMTP, IMAP = "smtp", "imap"


def send_due() -> int:
    """Hands over what is due, one after the other; answers how many attempts were made. A part of the worker."""
    mail, count = ports.bound().mail, 0
    while mail is not None and count < BATCH and is_open(SMTP):
        letter_id = outbox.claim()
        if letter_id is None:
            break
        faults.reach("mail.claimed")
        ready = outbox.pass_gate(actor=SYSTEM, letter_id=letter_id)
        if ready is not None:
            faults.reach("mail.gate_passed")
            _hand_over(mail, ready)
        count += 1
    return count


def receive_due() -> int:
    """Fetches what lies in the inbox, takes it in, puts it away; answers how many letters. A part of the worker."""
    mail = ports.bound().mail
    if mail is None or not is_open(IMAP):
        return 0
    try:
        with mail.box() as box:
            count = sum(_fetch(box, one) for one in box.waiting()[:BATCH])
    except Unreached as error:
        note_line(IMAP, error=str(error))
        return 0
    note_line(IMAP)
    return count


def watch_due() -> int:
    """Letters that nobody answers. A part of the worker."""
    return outbox.watch_due(actor=SYSTEM) if ports.bound().mail is not None else 0


def is_open(kind: str) -> bool:
    """Not resting after failures."""
    line, _ = MailLine.objects.get_or_create(kind=kind)
    return line.retry_at is None or line.retry_at <= ports.bound().clock.now()


def note_line(kind: str, *, error: str = "") -> None:
    """Whether the server answered; failures in a row make pauses between attempts."""
    now, line = ports.bound().clock.now(), MailLine.objects.filter(kind=kind)
    if not error:
        line.update(state="up", at=now, failures=0, retry_at=None, last_error="")
        return
    line.update(failures=F("failures") + 1, last_error=error[:300])
    pause_s = rules.breaker_pause_s(line.values_list("failures", flat=True).get(), random())  # noqa: S311 (jitter)
    if pause_s:
        line.update(state="down", at=now, retry_at=now + timedelta(seconds=pause_s))


def _hand_over(mail: Mail, ready: Ready) -> None:
    try:
        mail.submit(ready.address, vault.read(ready.content))
    except Unreached as unreached:
        note_line(SMTP, error=str(unreached))
        outbox.settle(actor=SYSTEM, letter_id=ready.id, error=str(unreached))
    except MailRefused as refused:
        note_line(SMTP)
        outbox.settle(actor=SYSTEM, letter_id=ready.id, refused=str(refused))
    except ContentDestroyed:
        outbox.settle(actor=SYSTEM, letter_id=ready.id, refused="destroyed")
    else:
        faults.reach("mail.handed_over")
        note_line(SMTP)
        outbox.settle(actor=SYSTEM, letter_id=ready.id)
        faults.reach("mail.noted")


def _fetch(box: Mailbox, lying: Lying) -> int:
    """One letter: taken in unless it was, then put away, always after the commit."""
    place = Place(box.validity, lying.uid, lying.size)
    if not MailIn.objects.filter(box=place.box, uid=place.uid).exists():
        most = ports.bound().limits.mail_bytes
        if lying.size > most:
            reason = N_("Thư lớn hơn giới hạn {limit} byte, không tải về.").format(limit=most)
            inbox.keep_doubtful(actor=SYSTEM, place=place, reason=reason, letter=None)
        elif not room.for_bytes(lying.size):
            irregularities.note(irregularities.DISK_FULL, source="mail")
            return 0
        else:
            raw = box.fetch(lying.uid, most)
            faults.reach("mail.fetched")
            _take(place, raw)
    state = MailIn.objects.values_list("state", flat=True).get(box=place.box, uid=place.uid)
    box.put_away(lying.uid, aside=state in ASIDE)
    faults.reach("mail.put_away")
    MailIn.objects.filter(box=place.box, uid=place.uid).update(away_at=ports.bound().clock.now())
    return 1


def _take(place: Place, raw: bytes) -> None:
    """What nobody foresaw in a letter holds that letter back, never the ones behind it; what may pass is tried again."""
    try:
        _take_judged(place, raw)
    except (Indeterminate, OSError, OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a letter of %s bytes could not be taken in", len(raw))
        letter = reading.unreadable(raw)
        inbox.keep_doubtful(actor=SYSTEM, place=place, reason=letter.trouble, letter=letter)


def _take_judged(place: Place, raw: bytes) -> None:
    letter, report = _opened(raw)
    if report is not None:
        inbox.take_report(actor=SYSTEM, place=place, letter=letter, report=report)
        return
    try:
        sound = reading.read(letter)
        faults.reach("mail.read")
        if sound is None:
            inbox.leave_aside(place=place, letter=letter)
        else:
            inbox.take_in(actor=SYSTEM, place=place, sound=sound)
    except (RemoteViolation, RuleViolation) as violation:
        inbox.keep_doubtful(actor=SYSTEM, place=place, reason=violation.message(), letter=letter)


def _opened(raw: bytes) -> tuple[Letter, bounces.Report | None]:
    """Whatever hostile bytes make a parser stumble over is kept like any other doubtful letter; the next ones go on."""
    try:
        return reading.opened(raw), bounces.read(raw)
    except Exception:
        log.exception("a letter of %s bytes could not be read", len(raw))
        return reading.unreadable(raw), None
