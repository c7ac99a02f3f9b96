"""A ZIP of anybody, opened so that it can cost neither memory nor disk: looked through before anything is unpacked.

Refused are more entries than a package has, a directory larger than memory should hold, names that lead elsewhere or stand
twice, links, encryption, other methods than stored and deflated, entries that overlap, and what swells beyond reason.
Nothing is ever written: files are read in pieces, never further than the directory says.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from antin.archive.packages.report import Finding
from antin.values import nfc

MOST_FILES = 100_000
MOST_DIRECTORY_BYTES = 48 * 1024 * 1024
MOST_RATIO, FREE_BYTES = 200, 64 * 1024 * 1024
"""All files together may be so many times the ZIP's size, and this much more."""
MOST_NAME_CHARS = 1024
READ_BYTES = 256 * 1024
_END = struct.Struct("<4s4H2LH")
_END_64_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_COMMENT_MOST = 0xFFFF
_LOCAL_HEADER_BYTES = 30
_DRIVE = re.compile(r"[A-Za-z]:")
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
REGULAR, FOLDER = 0o100000, 0o040000
_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, struct.error)


class NotOpened(Exception):
    """The ZIP is not opened; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class Damaged(Exception):
    """An entry cannot be read to its end, or its check sum differs."""


class Opened:
    """The files of a ZIP by their paths, all of them admitted."""

    def __init__(self, source: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> None:
        self._source, self._entries = source, entries

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def size(self, path: str) -> int:
        return self._entries[path].file_size

    def pieces(self, path: str) -> Iterator[bytes]:
        """The file in pieces; Damaged at whichever piece shows it."""
        try:
            with self._source.open(self._entries[path]) as file:
                while piece := file.read(READ_BYTES):
                    yield piece
        except Exception as error:  # the decompressor has many ways to fail; all mean the same here
            raise Damaged(path) from error

    def read(self, path: str, most: int) -> bytes:
        """The whole of a small file. Damaged; the caller has looked at its size."""
        data = b"".join(self.pieces(path))
        if len(data) > most:
            raise Damaged(path)
        return data


@contextmanager
def opened(file: BinaryIO) -> Iterator[Opened]:
    """The files in it; NotOpened for a ZIP that is not to be read any further."""
    _directory_bounded(file)
    try:
        with zipfile.ZipFile(file) as source:
            yield Opened(source, _admitted(source, file.seek(0, 2)))
    except _BROKEN as error:
        raise NotOpened(Finding("not_zip", why=f"{error}"[:100])) from error


def shown(name: str) -> str:
    """A name from outside as it may be printed."""
    return _UNPRINTED.sub("�", name)[:200]


def _directory_bounded(file: BinaryIO) -> None:
    """Reads the end of the ZIP itself: zipfile would load a directory of any size."""
    size = file.seek(0, 2)
    start = max(0, size - _END.size - _COMMENT_MOST)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise NotOpened(Finding("not_zip", why="EOCD"))
    _, disk, first, _, count, directory, _, _ = _END.unpack_from(tail, at)
    if disk not in (0, 0xFFFF) or first not in (0, 0xFFFF):
        raise NotOpened(Finding("not_zip", why="split"))
    count, directory = _of_64(file, start + at, count, directory)
    if count > MOST_FILES or directory > MOST_DIRECTORY_BYTES:
        raise NotOpened(Finding("limits", f"{count}, {directory} B"))


def _of_64(file: BinaryIO, end_at: int, count: int, directory: int) -> tuple[int, int]:
    """The counts of the zip64 record, where there is one; the larger of both."""
    if end_at < _END_64_LOCATOR.size:
        return count, directory
    file.seek(end_at - _END_64_LOCATOR.size)
    mark, _, _, _ = _END_64_LOCATOR.unpack(file.read(_END_64_LOCATOR.size))
    if mark != b"PK\x06\x07":
        return count, directory
    place = end_at - _END_64_LOCATOR.size - _END_64.size
    file.seek(max(place, 0))
    record = file.read(_END_64.size)
    if len(record) < _END_64.size or not record.startswith(b"PK\x06\x06"):
        raise NotOpened(Finding("not_zip", why="zip64"))
    *_, count_64, directory_64, _ = _END_64.unpack(record)
    return max(count if count != 0xFFFF else 0, count_64), max(
        directory if directory != 0xFFFFFFFF else 0, directory_64
    )


def _admitted(source: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    entries = source.infolist()
    if len(entries) > MOST_FILES:
        raise NotOpened(Finding("limits", f"{len(entries)}"))
    _apart(entries, source.start_dir)
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for entry in entries:
        _admit(entry)
        same = nfc(entry.filename.rstrip("/")).casefold()
        if same in seen:
            raise NotOpened(Finding("twice", shown(entry.filename)))
        seen.add(same)
        if not entry.is_dir():
            found[entry.filename] = entry
    if sum(one.file_size for one in found.values()) > size * MOST_RATIO + FREE_BYTES:
        raise NotOpened(Finding("bomb"))
    return found


def _admit(entry: zipfile.ZipInfo) -> None:
    where, kind = shown(entry.orig_filename), entry.external_attr >> 16 & 0o170000
    if not _is_safe(entry):
        raise NotOpened(Finding("unsafe_name", where))
    if kind not in (0, REGULAR, FOLDER) or (kind == FOLDER) > entry.is_dir():
        raise NotOpened(Finding("link", where))
    if entry.flag_bits & 0x41:
        raise NotOpened(Finding("encrypted", where))
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotOpened(Finding("method", where))
    if entry.is_dir() and entry.file_size:
        raise NotOpened(Finding("damaged", where))


def _is_safe(entry: zipfile.ZipInfo) -> bool:
    """A plain path below the place of unpacking, on every system, the same for whoever reads it."""
    name = entry.filename
    steps = name.rstrip("/").split("/")
    return (
        entry.orig_filename == name
        and 0 < len(name) <= MOST_NAME_CHARS
        and "\\" not in name
        and not _DRIVE.match(name)
        and not _UNPRINTED.search(name)
        and not any(step in ("", ".", "..") for step in steps)
    )


def _apart(entries: list[zipfile.ZipInfo], directory_at: int) -> None:
    """No two entries share bytes, and none lies in the directory."""
    ordered = sorted(entries, key=lambda one: one.header_offset)
    ends = [*(one.header_offset for one in ordered[1:]), directory_at]
    for entry, end in zip(ordered, ends, strict=False):
        name = len(entry.orig_filename.encode("utf-8", "replace"))
        least = entry.header_offset + _LOCAL_HEADER_BYTES + (name if entry.flag_bits & 0x800 else 0)
        if entry.header_offset < 0 or least + entry.compress_size > end:
            raise NotOpened(Finding("overlap", shown(entry.orig_filename)))
