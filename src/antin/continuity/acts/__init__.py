"""The writes of the room: sets made, proven and removed; what ended noted; restores begun and released; drills; incidents and paper.

incidents     report_incident   assess_incident   close_incident
outages       declare_outage   allot_paper_block   end_outage   close_outage
paper_cases   enter_paper_case   void_paper_number   check_paper_case
"""

from antin.continuity.acts.backing import adopt_found, back_up_due, run_backup
from antin.continuity.acts.drills import BackupDrill, drill, prove_due
from antin.continuity.acts.incidents import Look, assess_incident, close_incident, closing_digest, report_incident
from antin.continuity.acts.outages import (
    allot_paper_block,
    close_outage,
    declare_outage,
    end_outage,
    reconciliation_digest,
)
from antin.continuity.acts.paper_cases import Place, check_paper_case, enter_paper_case, void_paper_number
from antin.continuity.acts.restoring import begin_restored, release_restored

__all__ = [
    "BackupDrill",
    "Look",
    "Place",
    "adopt_found",
    "allot_paper_block",
    "assess_incident",
    "back_up_due",
    "begin_restored",
    "check_paper_case",
    "close_incident",
    "close_outage",
    "closing_digest",
    "declare_outage",
    "drill",
    "end_outage",
    "enter_paper_case",
    "prove_due",
    "reconciliation_digest",
    "release_restored",
    "report_incident",
    "run_backup",
    "void_paper_number",
]
