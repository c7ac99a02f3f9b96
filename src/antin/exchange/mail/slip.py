"""The slip inside a signed letter: its id, what it is, from whom to whom, digests of its files. Pure.

The headers of a mail are written by whoever carries it; the slip stands under the sender's S/MIME signature. JSON in one
form, at most 64 KiB. `about` and `digest` of a status repeat the id of the letter that it answers, and what was signed there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antin.regulation import RemoteViolation
from antin.values import N_, iso

NAME = "an-tin.json"
MEDIA_TYPE = "application/vnd.antin.slip+json"
SIZE_MOST = 64 * 1024
PARTS_MOST = 200
NEW, RECALL, VOID, STATUS = "new", "recall", "void", "status"
PURPOSES = (NEW, RECALL, VOID, STATUS)
ENVELOPE, DOCUMENT, ATTACHMENT = "envelope", "document", "attachment"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the letter, found by its digest: names are for people."""

    role: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Slip:
    message: UUID
    purpose: str
    sender: str
    recipient: str
    document: str
    at: datetime
    about: UUID | None = None
    digest: str = ""
    parts: tuple[Part, ...] = ()

    def to_bytes(self) -> bytes:
        said = {
            "antin": 1,
            "message": str(self.message),
            "purpose": self.purpose,
            "sender": self.sender,
            "recipient": self.recipient,
            "document": self.document,
            "at": iso(self.at),
            "about": str(self.about) if self.about else "",
            "digest": self.digest,
            "parts": [[one.role, one.name, one.sha256] for one in self.parts],
        }
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse(data: bytes) -> Slip:
    """RemoteViolation for what is not exactly a slip."""
    try:
        if len(data) > SIZE_MOST:
            raise ValueError("too long")
        said = json.loads(data)
        found = Slip(
            message=UUID(said["message"]),
            purpose=_one_of(said["purpose"], PURPOSES),
            sender=_text(said["sender"], 35),
            recipient=_text(said["recipient"], 35),
            document=_text(said["document"], 200),
            at=datetime.fromisoformat(_text(said["at"], 40)),
            about=UUID(said["about"]) if said["about"] else None,
            digest=_digest(said["digest"]) if said["digest"] else "",
            parts=tuple(_part(one) for one in said["parts"]),
        )
        if found.to_bytes() != data or found.at.tzinfo is None or len(found.parts) > PARTS_MOST:
            raise ValueError("not in its one form")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as odd:
        raise RemoteViolation(
            "217/10.1", N_("Bản kê trong thư không đọc được."), N_("Quản trị liên thông xem thư bị giữ.")
        ) from odd
    return found


def _part(said: object) -> Part:
    role, name, digest = said  # type: ignore[misc]
    return Part(_one_of(role, (ENVELOPE, DOCUMENT, ATTACHMENT)), _text(name, 300), _digest(digest))


def _text(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or any(ord(c) < 32 for c in value):
        raise ValueError("no text")
    return value


def _one_of(value: object, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError("unknown word")
    return str(value)


def _digest(value: object) -> str:
    text = _text(value, 64)
    if not _DIGEST.fullmatch(text):
        raise ValueError("no digest")
    return text
