"""The small lives of the registry: number, signature request, ticket of a device, awaited timestamp, register.

>>> NUMBER.step("reserved", "sign").to
'used'
>>> REQUEST.step("open", "lapse_signature").to
'lapsed'
"""

from __future__ import annotations

from antin.steps import life

NUMBER = life(
    "number",
    [
        "— | prepare_signature | reserved | system | lowest_free register_open | 217/11.2 379/13.1",
        "free | prepare_signature | reserved | system | lowest_free register_open | 217/11.2 379/13.1",
        "reserved | sign | used | signatory | written_before_signing | 217/11.2",
        "reserved | lapse_signature | free | system | request_lapsed | 217/11.2",
        "— | register_incoming | used | clerk | next_in_register | 217/5.2",
        "used | settle_defect(abandon) | voided | signatory | reason_given | 379/13.4 379/17.3",
        "used | abandon | voided | signatory | reason_given | 379/13.4 379/17.3",
        "— | allot_paper_block | blocked | clerk | outage_open | 379/4.6",
        "blocked | enter_paper_case(used) | used | clerk | second_person_checked | 379/4.6",
        "blocked | enter_paper_case(void) | voided | clerk | reason_given | 379/4.6",
    ],
)
"""A number is never reused once it stood in a signed page; a number lapsed before that is the next given."""

REQUEST = life(
    "signature_request",
    [
        "— | prepare_signature | open | signatory | form_checked certificate_fit | 379/13.1",
        "open | sign | done | signatory | old_bytes_are_prefix digest_bound | 379/5.11 379/8.2",
        "open | lapse_signature | lapsed | system, signatory | request_over | 379/11.5 379/9.2",
    ],
)

TICKET = life(
    "device_ticket",
    [
        "— | open_device_ticket | open | signatory | key_elsewhere confirmed | 379/13.5 379/5.6",
        "open | take_device_signature | used | signatory | ticket_fits signature_verifies | 379/5.11 379/8.2",
        "open | refuse_device_signature | refused | system | signature_wrong | 379/5.11",
        "open | end_device_ticket | ended | system, signatory | ticket_over | 379/11.5",
    ],
)
"""A ticket takes one answer, right or wrong. What can't be decided yet (the certificate's state unknown) leaves it open."""

TIMESTAMP = life(
    "awaited_timestamp",
    [
        "— | sign | waiting | signatory | signature_kept | 379/12.2.b",
        "— | seal | waiting | seal_keeper | signature_kept | 379/12.2.b",
        "waiting | attach_timestamp_token | attached | system | token_verifies old_bytes_are_prefix | 379/12.2.b 379/13.5",
        "waiting | settle_defect(abandon) | ended | signatory | reason_given | 379/13.4",
    ],
)
"""A signature is kept before its timestamp is asked for; what follows it waits until the token is there."""

REGISTER = life(
    "register",
    [
        "— | open_register | open | clerk | kind_and_series_named | 217/11.2",
        "open | close_register | closed | clerk | gapless digest_signed | 217/11.14",
    ],
)

DEFECT = life(
    "defect",
    [
        "— | refer_defect | open | clerk | defect_named | 379/13.4",
        "open | settle_defect(proceed) | settled | signatory, leader | reason_given | 379/13.4",
        "open | settle_defect(abandon) | settled | signatory | reason_given | 379/13.4 379/17.2",
    ],
)
