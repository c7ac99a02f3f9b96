"""`antin edxml check FILE`: is this file a well-formed, sound edXML message? No database, no Django.

Exit codes: 0 well-formed and sound, 1 refused (the reason is printed), 2 wrong use.
"""

from __future__ import annotations

import json as json_format
from pathlib import Path

from antin.exchange.edxml import codes
from antin.exchange.edxml.model import BusinessKind, Envelope, Message, Note
from antin.exchange.edxml.reader import read
from antin.regulation import RemoteViolation
from antin.sandbox import safe_xml
from antin.values import iso, sha256_hex

SOUND, REFUSED, WRONG_USE = 0, 1, 2
KINDS = {
    BusinessKind.NEW: "văn bản mới",
    BusinessKind.RECALL: "thu hồi",
    BusinessKind.UPDATE: "cập nhật",
    BusinessKind.REPLACE: "thay thế",
}


def check_file(path: Path | str, json: bool = False) -> tuple[int, str]:
    """(exit code, what to print)."""
    file = Path(path)
    try:
        with file.open("rb") as stream:
            data = stream.read(safe_xml.DEFAULT.size_bytes + 1)
    except OSError as error:
        return WRONG_USE, _told({"verdict": "error", "reason": f"{file}: {error.strerror}"}, json=json)
    try:
        message = read(data)
    except RemoteViolation as violation:
        return REFUSED, _told(
            {"verdict": "refused", "clause": violation.clause, "reason": violation.message()}, json=json
        )
    return SOUND, _told({"verdict": "sound", **describe(message)}, json=json)


def describe(message: Message) -> dict[str, object]:
    """The message as plain values for the command's output; attachments by size and digest."""
    if isinstance(message, Envelope):
        return {
            "kind": KINDS[message.business.kind],
            "document_id": message.document_id,
            "code": f"{message.number} {message.notation}".strip(),
            "type": message.type_name or codes.type_name(message.type, message.type_detail),
            "subject": message.subject,
            "from": message.sender.organ_id,
            "to": [organ.organ_id for organ in message.recipients],
            "date": message.promulgated_on.isoformat() if message.promulgated_on else "",
            "priority": message.priority,
            "signature": message.signature.value,
            "attachments": [
                {"name": a.name, "size": len(a.data), "sha256": sha256_hex(a.data), "zipped": a.zipped}
                for a in message.attachments
            ],
            "notes": [_note(note) for note in message.notes],
        }
    return {
        "kind": "trạng thái",
        "code": message.code,
        "meaning": codes.STATUS[message.code][1] if message.code in codes.STATUS else "",
        "document_id": message.response_for.document_id,
        "from": message.sender.organ_id,
        "at": iso(message.at),
        "notes": [_note(note) for note in message.notes],
    }


def _note(note: Note) -> str:
    return f"{note.where}: {note.text}"


def _told(facts: dict[str, object], *, json: bool) -> str:
    if json:
        return json_format.dumps(facts, ensure_ascii=False, indent=1)
    return "\n".join(_line(key, value) for key, value in facts.items() if value not in ("", [], None))


def _line(key: str, value: object) -> str:
    if isinstance(value, list):
        return "\n".join(
            f"{key}: {json_format.dumps(v, ensure_ascii=False) if isinstance(v, dict) else v}" for v in value
        )
    return f"{key}: {value}"
