"""A worker's process that dies at a named point, as by SIGKILL, and the fresh one that goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from django.db import connections

from antin.exchange import faults

SECONDS = 25.0


def mortal(point: str, work: Callable[[], None]) -> int:
    """The id of a process that does the work again and again until it dies at the point; it gives up in the end."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        connections.close_all()
        os.environ[faults.VARIABLE] = point
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            work()
    finally:
        os._exit(3)


def until(done: Callable[[], bool], work: Callable[[], None]) -> None:
    """Works on, here, until it is done; AssertionError when it never is."""
    deadline = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < deadline, "never done"
        work()
