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


class CipherProduct(Protocol):
    """A product of the cipher branch behind its own interface: the house invents no cipher for secrets (379/22.2).

    `seal`, `open` for what is kept here, `seal_for`, `open_sent` for what travels; `context` is bound in by both.
    Keys are the product's own matter. Every failure is a CipherRefused that tells nothing of the content.
    """

    name: str
    title: str
    is_certified: bool

    def seal(self, data: bytes, context: bytes) -> bytes: ...

    def open(self, sealed: bytes, context: bytes) -> bytes: ...

    def reaches(self, recipient: str) -> bool:
        """True when this organisation (by its code) can be sent to."""

    def seal_for(self, data: bytes, recipient: str, context: bytes) -> bytes: ...

    def open_sent(self, sealed: bytes, context: bytes) -> bytes: ...


class CipherRefused(Exception):
    """The product can't or won't; the text says why, never what."""


class KeyRefused(Exception):
    """The keeper can't or won't unwrap this; the text says why, never what."""


@dataclass(frozen=True)
class Ports:
    """`product`: the installed cipher product; None refuses everything that is Mật."""

    store: BlobStore
    keeper: KeyKeeper
    product: CipherProduct | None = None


_bound: list[Ports] = []


def bind(ports: Ports) -> None:
    """Called by the house once per process; a second call replaces the first."""
    _bound[:] = [ports]


def bound() -> Ports:
    """RuntimeError when the house has not wired the vault."""
    if not _bound:
        raise RuntimeError("the vault's ports are not bound")
    return _bound[0]
