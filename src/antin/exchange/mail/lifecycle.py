"""The lives of official mail: a body reached by it, a letter out, a letter in.

>>> MAIL_OUT.step("queued", "settle_letter(handed)").to
'handed'
"""

from __future__ import annotations

from antin.steps import life

MAIL_CONTACT = life(
    "mail_contact",
    [
        "— | propose_mail_contact | proposed | exchange_operator, system | code_free address_valid | 217/15.2 217/7.2",
        "proposed | confirm_mail_contact | active | exchange_operator, system | second_person fingerprint_compared | 217/15.2 379/26.2",
        "proposed, active | end_mail_contact | ended | exchange_operator | reason_given | 217/15.2",
    ],
)
"""A change of address or certificate is a new proposal; confirming it ends what stood before."""

MAIL_OUT = life(
    "mail_out",
    [
        "— | queue_letter | queued | system | built_once recipient_has_mail | 217/7.2 217/13.1",
        "queued | settle_letter(handed) | handed | peer | server_took_it | 217/7.2 217/6.4",
        "queued | settle_letter(refused) | refused | peer | server_said_no | 217/7.4",
        "queued | settle_letter(dropped) | dropped | system | expired_or_withdrawn | 217/7.4 217/9.2",
        "queued, handed | settle_letter(bounced) | bounced | peer | report_names_it | 217/7.4",
        "queued, refused, dropped, handed, bounced | settle_letter(answered) | answered | peer | receipt_verified | 217/6.2 217/11.8",
        "refused, dropped, handed, bounced | queue_letter | queued | clerk | same_bytes | 217/7.4",
        "queued | release_parked | same | exchange_operator | stands_still | 217/13.1",
    ],
)
"""A letter whose attempt has an unknown outcome stays queued: the same bytes go again, its receiver knows them by their id."""

MAIL_IN = life(
    "mail_in",
    [
        "— | receive_letter(sound) | admitted | system | signed_by_contact addressed_to_us clean | 217/7.2 217/10.1",
        "— | receive_letter(same) | admitted | system | same_document_came_by_network | 217/13.1 217/7.2",
        "— | receive_letter(kept) | noted | system | moves_nothing | 217/11.14",
        "— | receive_letter(early) | early | system | document_not_here_yet | 217/10.2.p2",
        "— | receive_letter(again) | duplicate | system | known_before | 217/13.1",
        "— | receive_letter(doubtful) | quarantined | system | doubtful_or_not_authenticated | 379/5.4 217/6.2",
        "— | receive_letter(aside) | aside | system | no_document | 217/6.4",
        "early | apply_early | admitted | system | document_came | 217/10.2.p2",
        "quarantined | admit_letter | admitted | clerk | reason_given clean | 217/6.4 217/10.1",
        "quarantined | settle_letter | refused | exchange_operator | reason_given | 217/10.1.p2",
    ],
)
