"""The only writes of reports.

publishing  publish_report, export_list, draft_report
violations  report_violation, settle_violation
"""

from antin.reports.acts.publishing import draft_report, export_list, publish_report
from antin.reports.acts.violations import Suspicion, report_violation, settle_violation, settlement_digest

__all__ = [
    "Suspicion",
    "draft_report",
    "export_list",
    "publish_report",
    "report_violation",
    "settle_violation",
    "settlement_digest",
]
