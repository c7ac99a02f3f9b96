"""`append`: the entry of an act, in the act's own transaction."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from antin.ledger import ports
from antin.ledger.models import Entry, Opening
from antin.ledger.queries import EntryRow
from antin.ledger.rules import SALT_BYTES, Draft, fragments
from antin.ledger.rules import Opening as Committed
from antin.values import Actor, canonical_json, nfc

_APPEND = "SELECT ledger_append(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)"


def append(
    act: str,
    actor: Actor,
    *,
    object_kind: str,
    object_id: UUID | None,
    organisation_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
    reason: str = "",
    clause: str = "",
) -> EntryRow:
    """Writes the entry of the outermost act into the caller's transaction: both stand or neither (379/17.3).

    `facts` (ids, digests, codes, numbers) go into the log for good; `detail`, `reason` and the actor's name
    stand in a table that can be erased, the log holds a salted commitment to them.
    RuntimeError outside a transaction; ValueError for facts that are texts or too long.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an entry of the ledger belongs into the transaction of its act")
    opening = Committed(os.urandom(SALT_BYTES), nfc(actor.name), nfc(reason), dict(detail or {}))
    now = ports.bound().clock.now()
    at = now.replace(microsecond=now.microsecond // 1000 * 1000)  # the column says what the payload says
    organisation = organisation_id or actor.organisation_id
    draft = Draft(act, at, actor, object_kind, object_id, organisation, facts or {}, clause)
    columns = (at, act, object_kind, object_id, organisation, actor.person_id, str(actor.office), str(actor.method))
    texts = (opening.salt, opening.actor_name, opening.reason, canonical_json(opening.detail).decode())
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, (*fragments(draft, opening), *columns, *texts))
        (entry_id,) = cursor.fetchone()
    return EntryRow(
        id=entry_id,
        leaf_index=None,
        at=at,
        act=act,
        object_kind=object_kind,
        object_id=object_id,
        organisation_id=organisation,
        person_id=actor.person_id,
        actor_name=opening.actor_name,
        office=str(actor.office),
        method=str(actor.method),
        reason=opening.reason,
        facts=dict(facts or {}),
        detail=dict(detail or {}),
    )


def erase_openings(*, object_id: UUID) -> int:
    """Erases names, texts and salts of every entry about the object; entries and proofs stay (379/3.4, 379/20.3).

    Part of a destruction: joins its transaction. Answers how many were erased.
    """
    entries = Entry.objects.filter(object_id=object_id).values("id")
    return Opening.objects.filter(entry_id__in=entries).delete()[0]
