"""The payload of an entry: what is hashed into the log for good, and what is only committed to.

A payload is canonical JSON (RFC 8785) of at most 65,535 bytes. It holds ids, digests, codes, instants and numbers;
everything a person wrote, and names, stand outside it, behind a salted commitment, so that a destruction
can erase them while every proof still holds (379/20.1, 379/3.4).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring
from uuid import UUID

from antin.ledger.tiles import MAX_ENTRY_BYTES
from antin.values import Actor, canonical_json, to_vietnam

FORM = 1
SALT_BYTES = 16
MAX_FACT_CHARS = 200
SPARE_BYTES = 100  # what the database adds: the entry's number and the link to its predecessor

WHITE = re.compile(r"\s")

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Opening:
    """What an entry commits to; with the salt anyone can check it, without it nobody can guess it."""

    salt: bytes
    actor_name: str
    reason: str
    detail: Json

    def words(self) -> str:
        """Canonical JSON of name, detail and reason: what the commitment is over."""
        return canonical_json(
            {"actor_name": self.actor_name, "detail": dict(self.detail), "reason": self.reason}
        ).decode()

    @staticmethod
    def of_words(salt: bytes, words: str) -> Opening:
        """The opening that `words` was made from."""
        said = json.loads(words)
        return Opening(salt, said["actor_name"], said["reason"], said["detail"])


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its number; `at` in whole milliseconds."""

    act: str
    at: datetime
    actor: Actor
    object_kind: str
    object_id: UUID | None
    organisation_id: UUID | None
    facts: Json
    clause: str


def fragments(draft: Draft, salt: bytes, words: str) -> tuple[str, str, str]:
    """The payload in three pieces: before the entry's number, before the predecessor's digest, and after it.

    The database puts the two in between, so that number, link and entry come from one statement. The pieces
    are written out in the order that RFC 8785 asks for, which is several times faster than sorting them.
    ValueError for facts that are texts, and for a payload that would be too long.
    """
    _only_evidence(draft.facts)
    actor = draft.actor
    head = (
        f'{{"act":{_quoted(draft.act)},"at":"{instant(draft.at)}","clause":{_quoted(draft.clause)}'
        f',"detail_commitment":"{commitment_to(salt, words)}","facts":{canonical_json(draft.facts).decode()},"id":'
    )
    middle = (
        f',"method":{_quoted(actor.method)}'
        f',"object":{{"id":{_written(draft.object_id)},"kind":{_quoted(draft.object_kind)}}}'
        f',"office":{_quoted(actor.office)},"on_behalf_of":{_written(actor.on_behalf_of)}'
        f',"organisation":{_written(draft.organisation_id)},"person":{_written(actor.person_id)},"previous":'
    )
    tail = f',"session":{_quoted(actor.session)},"v":{FORM}}}'
    if len(head.encode()) + len(middle) + len(tail) + SPARE_BYTES > MAX_ENTRY_BYTES:
        raise ValueError("an entry of the ledger holds at most 65,535 bytes; put digests, not contents")
    return head, middle, tail


def commitment_to(salt: bytes, words: str) -> str:
    """Lower-case hex SHA-256 over the salt and the words, as `antin.values.commitment` gives it."""
    return hashlib.sha256(salt + words.encode()).hexdigest()


def instant(at: datetime) -> str:
    """ISO 8601 with +07:00 and milliseconds (217/13.2)."""
    return to_vietnam(at).isoformat(timespec="milliseconds")


def _quoted(text: str) -> str:
    return encode_basestring(text)


def _written(value: UUID | None) -> str:
    return "null" if value is None else f'"{value}"'


def _only_evidence(value: object) -> None:
    """ValueError for a string with white space or of undue length, anywhere inside: that is text, not evidence."""
    if isinstance(value, str):
        if len(value) > MAX_FACT_CHARS or WHITE.search(value):
            raise ValueError(f"facts hold ids, digests and codes; a text belongs in detail: {value[:40]!r}")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _only_evidence(name)
            _only_evidence(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _only_evidence(inner)
