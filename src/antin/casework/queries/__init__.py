"""What others may read of casework.

work         pieces of work, instructions, results
case_files   the file plan, case files and their documents
"""

from antin.casework.queries.case_files import (
    archived_cases,
    case_file,
    case_files,
    case_links,
    case_members,
    cases_of,
    closed_cases,
    documents_in,
    file_plan,
    retained_until_in_all,
)
from antin.casework.queries.work import (
    assignment,
    assignment_view,
    assignment_views,
    assignments,
    counts,
    due_changes,
    given_out,
    hand_overs,
    instruction_view,
    instructions,
    my_work,
    open_count,
    overdue,
    result_file,
    result_view,
    results,
    today,
)

__all__ = [
    "archived_cases",
    "assignment",
    "assignment_view",
    "assignment_views",
    "assignments",
    "case_file",
    "case_files",
    "case_links",
    "case_members",
    "cases_of",
    "closed_cases",
    "counts",
    "documents_in",
    "due_changes",
    "file_plan",
    "given_out",
    "hand_overs",
    "instruction_view",
    "instructions",
    "my_work",
    "open_count",
    "overdue",
    "result_file",
    "result_view",
    "results",
    "retained_until_in_all",
    "today",
]
