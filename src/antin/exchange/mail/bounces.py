"""Reports of mail servers that a letter could not be delivered (RFC 3464). Pure.

They are signed by nobody: whoever knows a letter's Message-ID can write one. So they only ever end what still waits, and a
verified receipt that comes afterwards counts all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from uuid import UUID

from antin.exchange.mail.mime import ODD, clean

FAILED, DELAYED = "failed", "delayed"
_OURS = re.compile(r"<([0-9a-f-]{36})@", re.ASCII)
_PARTS_MOST = 50


@dataclass(frozen=True, slots=True)
class Report:
    """What a server says about the letter of that id: failed or delayed, to whom, in its own words."""

    letter: UUID
    action: str
    recipient: str
    words: str


def read(raw: bytes) -> Report | None:
    """None for whatever is no report about a letter of ours."""
    try:
        message = message_from_bytes(raw)
        if message.get_content_type() != "multipart/report" or message.get_param("report-type") != "delivery-status":
            return None
        return _report(list(message.walk())[:_PARTS_MOST])
    except ODD:
        return None


def _report(parts: list[Message]) -> Report | None:
    status = next((one for one in parts if one.get_content_type() == "message/delivery-status"), None)
    letter = next(
        (found for one in parts[1:] if (found := _letter(str(one.get("Message-ID", "")) or _headers_only(one)))), None
    )
    if status is None or letter is None or not isinstance(status.get_payload(), list):
        return None
    for block in status.get_payload():  # type: ignore[union-attr]
        action = clean(str(block.get("Action", "")), 20).lower()
        if action in (FAILED, DELAYED):
            recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "").partition(";")[2]
            words = f"{block.get('Status', '')} {str(block.get('Diagnostic-Code', '')).partition(';')[2]}"
            return Report(letter, action, clean(recipient).lower(), clean(words))
    return None


def _headers_only(part: Message) -> str:
    """Servers give back the headers alone as text/rfc822-headers."""
    if part.get_content_type() != "text/rfc822-headers":
        return ""
    data = part.get_payload(decode=True)
    return str(message_from_bytes(data).get("Message-ID", "")) if isinstance(data, bytes) else ""


def _letter(message_id: str) -> UUID | None:
    found = _OURS.search(message_id)
    try:
        return UUID(found.group(1)) if found else None
    except ValueError:
        return None
