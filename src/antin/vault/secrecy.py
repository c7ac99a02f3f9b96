"""What is Mật, through the installed cipher product: contents, and the words that would stand in columns (379/22.2).

A sealed text begins with a mark; that it is one is only certain once it opened under its owner's key.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final
from uuid import UUID

from antin.vault import ports
from antin.vault.models import DataKey
from antin.vault.rules import SEALED_MARK, CipherMissing, looks_sealed

WORDS: Final = b"words"


def installed() -> ports.CipherProduct:
    """The product; CipherMissing without one."""
    product = ports.bound().product
    if product is None:
        raise CipherMissing()
    return product


def sealed(key: DataKey, data: bytes, place: bytes) -> bytes:
    """The bytes through the product that protects this owner, bound to owner and place."""
    return _of(key).seal(data, key.owner.bytes + place)


def opened(key: DataKey, data: bytes, place: bytes) -> bytes:
    """The inverse; CipherMissing when another product is installed, or none."""
    return _of(key).open(data, key.owner.bytes + place)


def words_sealed(owner: UUID, text: str) -> str:
    """Short texts of a secret owner, sealed; anything else as it is. Sealing twice changes nothing.

    A text that only looks sealed, because somebody began it with the mark, is sealed like any other.
    """
    key = _key_of(owner) if text and ports.bound().product is not None else None
    if key is None or _opened_words(key, text) is not None:
        return text
    return SEALED_MARK + base64.urlsafe_b64encode(sealed(key, text.encode(), WORDS)).decode("ascii")


def words_opened(owner: UUID, text: str) -> str:
    """The inverse; CipherMissing when the product is gone. What is no sealed text of this owner stays as it is."""
    key = _key_of(owner) if looks_sealed(text) else None
    found = _opened_words(key, text) if key is not None else None
    return text if found is None else found


def is_sealed(owner: UUID, text: str) -> bool:
    """True for a sealed text of this owner. CipherMissing when the product is gone."""
    key = _key_of(owner) if looks_sealed(text) else None
    return key is not None and _opened_words(key, text) is not None


def is_secret(owner: UUID) -> bool:
    """True when what concerns this owner passes through the installed product; asks nothing without one."""
    return ports.bound().product is not None and _key_of(owner) is not None


def _key_of(owner: UUID) -> DataKey | None:
    """The key of a secret owner; None for anybody else's."""
    found: DataKey | None = DataKey.objects.filter(owner=owner).exclude(product="").first()
    return found


def _opened_words(key: DataKey, text: str) -> str | None:
    """What a sealed text says; None when it is none of this owner's."""
    if not looks_sealed(text):
        return None
    try:
        return opened(key, base64.urlsafe_b64decode(text[len(SEALED_MARK) :].encode("ascii")), WORDS).decode()
    except (ports.CipherRefused, binascii.Error, ValueError):
        return None


def _of(key: DataKey) -> ports.CipherProduct:
    product = ports.bound().product
    if product is None or product.name != key.product:
        raise CipherMissing(key.product)
    return product


class WordsOfDocuments:
    """The ledger's `WordSeal`: words about an object whose owner is protected by the product."""

    def is_secret(self, object_id: UUID) -> bool:
        return is_secret(object_id)

    def sealed(self, object_id: UUID, text: str) -> str:
        return words_sealed(object_id, text)

    def opened(self, object_id: UUID, text: str) -> str:
        return words_opened(object_id, text)
