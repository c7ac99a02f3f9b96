"""Canonical JSON (RFC 8785 for the types we use) and digests over it.

Only null, booleans, integers within 2**53, strings, lists and string-keyed objects are admitted: a float
has no single written form that every language agrees on, so evidence holds none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
type_error = "canonical JSON admits null, booleans, integers, strings, lists and objects"


def canonical_json(value: object) -> bytes:
    """UTF-8 bytes of the value: keys ordered by UTF-16 code units, no spaces, no escapes but the needed."""
    return _encode(_ordered(value)).encode()


def _ordered(value: object) -> object:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) >= 2**53:
            raise ValueError("integers beyond 2**53 do not survive JSON")
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError(type_error)
        # ASCII keys stand in the same order by code points as by UTF-16 code units
        keys = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_utf16)
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_ordered(item) for item in value]
    raise TypeError(type_error)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def sha256_hex(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of the bytes."""
    return hashlib.sha256(data).hexdigest()


def commitment(salt: bytes, value: object) -> str:
    """A salted commitment: without the salt the value can't be guessed, with it anyone can check."""
    if len(salt) < 16:
        raise ValueError("a commitment needs 16 bytes of salt or more")
    return sha256_hex(salt + canonical_json(value))
