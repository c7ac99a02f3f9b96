"""Where a test may kill the follower: between the effect and its cursor, and right after both (217/13.1)."""

from __future__ import annotations

from antin.steps.faults import Faults

reach = Faults("follow.before_commit", "follow.after_commit").reach
