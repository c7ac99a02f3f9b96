"""Which parts of a parcel travel apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

PIECE_BYTES = 8 * 1024 * 1024
APART_LEAST = 8 * 1024 * 1024
INLINE_MOST = 32 * 1024 * 1024
FIRST_ATTACHMENT = 2
HEADER = "Antin-Apart"
POSITIONS = re.compile(r"[0-9]{1,2}(?:,[0-9]{1,2}){0,63}")


def apart_of(sizes: Sequence[int]) -> tuple[int, ...]:
    """Positions of the parts that travel apart, by the sizes of all: large attachments, and the largest while the rest is too much.

    Envelope and document always stand in the parcel itself.
    """
    inline, apart = sum(sizes), []
    for place in sorted(range(FIRST_ATTACHMENT, len(sizes)), key=lambda place: -sizes[place]):
        if sizes[place] < APART_LEAST and inline <= INLINE_MOST:
            break
        apart.append(place)
        inline -= sizes[place]
    return tuple(sorted(apart))


def positions(header: str, parts: int) -> tuple[int, ...] | None:
    """What the header names: attachments in rising order, each once. None for anything else; nothing for no header."""
    if not header:
        return ()
    if not POSITIONS.fullmatch(header):
        return None
    named = tuple(map(int, header.split(",")))
    rising = all(before < after for before, after in pairwise(named))
    return named if rising and named[0] >= FIRST_ATTACHMENT and named[-1] < parts else None
