"""The acts of casework: each one transaction and one ledger entry about its document (217/10.2).

give_instruction   assign   take_up   hand_over   report_result   settle_result   change_due_date
complete   reopen   withdraw_work
open_file_class   open_case_file   place_in_case_file   take_from_case_file   refer_case_file   hand_over_case_file
close_case_file   reopen_case_file
for the archive above, without an entry of their own: settle_case_file   forget
"""

from antin.casework.acts.carrying import forget, settle_case_file
from antin.casework.acts.case_files import (
    close_case_file,
    hand_over_case_file,
    open_case_file,
    open_file_class,
    place_in_case_file,
    refer_case_file,
    reopen_case_file,
    take_from_case_file,
)
from antin.casework.acts.documents import complete, give_instruction, reopen
from antin.casework.acts.work import (
    assign,
    change_due_date,
    hand_over,
    report_result,
    settle_result,
    take_up,
    withdraw_work,
)

__all__ = [
    "assign",
    "change_due_date",
    "close_case_file",
    "complete",
    "forget",
    "give_instruction",
    "hand_over",
    "hand_over_case_file",
    "open_case_file",
    "open_file_class",
    "place_in_case_file",
    "refer_case_file",
    "reopen",
    "reopen_case_file",
    "report_result",
    "settle_case_file",
    "settle_result",
    "take_from_case_file",
    "take_up",
    "withdraw_work",
]
