"""Where a test may kill sender, receiver or follower, to prove that nothing is lost or doubled there. See antin.steps.faults."""

from __future__ import annotations

from antin.steps.faults import VARIABLE, Faults

POINTS = (
    "follow.queued",
    "follow.stated",
    "send.claimed",
    "send.built",
    "send.gate_passed",
    "send.piece_sent",
    "send.half_sent",
    "send.sent",
    "send.answered",
    "send.noted",
    "receive.piece_kept",
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
    "axis.built",
    "axis.claimed",
    "axis.gate_passed",
    "axis.handed_over",
    "axis.told",
    "axis.noted",
    "axis.looked_up",
    "axis.fetched",
    "axis.read",
    "axis.taken_in",
    "axis.committed",
    "mail.built",
    "mail.claimed",
    "mail.gate_passed",
    "mail.handed_over",
    "mail.told",
    "mail.noted",
    "mail.fetched",
    "mail.read",
    "mail.taken_in",
    "mail.committed",
    "mail.put_away",
)
reach = Faults(*POINTS).reach

__all__ = ["POINTS", "VARIABLE", "reach"]
