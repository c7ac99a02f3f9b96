"""The batch sequencer: committed entries become leaves of the tree, under a signed checkpoint.

What is taken: every committed entry that has no leaf yet, in the order of entry numbers. Found cheaply by
`xid >= low_water`, where `low_water` was `pg_snapshot_xmin` at the last turn: all older transactions had ended
by then and their entries were taken. Never "number greater than the last": numbers commit out of order.

Why this order is safe: an act that saw another act's effect (or waited for its row lock) got its number later
and can't be visible without it. So a turn takes sets closed under "happened before", and so does any prefix
by number. Ordering by transaction id would not do: a transaction may get its id early and append late.

One turn is one transaction under a row lock; two sequencers take turns, and the unique leaf and unique entry
stop anything that would slip through. The first turn of a process looks at all entries, whatever `low_water`
says; after a restore into another cluster transaction ids start anew, so then a floor by number is laid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from antin.ledger import note, ports
from antin.ledger.models import Checkpoint, Sequencer, Tile
from antin.ledger.queries.tree import edge_of, size_of
from antin.ledger.tree import Edge, leaf_hash
from antin.ledger.tree import Tile as FullTile

MAX_ENTRIES = 100_000
CHUNK = 1_000
CHANNEL = "antin_ledger"

_WITHOUT_LEAF = """
WITH fresh AS MATERIALIZED (SELECT id FROM ledger_entry WHERE xid >= %s::xid8 AND id > %s)
SELECT id FROM (SELECT id FROM fresh ORDER BY id) AS ordered
WHERE (SELECT leaf_index FROM ledger_leaf WHERE entry_id = ordered.id) IS NULL LIMIT %s
"""
_STATE = "SELECT low_water::text, floor_id, cluster FROM ledger_sequencer WHERE id = 1"
_CLUSTER = "SELECT system_identifier FROM pg_control_system()"
_FOUND = f"INSERT INTO ledger_sequencer (id, low_water, floor_id, cluster) SELECT 1, '0', 0, ({_CLUSTER}) ON CONFLICT DO NOTHING"
_LEAVES = """
INSERT INTO ledger_leaf (leaf_index, entry_id, hash) SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])
"""


class LedgerBroken(RuntimeError):
    """The tables don't give the root that was signed: somebody changed the past. Nothing is integrated any more."""


@dataclass(frozen=True, slots=True)
class _State:
    low_water: str
    floor_id: int
    cluster: int


class _Process:
    """What this process knows: whether it has compared all entries with all leaves since it started."""

    reconciled = False


def integrate() -> int:
    """One turn; answers how many entries became leaves. 0 also when another sequencer has its turn.

    Nothing is written when nothing waits, so an idle sequencer costs no disk. LedgerBroken when the past
    was changed.
    """
    if not _anything_waits():
        return 0
    with transaction.atomic(durable=True):
        state = _take_turn()
        if state is None:
            return 0
        count, complete = _turn(state)
    _Process.reconciled = _Process.reconciled or complete
    return count


def _anything_waits() -> bool:
    """A look without lock or transaction id."""
    state = _row(_STATE)
    if state is None or not _Process.reconciled:
        return bool(_waiting("0", 0, 1))
    return bool(_waiting(state[0], state[1], 1))


def _take_turn() -> _State | None:
    """The sequencer's row, locked until the transaction ends; None when another sequencer holds it."""
    row = _row(f"{_STATE} FOR UPDATE SKIP LOCKED")
    if row is None:
        _run(_FOUND)
        row = _row(f"{_STATE} FOR UPDATE SKIP LOCKED")
    return None if row is None else _State(*row)


def _turn(state: _State) -> tuple[int, bool]:
    """(entries integrated, whether all that waited were taken)."""
    (cluster,) = _row(_CLUSTER)
    moved = cluster != state.cluster
    if moved:
        _run("LOCK TABLE ledger_entry IN SHARE MODE")  # once after a restore: no number may be in flight
    (horizon,) = _row("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
    everything = moved or not _Process.reconciled
    waiting = _waiting("0" if everything else state.low_water, 0 if everything else state.floor_id, MAX_ENTRIES)
    complete = len(waiting) < MAX_ENTRIES
    _grow(waiting)
    if complete:
        floor = _row("SELECT coalesce(max(id), 0) FROM ledger_entry")[0] if moved else state.floor_id
        Sequencer.objects.filter(id=1).update(low_water=horizon, floor_id=floor, cluster=cluster)
    return len(waiting), complete


def _grow(entry_ids: list[int]) -> None:
    """Leaves, full tiles and the checkpoint for these entries, in this order."""
    if not entry_ids:
        return
    edge = _proven_edge()
    for chunk in _chunks(entry_ids):
        hashes = [leaf_hash(payload.encode()) for payload in _payloads(chunk)]
        indexes = list(range(edge.size, edge.size + len(hashes)))
        _run(_LEAVES, (indexes, chunk, hashes))
        _keep_tiles(tile for leaf in hashes for tile in edge.append(leaf))
    bound = ports.bound()
    head = note.Checkpoint(bound.log_name, edge.size, edge.root())
    Checkpoint(
        size=head.size, root=head.root, note=note.sign_checkpoint(head, bound.signing_key), at=bound.clock.now()
    ).save(force_insert=True)
    _run("SELECT pg_notify(%s, %s)", (CHANNEL, str(edge.size)))


def _proven_edge() -> Edge:
    """The tree's right edge as stored, once it gave the root that was last signed."""
    last = Checkpoint.objects.order_by("-size").first()
    edge = edge_of(size_of())
    signed = (last.size, bytes(last.root)) if last else (0, Edge(0, []).root())
    if (edge.size, edge.root()) != signed:
        raise LedgerBroken(f"{edge.size} leaves are stored, {signed[0]} were signed, or their roots differ")
    return edge


def _keep_tiles(tiles: Iterator[FullTile]) -> None:
    Tile.objects.bulk_create(
        [Tile(level=tile.level, tile_index=tile.index, hashes=b"".join(tile.hashes), root=tile.root) for tile in tiles]
    )


def _waiting(low_water: str, floor_id: int, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_LEAF, (low_water, floor_id, limit))
        return [entry_id for (entry_id,) in cursor.fetchall()]


def _payloads(entry_ids: list[int]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM ledger_entry WHERE id = ANY(%s) ORDER BY id", (entry_ids,))
        payloads = [payload for (payload,) in cursor.fetchall()]
    if len(payloads) != len(entry_ids):
        raise LedgerBroken("an entry vanished")
    return payloads


def _chunks(entry_ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(entry_ids), CHUNK):
        yield entry_ids[start : start + CHUNK]


def _row(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def _run(query: str, parameters: tuple[Any, ...] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
