"""The sending side: asks what the partner keeps already, goes on from there, and renews its lease as the pieces leave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from antin.exchange import faults, ports
from antin.exchange.apart.rules import PIECE_BYTES
from antin.exchange.ports import Answer, Destination, Request, Unreached
from antin.vault import queries as vault

MEDIA_TYPE = "application/octet-stream"
BEGINNINGS_MOST = 8
"""Another sender of the same content may be ahead or behind; more often than this the partner talks nonsense."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that travels apart: its position in the manifest, the vault's content, size in bytes, SHA-256 in hex."""

    position: int
    content: UUID
    size: int
    sha256: str


class Stopped(Exception):
    """The partner does not take more now; `answer` is its unsigned word."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def move(destination: Destination, part: Part, went_on: Callable[[int], None]) -> bool:
    """Brings one part over; `went_on(bytes)` after every piece. False when the partner knows no such way. Stopped, Unreached."""
    path = f"/exchange/v1/blobs/{part.sha256}"
    answer = ports.bound().channel.exchange(destination, Request("GET", path))
    if answer.status == 404:
        return False
    kept = _have(answer, part)
    for _ in range(BEGINNINGS_MOST):
        if kept == part.size:
            return True
        kept = _from(destination, path, part, kept, went_on)
    raise Unreached("the partner does not say where to go on")


def _from(destination: Destination, path: str, part: Part, offset: int, went_on: Callable[[int], None]) -> int:
    """Sends pieces from that offset on until the partner says another place than expected; answers what it keeps."""
    for piece in _pieces(part.content, offset):
        request = Request("PUT", f"{path}/{offset}", MEDIA_TYPE, lambda piece=piece: (piece,), len(piece))  # type: ignore[misc]
        kept = _have(ports.bound().channel.exchange(destination, request), part)
        faults.reach("send.piece_sent")
        if kept != offset + len(piece):
            return kept
        offset = kept
        went_on(offset)
    return offset


def _pieces(content: UUID, offset: int) -> Iterator[bytes]:
    """The content behind that offset in pieces of the size that the partner takes."""
    pending = bytearray()
    for data in vault.stream(content):
        skipped = min(offset, len(data))
        offset -= skipped
        pending += memoryview(data)[skipped:]
        if len(pending) >= PIECE_BYTES:
            yield bytes(pending[:PIECE_BYTES])
            del pending[:PIECE_BYTES]
    if pending:
        yield bytes(pending)


def _have(answer: Answer, part: Part) -> int:
    if answer.status != 200:
        raise Stopped(answer)
    try:
        kept = json.loads(answer.body)["have"]
    except (ValueError, KeyError, TypeError) as odd:
        raise Unreached("the partner's answer is not in form") from odd
    if type(kept) is not int or not 0 <= kept <= part.size:
        raise Unreached("the partner keeps what can't be")
    return kept
