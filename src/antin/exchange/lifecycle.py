"""The lives of the exchange: a delivery to one recipient, a parcel that came in, a partner, a statement.

>>> DELIVERY.step("sent", "note_progress(arrived)").to
'arrived'
>>> PARCEL_IN.step("", "receive_parcel(doubtful)").to
'quarantined'
"""

from __future__ import annotations

from antin.steps import life

DELIVERY = life(
    "delivery",
    [
        "— | queue_dispatch | queued | system | document_issued in_use channel_admissible | 217/6.3 217/5.1 217/5.3",
        "queued, sent | transmit | sent | system | lane_open in_use not_impounded same_bytes_same_id | 217/9.1 217/6.3.p2 217/13.1",
        "sent, failed, paper | note_progress(arrived) | arrived | peer | receipt_verified | 217/9.2 217/11.8",
        "sent, failed, paper, arrived | note_progress(accepted) | accepted | peer | statement_verified newer | 217/11.8 217/6.4",
        "sent, failed, paper, arrived, accepted | note_progress(forwarded) | forwarded | peer | statement_verified newer | 217/11.8",
        "sent, failed, paper, arrived, accepted, forwarded, completed | note_progress(in_process) | in_process | peer | statement_verified newer | 217/11.8 217/10.2",
        "sent, failed, paper, arrived, accepted, forwarded, in_process | note_progress(completed) | completed | peer | statement_verified newer | 217/11.8",
        "sent, failed, paper, arrived, accepted, forwarded, in_process, recall_asked | note_progress(returned) | returned | peer | statement_verified reason_given | 217/10.1.p2",
        "queued, sent, recall_asked | fail_dispatch | failed | system | expired_or_refused | 217/7.4 217/6.4 217/9.2",
        "failed, paper | queue_dispatch | sent | clerk | link_restored in_use | 217/7.4 379/4.6",
        "arrived, accepted, forwarded, in_process, completed, returned | note_taken_in_again | arrived | peer | receipt_verified reoffered | 217/13.1 217/6.2",
        "queued, sent | release_parked | same | exchange_operator | stands_still | 217/13.1",
        "queued, failed | send_on_paper | paper | clerk | paper_permitted necessity_named | 217/7.4 379/4.2",
        "queued, sent | send_by_mail | same | clerk | secrecy_open link_down due_near recipient_has_mail reason_given | 217/5.3 217/7.2",
        "failed | send_by_mail | sent | clerk | secrecy_open link_down due_near recipient_has_mail reason_given | 217/5.3 217/7.2",
        "returned | note_seen | same | clerk | | 217/11.14",
        "paper | note_paper_arrival | arrived | clerk, peer | recipient_confirmed | 217/7.4",
        "queued | ask_recall | recalled | clerk | never_attempted | 217/9.2",
        "sent, arrived, accepted, forwarded, in_process, completed, failed, paper, recall_refused | ask_recall | recall_asked | clerk | reason_given | 217/9.2",
        "recall_asked, failed | note_progress(recalled) | recalled | peer | statement_verified | 217/10.2.p2",
        "recall_asked | note_progress(recall_refused) | recall_refused | peer | channel_is_axis | 217/9.2 217/7.3",
    ],
)
"""Progress that no row foresees is history only, never a step backwards (see `rules.progress_step`)."""

PARCEL_IN = life(
    "parcel_in",
    [
        "— | receive_parcel(sound) | admitted | system | sender_known digest_matches clean | 217/6.2 217/10.1",
        "— | receive_parcel(same) | admitted | system | same_document_came_by_mail | 217/13.1 217/7.2",
        "— | receive_parcel(doubtful) | quarantined | system | doubtful | 379/5.4 217/5.1",
        "quarantined | settle_parcel(admit) | admitted | exchange_operator | cause_removed | 217/10.1",
        "quarantined | settle_parcel(refuse) | refused | exchange_operator | reason_given | 217/10.1.p2",
    ],
)

PARTNER = life(
    "partner",
    [
        "— | propose_partner | proposed | exchange_operator, system | codes_unique | 217/15.2 379/26.1 379/2.3 217/2.2",
        "proposed, suspended | confirm_partner | active | exchange_operator, system | second_person fingerprint_compared | 217/15.2 379/26.2",
        "proposed, active, suspended | note_link_state | same | exchange_operator | | 217/13.1 217/6.5",
        "proposed, active | introduce_partner | same | exchange_operator, system | | 379/26.2",
        "active | refresh_sheet | same | exchange_operator, system | | 379/26.2",
        "active | confirm_organisation | same | exchange_operator | code_offered_and_free | 379/26.2",
        "active | announce_closure | same | exchange_operator | ours | 217/13.1",
        "active | reconcile_partner | same | exchange_operator, system | | 217/6.2 217/13.1",
        "active | close_partner(suspend) | suspended | exchange_operator, security_officer | reason_given | 379/29.1",
        "proposed, active, suspended | close_partner(end) | ended | exchange_operator | nothing_queued | 217/15.2",
    ],
)

TERMS = life(
    "terms",
    [
        "— | propose_terms | proposed | exchange_operator | partner_active types_known paper_kept | 379/12.2.c",
        "proposed | confirm_terms | active | exchange_operator | second_person | 379/12.2.c",
        "proposed, active | end_terms | ended | exchange_operator | reason_given | 379/12.2.c",
    ],
)
"""Another method agreed with a partner; what came under it while it was active keeps it for good."""

STATEMENT = life(
    "statement",
    [
        "— | report_progress | queued | system | partner_is_owed_it | 217/6.4 217/10.2",
        "queued | release_parked | same | exchange_operator | stands_still | 217/13.1",
        "acknowledged | reoffer_statement | queued | system | recipient_lost_it | 217/13.1",
        "queued | settle_statement(acknowledged) | acknowledged | peer | acknowledgement_verified | 217/6.4",
        "queued | settle_statement(refused) | refused | peer | refusal_verified | 217/6.4",
    ],
)

ENCLOSURE = life(
    "enclosure",
    [
        "— | queue_dispatch | due | system, clerk | type_needs_paper | 217/8.1 217/8.2",
        "— | send_on_paper | due | clerk | paper_permitted necessity_named | 217/7.4 379/4.2",
        "due | print_enclosure | same | clerk | printable | 217/8.1 379/16.3",
        "due | post_paper | posted | clerk | slip_printed in_use | 217/8.1 217/7.4",
        "posted | post_paper | same | clerk | slip_printed in_use | 217/8.1",
        "posted | note_paper_arrival | arrived | clerk, peer | recipient_confirmed | 217/8.1 217/7.4",
        "due | drop_enclosure | dropped | clerk | reason_given | 217/8.1 379/17.3",
    ],
)
"""A paper on its way to one recipient: beside the electronic document (217/8.1, 217/8.2), or instead of it (217/7.4)."""

SEND_CLOCK = life(
    "send_clock",
    [
        "— | start_clock | running | system | document_issued | 217/6.3",
        "running | warn_clerk | warned | system | not_all_sent warning_time | 217/6.3",
        "running, warned | escalate | missed | system | not_all_sent past_due | 217/6.3",
        "running, warned, missed | stop_clock | stopped | system | all_sent | 217/6.3",
    ],
)
"""The same-day clock of an issued document: each step is made once, so each telling is told once (217/6.3)."""

OPEN_DELIVERY = ("queued", "sent")
"""States in which the sender still works on a dispatch."""

FINAL_DELIVERY = ("completed", "returned", "recalled")
