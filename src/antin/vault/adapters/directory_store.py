"""Sealed objects as files below one folder: `ab/<sha256>`, written once, mode 0600.

A write goes to `unfinished/`, is flushed to disk, renamed to its name, and the folder is flushed too. So a
crash leaves a leftover in `unfinished/` or a whole object, never half of one.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

NAME = re.compile(r"[0-9a-f]{64}\Z")
READ_BYTES = 256 * 1024


class DirectoryStore:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unfinished = folder / "unfinished"
        self.unfinished.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, chunks: Iterable[bytes]) -> str:
        draft, digest = self.unfinished / uuid4().hex, hashlib.sha256()
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            target = self._path(digest.hexdigest())
            self._make_folder(target.parent)
            draft.rename(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
        return target.name

    def get(self, name: str) -> Iterator[bytes]:
        with self._path(name).open("rb") as file:
            while piece := file.read(READ_BYTES):
                yield piece

    def delete(self, name: str) -> None:
        path = self._path(name)
        try:
            path.unlink()
        except FileNotFoundError:
            return
        _flush_folder(path.parent)

    def names(self, older_than_s: float) -> Iterator[str]:
        before = time.time() - older_than_s
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            if NAME.match(path.name) and _modified(path) <= before:
                yield path.name

    def tidy(self, older_than_s: float) -> int:
        before, removed = time.time() - older_than_s, 0
        for path in self.unfinished.glob("*"):
            if _modified(path) <= before:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _path(self, name: str) -> Path:
        """ValueError for anything but a name of ours: it becomes a path."""
        if not NAME.match(name):
            raise ValueError("not the name of an object")
        return self.folder / name[:2] / name

    def _make_folder(self, folder: Path) -> None:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            _flush_folder(self.folder)


def _modified(path: Path) -> float:
    """Seconds since the epoch; a file just taken away by another process counts as new."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
