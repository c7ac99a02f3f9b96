"""What two installations hold of each other's messages, compared by day and then id by id (217/6.2, 217/13.1).

The asker tells what it holds the other's signed answers to; the other says what it lacks and what else it has. The
day of an id is the day it was made, so neither clock matters. The root of a day is SHA-256 over its lines
"<id> <value>" in order of the ids; a parcel's value is its manifest's digest, a statement's "<parcel>:<code>:<number>".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import F, Func, TextField

from antin.exchange.days import LOW_BITS, day_of, first_id
from antin.exchange.messages import LISTED_MOST, Reconciliation
from antin.exchange.models import DirectoryEntry, Evidence, ParcelIn, ParcelOut, Partner, StatementIn, StatementOut
from antin.exchange.wire import malformed
from antin.values import sha256_hex

PARCELS, STATEMENTS = "parcels", "statements"
KINDS = (PARCELS, STATEMENTS)
ANSWERED = ("ContentConsignment", "ContentConsignmentFailure")
DAYS_MOST = 62
LISTED_SPAN = timedelta(days=2)
YEARS = range(1971, 9999)
"""Those that ids can tell of (RFC 9562, 5.7)."""
ROWS_AT_ONCE = 2_000

Held = list[tuple[UUID, str]]
"""(id, value) in order of the ids."""
Rows = Iterator[tuple[UUID, str]]
"""The same, as the database hands them out."""

_digest = Func(F("manifest"), template="encode(sha256(%(expressions)s), 'hex')", output_field=TextField())


@dataclass
class Difference:
    """What the asked one found different."""

    days: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def sent(partner: Partner, kind: str, first: UUID, last: UUID) -> Rows:
    """What this side sent to the partner and holds an answer to, from `first` on and below `last`."""
    if kind == STATEMENTS:
        told = StatementOut.objects.filter(partner=partner, state="acknowledged", id__gte=first, id__lt=last)
        rows = told.order_by("id").values_list("id", "parcel", "code", "sequence").iterator(ROWS_AT_ONCE)
        return ((key, statement_value(parcel, code, number)) for key, parcel, code, number in rows)
    answered = Evidence.objects.filter(side="theirs", event__in=ANSWERED, dispatch__isnull=False).values("dispatch_id")
    gone = ParcelOut.objects.filter(id__gte=first, id__lt=last, dispatch__partner=partner, dispatch_id__in=answered)
    return gone.order_by("id").values_list("id", _digest).iterator(ROWS_AT_ONCE)


def received(partner: Partner, kind: str, first: UUID, last: UUID) -> Rows:
    """What this side took in from the partner, in the same stretch."""
    if kind == STATEMENTS:
        codes = DirectoryEntry.objects.filter(partner=partner).values("code")
        heard = StatementIn.objects.filter(sender_code__in=codes, statement__gte=first, statement__lt=last)
        rows = heard.order_by("statement").values_list("statement", "parcel", "code", "sequence").iterator(ROWS_AT_ONCE)
        return ((key, statement_value(parcel, code, number)) for key, parcel, code, number in rows)
    here = ParcelIn.objects.filter(partner=partner, parcel__gte=first, parcel__lt=last)
    return here.order_by("parcel").values_list("parcel", "digest").iterator(ROWS_AT_ONCE)


def by_day(
    asked: Callable[[Partner, str, UUID, UUID], Rows], partner: Partner, kind: str, first: date, last: date
) -> Iterator[tuple[date, Held]]:
    """What `sent` or `received` tells of these days, those with something alone: one question, one day held at a time."""
    rows = asked(partner, kind, stretch(first)[0], stretch(last)[1])
    for day, held in groupby(rows, lambda row: day_of(row[0])):
        yield day, list(held)


def day_line(day: date, held: Held) -> str:
    """ "2026-11-25 <count> <root>"."""
    return f"{day.isoformat()} {len(held)} {sha256_hex(chr(10).join(lines(held)).encode())}"


def lines(held: Held) -> list[str]:
    return [f"{key} {value}" for key, value in held]


def stretch(day: date) -> tuple[UUID, UUID]:
    """Where the ids of a day begin and end."""
    return first_id(day), first_id(day + timedelta(days=1))


def pages(day: date, held: Held) -> Iterable[tuple[UUID, UUID, Held]]:
    """The day cut into stretches of at most `LISTED_MOST` ids that leave no gap; one even when nothing is held."""
    begin, end = stretch(day)
    cuts = [held[n : n + LISTED_MOST] for n in range(0, len(held), LISTED_MOST)] or [[]]
    starts = [begin, *(cut[0][0] for cut in cuts[1:]), end]
    for cut, first, last in zip(cuts, starts, starts[1:], strict=False):
        yield first, last, cut


def compare(asked: Reconciliation, partner: Partner) -> Difference:
    """The asked side's part. RemoteViolation for what is in no known form."""
    if asked.kind not in KINDS or len(asked.days) > DAYS_MOST:
        raise malformed()
    return _compare_ids(asked, partner) if asked.first else _compare_days(asked, partner)


def _compare_days(asked: Reconciliation, partner: Partner) -> Difference:
    days = [_day(line) for line in asked.days]
    if not days:
        return Difference()
    first, last = min(days), max(days)
    if last - first >= timedelta(days=DAYS_MOST):
        raise malformed()
    here = {day: day_line(day, held) for day, held in by_day(received, partner, asked.kind, first, last)}
    differing = [day for day, line in zip(days, asked.days, strict=True) if here.get(day, day_line(day, [])) != line]
    return Difference(days=[day.isoformat() for day in differing])


def _compare_ids(asked: Reconciliation, partner: Partner) -> Difference:
    first, last = _id(asked.first), _id(asked.last)
    if _span(first, last) > LISTED_SPAN:
        raise malformed()
    listed = {key: value for key, value in map(entry_of, asked.entries) if first <= key < last}
    here = list(received(partner, asked.kind, first, last))
    known = {key for key, _ in here}
    return Difference(
        missing=[str(key) for key in listed if key not in known],
        unknown=lines([(key, value) for key, value in here if listed.get(key) != value])[:LISTED_MOST],
    )


def _span(first: UUID, last: UUID) -> timedelta:
    """How much time lies between two ids."""
    return timedelta(milliseconds=(last.int >> LOW_BITS) - (first.int >> LOW_BITS))


def statement_value(parcel: UUID, code: str, number: int) -> str:
    return f"{parcel}:{code}:{number}"


def statement_parts(value: str) -> tuple[UUID, str, int]:
    """RemoteViolation when it is no statement's value."""
    parcel, _, rest = value.partition(":")
    code, _, number = rest.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise malformed()
    return _id(parcel), code, int(number)


def entry_of(line: str) -> tuple[UUID, str]:
    """A line of a listing taken apart. RemoteViolation when it is none."""
    key, space, value = line.partition(" ")
    if not space:
        raise malformed()
    return _id(key), value


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise malformed() from None


def _day(line: str) -> date:
    try:
        day = date.fromisoformat(line.split(" ")[0])
    except ValueError:
        raise malformed() from None
    if day.year not in YEARS:
        raise malformed()
    return day
