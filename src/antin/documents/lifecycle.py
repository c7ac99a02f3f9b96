"""The lives of a document: four small tables side by side, the overlay of impoundment, agreements on its invalidation.

The product of the four with the guards of `GUARDS` is the whole law of what may happen to a document. An act
with a value in brackets is one act whose rule picks the key. Acts of rooms above stand here too: they walk
the tables through `acts.advance`.

>>> OUTGOING.step("in_review", "approve").to
'approved'
>>> "revise_draft" in OUTGOING.acts("approved")
False
>>> INCOMING.step("arrived", "verify").offices[0].value
'clerk'
"""

from __future__ import annotations

from antin.steps import Life, life

OUTGOING = life(
    "outgoing",
    [
        "— | create_draft | draft | drafter | may_draft_type secrecy_admissible | 379/14.p1 379/12.2.b 217/5.1",
        "draft | revise_draft | draft | drafter | not_yet_approved reason_given | 379/17.1 379/17.3",
        "draft | submit | in_review | drafter | route_laid recipients_named type_rules_met"
        " | 379/17.1 379/6.2.p2 217/6.1",
        "in_review | endorse | in_review | reviewer | my_turn revision_seen | 379/13.3 379/17.1",
        "in_review | send_back | draft | reviewer, approver | reason_given | 379/17.1 379/17.3",
        "in_review | approve | approved | approver | route_complete approver_is_not_drafter digest_bound"
        " | 379/17.2 379/13.3 217/9.1",
        "approved | send_back | draft | approver, signatory | nothing_signed reason_given | 379/17.1 379/17.3",
        "approved | check_form | approved | clerk | form_rules_on_date | 379/13.1 217/6.1 379/12.1",
        "approved | prepare_signature | approved | signatory"
        " | form_checked may_sign_type certificate_fit number_reservable | 379/13.1 379/28.1 379/5.7",
        "approved | sign(partial) | approved | signatory"
        " | request_open digest_bound signature_verifies certificate_fit | 379/13.2 379/5.11",
        "approved | sign(last) | signed | signatory"
        " | request_open digest_bound signature_verifies certificate_fit signatures_complete handling_proven"
        " | 379/8.3 379/13.2 379/13.3",
        "signed | seal(partial) | signed | seal_keeper | signatures_valid keeper_is_not_signatory | 379/8.4 379/13.2",
        "signed | seal(last) | sealed | seal_keeper"
        " | signatures_valid keeper_is_not_signatory seal_certificate_of_issuing_organisation"
        " | 379/8.4 379/12.2.a 379/12.4",
        "signed, sealed | refer_defect | same | clerk | defect_named | 379/13.4",
        "signed, sealed | settle_defect(proceed) | same | signatory | defect_open signatures_valid | 379/13.4",
        "signed, sealed | settle_defect(abandon) | abandoned | signatory | defect_open | 379/13.4 379/17.2",
        "signed, sealed | issue | issued | clerk"
        " | seal_present_or_not_needed signatures_valid signatures_complete no_defect_open secrecy_admissible"
        " | 379/12.2.a 379/12.3 379/13.2 379/13.4 217/9.1 379/8.1 379/12.1",
        "draft, in_review | abandon | abandoned | drafter, approver, signatory | reason_given | 379/17.1 379/17.3",
        "approved | abandon | abandoned | approver, signatory | reason_given | 379/17.1 379/17.3",
    ],
)
"""Content freezes at `approve` (379/17.2); nothing after it leads back to a text that may be written on, but
`send_back` while nothing is signed, and that begins a new revision."""

