"""The life of an assignment: given, taken up, reported, closed (217/10.2).

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
        "closed | reopen | accepted | leader | reason_given | 217/10.2 379/17.3",
        "assigned, accepted, reported | change_due_date | same | leader | reason_given | 217/11.13 379/17.3",
    ],
)

OPEN_STATES = ("assigned", "accepted", "reported")
