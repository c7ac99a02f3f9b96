"""How question and answer travel: a length of four bytes and a head in JSON, then the bytes that the head announces."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

LENGTH = struct.Struct(">I")
PIECE = 1 << 20


MOST = 120_000_000


class OutOfForm(ValueError):
    """The stream ended early or says what can't be."""


def read_part(stream: BinaryIO) -> bytes | None:
    """A part with its length before it; None at the end of the stream."""
    length = read_exactly(stream, LENGTH.size)
    return None if length is None else read_exactly(stream, LENGTH.unpack(length)[0])


def read_exactly(stream: BinaryIO, size: int) -> bytes | None:
    """Exactly so many bytes; None when the stream ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = stream.read(min(size - len(parts), PIECE))
        if not part:
            return None
        parts += part
    return bytes(parts)


def read_answer(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Head and bytes of an answer that nobody need have written in good faith; OutOfForm otherwise."""
    try:
        length = LENGTH.unpack(_whole(stream, LENGTH.size))[0]
        head = json.loads(_whole(stream, length))
        return head, _whole(stream, int(head["size"]))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise OutOfForm(str(error)) from error


def _whole(stream: BinaryIO, size: int) -> bytes:
    if not 0 <= size <= MOST:
        raise OutOfForm("size")
    data = read_exactly(stream, size)
    if data is None:
        raise OutOfForm("cut off")
    return data


def write(stream: BinaryIO, head: dict[str, Any], *blobs: bytes) -> None:
    """A head and the bytes behind it."""
    text = json.dumps(head).encode()
    stream.write(LENGTH.pack(len(text)) + text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()