INCOMING = life(
    "incoming",
    [
        "— | receive_parcel | arrived | peer, system | parcel_sound addressed_to_us not_duplicate_parcel"
        " | 217/10.1 217/6.4",
        "— | certify_digitised | arrived | seal_keeper | job_confirmed | 379/15.1.a 217/7.4",
        "arrived, verified | verify | verified | clerk | report_complete | 217/10.1 217/5.2 379/13.4",
        "arrived, verified | refer_defect | same | clerk | defect_named | 379/13.4",
        "arrived, verified | settle_defect(proceed) | same | leader | defect_open | 379/13.4 217/4.2",
        "verified | register_incoming | registered | clerk | admissible not_registered_before in_use no_defect_open"
        " | 217/5.2 217/4.1 217/4.2",
        "arrived, verified, registered, forwarded | return_document | returned | clerk | reason_given not_taken_up"
        " | 217/10.1.p2 379/13.4",
        "registered, forwarded | forward | forwarded | clerk, leader | in_use need_to_know | 217/5.2 217/6.3.p2",
        "registered, forwarded | assign | forwarded | leader | in_use need_to_know due_on_set | 217/10.2 217/11.13",
        "forwarded | take_up | in_process | assignee | assigned_to_me in_use | 217/10.2 379/13.3",
        "registered, forwarded | complete | completed | leader | nothing_to_do_or_not_in_use | 217/10.2",
        "in_process | complete | completed | leader, assignee | results_accepted case_file_named | 217/10.2 217/11.8",
        "completed | reopen | in_process | leader | reason_given custody_current in_use | 217/10.2 379/17.3",
        "arrived, verified, registered, forwarded, in_process, completed | discard | discarded | clerk"
        " | recall_received | 217/10.2.p2 217/11.8",
    ],
)
"""A recalled copy is discarded: out of use, bytes kept until retention ends (217/10.2.p2 with 379/20.1)."""

VALIDITY = life(
    "validity",
    [
        "— | issue | in_force | clerk | outgoing_issued | 217/4.1 379/12.2",
        "— | receive_parcel | in_force | system, peer | | 217/4.2 379/15.3",
        "— | certify_digitised | in_force | system, seal_keeper | | 217/4.2 379/15.3",
        "in_force | apply_change(correct) | in_force | clerk"
        " | change_document_issued same_or_superior_authority | 379/17.2",
        "in_force | apply_change(amend) | in_force | clerk"
        " | change_document_issued same_or_superior_authority | 379/17.2",
        "in_force | apply_change(replace) | replaced | clerk"
        " | change_document_issued same_or_superior_authority | 379/17.2",
        "in_force, replaced | recall | recalled | signatory | own_document reason_given | 379/17.2 217/9.2",
        "in_force, replaced | invalidate | invalidated | competent_authority"
        " | internal_basis_named form_named reason_given | 379/19.1 379/19.2.a 379/19.3 379/19.2 379/19.5",
        "in_force | answer_invalidation(last) | invalidated | signatory, peer, system"
        " | bilateral_agreement not_directive_type all_sides_confirmed | 379/19.2.b 379/19.2",
        "in_force, replaced | apply_notice(recall) | recalled | peer, system"
        " | notice_authentic notice_from_issuing_organisation | 217/10.2.p2",
        "in_force | apply_notice(replace) | replaced | peer, system"
        " | notice_authentic notice_from_issuing_organisation | 379/17.2 217/10.2",
        "in_force, replaced, recalled | apply_notice(invalidate) | invalidated | peer, system"
        " | notice_authentic notice_from_issuing_organisation | 379/19.3",
        "in_force, replaced | invalidate_paper_original | invalidated | clerk | digitised_from_it | 379/19.6",
    ],
)
"""Nothing leads back to in_force: a document once out of force is answered by a new one (379/19.1)."""

CUSTODY = life(
    "custody",
    [
        "— | create_draft | current | system, drafter | stored_encrypted | 379/4.5 379/23.1",
        "— | receive_parcel | current | system, peer | stored_encrypted | 379/4.5 379/23.1",
        "— | certify_digitised | current | system, seal_keeper | stored_encrypted | 379/4.5 379/23.1",
        "current | settle_accession(accept) | archived | archivist"
        " | case_file_closed life_ended no_open_obligation package_valid fixity_ok cipher_if_mat"
        " | 379/23.2.a 379/24.3 379/18.p1 379/24.4 379/25.p1",
        "archived | execute_destruction | destroyed | executor"
        " | decision_approved retention_ended no_disposal_hold not_impounded still_listed"
        " | 379/20.1 379/20.2 379/3.4",
        "current, archived | expel_secret | expelled | security_officer | cipher_office_took_over"
        " | 379/1.2 217/5.1 379/4.3",
    ],
)

