"""The log as a folder of files that anyone can serve, copy and check without us (C2SP tlog-tiles).

log.vkey            the log's public key
checkpoint          the newest signed head
checkpoints.jsonl   every head ever signed, oldest first: {"note": …, "size": …}
entries.jsonl       the payloads in leaf order, one a line, byte for byte as hashed
tile/…              hash tiles and entry bundles

Names, reasons and details are not in it: they stay behind their commitments. Full tiles never change, so a
second export into the same folder writes what is new.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from antin.ledger.acts.entries import append
from antin.ledger.models import Checkpoint
from antin.ledger.queries.proofs import log_key
from antin.ledger.queries.tree import StoredReader
from antin.ledger.tiles import bundle_path, join_bundle, tile_path, tiles_of
from antin.ledger.tree import TILE_WIDTH
from antin.values import Actor, canonical_json

_PAYLOADS = """
SELECT e.payload FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry_id
WHERE l.leaf_index >= %s AND l.leaf_index < %s ORDER BY l.leaf_index
"""


@dataclass(frozen=True, slots=True)
class ExportView:
    """What was written: entries, the signed head, and the log's key."""

    size: int
    checkpoint: str
    vkey: str


def export(directory: Path, *, actor: Actor | None = None) -> ExportView:
    """Writes the log as it stands under its newest checkpoint; memory stays constant.

    With an actor, an entry "ledger.evidence.exported" tells of it (it is not yet in this export).
    LookupError while nothing was ever integrated.
    """
    head = Checkpoint.objects.order_by("-size").first()
    if head is None:
        raise LookupError("the ledger has no checkpoint yet")
    directory.mkdir(parents=True, exist_ok=True)
    _write(directory / "entries.jsonl", _entries(directory, head.size))
    _tiles(directory, head.size)
    _write(directory / "checkpoints.jsonl", _checkpoints(head.size))
    _write(directory / "log.vkey", [log_key().encode() + b"\n"])
    _write(directory / "checkpoint", [head.note.encode()])
    if actor is not None:
        _tell(actor, head)
    return ExportView(head.size, head.note, log_key())


def _tell(actor: Actor, head: Checkpoint) -> None:
    with transaction.atomic():
        append(
            "ledger.evidence.exported",
            actor,
            object_kind="ledger",
            object_id=None,
            facts={"scope": "log", "size": head.size, "root": bytes(head.root).hex()},
            clause="379/5.5",
        )


def _entries(directory: Path, size: int) -> Iterator[bytes]:
    """Writes the bundles on the way and yields the lines."""
    for start in range(0, size, TILE_WIDTH):
        end = min(start + TILE_WIDTH, size)
        with connection.cursor() as cursor:
            cursor.execute(_PAYLOADS, (start, end))
            payloads = [payload.encode() for (payload,) in cursor.fetchall()]
        _keep(directory / bundle_path(start // TILE_WIDTH, end - start), lambda held=payloads: join_bundle(held))
        yield from (payload + b"\n" for payload in payloads)


def _tiles(directory: Path, size: int) -> None:
    for level, index, width in tiles_of(size):
        read = StoredReader()
        _keep(
            directory / tile_path(level, index, width),
            lambda at=(level, index * TILE_WIDTH, width), read=read: b"".join(read(*at)),
        )


def _checkpoints(size: int) -> Iterator[bytes]:
    heads = Checkpoint.objects.filter(size__lte=size).order_by("size").values_list("size", "note")
    for at, text in heads.iterator(1000):
        yield canonical_json({"size": at, "note": text}) + b"\n"


def _keep(path: Path, make) -> None:  # type: ignore[no-untyped-def]
    """Immutable files are written once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, [make()])


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
