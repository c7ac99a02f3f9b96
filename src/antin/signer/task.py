"""What is asked of the person: read from the installation, checked against the page itself, made into what the key signs.

The companion signs no digest that somebody names. It takes the digest from the page's own bytes, around the one empty
place that the page's own /ByteRange leaves, and writes the signed attributes itself.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from antin.signer.door import Door, Refused
from antin.signing import cms
from antin.values import N_

PROTOCOL = 1
_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


@dataclass(frozen=True)
class Task:
    """Shown to the person: `title` to `digest`. `data`: what the key signs; `page`: the PDF as it will be signed."""

    installation: str
    title: str
    reference_number: str
    issued_on: str
    signer: str
    capacity: str
    digest: str
    expires_at: datetime
    algorithm: str
    certificate: bytes
    data: bytes
    page: bytes

    @property
    def is_over(self) -> bool:
        return datetime.now(UTC) >= self.expires_at


def fetched(door: Door) -> Task:
    """The task behind a ticket; Refused when the installation says no, or when what it says does not fit the page."""
    told = door.task()
    if told.get("protocol") != PROTOCOL:
        raise Refused(N_("Hệ thống dùng phiên bản giao thức khác với phần mềm này."))
    try:
        return _read(told, door.page())
    except (KeyError, TypeError, ValueError) as wrong:
        raise Refused(N_("Những gì hệ thống gửi không khớp với trang cần ký: {why}."), why=wrong) from wrong


def _read(told: dict[str, Any], page: bytes) -> Task:
    document = told["document"]
    start, end = (int(offset) for offset in told["place"])
    around = _around(page, start, end)
    if hashlib.sha256(around).hexdigest() != told["digest"]:
        raise ValueError("another digest than the page's")
    certificate, algorithm = b64decode(told["certificate"], validate=True), str(told["algorithm"])
    if algorithm not in cms.ALGORITHMS:
        raise ValueError(f"algorithm {algorithm!r}")
    digest = hashlib.new(cms.digest_name(algorithm), around).digest()
    data = cms.signed_attributes(cms.DATA, digest, cms.identity_of(certificate).ess_id, algorithm)
    expires_at = datetime.fromisoformat(told["expires_at"])
    return Task(
        installation=str(told["installation"]),
        title=str(document["title"]),
        reference_number=str(document["reference_number"]),
        issued_on=str(document["issued_on"]),
        signer=str(document["signer"]),
        capacity=str(document["capacity"]),
        digest=str(told["digest"]),
        expires_at=expires_at,
        algorithm=algorithm,
        certificate=certificate,
        data=data,
        page=page,
    )


def _around(page: bytes, start: int, end: int) -> bytes:
    """Everything but the empty place; ValueError unless the page itself leaves exactly this place, and nothing in it."""
    named = {tuple(int(n) for n in found) for found in _RANGE.findall(page)}
    if not page.startswith(b"%PDF-") or (start, end, len(page) - end) not in named:
        raise ValueError("the page leaves another place for the signature")
    hole = page[start:end]
    if hole[:1] != b"<" or hole[-1:] != b">" or hole[1:-1].strip(b"0"):
        raise ValueError("the place for the signature is not empty")
    return page[:start] + page[end:]
