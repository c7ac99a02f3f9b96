"""The other side of `pdf_process`: opens PDF files in a process of its own, with little memory and no files to write.

Reads frames from standard input, answers on standard output, ends when the input ends or stays silent.
Knows no database, no key, no network address; what it says is only ever read as JSON, PNG or PDF bytes.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import struct
from collections.abc import Callable
from typing import Any, BinaryIO

from antin.documents.adapters.pdf_draw import overlay, pages, png, survey, text
from antin.documents.adapters.pdf_examine import Answer, Refused, check

MEMORY_BYTES = 1_500_000_000
IDLE_SECONDS = 300

TASKS: dict[str, Callable[..., Answer]] = {
    "check": check,
    "pages": pages,
    "png": png,
    "text": text,
    "survey": survey,
    "overlay": overlay,
}


def answer(task: str, blobs: list[bytes], options: dict[str, Any]) -> Answer:
    """The task's answer, or what went wrong as a code."""
    try:
        return TASKS[task](*blobs, **options)
    except Refused as refused:
        return {"refused": refused.code, "facts": refused.facts}, b""
    except MemoryError:
        return {"refused": "complex", "facts": {}}, b""
    except Exception as error:  # a parser may raise anything at hostile bytes; the caller learns only the kind
        return {"refused": "broken", "facts": {}, "kind": type(error).__name__}, b""


def main() -> None:
    incoming, outgoing = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)  # libraries that print must not speak in the conversation
    _confine()
    while True:
        ready, _, _ = select.select([incoming], [], [], IDLE_SECONDS)
        frame = _read_frame(incoming) if ready else None
        if frame is None:
            return
        head, blobs = frame
        found, blob = answer(head["task"], blobs, head["options"])
        _write_frame(outgoing, found, blob)


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _read_frame(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    start = _read(stream, 4)
    if start is None:
        return None
    head = json.loads(_read(stream, struct.unpack(">I", start)[0]) or b"{}")
    return head, [_read(stream, size) or b"" for size in head["sizes"]]


def _read(stream: BinaryIO, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = stream.read(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _write_frame(stream: BinaryIO, found: dict[str, Any], blob: bytes) -> None:
    head = json.dumps({**found, "size": len(blob)}).encode()
    stream.write(struct.pack(">I", len(head)) + head + blob)
    stream.flush()


if __name__ == "__main__":
    main()
