"""The lives of a backup set, of a restored installation and of a drill.

>>> BACKUP.step("stored", "verify_backup").to
'proven'
>>> RESTORED.acts("in_quarantine")
('release_restored',)
"""

from __future__ import annotations

from antin.steps import life

BACKUP = life(
    "backup",
    [
        "— | run_backup | stored | system | encrypted | 379/23.2.e 217/15.5",
        "— | adopt_backup | stored | system | catalogue_genuine | 217/15.5",
        "stored, proven | verify_backup | proven | system | restored_and_compared | 217/15.5 379/5.9",
        "stored, proven | remove_backup | removed | system | newer_kept | 379/20.2 217/15.5",
    ],
)

RESTORED = life(
    "restored",
    [
        "— | restore_backup | uncompared | administrator, system | set_genuine | 379/23.2.e 379/4.6",
        "uncompared | compare_restored | in_quarantine | system | ledger_matches endings_replayed"
        " | 379/5.3 379/23.2.b 379/20.3 379/21.3",
        "in_quarantine | release_restored | in_service | system_owner, system | released_by_someone | 379/5.9",
    ],
)
"""A restored installation neither sends nor receives before its release; one that did not compare is never released (379/5.9)."""

DRILL = life("drill", ["— | close_drill | reported | system, security_officer | times_measured | 379/29.4 379/11.6"])

INCIDENT = life(
    "incident",
    [
        "— | report_incident | open | person, system | words_given | 379/4.6 379/11.5 379/5.8 379/5.10",
        "open | assess_incident | in_hand | security_officer | measures_named | 379/4.6 379/29.1",
        "in_hand | assess_incident | same | security_officer | measures_named | 379/4.6 379/29.1",
        "in_hand | close_incident | closed | system_owner | cause_named outage_reconciled report_made | 379/4.6 379/11.5",
    ],
)

OUTAGE = life(
    "outage",
    [
        "— | declare_outage | declared | system_owner | incident_open scope_named | 379/4.6 217/7.4",
        "declared | end_outage | ended | system_owner | checks_named | 379/4.6 217/7.4",
        "ended | close_outage | reconciled | clerk, leader | every_block_number_used_or_voided nothing_unchecked | 379/4.6",
    ],
)
"""Work on paper: numbers may be set aside from the declaration until the end, entered until nothing is left over."""

PAPER_CASE = life(
    "paper_case",
    [
        "— | enter_paper_case | entered | clerk | number_in_block scan_certified | 379/4.6 379/15.2.b",
        "entered | check_paper_case(agree) | used | clerk, leader | second_person_checked | 379/4.6",
        "entered | check_paper_case(send_back) | sent_back | clerk, leader | reason_given | 379/4.6",
        "— | enter_paper_case(void) | voided | clerk | number_in_block reason_given | 379/4.6 379/17.3",
    ],
)
"""What became of one number that was set aside. Sent back, the number is free to be entered anew."""
