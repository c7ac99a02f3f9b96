"""Entries as rows: the history of one object, what happened lately, and what a follower has yet to see."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from antin.ledger import ports
from antin.ledger.models import Cursor, Entry, Leaf
from antin.values import to_vietnam

MAX_ROWS = 1000


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry. `leaf_index` is None until the sequencer took it; name, reason and detail are empty once erased."""

    id: int
    leaf_index: int | None
    at: datetime
    act: str
    object_kind: str
    object_id: UUID | None
    organisation_id: UUID | None
    person_id: UUID | None
    actor_name: str
    office: str
    method: str
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)


SEALED = "sealed"
"""The only key of a detail that a cipher product has sealed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Committed entries that are not yet in the tree, and since when the oldest of them waits."""

    count: int
    oldest_at: datetime | None


def history(
    object_id: UUID, *, before: int | None = None, limit: int = 50, only: str = "", without: str = ""
) -> tuple[EntryRow, ...]:
    """Entries about one object, newest first; `before` is the id of the last row of the page before (379/17.3).

    `only` and `without` are beginnings of act ids: a part of the history, or all but one.
    """
    found = Entry.objects.filter(object_id=object_id)
    if only:
        found = found.filter(act__startswith=only)
    if without:
        found = found.exclude(act__startswith=without)
    return _page(found, before, limit)


def recent(
    *,
    acts: Iterable[str] = (),
    organisation_ids: Collection[UUID] | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[EntryRow, ...]:
    """Entries newest first, of these acts (all when none is named) in these organisations (all when None)."""
    found = Entry.objects.all()
    if named := list(acts):
        found = found.filter(act__in=named)
    if organisation_ids is not None:
        found = found.filter(organisation_id__in=organisation_ids)
    return _page(found, before, limit)


def following(follower: str, *, limit: int = 200) -> tuple[EntryRow, ...]:
    """Integrated entries after the follower's cursor, in leaf order: an effect never stands before its cause."""
    cursor = Cursor.objects.filter(follower=follower).values_list("leaf_index", flat=True).first()
    leaves = Leaf.objects.select_related("entry", "entry__opening").order_by("leaf_index")
    if cursor is not None:
        leaves = leaves.filter(leaf_index__gt=cursor)
    return tuple(row_of(leaf.entry, leaf.leaf_index) for leaf in leaves[: min(limit, MAX_ROWS)])


def followed_by_all(entry_id: int) -> bool:
    """True once the entry is integrated and every follower there is has come past it (or there is no such entry)."""
    leaf = Leaf.objects.filter(entry_id=entry_id).values_list("leaf_index", flat=True).first()
    if leaf is None:
        return not Entry.objects.filter(pk=entry_id).exists()
    return not Cursor.objects.filter(leaf_index__lt=leaf).exists()


def waiting() -> Waiting:
    """How far the sequencer is behind; more than a minute is worth an alarm."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(at) FROM ledger_entry e"
            " WHERE xid >= coalesce((SELECT low_water FROM ledger_sequencer), '0')"
            " AND NOT EXISTS (SELECT 1 FROM ledger_leaf l WHERE l.entry_id = e.id)"
        )
        return Waiting(*cursor.fetchone())


def counted(
    act: str, *, organisation_ids: Collection[UUID], begin: datetime, end: datetime, each: str = "", **only: str
) -> int:
    """How many different objects this act was done to from `begin` up to but without `end`, for figures to be held against.

    `each`: a fact that tells apart instead of the object; `only`: facts that must say exactly that.
    """
    told_apart = "payload::jsonb #>> ARRAY['facts', %s]" if each else "object_id::text"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(DISTINCT {told_apart}) FROM ledger_entry"  # noqa: S608 (one of two texts of ours)
            " WHERE organisation_id = ANY(%s) AND at >= %s AND at < %s AND act = %s"
            " AND (payload::jsonb -> 'facts') @> %s::jsonb",
            [*([each] if each else []), list(organisation_ids), begin, end, act, json.dumps(only)],
        )
        return int(cursor.fetchone()[0])


def first_day(organisation_id: UUID) -> date | None:
    """The day in Vietnam of the first entry of this organisation; None when nothing was recorded for it."""
    first = Entry.objects.filter(organisation_id=organisation_id).order_by("id").values_list("at", flat=True).first()
    return to_vietnam(first).date() if first else None


def opened(row: EntryRow) -> EntryRow:
    """The row with its words in clear, for a room that has proven its reader may see the object."""
    words = ports.bound().words
    if words is None or row.object_id is None:
        return row
    hidden = row.detail.get(SEALED)
    detail = json.loads(words.opened(row.object_id, str(hidden))) if hidden else row.detail
    return replace(row, reason=words.opened(row.object_id, row.reason), detail=detail)


def row_of(entry: Entry, leaf_index: int | None) -> EntryRow:
    """The row of a loaded entry with its opening, if that still stands."""
    kept = getattr(entry, "opening", None)
    words = json.loads(kept.words) if kept else {"actor_name": "", "reason": "", "detail": {}}
    return EntryRow(
        id=entry.id,
        leaf_index=leaf_index,
        at=entry.at,
        act=entry.act,
        object_kind=entry.object_kind,
        object_id=entry.object_id,
        organisation_id=entry.organisation_id,
        person_id=entry.person_id,
        actor_name=words["actor_name"],
        office=entry.office,
        method=entry.method,
        reason=words["reason"],
        facts=json.loads(entry.payload)["facts"],
        detail=words["detail"],
    )


def _page(found: Any, before: int | None, limit: int) -> tuple[EntryRow, ...]:
    if before is not None:
        found = found.filter(id__lt=before)
    page = found.select_related("opening", "leaf").order_by("-id")[: min(limit, MAX_ROWS)]
    return tuple(row_of(entry, entry.leaf.leaf_index if hasattr(entry, "leaf") else None) for entry in page)
