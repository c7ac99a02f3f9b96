"""The side of the sandbox where a foreign file is opened. Knows no database, no key, no network address, and where the
kernel can see to it, reads no file but libraries and fonts and reaches nobody (`landlock`).

Reads questions from standard input, lets a copy of itself answer, which speaks on standard output or through it; ends
when the input ends or stays silent, or when a copy did not come to an answer.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal

from antin.sandbox import landlock
from antin.sandbox.copies import Copies, Limits, Task
from antin.sandbox.framing import read_part

IDLE_SECONDS = 300
NO_ANSWER = 3
OPEN_FILES = 64


def serve(answer: Task, limits: Limits) -> None:
    """Answers until the input ends. `answer(task, blobs, options)` should not raise: that ends the worker."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)  # libraries that print must not speak in the conversation
    _confine(limits)
    gc.collect()
    gc.freeze()  # pages of what is loaded already stay shared with the copies
    copies = Copies(answer, limits, (incoming, outgoing))
    while True:
        ready, _, _ = select.select([incoming], [], [], IDLE_SECONDS)
        head = read_part(incoming) if ready else None
        if head is None:
            return
        if not copies.answer(json.loads(head), incoming, outgoing):
            raise SystemExit(NO_ANSWER)  # part of a question may be left in the pipe


def _confine(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    landlock.confine()
