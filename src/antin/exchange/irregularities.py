"""What should not happen at the door is kept and counted; the exchange operator looks, nothing else changes."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import F

from antin.exchange import ports
from antin.exchange.models import Irregularity
from antin.sql import insert_once
from antin.values import to_vietnam

SAME_ID_OTHER_BYTES = "same_id_other_bytes"
UNKNOWN_NODE = "unknown_node"
REFUSED_PARCEL = "refused_parcel"
REFUSED_STATEMENT = "refused_statement"
FALSE_ANSWER = "false_answer"
CLOCK_OFF = "clock_off"
NOT_FOLLOWED = "not_followed"
PARKED = "parked"
NOT_KNOWN_HERE = "not_known_here"
NOT_REOFFERED = "not_reoffered"
LOST_STATEMENT = "lost_statement"
DISK_FULL = "disk_full"
SHEET_REFUSED = "sheet_refused"


def note(
    kind: str,
    *,
    source: str = "",
    subject: UUID | None = None,
    sender_code: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Counts it under kind, source, subject and day, so that a flood makes one row. Commits with the caller."""
    now = ports.bound().clock.now()
    day = to_vietnam(now).date()
    row = Irregularity(
        kind=kind,
        source=source[:64],
        day=day,
        subject=subject,
        sender_code=sender_code[:35],
        detail=dict(detail or {}),
        first_at=now,
        last_at=now,
    )
    if not insert_once(row):
        same = Irregularity.objects.filter(kind=kind, source=source[:64], day=day, subject=subject)
        same.update(count=F("count") + 1, last_at=now)
