"""The acts of automation: each one transaction and, for its effect, one ledger entry (379/27).

governing   configure_automation   review_automation   approve_automation   pause_automation
            report_deviation   close_deviation
settling    accept_proposal   decline_proposal   (settle_proposal)   undo_automated_act   note_notice_seen
for the follower, inside its transaction: route   remind   note_failure   lapse_proposals
"""

from antin.automation.acts.governing import (
    approve_automation,
    close_deviation,
    configure_automation,
    pause_automation,
    report_deviation,
    review_automation,
)
from antin.automation.acts.running import Cause, note_failure, remind, route
from antin.automation.acts.settling import (
    accept_proposal,
    decline_proposal,
    lapse_proposals,
    note_notice_seen,
    undo_automated_act,
)

__all__ = [
    "Cause",
    "accept_proposal",
    "approve_automation",
    "close_deviation",
    "configure_automation",
    "decline_proposal",
    "lapse_proposals",
    "note_failure",
    "note_notice_seen",
    "pause_automation",
    "remind",
    "report_deviation",
    "review_automation",
    "route",
    "undo_automated_act",
]
