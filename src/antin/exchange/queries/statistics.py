"""How much was sent to whom by which way, and what became of it: counts alone, for reports on whole periods (217/12.p1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

_SENT = """
SELECT d.organisation_id, d.recipient_code, max(d.recipient_name), d.channel, count(*),
    count(*) FILTER (WHERE d.urgency > 0),
    count(*) FILTER (WHERE d.state IN ('arrived', 'accepted', 'forwarded', 'in_process', 'completed')),
    count(*) FILTER (WHERE d.state = 'completed'),
    count(*) FILTER (WHERE d.state = 'returned'),
    count(*) FILTER (WHERE d.state = 'recalled'),
    count(*) FILTER (WHERE d.state = 'failed'),
    count(*) FILTER (WHERE c.missed_at IS NOT NULL)
FROM exchange_dispatch d LEFT JOIN exchange_send_clock c ON c.document_id = d.document_id
WHERE d.organisation_id = ANY(%s) AND d.queued_at >= %s AND d.queued_at < %s
GROUP BY d.organisation_id, d.recipient_code, d.channel ORDER BY 2, 1, 4
"""
_MEDIAN = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM (times ->> 'arrived')::timestamptz - queued_at))
FROM exchange_dispatch
WHERE organisation_id = ANY(%s) AND queued_at >= %s AND queued_at < %s AND times ? 'arrived' AND channel <> 'paper'
"""


@dataclass(frozen=True, slots=True)
class SentCount:
    """Copies of one body's documents for one recipient by one way, by where they stand now; `late`: after 217/6.3's time.

    `there` counts what is with the recipient and neither returned nor recalled, `completed` is a part of it. What is
    left of `total` is on its way, on paper, or asked back without an answer yet.
    """

    organisation_id: UUID
    recipient_code: str
    recipient_name: str
    channel: str
    total: int
    urgent: int
    there: int
    completed: int
    returned: int
    recalled: int
    failed: int
    late: int


def sent_counts(bodies: Collection[UUID], begin: datetime, end: datetime) -> tuple[SentCount, ...]:
    """What these bodies gave to be sent from `begin` up to but without `end`, by recipient and way.

    No access filter: the caller says which bodies its reader may count.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [list(bodies), begin, end])
        return tuple(SentCount(*row) for row in cursor.fetchall())


def median_arrival_s(bodies: Collection[UUID], begin: datetime, end: datetime) -> float | None:
    """Seconds from queueing to the recipient's receipt, of the middle copy; None when none has arrived electronically."""
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, [list(bodies), begin, end])
        (found,) = cursor.fetchone()
    return None if found is None else float(found)
