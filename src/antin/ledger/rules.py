"""The payload of an entry: what is hashed into the log for good, and what is only committed to.

A payload is canonical JSON (RFC 8785) of at most 65,535 bytes. It holds ids, digests, codes, instants and numbers;
everything a person wrote, and names, stand outside it, behind a salted commitment, so that a destruction
can erase them while every proof still holds (379/20.1, 379/3.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antin.ledger.tiles import MAX_ENTRY_BYTES
from antin.values import Actor, canonical_json, commitment, to_vietnam

FORM = 1
SALT_BYTES = 16
MAX_FACT_CHARS = 200
SPARE_BYTES = 100  # what the database adds: the entry's number and the link to its predecessor

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Opening:
    """What an entry commits to; with the salt anyone can check it, without it nobody can guess it."""

    salt: bytes
    actor_name: str
    reason: str
    detail: Json

    def commitment(self) -> str:
        """Lower-case hex SHA-256 over the salt and the canonical JSON of the rest."""
        return commitment(
            self.salt, {"actor_name": self.actor_name, "detail": dict(self.detail), "reason": self.reason}
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its number."""

    act: str
    at: datetime
    actor: Actor
    object_kind: str
    object_id: UUID | None
    organisation_id: UUID | None
    facts: Json
    clause: str


def fragments(draft: Draft, opening: Opening) -> tuple[str, str, str]:
    """The payload in three pieces: before the entry's number, before the predecessor's digest, and after it.

    The database puts the two in between, so that number, link and entry come from one statement.
    ValueError for facts that are texts, and for a payload that would be too long.
    """
    _only_evidence(draft.facts)
    fields = _fields(draft, opening)
    first = {name: value for name, value in fields.items() if name < "id"}
    middle = {name: value for name, value in fields.items() if "id" < name < "previous"}
    last = {name: value for name, value in fields.items() if name > "previous"}
    pieces = (
        canonical_json(first).decode()[:-1] + ',"id":',
        "," + canonical_json(middle).decode()[1:-1] + ',"previous":',
        "," + canonical_json(last).decode()[1:],
    )
    if sum(len(piece.encode()) for piece in pieces) + SPARE_BYTES > MAX_ENTRY_BYTES:
        raise ValueError("an entry of the ledger holds at most 65,535 bytes; put digests, not contents")
    return pieces


def instant(at: datetime) -> str:
    """ISO 8601 with +07:00 and milliseconds (217/13.2)."""
    return to_vietnam(at).isoformat(timespec="milliseconds")


def _fields(draft: Draft, opening: Opening) -> dict[str, object]:
    actor = draft.actor
    return {
        "v": FORM,
        "at": instant(draft.at),
        "act": draft.act,
        "clause": draft.clause,
        "object": {"kind": draft.object_kind, "id": _text(draft.object_id)},
        "organisation": _text(draft.organisation_id),
        "person": _text(actor.person_id),
        "office": str(actor.office),
        "on_behalf_of": _text(actor.on_behalf_of),
        "method": str(actor.method),
        "session": actor.session,
        "facts": dict(draft.facts),
        "detail_commitment": opening.commitment(),
    }


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _only_evidence(value: object) -> None:
    """ValueError for a string with white space or of undue length, anywhere inside: that is text, not evidence."""
    if isinstance(value, str) and (len(value) > MAX_FACT_CHARS or any(c.isspace() for c in value)):
        raise ValueError(f"facts hold ids, digests and codes; a text belongs in detail: {value[:40]!r}")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _only_evidence(name)
            _only_evidence(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _only_evidence(inner)
