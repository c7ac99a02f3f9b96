"""How many documents came in, from whom, by which way, and where they stand: counts alone (217/12.p1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

_CAME = """
SELECT owner_id, sender_code, max(sender_name), channel, count(*),
    count(*) FILTER (WHERE urgency > 0),
    count(*) FILTER (WHERE state NOT IN ('arrived', 'verified', 'returned', 'discarded')),
    count(*) FILTER (WHERE state = 'completed'),
    count(*) FILTER (WHERE state = 'returned'),
    count(*) FILTER (WHERE state = 'discarded'),
    count(*) FILTER (WHERE due_on < %s AND state NOT IN ('completed', 'returned', 'discarded'))
FROM documents_document
WHERE owner_id = ANY(%s) AND direction = 'incoming' AND arrived_at >= %s AND arrived_at < %s
GROUP BY owner_id, sender_code, channel ORDER BY 2, 1, 4
"""


@dataclass(frozen=True, slots=True)
class CameCount:
    """Documents of one sender that came to one body by one way. `taken`: registered and neither returned nor discarded;

    `completed` and `overdue` are parts of it or of what still waits at the registry.
    """

    organisation_id: UUID
    sender_code: str
    sender_name: str
    channel: str
    total: int
    urgent: int
    taken: int
    completed: int
    returned: int
    discarded: int
    overdue: int


def came_counts(bodies: Collection[UUID], begin: datetime, end: datetime, today: date) -> tuple[CameCount, ...]:
    """What came to these bodies from `begin` up to but without `end`, by sender and way; overdue as of `today`.

    No access filter: the caller says which bodies its reader may count.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CAME, [today, list(bodies), begin, end])
        return tuple(CameCount(*row) for row in cursor.fetchall())
