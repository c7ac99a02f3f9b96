"""Reads and refusals leave a trace too (379/21.2.c, 379/23.2.đ, 379/5.3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from antin.ledger import ports
from antin.ledger.acts.entries import append
from antin.ledger.models import Reading
from antin.values import Actor, Method, Office, sha256_hex

FLUSH_BATCH = 500

_COUNT = """
INSERT INTO ledger_reading (person_id, object_kind, object_id, purpose, minute, method, session, organisation_id,
    actor_name, count) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,1)
ON CONFLICT ON CONSTRAINT ledger_reading_once DO UPDATE SET count = ledger_reading.count + 1
"""


def note_reading(*, actor: Actor, object_kind: str, object_id: UUID, purpose: str) -> None:
    """Counts one read; `flush_readings` makes one entry of each person, object, purpose and minute (379/23.2.đ).

    A read is often outside any transaction, so the count commits by itself. Reads by the system aren't counted.
    """
    if actor.person_id is None:
        return
    minute = ports.bound().clock.now().replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            (
                *(actor.person_id, object_kind, object_id, purpose, minute),
                *(str(actor.method), actor.session, actor.organisation_id, actor.name),
            ),
        )


def flush_readings() -> int:
    """Entries for the minutes that are over; answers how many. Two processes may do it at once."""
    before = ports.bound().clock.now().replace(second=0, microsecond=0) - timedelta(seconds=1)
    with transaction.atomic():
        rows = list(
            Reading.objects.select_for_update(skip_locked=True).filter(minute__lte=before).order_by("id")[:FLUSH_BATCH]
        )
        for row in rows:
            _append_reading(row)
        Reading.objects.filter(id__in=[row.id for row in rows]).delete()
    return len(rows)


def note_refused_access(*, actor: Actor, rule: str, clause: str, object_kind: str, target: str) -> None:
    """A read or act that was refused: who, by which rule, at what (as a digest), in an entry of its own (379/5.3).

    Called once the refused transaction is over; it commits by itself.
    """
    with transaction.atomic():
        append(
            "ledger.refusal",
            actor,
            object_kind=object_kind,
            object_id=None,
            facts={"rule": rule, "target": sha256_hex(target.encode())},
            detail={"target": target},
            clause=clause,
        )


def _append_reading(row: Reading) -> None:
    reader = Actor(
        person_id=row.person_id,
        name=row.actor_name,
        method=Method(row.method),
        session=row.session,
        office=Office.PERSON,
        organisation_id=row.organisation_id,
    )
    append(
        "ledger.reading",
        reader,
        object_kind=row.object_kind,
        object_id=row.object_id,
        facts={"purpose": row.purpose, "count": row.count, "minute": row.minute.isoformat()},
        clause="379/23.2.đ",
    )
