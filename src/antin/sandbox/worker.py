"""The side of the sandbox where a foreign file is opened. Knows no database, no key, no network address, and where the
kernel can see to it, reads no file but libraries and fonts and reaches nobody (`landlock`).

Reads questions from standard input, forks for each, answers on standard output; ends when the input ends or stays
silent, or when a copy did not come to an answer.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from antin.sandbox import landlock

Answer = tuple[dict[str, Any], bytes]
Task = Callable[[str, list[bytes], dict[str, Any]], Answer]

IDLE_SECONDS = 300
NO_ANSWER = 3
OPEN_FILES = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one question: address space in bytes, processor seconds. The wall clock is the asking side's."""

    memory_bytes: int = 1_500_000_000
    cpu_s: int = 20


def serve(answer: Task, limits: Limits) -> None:
    """Answers until the input ends. `answer(task, blobs, options)` should not raise: that ends the worker."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)  # libraries that print must not speak in the conversation
    _confine(limits)
    gc.collect()
    gc.freeze()  # pages of what is loaded already stay shared with the copies
    while True:
        ready, _, _ = select.select([incoming], [], [], IDLE_SECONDS)
        start = _read(incoming, 4) if ready else None
        if start is None:
            return
        child = os.fork()
        if child == 0:
            _answer_once(answer, limits, struct.unpack(">I", start)[0], incoming, outgoing)
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit(NO_ANSWER)  # part of a question may be left in the pipe


def _confine(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    landlock.confine()


def _answer_once(answer: Task, limits: Limits, size: int, incoming: BinaryIO, outgoing: BinaryIO) -> NoReturn:
    """In the copy: reads the question, answers, is gone. Processor time counts from the fork."""
    done = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        head = json.loads(_read(incoming, size) or b"{}")
        blobs = [_read(incoming, length) or b"" for length in head["sizes"]]
        _write(outgoing, *answer(head["task"], blobs, head["options"]))
        done = 0
    finally:
        os._exit(done)


def _read(stream: BinaryIO, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = stream.read(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _write(stream: BinaryIO, found: dict[str, Any], blob: bytes) -> None:
    head = json.dumps({**found, "size": len(blob)}).encode()
    stream.write(struct.pack(">I", len(head)) + head + blob)
    stream.flush()
