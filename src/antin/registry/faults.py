"""Named points where a test may kill the process: what is found afterwards is before or after, never between.

`reach("sign.before_commit")` does nothing unless the environment's ANTIN_FAULT holds exactly that name; then
the process dies at once as by kill -9, without a chance to tidy up (217/13.1).
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "prepare.before_commit",
    "sign.before_signature",
    "sign.after_signature",
    "sign.before_commit",
    "sign.after_commit",
    "seal.after_signature",
    "seal.before_commit",
    "seal.after_commit",
    "issue.before_commit",
    "issue.after_commit",
    "register.before_commit",
    "register.after_commit",
)


def reach(point: str) -> None:
    """Passes on, or ends the process here; KeyError for a name that is not on the list."""
    if point not in POINTS:
        raise KeyError(point)
    if os.environ.get("ANTIN_FAULT") == point:
        os.kill(os.getpid(), signal.SIGKILL)
