"""Sealing of one content: AES-256-GCM in STREAM chunks, so that memory stays constant and every cut shows.

A sealed object is `ATV1` ‖ 7 random bytes ‖ chunks of 65,536 bytes and 16 of tag, the last one shorter or full.
Nonce of a chunk: the 7 bytes ‖ its number (4 bytes, big-endian) ‖ 1 for the last chunk else 0.
Bound into each tag: owner, content id, key version, chunk number, last flag. So a chunk can't be moved,
repeated, dropped or borrowed from another content, and nothing can be appended (Hoang, Reyhanitabar,
Rogaway, Vizár 2015, "STREAM"). Each content has its own key, derived from its owner's data key (RFC 5869).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"ATV1"
PREFIX_BYTES = 7
HEADER_BYTES = len(MAGIC) + PREFIX_BYTES
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
KEY_BYTES = 32
MAX_CHUNKS = 2**32


class Broken(Exception):
    """The sealed bytes are not the ones that were made for this place; the text says at which chunk."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a content belongs; part of every tag."""

    owner: UUID
    content_id: UUID
    key_version: int

    def bound(self, number: int, last: bool) -> bytes:
        """Associated data of one chunk."""
        return b"".join(
            (
                MAGIC,
                self.owner.bytes,
                self.content_id.bytes,
                self.key_version.to_bytes(4, "big"),
                number.to_bytes(4, "big"),
                bytes([last]),
            )
        )


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def seal(data_key: bytes, place: Place, plain: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed object, piece by piece. ValueError beyond 2**32 chunks (256 TiB)."""
    cipher, prefix = AESGCM(_content_key(data_key, place)), os.urandom(PREFIX_BYTES)
    yield MAGIC + prefix
    for number, (chunk, last) in enumerate(_pieces(plain, CHUNK_BYTES)):
        if number >= MAX_CHUNKS:
            raise ValueError("content too large for one object")
        yield cipher.encrypt(_nonce(prefix, number, last), chunk, place.bound(number, last))


def unseal(data_key: bytes, place: Place, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """The plaintext, each chunk only after its tag held. Broken at the first byte that is not genuine."""
    cipher, source = AESGCM(_content_key(data_key, place)), iter(sealed)
    head, rest = _take(source, HEADER_BYTES)
    if len(head) != HEADER_BYTES or not head.startswith(MAGIC):
        raise Broken("no sealed object")
    prefix = head[len(MAGIC) :]
    for number, (chunk, last) in enumerate(_pieces(_chain(rest, source), CHUNK_BYTES + TAG_BYTES)):
        if number >= MAX_CHUNKS:
            raise Broken("more chunks than an object can have")
        try:
            yield cipher.decrypt(_nonce(prefix, number, last), chunk, place.bound(number, last))
        except InvalidTag:
            raise Broken(f"chunk {number} is not genuine") from None


def _content_key(data_key: bytes, place: Place) -> bytes:
    info = b"antin vault content 1" + place.content_id.bytes
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(data_key)


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _pieces(chunks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """The stream cut into pieces of `size`, each with whether it is the last; an empty stream is one empty piece."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True


def _take(source: Iterator[bytes], count: int) -> tuple[bytes, bytes]:
    held = b""
    while len(held) < count:
        chunk = next(source, None)
        if chunk is None:
            break
        held += chunk
    return held[:count], held[count:]


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
