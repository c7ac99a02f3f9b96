"""Where a test may kill an act of the registry. See antin.steps.faults."""

from __future__ import annotations

from antin.steps.faults import VARIABLE, Faults

POINTS = (
    "prepare.before_commit",
    "sign.before_signature",
    "sign.after_signature",
    "sign.before_commit",
    "sign.after_commit",
    "device.before_proof",
    "device.after_proof",
    "device.before_commit",
    "device.after_commit",
    "seal.after_signature",
    "seal.before_commit",
    "seal.after_commit",
    "timestamp.before_token",
    "timestamp.after_token",
    "timestamp.before_commit",
    "timestamp.after_commit",
    "issue.before_commit",
    "issue.after_commit",
    "register.before_commit",
    "register.after_commit",
)
reach = Faults(*POINTS).reach

__all__ = ["POINTS", "VARIABLE", "reach"]
