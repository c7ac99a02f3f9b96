"""The receiving side: pieces are kept sealed as they come, proven as a whole when a parcel names them, swept afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum

from antin.exchange import ports
from antin.exchange.apart.models import ApartContent
from antin.vault import acts as vault
from antin.vault import queries as vault_reads
from antin.vault.spool import Spool

USED_FOR = timedelta(hours=1)
UNUSED_FOR = timedelta(days=3)
SWEPT_AT_ONCE = 50
READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A content that lies here whole; read anew, piece by piece, each time it is iterated."""

    pieces: tuple[UUID, ...]

    def __iter__(self) -> Iterator[bytes]:
        return vault_reads.stream_all(self.pieces)


def have(partner_id: UUID, sha256: str) -> int:
    """Bytes kept of that content of this partner."""
    found = ApartContent.objects.filter(partner_id=partner_id, sha256=sha256).values_list("have", flat=True).first()
    return found or 0


def has_room(partner_id: UUID, size: int) -> bool:
    """False when this partner would keep more here than one partner may."""
    held = ApartContent.objects.filter(partner_id=partner_id).aggregate(sum=Sum("have"))["sum"] or 0
    return int(held) + size <= ports.bound().limits.apart_bytes


def keep_piece(partner_id: UUID, sha256: str, offset: int, spool: Spool) -> int:
    """Keeps the bytes in the spool when they are the next ones; answers how many are kept. They last once this returns."""
    now = ports.bound().clock.now()
    with transaction.atomic():
        ApartContent.objects.get_or_create(partner_id=partner_id, sha256=sha256, defaults={"touched_at": now})
        row = ApartContent.objects.select_for_update().get(partner_id=partner_id, sha256=sha256)
        if row.have == offset and spool.size:
            piece = vault.store(_read(spool), owner=row.id)
            row.pieces = [*row.pieces, str(piece.id)]
            row.have += spool.size
        row.touched_at = now
        row.save()
    return row.have


def whole(partner_id: UUID, sha256: str, size: int) -> Kept | None:
    """The content when all of it lies here and is what its digest says. What is not is forgotten: the sender begins anew."""
    row = ApartContent.objects.filter(partner_id=partner_id, sha256=sha256).first()
    if row is None or row.have < size:
        return None
    kept = Kept(tuple(map(UUID, row.pieces)))
    digest = hashlib.sha256()
    for piece in kept:
        digest.update(piece)
    if row.have != size or digest.hexdigest() != sha256:
        forget(row.id)
        return None
    now = ports.bound().clock.now()
    ApartContent.objects.filter(id=row.id).update(used_at=now, touched_at=now)
    return kept


def forget(row_id: UUID) -> None:
    """Row, key and bytes."""
    with transaction.atomic():
        if ApartContent.objects.filter(id=row_id).delete()[0]:
            vault.shred(owner=row_id)


def sweep_due() -> int:
    """A job of the worker: what parcels took an hour ago (others may have named it too), and what nobody came back for."""
    now = ports.bound().clock.now()
    due = Q(used_at__lte=now - USED_FOR) | Q(touched_at__lte=now - UNUSED_FOR)
    ids = list(ApartContent.objects.filter(due).values_list("id", flat=True)[:SWEPT_AT_ONCE])
    for row_id in ids:
        forget(row_id)
    return len(ids)


def _read(spool: Spool) -> Iterator[bytes]:
    while piece := spool.read(READ_BYTES):
        yield piece
