"""What the vault needs from outside: a place for sealed bytes and a keeper of the key that wraps data keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol


class BlobStore(Protocol):
    """Write-once objects named by the SHA-256 of their bytes (lower-case hexadecimal)."""

    def put(self, chunks: Iterable[bytes]) -> str:
        """Keeps the bytes and answers their name; they survive a power cut once this returns."""

    def get(self, name: str) -> Iterator[bytes]:
        """The bytes in pieces. FileNotFoundError when there is no such object."""

    def delete(self, name: str) -> None:
        """Removes the object; none there is no error."""

    def names(self, older_than_s: float) -> Iterator[str]:
        """Names of the objects put longer ago than that."""

    def tidy(self, older_than_s: float) -> int:
        """Removes what unfinished writes left behind longer ago than that; answers how many."""


class KeyKeeper(Protocol):
    """Wraps data keys so that they may lie in the database. The wrapping key itself never leaves the keeper."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """The key wrapped for exactly this context under the current wrapping key."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The key. KeyRefused for another context, altered bytes, or a wrapping key that was retired."""

    def renew(self) -> str:
        """Makes a fresh wrapping key the current one, keeping the older ones; answers its id."""

    def retire_all_but(self, key_id: str) -> tuple[str, ...]:
        """Destroys every other wrapping key and answers their ids: what they wrapped is lost for good."""


class KeyRefused(Exception):
    """The keeper can't or won't unwrap this; the text says why, never what."""


@dataclass(frozen=True)
class Ports:
    store: BlobStore
    keeper: KeyKeeper


_bound: list[Ports] = []


def bind(ports: Ports) -> None:
    """Called by the house once per process; a second call replaces the first."""
    _bound[:] = [ports]


def bound() -> Ports:
    """RuntimeError when the house has not wired the vault."""
    if not _bound:
        raise RuntimeError("the vault's ports are not bound")
    return _bound[0]
