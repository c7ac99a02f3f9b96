"""Writing: store, shred, rotate the keeper's key, sweep what nobody refers to.

`store` and `shred` are parts of the acts of higher rooms: they join the caller's transaction and leave the
ledger entry to the outermost act.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction

from antin.ledger import acts as ledger
from antin.sql import CompiledQuery, insert, insert_once
from antin.values import Actor, new_id
from antin.vault import cipher, ports, secrecy
from antin.vault.models import DataKey, StoredContent
from antin.vault.queries import Content, key_context, unwrapped
from antin.vault.rules import still_kept

__all__ = ["Content", "Item", "protect", "rotate_keeper", "sealed_words", "shred", "store", "store_all", "sweep"]

_NEWEST_KEY = CompiledQuery(lambda owner: DataKey.objects.filter(owner=owner).order_by("-version"), UUID)
SWEEP_AFTER_S = 24 * 3600.0
SWEEP_BATCH = 500
Batched = TypeVar("Batched")


@dataclass(frozen=True, slots=True)
class Item:
    """Bytes to be kept, under an id that the caller may have chosen before."""

    data: bytes | Iterable[bytes]
    media_type: str = ""
    id: UUID = field(default_factory=new_id)


def store(data: bytes | Iterable[bytes], *, owner: UUID, media_type: str = "") -> Content:
    """Seals the bytes under the owner's key; they are on disk when this returns. ContentDestroyed after a shredding.

    Memory stays constant for an iterable. If the caller's transaction fails, `sweep` takes the object away later.
    """
    return store_all([Item(data, media_type)], owner=owner)[0]


def store_all(items: Iterable[Item], *, owner: UUID, is_new: bool = False) -> tuple[Content, ...]:
    """The same for several contents of one owner, at the price of one key and one row more each.

    `is_new`: the owner was made in this transaction, so no key is looked for first; one that stands there is used.
    """
    with transaction.atomic(savepoint=False):
        key, data_key = _data_key(owner, is_new=is_new)
        rows = [_sealed(item, key, data_key) for item in items]
        for row in rows:
            insert(row)
    return tuple(Content(row.id, owner, row.digest, row.size, row.media_type) for row in rows)


def _sealed(item: Item, key: DataKey, data_key: bytes) -> StoredContent:
    measured = _Measured([item.data] if isinstance(item.data, bytes) else item.data)
    place = cipher.Place(key.owner, item.id, key.version)
    if key.product:
        protected: Iterable[bytes] = [secrecy.sealed(key, b"".join(measured), item.id.bytes)]
    else:
        protected = measured
    name = ports.bound().store.put(cipher.seal(data_key, place, protected))
    return StoredContent(
        id=item.id,
        key=key,
        digest=measured.digest.hexdigest(),
        size=measured.size,
        media_type=item.media_type,
        sealed_digest=name,
        stored_at=datetime.now(UTC),
    )


def protect(*, owner: UUID) -> None:
    """Everything of this owner passes through the installed cipher product, from its first byte on (379/22.2).

    Before anything is stored for it; CipherMissing without a product. Joins the transaction.
    """
    product = secrecy.installed()
    row, _data = _data_key(owner, is_new=False)
    DataKey.objects.filter(id=row.id, contents__isnull=True).update(product=product.name)


def sealed_words(owner: UUID, text: str) -> str:
    """The text as it may stand in a column: as it is, or sealed by the product when the owner is Mật."""
    return secrecy.words_sealed(owner, text)


def shred(*, owner: UUID) -> int:
    """Destroys the owner's key and, once committed, every object under it; answers how many (379/20.2).

    Digests and sizes stay. An old copy of the database still holds the wrapped key: `rotate_keeper` makes it worthless.
    """
    with transaction.atomic():
        keys = DataKey.objects.select_for_update().filter(owner=owner, destroyed_at__isnull=True)
        ids = [key.id for key in keys]
        names = list(StoredContent.objects.filter(key_id__in=ids).values_list("sealed_digest", flat=True))
        DataKey.objects.filter(id__in=ids).update(wrapped=None, destroyed_at=datetime.now(UTC))
        transaction.on_commit(partial(_delete_objects, names))
    return len(names)


def rotate_keeper(*, actor: Actor, reason: str = "") -> int:
    """A fresh wrapping key; every data key wrapped anew, the older wrapping keys destroyed. Contents are untouched.

    Killed before the commit, both keys remain and nothing is lost; the next rotation retires what was left over.
    """
    keeper = ports.bound().keeper
    with transaction.atomic():
        _hold_keys("SHARE ROW EXCLUSIVE")
        key_id = keeper.renew()
        count = 0
        for batch in _batches(DataKey.objects.filter(destroyed_at__isnull=True).order_by("id").iterator(SWEEP_BATCH)):
            for key in batch:
                context = key_context(key.owner, key.version)
                key.wrapped = keeper.wrap(keeper.unwrap(bytes(key.wrapped), context), context)
            DataKey.objects.bulk_update(batch, ["wrapped"])
            count += len(batch)
        ledger.append(
            "vault.key.rotated",
            actor,
            object_kind="vault",
            object_id=None,
            facts={"keeper_key": key_id, "data_keys": count},
            reason=reason,
            clause="379/4.5",
        )
        transaction.on_commit(partial(keeper.retire_all_but, key_id))
    return count


def sweep(*, older_than_s: float = SWEEP_AFTER_S) -> int:
    """Removes objects that no living content refers to and leftovers of unfinished writes; answers how many.

    The age must exceed the longest transaction, or bytes of an act still running would vanish.
    """
    blobs, removed = ports.bound().store, 0
    for names in _batches(blobs.names(older_than_s)):
        wanted = set(
            StoredContent.objects.filter(sealed_digest__in=names, key__destroyed_at__isnull=True).values_list(
                "sealed_digest", flat=True
            )
        )
        for name in set(names) - wanted:
            blobs.delete(name)
            removed += 1
    return removed + blobs.tidy(older_than_s)


class _Measured:
    """Passes bytes through, keeping their digest and count."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks, self.digest, self.size = chunks, hashlib.sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.digest.update(chunk)
            self.size += len(chunk)
            yield chunk


def _data_key(owner: UUID, *, is_new: bool) -> tuple[DataKey, bytes]:
    """The owner's key, made at the first content. Two writers at once agree on one: the loser reads the winner's."""
    keeper = ports.bound().keeper
    row = None if is_new else _NEWEST_KEY.first(owner)
    if row is None:
        _hold_keys("ROW EXCLUSIVE")
        fresh = cipher.new_key()
        wrapped = keeper.wrap(fresh, key_context(owner, 1))
        row = DataKey(owner=owner, version=1, wrapped=wrapped, created_at=datetime.now(UTC))
        if insert_once(row):
            return row, fresh
        row = DataKey.objects.get(owner=owner, version=1)
    still_kept(row.destroyed_at)
    return row, unwrapped(row)


def _hold_keys(mode: str) -> None:
    """Keeps a rotation and the making of a key apart: no key may be wrapped by one that is about to be destroyed."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE vault_data_key IN {mode} MODE")


def _delete_objects(names: Iterable[str]) -> None:
    for name in names:
        ports.bound().store.delete(name)


def _batches(items: Iterable[Batched]) -> Iterator[list[Batched]]:
    source = iter(items)
    while batch := list(islice(source, SWEEP_BATCH)):
        yield batch
