"""Registers and their numbers, under the lock of the register's row; used by this room's acts alone.

Whoever allots a number holds `SELECT … FOR UPDATE` on the register until commit, so two clerks at once get two
numbers and no number is lost: a rolled-back act leaves no trace in the series (217/11.2, 217/5.2).
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Max

from antin.identity import queries as identity
from antin.registry import rules
from antin.registry.lifecycle import NUMBER, REGISTER
from antin.registry.models import Number, Register, SignatureRequest
from antin.values import to_vietnam

OUTGOING, INCOMING = "outgoing", "incoming"


def locked_register(
    organisation_id: UUID, kind: str, series: str, *, on: date, now: datetime, opened_by: UUID | None
) -> Register:
    """The register in use for that day, locked; opened on demand. RuleViolation 217/11.2 when it is closed."""
    register = _in_use(organisation_id, kind, series, on)
    if register is None:
        period = _period(organisation_id, kind, on)
        register, _ = Register.objects.get_or_create(
            organisation_id=organisation_id,
            kind=kind,
            series=series,
            period=period,
            defaults={"opens_on": on, "opened_at": now, "opened_by": opened_by, "state": _opened()},
        )
    register = Register.objects.select_for_update().get(pk=register.pk)
    rules.register_open(register.state)
    return register


def _opened() -> str:
    return REGISTER.step("", "open_register").to


def _in_use(organisation_id: UUID, kind: str, series: str, on: date) -> Register | None:
    books = Register.objects.filter(organisation_id=organisation_id, kind=kind, series=series, opens_on__lte=on)
    if kind == INCOMING:
        books = books.filter(period=rules.incoming_period(on))
    return books.order_by("-opens_on", "-opened_at").first()


def _period(organisation_id: UUID, kind: str, on: date) -> str:
    """Incoming: the year. Outgoing: the term of the organisation's newest book, else the one the day falls into."""
    if kind == INCOMING:
        return rules.incoming_period(on)
    newest = (
        Register.objects.filter(organisation_id=organisation_id, kind=kind, opens_on__lte=on)
        .order_by("-opens_on", "-opened_at")
        .values_list("period", flat=True)
        .first()
    )
    return newest or rules.party_term(identity.organisation(organisation_id).level, on)


def allot(register: Register, act: str, *, document_id: UUID, now: datetime) -> Number:
    """The next number of the locked register: the lowest free, else the next above the highest."""
    free = Number.objects.filter(register=register, state="free").order_by("number").values_list("number", flat=True)
    highest = Number.objects.filter(register=register).aggregate(top=Max("number"))["top"] or 0
    number = rules.lowest_free(free[:1], highest=highest)
    if number <= highest:
        row = Number.objects.get(register=register, number=number)
        row.state = NUMBER.step(row.state, act).to
    else:
        row = Number(register=register, number=number, state=NUMBER.step("", act).to)
    row.document_id, row.since, row.entered_on = document_id, now, to_vietnam(now).date()
    row.save()
    return row


def move(number: Number, act: str, *, now: datetime, note: str = "") -> Number:
    """One step of the number's life, its row locked; a number that is free again belongs to no document."""
    row = Number.objects.select_for_update().get(pk=number.pk)
    row.state, row.since = NUMBER.step(row.state, act).to, now
    if row.state == "free":
        row.document_id, row.reference_number, row.entered_on = None, "", None
    row.note = note or row.note
    row.save()
    return row


def void_numbers(document_id: UUID, act: str, *, now: datetime, note: str) -> int:
    """Voids every used number of the document; how many there were (379/13.4, 379/17.3)."""
    used = list(Number.objects.filter(document_id=document_id, state="used"))
    for number in used:
        move(number, act, now=now, note=note)
    return len(used)


def claimed_code(wanted: str) -> str:
    """A document code that no open or finished request has, claimed until commit by an advisory lock (379/11.4)."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 379))", [wanted])
    requests = SignatureRequest.objects.filter(document_code__startswith=wanted).exclude(state="lapsed")
    return rules.unclaimed_code(wanted, set(requests.values_list("document_code", flat=True)))


def annotate(number_id: UUID, note: str) -> None:
    """A note beside a number that stays, as for a document returned to its sender (217/10.1.p2)."""
    Number.objects.filter(pk=number_id).update(note=note)
