"""Taking work: rows are leased in batches, lane by lane, urgent first, counted at the claim.

A claim moves `next_attempt_at` behind the lease, so a process that dies gives its work back by the clock alone
(217/13.1); sooner when another sender sees that the `holder` is gone: a living sender holds an advisory lock of
its number. `open_claims` counts claims that never told an outcome, and parks what kills its workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from antin.exchange import ports
from antin.exchange.models import Dispatch, Partner
from antin.exchange.rules import free_slots
from antin.exchange.sheets.form import closed_until, closures_of
from antin.sql import CompiledQuery

_CLAIM = """
SET LOCAL synchronous_commit = off;
WITH chosen AS (
    SELECT ready.id FROM unnest(%s::uuid[], %s::int[]) AS lane (partner_id, slots)
    CROSS JOIN LATERAL (
        SELECT id, urgency, next_attempt_at FROM {table}
        WHERE partner_id = lane.partner_id AND {open} AND next_attempt_at <= %s AND urgency >= %s {lane}
        ORDER BY urgency DESC, next_attempt_at, id LIMIT lane.slots FOR UPDATE SKIP LOCKED
    ) AS ready
    ORDER BY ready.urgency DESC, ready.next_attempt_at, ready.id LIMIT %s
)
UPDATE {table} AS t SET next_attempt_at = %s, holder = %s, attempts = t.attempts + 1, open_claims = t.open_claims + 1
FROM chosen WHERE t.id = chosen.id RETURNING t.id, t.partner_id, t.urgency
"""
_OPEN = "state IN ('queued', 'sent')"
_DISPATCHES = _CLAIM.format(table="exchange_dispatch", open=_OPEN, lane="AND NOT is_bulk")
_BULK = _CLAIM.format(table="exchange_dispatch", open=_OPEN, lane="AND is_bulk")
_STATEMENTS = _CLAIM.format(table="exchange_statement_out", open="state = 'queued'", lane="")

_NEXT = """
UPDATE {table} AS t
SET next_attempt_at = %s + make_interval(secs => %s + t.size / %s), attempts = t.attempts + 1, open_claims = t.open_claims + 1
WHERE t.id = (
    SELECT id FROM {table} AS o
    WHERE state = 'queued' AND next_attempt_at <= %s AND NOT EXISTS (
        SELECT 1 FROM {table} AS e WHERE e.state = 'queued' AND e.subject = o.subject AND e.id < o.id
    )
    ORDER BY urgency DESC, next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING t.id
"""

_HELD = "SELECT DISTINCT holder FROM {table} WHERE {open} AND holder IS NOT NULL AND holder <> %s"
_RELEASE = "UPDATE {table} SET holder = NULL, next_attempt_at = least(next_attempt_at, %s) WHERE {open} AND holder = %s"
_TABLES = (
    ("exchange_dispatch", "state IN ('queued', 'sent') AND next_attempt_at IS NOT NULL"),
    ("exchange_statement_out", "state = 'queued' AND next_attempt_at IS NOT NULL"),
)
_ACTIVE = CompiledQuery(
    lambda: Partner.objects.filter(state="active").values_list("id", "failures", "retry_at", "sheet__closures")
)
LOCK_CLASS = 0x414E54

Claimed = tuple[UUID, UUID, int]
"""(row id, partner id, urgency rank)."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who claims, since when and for how long."""

    holder: int
    now: datetime
    seconds: float

    @property
    def until(self) -> datetime:
        return self.now + timedelta(seconds=self.seconds)


def reachable(now: datetime) -> list[tuple[UUID, int]]:
    """(id, failures in a row) of partners that are active, not resting behind an open breaker, not in maintenance."""
    return [(partner, failures) for partner, failures, is_closed in standing(now) if not is_closed]


def standing(now: datetime) -> list[tuple[UUID, int, bool]]:
    """The same with those in a time of maintenance that they announced, told apart: urgent post knocks all the same."""
    return [
        (partner, failures, closed_until(closures_of(closures or ()), now) is not None)
        for partner, failures, retry_at, closures in _ACTIVE.all()
        if retry_at is None or retry_at <= now
    ]


def lanes(partners: Iterable[tuple[UUID, int]], in_flight: Mapping[UUID, int], cap: int) -> dict[UUID, int]:
    """Free slots by partner, none left out that is below the cap."""
    free = {
        partner: free_slots(failures=failures, in_flight=in_flight.get(partner, 0), cap=cap)
        for partner, failures in partners
    }
    return {partner: slots for partner, slots in free.items() if slots}


def claim_dispatches(slots: Mapping[UUID, int], limit: int, lease: Lease) -> list[Claimed]:
    """At most `limit` dispatches without large parts, most urgent first."""
    return _claim(_DISPATCHES, slots, limit, lease, 0)


def claim_urgent(slots: Mapping[UUID, int], limit: int, lease: Lease) -> list[Claimed]:
    """Of these the urgent ones alone."""
    return _claim(_DISPATCHES, slots, limit, lease, 1)


def claim_bulk(slots: Mapping[UUID, int], limit: int, lease: Lease) -> list[Claimed]:
    """The same for dispatches with large parts."""
    return _claim(_BULK, slots, limit, lease, 0)


def went_on(dispatch_id: UUID, moved_bytes: int, until: datetime) -> None:
    """A large part came further: the lease begins anew."""
    Dispatch.objects.filter(id=dispatch_id, next_attempt_at__isnull=False).update(
        moved_bytes=moved_bytes, next_attempt_at=until
    )


def claim_statements(slots: Mapping[UUID, int], limit: int, lease: Lease) -> list[Claimed]:
    """The same for statements."""
    return _claim(_STATEMENTS, slots, limit, lease, 0)


def claim_next(table: str, *, bytes_per_s_least: int) -> UUID | None:
    """The message of an outbox of its own (axis, mail) whose turn it is, leased for longer the larger it is.

    Messages about one subject wait for each other.
    """
    here = ports.bound()
    now = here.clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT.format(table=table), [now, here.limits.lease_s, bytes_per_s_least, now])
        found = cursor.fetchone()
    return found[0] if found else None


def release_dead(lease: Lease) -> int:
    """Gives back what senders hold that live no more; answers how many rows."""
    released = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for table, still_open in _TABLES:
            cursor.execute(_HELD.format(table=table, open=still_open), [lease.holder])
            for (holder,) in cursor.fetchall():
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, holder])
                if cursor.fetchone()[0]:
                    cursor.execute(_RELEASE.format(table=table, open=still_open), [lease.now, holder])
                    released += cursor.rowcount
    return released


def _claim(sql: str, slots: Mapping[UUID, int], limit: int, lease: Lease, least: int) -> list[Claimed]:
    if not slots or limit <= 0:
        return []
    places = [list(slots), list(slots.values()), lease.now, least, limit, lease.until, lease.holder]
    with connection.cursor() as cursor:
        # Both statements in one message, hence in one transaction. A lease lost with the power is only a claim made twice.
        cursor.execute(sql, places)
        cursor.nextset()
        found = cursor.fetchall()
    return sorted(found, key=lambda row: (-row[2], row[0]))
