"""Is a message of ours at the axis? Asked of its list of what we sent, settled by the bytes it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from antin.exchange.axis.protocol import AxisRefused, Entry
from antin.exchange.edxml.streamed import taken
from antin.exchange.ports import Axis, Unreached
from antin.regulation import RemoteViolation
from antin.vault.spool import Spool

CLOCKS_APART = timedelta(minutes=10)
"""How far the axis' clock may be off from ours, for what it says about when a message came."""


class Found(Enum):
    """`UNCLEAR` is never collapsed into one of the others."""

    HELD = "held"
    ABSENT = "absent"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Lookup:
    found: Found
    doc_id: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Sought:
    """What left us: from whom to whom, since when, and the digest of its bytes.

    `is_known`: ids at the axis that are other messages of ours; `same`: whether two codes are of one body; `spool` for
    what is fetched, up to `most` bytes.
    """

    kind: str
    sender: str
    recipient: str
    tried_at: datetime
    digest: str
    most: int
    is_known: Callable[[str], bool]
    same: Callable[[str, str], bool]
    spool: Callable[[], Spool]


def look_up(axis: Axis, sought: Sought) -> Lookup:
    """Every entry that could be the message is fetched and compared; one that can't be fetched leaves it unclear."""
    try:
        listed = axis.sent(sought.kind)
    except (Unreached, AxisRefused) as error:
        return Lookup(Found.UNCLEAR, error=str(error))
    doubt = ""
    for doc_id in dict.fromkeys(entry.doc_id for entry in listed if _could_be(entry, sought)):
        try:
            if _is_it(axis, doc_id, sought):
                return Lookup(Found.HELD, doc_id)
        except (Unreached, AxisRefused, RemoteViolation) as error:
            doubt = f"{doc_id}: {error}"
    return Lookup(Found.UNCLEAR, error=doubt) if doubt else Lookup(Found.ABSENT)


def _could_be(entry: Entry, sought: Sought) -> bool:
    in_time = entry.at is None or entry.at >= sought.tried_at - CLOCKS_APART
    # A status' way is chosen by the axis from what it answers, so whom it lists as its recipient is not asked.
    to = sought.kind == "status" or not entry.recipient or sought.same(entry.recipient, sought.recipient)
    return (
        in_time
        and to
        and (not entry.sender or sought.same(entry.sender, sought.sender))
        and not sought.is_known(entry.doc_id)
    )


def _is_it(axis: Axis, doc_id: str, sought: Sought) -> bool:
    """False only for another sound message; RemoteViolation for bytes that are none: they tell nothing."""
    digest = hashlib.sha256()
    with sought.spool() as spool:

        def sink(piece: bytes) -> None:
            digest.update(piece)
            spool.write(piece)

        axis.get(doc_id, most=sought.most, sink=sink)
        if digest.hexdigest() == sought.digest:
            return True
        taken(spool)
    return False
