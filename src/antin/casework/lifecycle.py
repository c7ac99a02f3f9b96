"""The lives of an assignment and of a case file: given, taken up, reported, closed (217/10.2); opened, closed (379/25.p1).

>>> ASSIGNMENT.step("assigned", "take_up").to
'accepted'
>>> ASSIGNMENT.step("reported", "settle_result(return)").to
'accepted'
"""

from __future__ import annotations

from antin.steps import life

ASSIGNMENT = life(
    "assignment",
    [
        "— | assign | assigned | leader | need_to_know due_on_set | 217/5.2 217/11.13",
        "assigned | take_up | accepted | assignee | | 217/10.2",
        "assigned, accepted | hand_over | assigned | assignee, leader | reason_given | 379/6.2.p2",
        "accepted | report_result | reported | assignee | result_attached | 217/10.2",
        "reported | settle_result(return) | accepted | leader | reason_given | 217/10.2",
        "reported | settle_result(accept) | closed | leader | | 217/10.2",
        "assigned, accepted, reported | complete | closed | leader, assignee | not_in_use | 217/10.2 217/10.2.p2",
        "assigned | withdraw_work | closed | leader | reason_given | 217/10.2 379/17.3 379/27.3",
        "closed | reopen | accepted | leader | reason_given | 217/10.2 379/17.3",
        "assigned, accepted, reported | change_due_date | same | leader | reason_given | 217/11.13 379/17.3",
    ],
)

CASE_FILE = life(
    "case_file",
    [
        "— | open_case_file | open | assignee, clerk | class_has_retention | 379/25.p1 217/15.5",
        "open | place_in_case_file | open | assignee, clerk | not_impounded | 217/11.7 379/25.p1",
        "open | take_from_case_file | open | assignee, clerk | reason_given | 379/17.3 379/25.p1",
        "open | hand_over_case_file | open | assignee, leader | reason_given | 379/6.2.p2 379/25.p1",
        "open | close_case_file | closed | assignee | members_complete life_ended | 379/25.p1 379/24.2",
        "closed | reopen_case_file | open | leader | reason_given | 379/17.3 379/25.p1",
        "closed | settle_accession(accept) | archived | archivist | fixity_ok cipher_if_mat | 379/23.2.a 379/25.p1",
        "archived | execute_destruction | destroyed | executor | still_listed | 379/20.1 379/20.2",
    ],
)
"""A case file (hồ sơ): who keeps it gathers the documents of one matter; closed, its retention begins to run."""

OPEN_STATES = ("assigned", "accepted", "reported")
