"""The journal of endings: what must not come back to life by a restore, told to every target as it happens.

It follows the ledger, so what an act committed is in the journal a moment later, outside the database that may be lost.
A line is `{"body":…,"entry":…,"key":…,"leaf":…,"set":…,"v":1}`: its words are sealed as a backup set is (379/20.3, 379/21.3).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction

from antin.archive import acts as archive
from antin.continuity import ports
from antin.continuity.rules import SYSTEM
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import DecisionFacts, OrderFacts
from antin.identity import acts as identity
from antin.ledger import acts as ledger_acts
from antin.ledger import queries as ledger
from antin.ledger.queries import EntryRow
from antin.regulation import RuleViolation
from antin.values import canonical_json, new_id
from antin.vault import apart
from antin.vault.ports import KeyKeeper, KeyRefused

FOLLOWER = "continuity"
BATCH = 200
FORM = 1
REASON = "Lập lại sau khi phục hồi bản sao lưu."
LIFTED = "documents.impoundment.lifted"


@dataclass(frozen=True, slots=True)
class Ending:
    """One act that ended something; `told` is what it takes to do it again."""

    leaf: int
    act: str
    told: Mapping[str, Any]


def follow_once() -> int:
    """Notes the entries that wait; answers how many were looked at. A target that is away holds the rest back."""
    count = 0
    for entry in ledger.following(FOLLOWER, limit=BATCH):
        assert entry.leaf_index is not None
        with transaction.atomic():
            ledger_acts.follow_to(FOLLOWER, entry.leaf_index)
            if entry.act in TOLD:
                line = _line(Ending(entry.leaf_index, entry.act, TOLD[entry.act](entry)))
                for target in ports.bound().targets:
                    target.append(line)
        count += 1
    return count


def read(lines: tuple[bytes, ...], keeper: KeyKeeper, *, since: int) -> tuple[tuple[Ending, ...], int]:
    """(endings of entries from `since` on, how many such lines no longer open). A line cut short by a crash is passed over."""
    found: dict[int, Ending] = {}
    closed = 0
    for line in lines:
        try:
            said = json.loads(line)
            leaf, set_id = int(said["leaf"]), UUID(said["set"])
            key, body = base64.b64decode(said["key"]), base64.b64decode(said["body"])
        except (ValueError, KeyError, TypeError):
            continue
        if leaf < since or leaf in found:
            continue
        try:
            plain = b"".join(apart.key_of(keeper, set_id, key).unseal("ending", [body]))
        except KeyRefused:
            closed += 1
            continue
        words = json.loads(plain)
        found[leaf] = Ending(leaf, words["act"], words["told"])
    return tuple(found[leaf] for leaf in sorted(found)), closed


def apply(ending: Ending) -> str:
    """Ends it here too: "done", "nothing" when it is not here or ended already, "person" where only people may."""
    again = AGAIN.get(ending.act)
    if again is None:
        return "person"
    try:
        with transaction.atomic():
            return "done" if again(ending.told) else "nothing"
    except (RuleViolation, LookupError):
        return "nothing"


def _line(ending: Ending) -> bytes:
    key = apart.new_key(ports.bound().keeper, new_id())
    words = canonical_json({"act": ending.act, "told": dict(ending.told)})
    return canonical_json(
        {
            "v": FORM,
            "leaf": ending.leaf,
            "set": str(key.set_id),
            "key": base64.b64encode(key.wrapped).decode(),
            "body": base64.b64encode(b"".join(key.seal("ending", [words]))).decode(),
        }
    )


def _order(entry: EntryRow) -> Mapping[str, Any]:
    assert entry.object_id is not None
    order = documents_queries.impoundment_order(entry.object_id)
    told: dict[str, Any] = json.loads(json.dumps(asdict(order), default=str))
    return told


def _object(entry: EntryRow) -> Mapping[str, Any]:
    return {"id": str(entry.object_id)}


def _fact(name: str) -> Callable[[EntryRow], Mapping[str, Any]]:
    return lambda entry: {"id": str(entry.facts[name])}


def _impound(told: Mapping[str, Any]) -> bool:
    decision, term = told["decision"], told["term_ends_on"]
    order = OrderFacts(
        id=UUID(told["id"]),
        owner_id=UUID(told["owner_id"]),
        decision=DecisionFacts(decision["authority"], decision["number"], date.fromisoformat(decision["decided_on"])),
        reason=told["reason"],
        term_ends_on=date.fromisoformat(term) if term else None,
        begun_at=datetime.fromisoformat(told["begun_at"]),
        begun_by=UUID(told["begun_by"]),
        begun_by_name=told["begun_by_name"],
        document_ids=tuple(map(UUID, told["document_ids"])),
    )
    return documents.impound_again(actor=SYSTEM, order=order) > 0


def _suspend(told: Mapping[str, Any]) -> bool:
    identity.suspend_account(actor=SYSTEM, account_id=UUID(told["id"]), reason=REASON)
    return True


def _end_mandate(told: Mapping[str, Any]) -> bool:
    identity.end_mandate(actor=SYSTEM, mandate_id=UUID(told["id"]), reason=REASON)
    return True


def _end_delegation(told: Mapping[str, Any]) -> bool:
    identity.end_delegation(actor=SYSTEM, delegation_id=UUID(told["id"]), reason=REASON)
    return True


def _destroy(told: Mapping[str, Any]) -> bool:
    return archive.destroy_again(actor=SYSTEM, document_id=UUID(told["id"]))


TOLD: Mapping[str, Callable[[EntryRow], Mapping[str, Any]]] = MappingProxyType(
    {
        "documents.impoundment.begun": _order,
        LIFTED: _object,
        "archive.document.destroyed": _object,
        "identity.account.suspended": _fact("account"),
        "identity.account.lost": _fact("account"),
        "identity.account.closed": _fact("account"),
        "identity.mandate.ended": _fact("mandate"),
        "identity.delegation.ended": _fact("delegation"),
    }
)

AGAIN: Mapping[str, Callable[[Mapping[str, Any]], bool]] = MappingProxyType(
    {
        "documents.impoundment.begun": _impound,
        "archive.document.destroyed": _destroy,
        "identity.account.suspended": _suspend,
        "identity.account.lost": _suspend,
        "identity.account.closed": _suspend,
        "identity.mandate.ended": _end_mandate,
        "identity.delegation.ended": _end_delegation,
    }
)
"""A lifting is not repeated: sealed off is the safe side, and only the same authority lifts (379/21.4)."""
