"""The figures of one body (with the units below it) in one period, and how counts of the rooms below become them.

Every number is a number of copies: a document for five recipients is five. Nothing in here names a document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar
from uuid import UUID

from antin.documents.queries import CameCount
from antin.exchange.queries import SentCount
from antin.reports.rules import Period
from antin.values import canonical_json, sha256_hex

FORM = 1
SENT = ("total", "urgent", "there", "completed", "returned", "recalled", "failed", "late")
CAME = ("total", "urgent", "taken", "completed", "returned", "discarded", "overdue")
Counted = TypeVar("Counted", SentCount, CameCount)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a recipient, a sender, a way or a body of ours; `counts` by the names of SENT or CAME."""

    code: str
    name: str
    counts: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        return self.counts[name]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the ledger tells of the same period: copies queued, documents that came over a network."""

    sent: int
    came: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on one page; `digest` is over all of it, so what was confirmed is what is frozen."""

    period: Period
    body_code: str
    body_name: str
    sent: Line
    came: Line
    recipients: tuple[Line, ...]
    senders: tuple[Line, ...]
    sent_ways: tuple[Line, ...]
    came_ways: tuple[Line, ...]
    sending_units: tuple[Line, ...]
    receiving_units: tuple[Line, ...]
    median_s: int | None
    ledger: Agreement

    def to_dict(self) -> dict[str, Any]:
        plain = {name: value for name, value in asdict(self).items() if name != "period"}
        return {"v": FORM, "period": self.period.name, **plain}

    @property
    def digest(self) -> str:
        return sha256_hex(canonical_json(self.to_dict()))


def from_dict(period: Period, plain: Mapping[str, Any]) -> Figures:
    """Figures as they were frozen by `to_dict`."""
    rows = ("recipients", "senders", "sent_ways", "came_ways", "sending_units", "receiving_units")
    return Figures(
        period=period,
        body_code=plain["body_code"],
        body_name=plain["body_name"],
        sent=Line(**plain["sent"]),
        came=Line(**plain["came"]),
        median_s=plain["median_s"],
        ledger=Agreement(**plain["ledger"]),
        **{name: tuple(Line(**row) for row in plain[name]) for name in rows},
    )


def drawn(
    period: Period,
    body: tuple[str, str],
    counts: tuple[Iterable[SentCount], Iterable[CameCount]],
    units: Mapping[UUID, tuple[str, str]],
    median_s: float | None,
    ledger: tuple[int, int],
) -> Figures:
    """Sums the counts by counterpart, way and unit. `body`, `units`: code and name; `ledger`: its two numbers."""
    sent, came = list(counts[0]), list(counts[1])
    networked = sum(one.total for one in came if one.channel != "digitised")
    total = sum(one.total for one in sent)
    return Figures(
        period=period,
        body_code=body[0],
        body_name=body[1],
        sent=_total(sent, SENT),
        came=_total(came, CAME),
        recipients=_lines(sent, SENT, lambda one: (one.recipient_code, one.recipient_name)),
        senders=_lines(came, CAME, lambda one: (one.sender_code, one.sender_name)),
        sent_ways=_lines(sent, SENT, lambda one: (one.channel, "")),
        came_ways=_lines(came, CAME, lambda one: (one.channel, "")),
        sending_units=_lines(sent, SENT, lambda one: units[one.organisation_id]),
        receiving_units=_lines(came, CAME, lambda one: units[one.organisation_id]),
        median_s=None if median_s is None else round(median_s),
        ledger=Agreement(*ledger, holds=ledger == (total, networked)),
    )


def _total(counts: Iterable[Counted], names: tuple[str, ...]) -> Line:
    return Line("", "", _sum(list(counts), names))


def _lines(
    counts: Iterable[Counted], names: tuple[str, ...], told_apart: Callable[[Counted], tuple[str, str]]
) -> tuple[Line, ...]:
    """One line for each code, the most first; the name that the last of them bears."""
    grouped: dict[Hashable, list[Counted]] = defaultdict(list)
    for one in counts:
        grouped[told_apart(one)[0] or told_apart(one)[1]].append(one)
    found = (Line(*told_apart(group[-1]), _sum(group, names)) for group in grouped.values())
    return tuple(sorted(found, key=lambda line: (-line["total"], line.code, line.name)))


def _sum(counts: list[Counted], names: tuple[str, ...]) -> dict[str, int]:
    return {name: sum(getattr(one, name) for one in counts) for name in names}
