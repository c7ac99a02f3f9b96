"""A folder, on a medium of its own, as the place of backup sets.

    objects/ab/<sha256>    sealed objects, once for all sets
    sets/<name>/           manifest.json, manifest.sig, database.sealed, home.sealed, objects.txt
    endings.jsonl          what ended since, sealed line by line

Everything is 0600 below 0700 and flushed before it counts; a set appears by one rename.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from antin.continuity.rules import SET_NAME, set_named
from antin.vault.adapters.directory_store import DirectoryStore

READ_BYTES = 256 * 1024
JOURNAL = "endings.jsonl"


class DirectoryTarget:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = str(folder)
        self.sets = folder / "sets"

    @property
    def objects(self) -> DirectoryStore:
        return DirectoryStore(self.folder / "objects")

    def begin(self, set_name: str) -> _Draft:
        self.sets.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _Draft(self.sets, set_named(set_name))

    def names(self) -> tuple[str, ...]:
        found = self.sets.iterdir() if self.sets.is_dir() else ()
        return tuple(sorted(one.name for one in found if SET_NAME.match(one.name)))

    def read(self, set_name: str, part: str) -> Iterator[bytes]:
        with (self.sets / set_named(set_name) / Path(part).name).open("rb") as file:
            while piece := file.read(READ_BYTES):
                yield piece

    def remove(self, set_name: str) -> None:
        doomed = self.sets / f".{set_named(set_name)}.going"
        (self.sets / set_name).rename(doomed)
        shutil.rmtree(doomed)

    def append(self, line: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.folder / JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def journal(self) -> tuple[bytes, ...]:
        path = self.folder / JOURNAL
        return tuple(path.read_bytes().splitlines()) if path.exists() else ()

    def close_journal(self, name: str) -> None:
        path = self.folder / JOURNAL
        if path.exists():
            path.rename(self.folder / f"endings-{set_named(name)}.jsonl")


class _Draft:
    def __init__(self, sets: Path, name: str) -> None:
        self._final = sets / name
        self._folder = sets / f".{name}.unfinished"
        self._folder.mkdir(mode=0o700)

    def __enter__(self) -> _Draft:
        return self

    def __exit__(self, *failure: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def put(self, name: str, pieces: Iterable[bytes]) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in pieces:
                digest.update(piece)
                size += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        return size, digest.hexdigest()

    def finish(self) -> None:
        _flush(self._folder)
        self._folder.rename(self._final)
        _flush(self._final.parent)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
