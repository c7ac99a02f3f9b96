"""Named places where a test may kill this process, to prove that nothing is lost or doubled there.

`ANTIN_FAULT=name` in the environment kills the process the first time it reaches that place; without it nothing
happens. The places: POINTS.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "ANTIN_FAULT"
POINTS = (
    "follow.queued",
    "follow.stated",
    "send.claimed",
    "send.built",
    "send.gate_passed",
    "send.half_sent",
    "send.sent",
    "send.answered",
    "send.noted",
    "receive.spooled",
    "receive.verified",
    "receive.taken_in",
    "receive.committed",
    "state.built",
    "state.sent",
    "state.noted",
    "listen.verified",
    "listen.applied",
    "listen.committed",
)


def reach(name: str) -> None:
    """Dies here, as by `kill -9`, when the environment names this place."""
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
