"""The life of a certificate as this installation sees it; expiry is computed, never stored."""

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
