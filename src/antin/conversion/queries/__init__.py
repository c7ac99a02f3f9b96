"""What others may read of the room; a document is shown as `documents` permits, a code opens only what it says.

copies      outputs, waiting, waiting_count, confirmations_waiting, copy_pdf, may_go_on_paper, keeps, decides, look_up
digitising  scans, scans_waiting, scan, scan_page, paper_of, certified_since
"""

from antin.conversion.queries.copies import (
    confirmations_waiting,
    copy_pdf,
    decides,
    keeps,
    look_up,
    may_go_on_paper,
    output_view,
    outputs,
    waiting,
    waiting_count,
)
from antin.conversion.queries.digitising import certified_since, paper_of, scan, scan_page, scans, scans_waiting
from antin.conversion.views import LookUp, PaperView, ScanView

__all__ = [
    "LookUp",
    "PaperView",
    "ScanView",
    "certified_since",
    "confirmations_waiting",
    "copy_pdf",
    "decides",
    "keeps",
    "look_up",
    "may_go_on_paper",
    "output_view",
    "outputs",
    "paper_of",
    "scan",
    "scan_page",
    "scans",
    "scans_waiting",
    "waiting",
    "waiting_count",
]
