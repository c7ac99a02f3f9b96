"""Where the XML of a package is read: in the sandbox for a file from outside, in this process for what was just written here."""

from __future__ import annotations

from typing import Any, Protocol

from antin.archive.packages.reading import READERS
from antin.regulation import RemoteViolation
from antin.sandbox import Pool, Unanswered

TIMEOUT_S = 90.0


class Refused(Exception):
    """The XML is not to be read; the text says why."""


class Reader(Protocol):
    def __call__(self, task: str, data: bytes) -> dict[str, Any]:
        """What the file says (`reading`). Refused for what no package holds, Unanswered beyond the limits."""


def new_pool(workers: int = 1) -> Pool:
    """Workers that read; close the pool when done with it."""
    return Pool("antin.archive.packages.worker", workers=workers, timeout_s=TIMEOUT_S)


def read_in(pool: Pool, source: str) -> Reader:
    """A reader in the sandbox; small files of one package (`source`) may share a copy."""

    def read(task: str, data: bytes) -> dict[str, Any]:
        found, _ = pool.ask(task, (data,), {}, source=source)
        if "refused" in found:
            raise Refused(str(found["refused"])[:300])
        if not isinstance(found.get("read"), dict):
            raise Unanswered(task)
        return dict(found["read"])

    return read


def read_here(task: str, data: bytes) -> dict[str, Any]:
    """The same in this process, for packages that this process wrote."""
    try:
        return READERS[task](data)
    except RemoteViolation as refused:
        raise Refused(refused.reason.format(**refused.facts)[:300]) from refused
