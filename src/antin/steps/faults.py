"""Named points where a test may kill the process: what is found afterwards is before or after, never between (217/13.1).

    reach = Faults("sign.before_commit", …).reach
    reach("sign.before_commit")

does nothing unless the environment's ANTIN_FAULT holds exactly that name; then the process dies at once as by kill -9,
without a chance to tidy up.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "ANTIN_FAULT"


class Faults:
    """The points of one room."""

    def __init__(self, *points: str) -> None:
        self.points = points

    def reach(self, point: str) -> None:
        """Passes on, or ends the process here; KeyError for a name that is not on the list."""
        if point not in self.points:
            raise KeyError(point)
        if os.environ.get(VARIABLE) == point:
            os.kill(os.getpid(), signal.SIGKILL)


__all__ = ["VARIABLE", "Faults"]
