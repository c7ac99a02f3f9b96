"""The life of a reported suspicion.

>>> VIOLATION.step("open", "settle_violation").to
'settled'
"""

from __future__ import annotations

from antin.steps import life

VIOLATION = life(
    "violation",
    [
        "— | report_violation | open | person, system | evidence_named | 379/32.p1 379/5.3",
        "open | settle_violation | settled | competent_authority | not_the_suspect outcome_given | 379/32.p1",
    ],
)
