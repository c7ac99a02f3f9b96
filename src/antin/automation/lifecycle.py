"""The lives of a rule, of what ran under it, of a proposal and of a deviation (379/27).

>>> AUTOMATION.step("paused", "approve_automation").to
'enabled'
>>> PROPOSAL.step("proposed", "settle_proposal(lapse)").to
'lapsed'
>>> AUTOMATION.acts("drafted")
('configure_automation', 'approve_automation', 'review_automation')
"""

from __future__ import annotations

from antin.steps import life

AUTOMATION = life(
    "automation",
    [
        "—, drafted, enabled, paused | configure_automation | drafted | administrator"
        " | kind_automatable terms_complete not_the_configurer | 379/27.1 379/27.2.a",
        "drafted | approve_automation | enabled | overseer"
        " | not_the_configurer safety_level_named review_in_date no_open_deviation"
        " | 379/27.2 379/27.2.b 379/27.2.d 379/27.4 379/4.7",
        "enabled | pause_automation | paused | overseer, system | reason_given | 379/27.2.a 379/27.4",
        "paused | approve_automation | enabled | overseer"
        " | not_the_configurer safety_level_named review_in_date no_open_deviation | 379/27.2.c 379/27.3",
        "drafted, enabled, paused | review_automation | same | security_officer"
        " | reason_given next_review_within | 379/27.2.c 379/27.2.d",
    ],
)

RUN = life(
    "automated_run",
    [
        "— | run_automated_act | done | system | enabled after_approval nothing_forbidden | 379/27.1 379/27.2.b",
        "— | run_automated_act(failed) | failed | system | | 379/27.2.a",
        "done | undo_automated_act | undone | overseer | act_has_compensation reason_given | 379/27.3 379/27.4",
    ],
)

PROPOSAL = life(
    "proposal",
    [
        "— | propose | proposed | system | explains_itself nothing_forbidden | 379/4.7 379/27.4",
        "proposed | settle_proposal(accept) | carried_out | leader | entitled_to_the_act | 379/4.7 379/27.4",
        "proposed | settle_proposal(decline) | declined | leader | entitled_to_the_act | 379/4.7",
        "proposed | settle_proposal(lapse) | lapsed | system | | 379/4.7",
        "carried_out | undo_automated_act | undone | overseer | act_has_compensation reason_given | 379/27.3",
    ],
)

DEVIATION = life(
    "deviation",
    [
        "— | undo_automated_act | open | overseer | reason_given | 379/27.3",
        "— | report_deviation | open | overseer | reason_given | 379/27.3",
        "open | close_deviation | closed | overseer | corrected reported_above | 379/27.3",
    ],
)
"""What went wrong is open until it was corrected and reported; until then nothing is approved again."""
