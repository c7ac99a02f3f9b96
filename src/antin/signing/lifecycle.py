"""The lives of a certificate, of the trust in an authority and of a stored file's proof of time; expiry is computed, never stored."""

from __future__ import annotations

from antin.steps import life

CERTIFICATE = life(
    "certificate",
    [
        "— | note_certificate(granted) | active | subscriber_manager, system | chain_to_anchor key_matches_holder usage_separated | 379/11.2 379/5.7 379/7.p1 379/9.1",
        "active | suspend_certificate | suspended | subscriber_manager, system | reason_given | 379/9.2 379/11.5",
        "suspended | resume_certificate | active | subscriber_manager | post_confirmed not_own | 379/9.2",
        "active, suspended | ask_revocation | revocation_asked | subscriber_manager | reason_given | 379/9.2",
        "active, suspended, revocation_asked | note_revocation | revoked | system | status_answer_verified | 379/9.2",
    ],
)

CERTIFICATE_REQUEST = life(
    "certificate_request",
    [
        "— | request_certificate | asked | subscriber_manager | holder_known post_confirmed not_own | 379/10.1 379/11.2",
        "asked | note_certificate(refused) | refused | subscriber_manager | reason_given | 379/10.1",
        "asked | note_certificate(granted) | granted | subscriber_manager | chain_to_anchor key_matches_holder | 379/7.p1 379/9.1",
    ],
)

TRUST = life(
    "trust",
    [
        "— | adopt_trust(person) | trusted | security_officer | fingerprint_compared basis_named | 379/7.p1 379/9.1",
        "— | adopt_trust(folder) | trusted | system | lies_in_trust_folder | 379/7.p1 379/9.1",
        "trusted | end_trust(person) | ended | security_officer | basis_named | 379/7.p1",
        "trusted | end_trust(folder) | ended | system | left_trust_folder | 379/7.p1",
    ],
)
ARCHIVE_PROOF = life(
    "archive_proof",
    [
        "— | note_final_page | noted | system | page_is_final | 379/23.2.b",
        "noted, standing, unproven | survey_proof(holds) | standing | system | signatures_valid | 379/23.2.b",
        "noted, standing, unproven | survey_proof(nothing) | unproven | system | | 379/23.2.b",
        "standing | attach_timestamp_token | standing | system | old_bytes_are_prefix holds_longer | 379/23.2.b 379/24.3",
        "noted, standing, unproven | end_proof | ended | system | destroyed | 379/20.2",
    ],
)
