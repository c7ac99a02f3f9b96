"""The acts of casework: each one transaction and one ledger entry about its document (217/10.2).

give_instruction   assign   take_up   hand_over   report_result   settle_result   change_due_date
complete   reopen
"""

from antin.casework.acts.documents import complete, give_instruction, reopen
from antin.casework.acts.work import (
    assign,
    change_due_date,
    hand_over,
    report_result,
    settle_result,
    take_up,
)

__all__ = [
    "assign",
    "change_due_date",
    "complete",
    "give_instruction",
    "hand_over",
    "reopen",
    "report_result",
    "settle_result",
    "take_up",
]
