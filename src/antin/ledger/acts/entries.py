"""`append`: the entry of an act, in the act's own transaction."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from antin.ledger import ports
from antin.ledger.models import Entry
from antin.ledger.models import Opening as StoredOpening
from antin.ledger.queries import SEALED, EntryRow
from antin.ledger.rules import SALT_BYTES, Draft, Opening, fragments
from antin.values import Actor, nfc


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
    detail = dict(detail or {}) | _in_whose_place(actor)
    opening = Opening(os.urandom(SALT_BYTES), nfc(actor.name), *_sealed(object_id, nfc(reason), detail))
    now = ports.bound().clock.now()
    at = now.replace(microsecond=now.microsecond // 1000 * 1000)  # what the payload can say
    organisation = organisation_id or actor.organisation_id
    draft = Draft(act, at, actor, object_kind, object_id, organisation, facts or {}, clause)
    words = opening.words()
    given = (*fragments(draft, opening.salt, words), object_id, opening.salt, words)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_append(%s,%s,%s,%s,%s,%s)", given)
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
        detail=detail,
    )


def _in_whose_place(actor: Actor) -> dict[str, Any]:
    """Both names on each act done in another's place, and on what ground (379/6.2.p2)."""
    if actor.behalf is None:
        return {}
    behalf = actor.behalf
    told = {"name": nfc(behalf.name), "ground": behalf.ground.value, "id": str(behalf.ground_id)}
    return {"in_place_of": told | {"since": behalf.since.isoformat(), "until": behalf.until.isoformat()}}


def _sealed(object_id: UUID | None, reason: str, detail: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Reason and detail as they may be kept: sealed, with what they are committed to, when the object is secret (379/22.2)."""
    words = ports.bound().words
    if words is None or object_id is None or not (reason or detail) or not words.is_secret(object_id):
        return reason, detail
    hidden = {SEALED: words.sealed(object_id, json.dumps(detail, ensure_ascii=False))} if detail else {}
    return words.sealed(object_id, reason), hidden


def erase_openings(*, object_id: UUID) -> int:
    """Erases names, texts and salts of every entry about the object; entries and proofs stay (379/3.4, 379/20.3).

    Part of a destruction: joins its transaction. Answers how many were erased.
    """
    entries = Entry.objects.filter(object_id=object_id).values("id")
    return StoredOpening.objects.filter(entry_id__in=entries).delete()[0]
