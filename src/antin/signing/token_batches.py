"""Every token of our own time-stamping authority in the ledger: its journal entered batch by batch (379/12.2.b, 379/5.3, ADR 12).

A token leaves the authority only when its line is on the disk (`pki.journal`); a second later the line is in a batch
whose root stands in the ledger, from where no line can be taken away or changed unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from antin.ledger import acts as ledger
from antin.ledger.tree import leaf_hash, root_of
from antin.signing import ports
from antin.signing.models import TokenBatch
from antin.sql import insert_once
from antin.values import Actor

SYSTEM = Actor.system("signing")
MOST_BYTES = 4 * 1024 * 1024
"""Some thirty thousand tokens an entry."""
NAME = re.compile(r"tokens-[0-9]{8}\.log\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """A batch that the journal does not hold any more as it was entered, bytes `start` to `end` of the file."""

    file: str
    start: int
    end: int


def enter_due() -> int:
    """Enters the complete lines that follow the last batch, those of one file; how many tokens. 0 without a journal."""
    folder = ports.bound().token_journal
    if folder is None or not folder.is_dir():
        return 0
    last = TokenBatch.objects.order_by("-file", "-start").first()
    for name in _files(folder):
        if last is not None and name < last.file:
            continue
        start = last.end if last is not None and name == last.file else 0
        data = _whole_lines(folder / name, start)
        if data:
            return _enter(name, start, data)
    return 0


def faults() -> Iterator[Fault]:
    """Compares every batch with the journal, oldest first; a batch that is missing or differs is told."""
    folder = ports.bound().token_journal
    if folder is None:
        return
    for row in TokenBatch.objects.order_by("file", "start").iterator():
        data = _read(folder / row.file, row.start, row.end - row.start)
        if len(data) != row.end - row.start or _root(data) != row.root:
            yield Fault(row.file, row.start, row.end)


@transaction.atomic
def _enter(name: str, start: int, data: bytes) -> int:
    count = data.count(b"\n")
    row = TokenBatch(
        file=name,
        start=start,
        end=start + len(data),
        tokens=count,
        root=_root(data),
        entered_at=ports.bound().clock.now(),
    )
    if not insert_once(row):  # another worker was quicker
        return 0
    ledger.append(
        "signing.tokens.entered",
        SYSTEM,
        object_kind="token_batch",
        object_id=row.id,
        facts={"file": name, "start": start, "end": row.end, "tokens": count, "root": row.root},
        clause="379/12.2.b",
    )
    return count


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if NAME.match(path.name))


def _whole_lines(path: Path, start: int) -> bytes:
    """Up to the last line end: what is being written just now waits for the next turn."""
    data = _read(path, start, MOST_BYTES)
    return data[: data.rfind(b"\n") + 1]


def _read(path: Path, start: int, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(most)
    except FileNotFoundError:
        return b""


def _root(data: bytes) -> str:
    return root_of([leaf_hash(line) for line in data.splitlines()]).hex()
