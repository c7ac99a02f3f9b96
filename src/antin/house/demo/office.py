"""What lies on the desks of the demonstration world: each document's text, and how far its people have brought it.

Read from `desks/*.toml`, one file per installation. A text is given in full or taken from `antin.documents.samples`
by its key; `{+5}` in a text is the date five working days after the day it is read for, so deadlines never look stale.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from typing import Any

from antin.documents.facts import DraftFields
from antin.documents.samples import samples
from antin.rulebook import queries as rulebook
from antin.values import Urgency, nfc

STAGES = ("draft", "in_review", "approved", "checked", "signed", "sealed", "issued")
FATES = ("arrived", "returned", "forwarded", "assigned", "in_process", "reported", "completed")
_DAY = re.compile(r"\{\+(\d{1,2})\}")


@dataclass(frozen=True, slots=True)
class Said:
    """A reviewer's word: `kind` is consent, opinion or send_back."""

    by: str
    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of review: steps in order, the people of a step side by side; what was said, in order.

    `added` goes to the end of the text once the draft has come back, as a new revision with its `reason`.
    """

    steps: tuple[tuple[str, ...], ...]
    said: tuple[Said, ...] = ()
    added: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A document of ours, and until which stage it is brought. People by login name, `fields` without their ids."""

    key: str
    organisation: str
    fields: DraftFields
    drafter: str
    signatory: str
    approver: str
    clerk: str
    until: str
    rounds: tuple[Round, ...] = ()
    attachment: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """What becomes of a document that arrives at `organisation`; `words` is the instruction or the reason."""

    abstract: str
    organisation: str
    clerk: str
    until: str
    leader: str = ""
    words: str = ""
    lead: str = ""
    supporting: tuple[str, ...] = ()
    due_on: date | None = None
    reports: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """One installation's day: what goes out, then what becomes of what comes in."""

    outgoing: tuple[Outgoing, ...]
    incoming: tuple[Incoming, ...]


def office(name: str, on: date) -> Office:
    """The desks of the installation of that name, dated for that day."""
    everything = {one: _read(one) for one in ("trung-uong", "lac-giang")}
    outgoing = {
        one: tuple(_outgoing(row, raw["desk"], on) for row in raw["outgoing"]) for one, raw in everything.items()
    }
    sent = {item.key: item for items in outgoing.values() for item in items}
    raw = everything[name]
    return Office(outgoing[name], tuple(_incoming(row, raw["counter"], sent, on) for row in raw["incoming"]))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(nfc(files("antin.house.demo").joinpath("desks", f"{name}.toml").read_text(encoding="utf-8")))


def _outgoing(row: Mapping[str, Any], desks: Mapping[str, Any], on: date) -> Outgoing:
    desk = desks[row["desk"]]
    signatory = row.get("signatory", desk["signatory"])
    fields = _text(row, on)
    if signatory:
        fields = replace(fields, signing_capacity=desk["capacity"], signer_position=desk["position"])
    attached = row.get("attachment")
    return Outgoing(
        key=row["key"],
        organisation=desk["organisation"],
        fields=fields,
        drafter=row["drafter"],
        signatory=signatory,
        approver=row.get("approver", ""),
        clerk=desk["clerk"],
        until=_known(row["until"], STAGES),
        rounds=tuple(_round(one) for one in row.get("rounds", ())),
        attachment=(attached["name"], attached["text"]) if attached else None,
    )


def _text(row: Mapping[str, Any], on: date) -> DraftFields:
    """What the drafter typed: the sample of that key, or the row's own words."""
    due_on = working_day(on, row["due_in"]) if "due_in" in row else None
    recipients = tuple(row.get("recipients", ()))
    if "sample" in row:
        sample = next(one for one in samples() if one.key == row["sample"])
        return replace(sample.fields, recipients=recipients, due_on=due_on)
    return DraftFields(
        type_code=row["type"],
        abstract=row["abstract"],
        urgency=Urgency(row.get("urgency", "routine")),
        body=_dated(row["body"], on).strip(),
        salutation=tuple(row.get("salutation", ())),
        addressees=tuple(row.get("addressees", ())),
        recipients=recipients,
        due_on=due_on,
    )


def _round(row: Mapping[str, Any]) -> Round:
    return Round(
        steps=tuple(tuple(step) for step in row["steps"]),
        said=tuple(Said(one["by"], one["kind"], one.get("text", "")) for one in row.get("said", ())),
        added=row.get("added", "").strip(),
        reason=row.get("reason", ""),
    )


def _incoming(row: Mapping[str, Any], counters: Mapping[str, str], sent: Mapping[str, Outgoing], on: date) -> Incoming:
    return Incoming(
        abstract=sent[row["of"]].fields.abstract,
        organisation=row["at"],
        clerk=counters[row["at"]],
        until=_known(row["until"], FATES),
        leader=row.get("leader", ""),
        words=row.get("words", ""),
        lead=row.get("lead", ""),
        supporting=tuple(row.get("supporting", ())),
        due_on=working_day(on, row["due_in"]) if "due_in" in row else None,
        reports=row.get("reports", {}),
    )


def working_day(on: date, later: int) -> date:
    """The day itself, or so many working days after it."""
    for _ in range(later):
        on = rulebook.next_working_day(on)
    return on


def _known(word: str, words: tuple[str, ...]) -> str:
    if word not in words:
        raise ValueError(f"{word} is none of {words}")
    return word


def _dated(text: str, on: date) -> str:
    return _DAY.sub(lambda found: f"{working_day(on, int(found[1])):%d/%m/%Y}", text)
