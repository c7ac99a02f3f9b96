"""What backup and restore need from outside: places for sets, the database's own tools, and a trial of a set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from antin.values import Clock, SystemClock
from antin.vault.ports import BlobStore, KeyKeeper


class Draft(Protocol):
    """A set being written: there as a whole once `finish` returned, or not at all: left without it, nothing of it stays."""

    def __enter__(self) -> Draft: ...

    def __exit__(self, *failure: object) -> None: ...

    def put(self, name: str, pieces: Iterable[bytes]) -> tuple[int, str]:
        """Writes a file durably; its size and SHA-256."""

    def finish(self) -> None: ...


class Target(Protocol):
    """A place for backup sets, on a medium of its own; sealed objects are kept there once for all sets."""

    place: str

    @property
    def objects(self) -> BlobStore: ...

    def begin(self, set_name: str) -> Draft: ...

    def names(self) -> tuple[str, ...]:
        """Of all whole sets, oldest first."""

    def read(self, set_name: str, part: str) -> Iterator[bytes]:
        """A file of a set in pieces; FileNotFoundError when there is none."""

    def remove(self, set_name: str) -> None: ...

    def append(self, line: bytes) -> None:
        """One more line of the journal of endings, durable once this returns."""

    def journal(self) -> tuple[bytes, ...]: ...

    def close_journal(self, name: str) -> None:
        """Puts the journal aside under that name; a new one begins."""


class DatabaseTools(Protocol):
    """A consistent copy of a database as a stream, and the way back. ToolFailed tells what the tool said."""

    def dump(self, url: str) -> Iterator[bytes]: ...

    def restore(self, url: str, pieces: Iterable[bytes]) -> None: ...


class ToolFailed(Exception):
    """A tool of the database ended with an error; the text is its last words."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of restoring a set apart from everything: seconds it took, and what did not hold."""

    seconds: float
    entries: int
    contents: int
    faults: tuple[str, ...] = ()


class Rehearsal(Protocol):
    def rehearse(self, place: str, set_name: str) -> Trial:
        """Restores the set into a throw-away installation, compares, and takes it away again."""


@dataclass(frozen=True)
class Ports:
    """`home`: files of the installation that belong into a set, none of them secret. `token_journal`: the folder of the
    timestamp authority's journal when this installation keeps it (ADR 12)."""

    installation: str
    home: Path
    database_url: str
    signing_key: Ed25519PrivateKey
    keeper: KeyKeeper
    store: BlobStore
    tools: DatabaseTools
    rehearsal: Rehearsal
    targets: tuple[Target, ...] = ()
    every: timedelta = timedelta(hours=24)
    keep: timedelta = timedelta(days=30)
    prove_every: timedelta = timedelta(days=7)
    token_journal: Path | None = None
    clock: Clock = field(default_factory=SystemClock)


_bound: list[Ports] = []


def bind(ports: Ports) -> None:
    """Called by the house once per process; a second call replaces the first."""
    _bound[:] = [ports]


def bound() -> Ports:
    """RuntimeError when the house has not wired the room."""
    if not _bound:
        raise RuntimeError("continuity's ports are not bound")
    return _bound[0]
