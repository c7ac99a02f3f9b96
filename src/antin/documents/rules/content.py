"""The canonical form of a revision: what is stored, and the digest that approval binds (379/17.2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from antin.documents.facts import DraftFields
from antin.values import Secrecy, Urgency, canonical_json, iso, sha256_hex

VERSION = 1


def fields_to_bytes(fields: DraftFields) -> bytes:
    """Canonical JSON of the fields, the plaintext of a revision's content; `change` only where there is one."""
    plain = {name: _plain(value) for name, value in asdict(fields).items()}
    if not fields.change:
        del plain["change"], plain["changes_id"]
    return canonical_json({"v": VERSION, **plain})


def fields_from_bytes(data: bytes) -> DraftFields:
    """The inverse of `fields_to_bytes`."""
    raw: dict[str, Any] = json.loads(data)
    raw.pop("v")
    for name in ("salutation", "addressees", "recipients"):
        raw[name] = tuple(raw[name])
    for name in ("signatory_id", "approver_id", "changes_id"):
        raw[name] = UUID(raw[name]) if raw.get(name) else None
    raw["urgency"], raw["secrecy"] = Urgency(raw["urgency"]), Secrecy(raw["secrecy"])
    raw["due_on"] = date.fromisoformat(raw["due_on"]) if raw["due_on"] else None
    raw["urgent_at"] = datetime.fromisoformat(raw["urgent_at"]) if raw["urgent_at"] else None
    return DraftFields(**raw)


def revision_digest(fields: DraftFields, attachments: Sequence[tuple[str, str]], pdf_digest: str) -> str:
    """SHA-256 over the fields, the (name, digest) of every attachment in order, and the uploaded PDF."""
    fields_digest = sha256_hex(fields_to_bytes(fields))
    listed = [[name, digest] for name, digest in attachments]
    return sha256_hex(canonical_json({"attachments": listed, "fields": fields_digest, "pdf": pdf_digest}))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
