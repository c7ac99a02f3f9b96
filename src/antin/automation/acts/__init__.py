"""The acts of automation: each one transaction and, for its effect, one ledger entry (379/27).

governing   configure_automation   review_automation   approve_automation   pause_automation
            report_deviation   close_deviation
settling    accept_proposal   decline_proposal   (settle_proposal)   undo_automated_act   note_notice_seen
for the follower, inside its transaction: route   remind   note_failure   lapse_proposals   forget
"""

from antin.automation import rules
from antin.automation.acts.forgetting import DESTROYED, forget
from antin.automation.acts.governing import (
    STOPPED,
    approve_automation,
    close_deviation,
    configure_automation,
    pause_automation,
    report_deviation,
    review_automation,
)
from antin.automation.acts.running import NO_OVERSEER, UNEXPECTED, Cause, note_failure, remind, route
from antin.automation.acts.settling import (
    ASSIGNED_OTHERWISE,
    accept_proposal,
    decline_proposal,
    lapse_proposals,
    note_notice_seen,
    undo_automated_act,
)

MACHINE_REASONS = frozenset(
    {
        STOPPED,
        NO_OVERSEER,
        UNEXPECTED,
        ASSIGNED_OTHERWISE,
        DESTROYED,
        rules.OVERDUE_REVIEW,
        rules.OVER_LIMIT,
        rules.TOO_MANY_ERRORS,
    }
)
"""Reasons that the machine itself writes on record."""

__all__ = [
    "MACHINE_REASONS",
    "UNEXPECTED",
    "Cause",
    "accept_proposal",
    "approve_automation",
    "close_deviation",
    "configure_automation",
    "decline_proposal",
    "forget",
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
