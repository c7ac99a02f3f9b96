"""The lives of an account, a delegation, an absence and a correction (acts.md §1). `system` founds an installation's first people."""

from __future__ import annotations

from antin.steps import life

ACCOUNT = life(
    "account",
    [
        "— | enrol_person | enrolled | identity_officer, system | code_unique | 379/3.7 379/11.1",
        "enrolled | vouch_identity | vouched | identity_officer, system | not_the_enroller | 379/3.7 379/5.6",
        "vouched | bind_authenticator | active | person, system | method_is_strong | 379/11.1 379/12.2.b",
        "active | bind_authenticator | same | person, system | method_is_strong | 379/11.1 379/12.2.b",
        "active | suspend_account | suspended | identity_officer, security_officer, system | reason_given | 379/11.5",
        "suspended | restore_account | active | identity_officer | not_own nothing_lost | 379/11.5",
        "active, suspended | report_lost_account | lost | person, visitor, system | | 379/11.5",
        "lost | re_enrol_person | vouched | identity_officer | seen_in_person not_the_reporter | 379/11.5 379/3.7",
        "enrolled, vouched, active, suspended, lost | close_account | closed | identity_officer | reason_given | 379/9.2 379/31.p1",
    ],
)

DELEGATION = life(
    "delegation",
    [
        "— | grant_delegation | in_force | person | within_own_mandate_now not_transitive bounded_in_time basis_named | 379/6.2.p2 379/13.5",
        "in_force | end_delegation | ended | person, identity_officer, system | | 379/9.2 379/11.5",
    ],
)

ABSENCE = life(
    "absence",
    [
        "— | state_absence | in_force | person | substitute_may_review bounded_in_time reason_given | 379/6.2.p2 379/13.3",
        "in_force | end_absence | ended | person, identity_officer | | 379/6.2.p2 379/9.2",
    ],
)
"""While away, somebody else reads and answers in one's place on review routes; nothing else is passed on."""

CORRECTION = life(
    "correction",
    [
        "— | ask_correction | open | person | correctable reason_given changes_something | 379/4.1",
        "open | rectify_person_data | rectified | identity_officer, competent_authority | not_own evidence_seen | 379/4.1",
        "open | refuse_correction | refused | identity_officer, competent_authority | not_own reason_given | 379/4.1",
    ],
)
"""A person disputes a datum of the own record; somebody else, who manages people, settles it."""

MAY_SIGN_IN = frozenset({"vouched", "active"})
"""Accounts whose password is looked at; only an active one, with a one-time code, opens a session (379/12.2.b)."""

REPORTABLE = frozenset(state for state in ACCOUNT.states() if "report_lost_account" in ACCOUNT.acts(state))
"""Accounts that can be reported lost."""
