"""The door for pieces, and what a parcel says of parts that came by it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from antin.exchange import faults, ports, room
from antin.exchange.apart import keeping
from antin.exchange.apart.rules import PIECE_BYTES
from antin.exchange.models import Partner
from antin.vault.spool import Spool

BLOBS = re.compile(r"/exchange/v1/blobs/([0-9a-f]{64})")
PIECES = re.compile(r"/exchange/v1/blobs/([0-9a-f]{64})/(0|[1-9][0-9]{0,12})")
READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """An unsigned answer: 200 with what is kept, 413 beyond a piece, 503 while there is no room."""

    status: int
    body: bytes = b""


def asked(path: str, partner: Partner) -> Told | None:
    """How much is kept; None when the path asks something else."""
    found = BLOBS.fullmatch(path)
    return _have(keeping.have(partner.id, found[1])) if found else None


def take(path: str, partner: Partner, size: int, exactly: Callable[[int], bytes]) -> Told | None:
    """Takes a piece of `size` bytes, read by `exactly`; None when the path is another. The body is only read for 200."""
    found = PIECES.fullmatch(path)
    if found is None:
        return None
    if size > PIECE_BYTES or int(found[2]) + size > ports.bound().limits.parcel_bytes:
        return Told(413)
    if not room.for_bytes(size) or not keeping.has_room(partner.id, size):
        return Told(503)
    with Spool(ports.bound().spool, ports.bound().limits.in_memory_bytes) as spool:
        left = size
        while left:
            piece = exactly(min(left, READ_BYTES))
            spool.write(piece)
            left -= len(piece)
        kept = keeping.keep_piece(partner.id, found[1], int(found[2]), spool)
    faults.reach("receive.piece_kept")
    return _have(kept)


def _have(kept: int) -> Told:
    return Told(200, json.dumps({"have": kept}).encode())
