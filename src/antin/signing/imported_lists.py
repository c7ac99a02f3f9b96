"""Revocation lists that a person carries into the trust folder, where no server of the authority can be reached.

Only the newest list of an issuer counts, so former ones may stay. A list past its next update says nothing of who is
not on it (RFC 5280 §5.1.2.5); who is on it stays revoked.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from antin.signing.trust import read_list

log = logging.getLogger("antin.signing.imported_lists")

Seen = tuple[tuple[str, int, int], ...]


class ImportedLists:
    """Called, it answers the lists (DER) of FOLDER/*.crl as they lie there now; read again only after a change.

    A file that can't be read, one that is still being copied say, is passed over until it changes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: tuple[Seen, tuple[bytes, ...]] = ((), ())

    def __call__(self) -> tuple[bytes, ...]:
        seen = self._look()
        if seen != self._kept[0]:
            self._kept = (seen, tuple(self._read(name for name, _, _ in seen)))
        return self._kept[1]

    def _look(self) -> Seen:
        """Name, time of change (ns) and size of each list."""
        try:
            with os.scandir(self._folder) as found:
                stats = [(one.name, one.stat()) for one in found if one.name.endswith(".crl")]
        except OSError:
            return self._kept[0]  # the folder is being replaced: what was there stands meanwhile
        return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats))

    def _read(self, names: Iterable[str]) -> Iterable[bytes]:
        for name in names:
            try:
                yield read_list(self._folder / name)
            except (OSError, ValueError) as wrong:
                log.warning("imported revocation list passed over: %s", wrong)


@dataclass(frozen=True, slots=True)
class ImportedList:
    """The newest list of one issuer; `until` is its next update, None when it names none."""

    file: str
    issuer: str
    since: datetime
    until: datetime | None

    def is_past(self, at: datetime) -> bool:
        return self.until is None or at > self.until

    def ends_soon(self, at: datetime) -> bool:
        """In the last fifth of its time, for lists run from a day to years."""
        return self.until is not None and not self.is_past(at) and self.until - at < (self.until - self.since) / 5


def newest_in(folder: Path) -> list[ImportedList]:
    """The newest list of each issuer in the folder, by file name; ValueError names a file that is no list."""
    newest: dict[bytes, ImportedList] = {}
    for path in sorted(folder.glob("*.crl")):
        read = x509.load_der_x509_crl(read_list(path))
        one = ImportedList(path.name, read.issuer.rfc4514_string(), read.last_update_utc, read.next_update_utc)
        key = read.issuer.public_bytes()
        if key not in newest or newest[key].since < one.since:
            newest[key] = one
    return sorted(newest.values(), key=lambda one: one.file)
