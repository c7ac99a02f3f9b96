"""The ledger's stamped heads, for proof bundles and for who watches over the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antin.ledger import queries as ledger
from antin.ledger.bundle_heads import TimedHead
from antin.signing import ports
from antin.signing.models import HeadProof


@dataclass(frozen=True, slots=True)
class HeadsView:
    """How many heads are stamped, the newest of them, the first end of their newest timestamps, and how many are in trouble."""

    count: int
    newest_size: int
    newest_at: datetime | None
    authority: str
    first_end: datetime | None
    ended: int
    troubled: int


def summary() -> HeadsView:
    newest = HeadProof.objects.order_by("-size").first()
    first = HeadProof.objects.order_by("certificate_until").values_list("certificate_until", flat=True).first()
    now = ports.bound().clock.now()
    return HeadsView(
        count=HeadProof.objects.count(),
        newest_size=newest.size if newest else 0,
        newest_at=newest.since if newest else None,
        authority=newest.authority if newest else "",
        first_end=first,
        ended=HeadProof.objects.filter(certificate_until__lt=now).count(),
        troubled=HeadProof.objects.exclude(trouble="").count(),
    )


def timed(object_id: UUID) -> tuple[tuple[TimedHead, ...], dict[int, str]]:
    """For a bundle of this object: the first stamped head over each of its entries, and the entries' proofs under them."""
    heads: list[TimedHead] = []
    for leaf in ledger.places(object_id):
        if heads and leaf < heads[-1].size:
            continue
        row = HeadProof.objects.filter(size__gt=leaf).order_by("size").first()
        if row is None:
            break
        heads.append(TimedHead(row.size, row.note, bytes(row.record)))
    return tuple(heads), ledger.proofs_under(object_id, [ledger.Head(one.size, one.note) for one in heads])
