"""The only reads of reports for others.

figures     exchange_statistics, draw, bodies, published, report, due, may_publish, today
violations  violations, violation, evidence_file, may_judge, open_violations
"""

from antin.reports.queries.figures import (
    Body,
    ReportRow,
    bodies,
    draw,
    due,
    exchange_statistics,
    may_publish,
    published,
    report,
    today,
)
from antin.reports.queries.violations import (
    ViolationRow,
    evidence_file,
    may_judge,
    open_violations,
    violation,
    violations,
)

__all__ = [
    "Body",
    "ReportRow",
    "ViolationRow",
    "bodies",
    "draw",
    "due",
    "evidence_file",
    "exchange_statistics",
    "may_judge",
    "may_publish",
    "open_violations",
    "published",
    "report",
    "today",
    "violation",
    "violations",
]
