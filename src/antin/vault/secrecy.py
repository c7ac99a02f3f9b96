"""What is Mật, through the installed cipher product: contents, and the words that would stand in columns (379/22.2).

A sealed text begins with `MARK`; nothing else of a column tells that it is one.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final
from uuid import UUID

from antin.vault import ports
from antin.vault.models import DataKey
from antin.vault.rules import CipherMissing

MARK: Final = "mật:"
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
    """Short texts of a secret owner, sealed; anything else as it is. Sealing twice changes nothing."""
    if not text or text.startswith(MARK) or ports.bound().product is None:
        return text
    key = DataKey.objects.filter(owner=owner).exclude(product="").first()
    if key is None:
        return text
    return MARK + base64.urlsafe_b64encode(sealed(key, text.encode(), WORDS)).decode("ascii")


def words_opened(owner: UUID, text: str) -> str:
    """The inverse; CipherMissing when the product is gone. What is no sealed text of this owner stays as it is."""
    if not text.startswith(MARK):
        return text
    key = DataKey.objects.filter(owner=owner).exclude(product="").first()
    if key is None:
        return text
    try:
        return opened(key, base64.urlsafe_b64decode(text[len(MARK) :].encode("ascii")), WORDS).decode()
    except (ports.CipherRefused, binascii.Error, ValueError):
        return text


def _of(key: DataKey) -> ports.CipherProduct:
    product = ports.bound().product
    if product is None or product.name != key.product:
        raise CipherMissing(key.product)
    return product


class WordsOfDocuments:
    """The ledger's `WordSeal`: words about an object whose owner is protected by the product."""

    def sealed(self, object_id: UUID, text: str) -> str:
        return words_sealed(object_id, text)

    def opened(self, object_id: UUID, text: str) -> str:
        return words_opened(object_id, text)
