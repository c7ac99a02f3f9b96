"""Reading: bytes come out only after their tags held; `read` also compares the digest of the whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from antin.vault import cipher, ports, secrecy
from antin.vault.models import DataKey, StoredContent
from antin.vault.rules import ContentDamaged, still_kept

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Content:
    """A stored content. `digest`: SHA-256 of the plaintext, lower-case hex; `size` in bytes."""

    id: UUID
    owner: UUID
    digest: str
    size: int
    media_type: str


def describe(content_id: UUID) -> Content:
    """Facts of a content, also of a destroyed one. LookupError for an id that never was."""
    row = _row(content_id)
    return Content(row.id, row.key.owner, row.digest, row.size, row.media_type)


def read(content_id: UUID) -> bytes:
    """The whole plaintext, proven. ContentDamaged or ContentDestroyed otherwise."""
    return b"".join(stream(content_id))


def stream(content_id: UUID) -> Iterator[bytes]:
    """The plaintext in pieces of at most 64 KiB, each authenticated; ContentDamaged may come at any piece.

    The row and the key are read before this returns, so a destroyed or unknown content is refused at once.
    """
    row = _row(content_id)
    still_kept(row.key.destroyed_at)
    return _opened(row)


def _opened(row: StoredContent) -> Iterator[bytes]:
    place = cipher.Place(row.key.owner, row.id, row.key.version)
    try:
        data_key = unwrapped(row.key)
    except ports.KeyRefused as refused:
        raise ContentDamaged(row.id, str(refused)) from refused
    plain = cipher.unseal(data_key, place, _sealed(row))
    return _proven(row, _through_product(row, plain) if row.key.product else plain)


def _through_product(row: StoredContent, sealed: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield secrecy.opened(row.key, b"".join(sealed), row.id.bytes)
    except ports.CipherRefused as refused:
        raise ContentDamaged(row.id, str(refused)) from refused


def cipher_product() -> ports.CipherProduct | None:
    """The installed product, None when there is none: then nothing that is Mật is taken (379/22.2)."""
    return ports.bound().product


def is_protected(owner: UUID) -> bool:
    """True when what this owner stores passes through the product that is installed; False without it (379/24.4)."""
    product = ports.bound().product
    return product is not None and DataKey.objects.filter(owner=owner, product=product.name).exists()


def is_sealed(owner: UUID, text: str) -> bool:
    """True for a text that `acts.sealed_words` sealed for this owner."""
    return secrecy.is_sealed(owner, text)


def opened_words(owner: UUID, text: str) -> str:
    """The inverse of `acts.sealed_words`; a text that was never sealed comes back as it is."""
    return secrecy.words_opened(owner, text)


def stream_all(content_ids: Sequence[UUID]) -> Iterator[bytes]:
    """Several contents one after the other, their rows read at once; refused like `stream` before the first piece."""
    found = {row.id: row for row in StoredContent.objects.select_related("key").filter(id__in=content_ids)}
    for content_id in content_ids:
        if content_id not in found:
            raise LookupError(f"no content {content_id}")
        still_kept(found[content_id].key.destroyed_at)
    return chain.from_iterable(_opened(found[content_id]) for content_id in content_ids)


def intact(content_id: UUID) -> bool:
    """Fixity without any key: whether the sealed object is there, byte for byte (379/23.2.b)."""
    row, digest = _row(content_id), hashlib.sha256()
    try:
        for piece in ports.bound().store.get(row.sealed_digest):
            digest.update(piece)
    except OSError:
        return False
    return digest.hexdigest() == row.sealed_digest


def kept_contents(*, without: Sequence[str] = ()) -> Iterator[UUID]:
    """Every content whose key is not destroyed; without those whose sealed object has one of these names."""
    kept = (
        StoredContent.objects.filter(key__destroyed_at__isnull=True).exclude(sealed_digest__in=without).order_by("id")
    )
    yield from kept.values_list("id", flat=True).iterator(BATCH)


def prove(content_id: UUID) -> None:
    """Reads the content to its end without keeping it. ContentDamaged when it does not open or is not what was stored."""
    for _ in stream(content_id):
        pass


def key_context(owner: UUID, version: int) -> bytes:
    """What the keeper binds a wrapped data key to: owner and key version."""
    return b"antin vault data key 1" + owner.bytes + version.to_bytes(4, "big")


def unwrapped(key: DataKey) -> bytes:
    """The owner's data key in clear, for this room alone. KeyRefused when the keeper can't.

    A rotation may finish between reading the row and asking the keeper; then the row is read once more.
    """
    keeper, context = ports.bound().keeper, key_context(key.owner, key.version)
    try:
        return keeper.unwrap(bytes(key.wrapped), context)
    except ports.KeyRefused:
        key.refresh_from_db()
        still_kept(key.destroyed_at)
        return keeper.unwrap(bytes(key.wrapped), context)


def _row(content_id: UUID) -> StoredContent:
    row = StoredContent.objects.select_related("key").filter(id=content_id).first()
    if row is None:
        raise LookupError(f"no content {content_id}")
    return row


def _sealed(row: StoredContent) -> Iterator[bytes]:
    try:
        yield from ports.bound().store.get(row.sealed_digest)
    except OSError as error:
        raise ContentDamaged(row.id, f"the store can't give it: {error}") from error


def _proven(row: StoredContent, plain: Iterator[bytes]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    try:
        for piece in plain:
            digest.update(piece)
            yield piece
    except cipher.Broken as broken:
        raise ContentDamaged(row.id, str(broken)) from broken
    if digest.hexdigest() != row.digest:
        raise ContentDamaged(row.id, "the digest of the whole differs")
