"""Entries of the ledger told as a person reads them: who, what, to whom, and on which day.

The ledger keeps ids, codes and states; a reader of a document's way wants names. What an entry leaves out is left out
here too: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from antin.exchange.edxml.codes import STATUS
from antin.ledger.queries import EntryRow
from antin.values import N_, Ground, Office, is_uuid
from antin.web import formats, shown, words

HANDED_TO = ("to", "lead")
READINGS = "ledger.reading"
PURPOSES = {
    "view": N_("mở xem"),
    "download": N_("tải bản gốc"),
    "attachment": N_("tải tệp kèm"),
    "export": N_("xuất quá trình"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a timeline; `day` is filled where the day changes."""

    at: datetime
    day: str
    dot: str
    who: str
    what: str
    about: str
    said: tuple[str, ...]
    proof: str
    entry: str


def steps(entries: Iterable[EntryRow]) -> list[Step]:
    """The rows in the order given."""
    rows = list(entries)
    names = shown.names(UUID(str(one)) for row in rows for one in _people(row))
    told: list[Step] = []
    day = ""
    for row in rows:
        today = formats.day(row.at)
        told.append(_step(row, "" if today == day else today, names))
        day = today
    return told


def _step(row: EntryRow, day: str, names: dict[UUID, str]) -> Step:
    said = [words.reason(row.reason), str(row.detail.get("text", "")), in_place_of(row)]
    proof = [f"{_('Xác thực')}: {words.method(row.method)}"]
    if row.office and row.office != Office.PERSON.value:
        proof.append(words.office(row.office))
    return Step(
        at=row.at,
        day=day,
        dot="stop" if row.facts.get("state") == "returned" else words.dot(row.act, row.office),
        who=_("Hệ thống") if row.office == Office.SYSTEM.value else row.actor_name,
        what=words.act(row.act),
        about=_about(row, names),
        said=tuple(text for text in said if text),
        proof=" · ".join(proof),
        entry=str(row.leaf_index) if row.leaf_index is not None else "…",
    )


def in_place_of(row: EntryRow) -> str:
    """“X thay Y (vắng mặt …)”: both names and the ground of what was done in another's place; "" for one's own acts."""
    told = row.detail.get("in_place_of")
    if not isinstance(told, dict):
        return ""
    since, until = (formats.day(date.fromisoformat(str(told[key]))) for key in ("since", "until"))
    named = {"who": row.actor_name, "name": told["name"], "since": since, "until": until}
    if told["ground"] == Ground.ABSENCE.value:
        return _("%(who)s thay %(name)s (vắng mặt từ %(since)s đến %(until)s)") % named
    return _("%(who)s thay %(name)s (được uỷ quyền từ %(since)s đến %(until)s)") % named


def _about(row: EntryRow, names: dict[UUID, str]) -> str:
    """To whom, which state, or how it was read: what stands after the colon."""
    if row.act == READINGS:
        times = int(row.facts.get("count", 1))
        said = _(PURPOSES.get(str(row.facts.get("purpose", "")), ""))
        return ngettext("%(said)s, %(num)s lần", "%(said)s, %(num)s lần", times) % {"said": said, "num": times}
    if row.act in ("exchange.dispatch.queued", "exchange.dispatch.transmitted", "exchange.dispatch.failed"):
        return str(row.detail.get("recipient_name") or row.facts.get("recipient", ""))
    if row.act in ("exchange.dispatch.progressed", "exchange.statement.queued"):  # what was told, also when told late
        code = str(row.facts.get("code", ""))
        return words.delivery(STATUS[code][0]).lower() if code in STATUS else ""
    return ", ".join(names[UUID(str(one))] for one in _people(row) if UUID(str(one)) in names)


def _people(row: EntryRow) -> Sequence[object]:
    """Ids of those it was passed on or given to."""
    if row.act not in ("registry.document.forwarded", "casework.work.assigned"):
        return ()
    return [row.facts[key] for key in HANDED_TO if is_uuid(str(row.facts.get(key, "")))]