IMPOUNDMENT = life(
    "impoundment",
    [
        "—, in_effect | impound | in_effect | impounding_authority | decision_verified scope_listed"
        " | 379/21.1 379/21.2 379/21.2.a 379/21.2.d",
        "in_effect | note_refused_access | in_effect | system | | 379/21.2.c 379/21.3",
        "in_effect | lift_impoundment | lifted | impounding_authority"
        " | same_authority lifting_decision_verified digests_unchanged | 379/21.4 379/21.2.b",
    ],
)
"""One interval per authority; open intervals refuse every act and read, so lifting restores for free."""

AGREEMENT = life(
    "invalidation_agreement",
    [
        "— | propose_invalidation | proposed | signatory, peer"
        " | bilateral_agreement not_directive_type page_bound reason_given | 379/19.2.b",
        "proposed | answer_invalidation(partial) | proposed | signatory, peer"
        " | side_not_yet_answered digest_bound authenticated_by_12_2_b | 379/19.2.b",
        "proposed | answer_invalidation(last) | agreed | signatory, peer, system"
        " | all_sides_confirmed in_force not_impounded | 379/19.2.b 379/19.3",
        "proposed | answer_invalidation(refuse) | closed | signatory, peer | side_not_yet_answered reason_given"
        " | 379/19.2.b",
        "proposed | answer_invalidation(withdraw) | closed | signatory, peer | own_proposal reason_given | 379/19.2.b",
        "proposed | answer_invalidation(ask_withdrawal) | proposed | signatory | own_proposal reason_given | 379/19.2.b",
        "proposed, closed | take_conclusion | agreed | peer"
        " | own_side_confirmed notice_from_issuing_organisation | 379/19.3",
        "agreed | note_late_answer | agreed | peer | side_not_yet_answered | 379/19.2.b",
        "proposed | lapse_invalidation | closed | system, peer | out_of_force_otherwise_or_superseded | 379/19.2.b",
    ],
)
"""The issuing organisation counts the consents and alone concludes; the other sides' copies follow its word, so no
two sides ever come to different ends. A copy that no consent of its own side was given for is never concluded."""

ROUTE_TEMPLATE = life(
    "route_template",
    [
        "— | adopt_route_template | in_force | office_head, competent_authority"
        " | can_be_laid type_has_none_yet dated_from_today reason_given | 379/17.1 379/17.3",
        "in_force | change_route_template | ended | office_head, competent_authority"
        " | can_be_laid type_has_none_else dated_from_today reason_given | 379/17.1 379/17.3",
        "in_force | end_route_template | ended | office_head, competent_authority | reason_given | 379/17.1 379/17.3",
    ],
)
"""One version of an organisation's own way of review: a change ends it the day before the next one begins."""

LIVES: dict[str, Life] = {table.name: table for table in (OUTGOING, INCOMING, VALIDITY, CUSTODY)}

IN_USE_ACTS = frozenset({"register_incoming", "forward", "assign", "take_up", "reopen"})
"""Acts that begin something on a document: only while it is in force (217/10.2.p2, 379/19.1)."""

FREE_OF_CUSTODY = frozenset({"discard"})
"""Outgoing and incoming acts that stay possible once the archive holds the document."""

FREE_OF_IMPOUNDMENT = frozenset({"apply_notice(recall)", "apply_notice(replace)", "apply_notice(invalidate)"})
"""Facts from outside that are noted behind an impoundment and answered after it is lifted (379/21.2.b)."""


def guards(life_name: str, act: str) -> tuple[str, ...]:
    """The guards asked before the table: names of rules, in the order asked.

    >>> guards("incoming", "discard")
    ('not_impounded',)
    >>> guards("incoming", "take_up")
    ('not_impounded', 'custody_current', 'in_use')
    """
    names = [] if act in FREE_OF_IMPOUNDMENT else ["not_impounded"]
    if life_name in ("outgoing", "incoming") and act not in FREE_OF_CUSTODY:
        names.append("custody_current")
    if act in IN_USE_ACTS:
        names.append("in_use")
    return tuple(names)
