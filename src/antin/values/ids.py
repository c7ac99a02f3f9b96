"""Identifiers: UUIDv7 (RFC 9562), ordered by creation, never a row number in a URL."""

from __future__ import annotations

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def is_uuid(text: str) -> bool:
    """True for the canonical text of a UUID of any version."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
