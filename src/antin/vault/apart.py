"""Streams sealed apart from any document: what leaves the house as a whole, such as a backup's copy of the database.

Each set has a key of its own, wrapped by the keeper, so it opens only while its wrapping key is kept: what a
destruction retires closes every older copy (379/20.2, 379/3.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5

from antin.vault import cipher
from antin.vault.ports import KeyKeeper, KeyRefused
from antin.vault.rules import ContentDamaged

VERSION = 1


@dataclass(frozen=True, slots=True)
class ApartKey:
    """The key of one set. `wrapped` may lie beside what it seals; `data_key` stays in memory."""

    set_id: UUID
    wrapped: bytes
    data_key: bytes

    def seal(self, part: str, plain: Iterable[bytes]) -> Iterator[bytes]:
        """The sealed stream of a part, in constant memory."""
        return cipher.seal(self.data_key, self._place(part), plain)

    def unseal(self, part: str, sealed: Iterable[bytes]) -> Iterator[bytes]:
        """The inverse, each piece only once its tag held. ContentDamaged at the first byte that is not genuine."""
        try:
            yield from cipher.unseal(self.data_key, self._place(part), sealed)
        except cipher.Broken as broken:
            raise ContentDamaged(self.set_id, f"{part}: {broken}") from broken

    def _place(self, part: str) -> cipher.Place:
        return cipher.Place(self.set_id, uuid5(self.set_id, part), VERSION)


def new_key(keeper: KeyKeeper, set_id: UUID) -> ApartKey:
    """A fresh key for this set."""
    data_key = cipher.new_key()
    return ApartKey(set_id, keeper.wrap(data_key, _context(set_id)), data_key)


def key_of(keeper: KeyKeeper, set_id: UUID, wrapped: bytes) -> ApartKey:
    """The set's key. KeyRefused when the keeper no longer has its wrapping key, or the set is another's."""
    return ApartKey(set_id, wrapped, keeper.unwrap(wrapped, _context(set_id)))


def opens(keeper: KeyKeeper, set_id: UUID, wrapped: bytes) -> bool:
    """Whether `key_of` would answer."""
    try:
        key_of(keeper, set_id, wrapped)
    except KeyRefused:
        return False
    return True


def _context(set_id: UUID) -> bytes:
    return b"antin vault apart 1" + set_id.bytes
