"""Copies of the worker: each is forked from a process that has only loaded its libraries, answers, and is gone.

A question without a source gets a copy of its own. Small questions of one source (a partner's node) may share one:
forking costs more than reading a small file, and what a hostile file does to its copy then only meets other files of
whoever sent it. Such a copy has nothing but a line to the worker, which passes questions and answers on and ends it
before another source is heard; it can neither hear nor answer for others.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from antin.sandbox import framing

Answer = tuple[dict[str, Any], bytes]
Task = Callable[[str, list[bytes], dict[str, Any]], Answer]

SHARED_MOST = 32
SHARED_S = 10.0
SMALL_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one question: address space in bytes, processor seconds. The wall clock is the asking side's."""

    memory_bytes: int = 1_500_000_000
    cpu_s: int = 20


class Copies:
    """Forks for one question or for a few of one source. `pipes` are what a shared copy must not hold."""

    def __init__(self, answer: Task, limits: Limits, pipes: tuple[BinaryIO, BinaryIO]) -> None:
        self._answer, self._limits, self._pipes = answer, limits, pipes
        self._shared: _Shared | None = None

    def answer(self, question: dict[str, Any], incoming: BinaryIO, outgoing: BinaryIO) -> bool:
        """Has the question answered on `outgoing`; False when it was not and the conversation is out of step."""
        if question.get("source") and sum(question["sizes"]) <= SMALL_BYTES:
            return self._answer_shared(question, incoming, outgoing)
        self._end_shared()
        child = os.fork()
        if child == 0:
            self._answer_alone(question, incoming, outgoing)
        _, status = os.waitpid(child, 0)
        return status == 0

    def _answer_alone(self, question: dict[str, Any], incoming: BinaryIO, outgoing: BinaryIO) -> NoReturn:
        """In the copy: reads the rest, answers, is gone."""
        done = 1
        try:
            _limit(self._limits.cpu_s, self._limits.cpu_s)
            blobs = [framing.read_exactly(incoming, size) or b"" for size in question["sizes"]]
            _say(outgoing, self._answer(question["task"], blobs, question["options"]))
            done = 0
        finally:
            os._exit(done)

    def _answer_shared(self, question: dict[str, Any], incoming: BinaryIO, outgoing: BinaryIO) -> bool:
        blobs = [framing.read_exactly(incoming, size) for size in question["sizes"]]
        if any(blob is None for blob in blobs):
            return False
        found = None
        if self._shared is not None and self._shared.serves(question["source"]):
            found = self._shared.ask(question, blobs)
        if found is None:  # no copy yet, or one that an earlier file may have harmed
            self._end_shared()
            self._shared = _Shared(question["source"], self._answer, self._limits, self._pipes)
            found = self._shared.ask(question, blobs)
        if found is None:
            self._end_shared()
            return False
        framing.write(outgoing, *found)
        return True

    def _end_shared(self) -> None:
        if self._shared is not None:
            self._shared.end()
            self._shared = None


class _Shared:
    """A copy that answers a few questions of one source over a line of its own."""

    def __init__(self, source: str, answer: Task, limits: Limits, pipes: tuple[BinaryIO, BinaryIO]) -> None:
        self.source, self._left, self._until = source, SHARED_MOST, time.monotonic() + SHARED_S
        ours, theirs = socket.socketpair()
        self._child = os.fork()
        if self._child == 0:
            ours.close()
            for pipe in pipes:
                os.close(pipe.fileno())
            _serve_shared(answer, limits, theirs)
        theirs.close()
        self._line = ours.makefile("rwb")
        ours.close()

    def serves(self, source: str) -> bool:
        return source == self.source and self._left > 0 and time.monotonic() < self._until

    def ask(self, question: dict[str, Any], blobs: list[bytes | None]) -> tuple[dict[str, Any], bytes] | None:
        """Head and bytes of the answer; None when the copy died over it or answered out of form."""
        self._left -= 1
        try:
            framing.write(self._line, question, *(blob or b"" for blob in blobs))
            return framing.read_answer(self._line)
        except (OSError, ValueError):
            return None

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
        with suppress(OSError):
            self._line.close()
        os.waitpid(self._child, 0)


def _serve_shared(answer: Task, limits: Limits, line: socket.socket) -> NoReturn:
    """In the shared copy: one question after the other, each with its own share of processor time."""
    try:
        stream = line.makefile("rwb")
        for _ in range(SHARED_MOST):
            used = resource.getrusage(resource.RUSAGE_SELF)
            _limit(int(used.ru_utime + used.ru_stime) + limits.cpu_s, SHARED_MOST * limits.cpu_s)
            part = framing.read_part(stream)
            if part is None:
                break
            question = json.loads(part)
            blobs = [framing.read_exactly(stream, size) or b"" for size in question["sizes"]]
            _say(stream, answer(question["task"], blobs, question["options"]))
    finally:
        os._exit(0)


def _limit(cpu_s: int, most_s: int) -> None:
    """Processor seconds since the fork until the copy is ended, and up to which the limit may be raised again."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, most_s))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def _say(stream: BinaryIO, answer: Answer) -> None:
    head, blob = answer
    framing.write(stream, {**head, "size": len(blob)}, blob)
