"""A parcel on the wire: one body of a short head and the parts behind it, in the order of the manifest.

    8 bytes   "ANTIN/1\\n"
    4 bytes   length of the manifest, big-endian, at most 64 KiB
    4 bytes   length of the signature, at most 1 KiB
    manifest  canonical JSON: who, to whom, which document, role, size and SHA-256 of every part
    signature the sending organisation's, detached, over exactly the manifest's bytes
    parts     envelope (edXML without bytes inside), document (PDF), attachments; nothing behind them

The manifest holds codes, digests and sizes only: every word about the document stands in the envelope.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antin.regulation import RemoteViolation
from antin.values import N_, Secrecy, canonical_json, iso

MAGIC = b"ANTIN/1\n"
LENGTHS = struct.Struct(">II")
HEAD_BYTES = len(MAGIC) + LENGTHS.size
MANIFEST_MAX = 64 * 1024
SIGNATURE_MAX = 1024
PARTS_MAX = 64
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,34}")
DIGEST = re.compile(r"[0-9a-f]{64}")
MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}")
FORM = {"v": 1, "type": "antin.parcel"}
ENVELOPE, DOCUMENT, ATTACHMENT = "envelope", "document", "attachment"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the body; `size` in bytes, `sha256` in lower-case hex."""

    role: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the sending organisation signs. `certificate`: SHA-256 of the signing certificate's DER."""

    parcel: UUID
    sender: str
    recipient: str
    document_code: str
    built_at: datetime
    urgency: int
    secrecy: Secrecy
    certificate: str
    parts: tuple[Part, ...]

    def to_bytes(self) -> bytes:
        return canonical_json(
            {
                **FORM,
                "parcel": str(self.parcel),
                "sender": self.sender,
                "recipient": self.recipient,
                "document": self.document_code,
                "built_at": iso(self.built_at),
                "urgency": self.urgency,
                "secrecy": str(self.secrecy),
                "certificate": self.certificate,
                "parts": [
                    {"role": p.role, "media_type": p.media_type, "size": p.size, "sha256": p.sha256} for p in self.parts
                ],
            }
        )

    @property
    def document(self) -> Part:
        return self.parts[1]

    def body_size(self, head_size: int) -> int:
        """Bytes of the whole body, given those of head, manifest and signature."""
        return head_size + sum(part.size for part in self.parts)


def head(manifest: bytes, signature: bytes) -> bytes:
    """Everything in front of the parts."""
    return MAGIC + LENGTHS.pack(len(manifest), len(signature)) + manifest + signature


def read_lengths(data: bytes) -> tuple[int, int]:
    """(bytes of the manifest, bytes of the signature) from the first HEAD_BYTES. RemoteViolation for anything else."""
    if len(data) != HEAD_BYTES or not data.startswith(MAGIC):
        raise malformed()
    manifest_size, signature_size = LENGTHS.unpack(data[len(MAGIC) :])
    if not 0 < manifest_size <= MANIFEST_MAX or not 0 < signature_size <= SIGNATURE_MAX:
        raise malformed()
    return manifest_size, signature_size


def read_manifest(data: bytes) -> Manifest:
    """The manifest, in its one written form only. RemoteViolation otherwise."""
    fields = strict_object(data)
    try:
        manifest = Manifest(
            parcel=UUID(_text(fields, "parcel", re.compile(r"[0-9a-f-]{36}"))),
            sender=_text(fields, "sender", CODE),
            recipient=_text(fields, "recipient", CODE),
            document_code=_text(fields, "document", re.compile(r".{1,200}")),
            built_at=_instant(fields, "built_at"),
            urgency=_whole(fields, "urgency", 4),
            secrecy=Secrecy(_text(fields, "secrecy", re.compile(r"[a-z_]{1,20}"))),
            certificate=_text(fields, "certificate", DIGEST),
            parts=_parts(fields.get("parts")),
        )
    except (ValueError, TypeError, KeyError):
        raise malformed() from None
    if manifest.to_bytes() != data:
        raise malformed()
    return manifest


def strict_object(data: bytes) -> Mapping[str, object]:
    """A JSON object without repeated keys, floats or deep nesting. RemoteViolation otherwise."""
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_float=_never, parse_constant=_never)
    except (ValueError, RecursionError):
        raise malformed() from None
    if not isinstance(found, dict):
        raise malformed()
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _never(text: str) -> object:
    raise ValueError(text)


def _parts(value: object) -> tuple[Part, ...]:
    if not isinstance(value, list) or not 2 <= len(value) <= PARTS_MAX:
        raise ValueError("parts")
    parts = tuple(
        Part(
            role=_text(item, "role", re.compile(r"envelope|document|attachment")),
            media_type=_text(item, "media_type", MEDIA_TYPE),
            size=_whole(item, "size", 2**40),
            sha256=_text(item, "sha256", DIGEST),
        )
        for item in value
    )
    if [p.role for p in parts] != [ENVELOPE, DOCUMENT, *[ATTACHMENT] * (len(parts) - 2)]:
        raise ValueError("roles")
    return parts


def _text(fields: Mapping[str, object], name: str, form: re.Pattern[str]) -> str:
    value = fields[name]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(name)
    return value


def _whole(fields: Mapping[str, object], name: str, most: int) -> int:
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(name)
    return value


def _instant(fields: Mapping[str, object], name: str) -> datetime:
    found = datetime.fromisoformat(_text(fields, name, re.compile(r"[0-9T:+-]{25}")))
    if found.tzinfo is None:
        raise ValueError(name)
    return found


def malformed() -> RemoteViolation:
    return RemoteViolation("217/6.2", N_("Gói tin không đúng dạng."), N_("Bên gửi lập lại gói tin."))
