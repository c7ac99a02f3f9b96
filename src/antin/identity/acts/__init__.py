"""The only writes of identity. Each act is atomic, names its actor and leaves one ledger entry (acts.md §2, identity).

The system's acts found an installation's first people (no step-up: there is nobody to ask); a person's acts on
identity spend a challenge bound to the thing acted upon, see `identity_digest`.
"""

from antin.identity.acts.accounts import (
    bind_authenticator,
    close_account,
    end_credential,
    enrol_person,
    re_enrol_person,
    report_lost_account,
    restore_account,
    set_password,
    suspend_account,
    vouch_identity,
)
from antin.identity.acts.challenges import ChallengeView, StepUp, answer_challenge, open_challenge, spend_challenge
from antin.identity.acts.lending import (
    Away,
    Lending,
    check_absence,
    check_lending,
    end_absence,
    end_delegation,
    grant_delegation,
    state_absence,
)
from antin.identity.acts.mandates import confer_mandate, end_mandate
from antin.identity.acts.national import (
    ask_nationally,
    ask_to_link,
    link_national_account,
    link_stated,
    sign_in_nationally,
)
from antin.identity.acts.organisations import found_organisation, give_code
from antin.identity.acts.personal_data import (
    Wish,
    ask_correction,
    export_own_data,
    rectification_digest,
    rectify_person_data,
    refuse_correction,
)
from antin.identity.acts.sign_in import (
    Begun,
    begin_sign_in,
    change_password,
    finish_sign_in,
    report_loss_at_door,
    sign_out,
)
from antin.identity.acts.step_up import identity_digest
from antin.identity.acts.tries import Door

__all__ = [
    "Away",
    "Begun",
    "ChallengeView",
    "Door",
    "Lending",
    "StepUp",
    "Wish",
    "answer_challenge",
    "ask_correction",
    "ask_nationally",
    "ask_to_link",
    "begin_sign_in",
    "bind_authenticator",
    "change_password",
    "check_absence",
    "check_lending",
    "close_account",
    "confer_mandate",
    "end_absence",
    "end_credential",
    "end_delegation",
    "end_mandate",
    "enrol_person",
    "export_own_data",
    "finish_sign_in",
    "found_organisation",
    "give_code",
    "grant_delegation",
    "identity_digest",
    "link_national_account",
    "link_stated",
    "open_challenge",
    "re_enrol_person",
    "rectification_digest",
    "rectify_person_data",
    "refuse_correction",
    "report_loss_at_door",
    "report_lost_account",
    "restore_account",
    "set_password",
    "sign_in_nationally",
    "sign_out",
    "spend_challenge",
    "state_absence",
    "suspend_account",
    "vouch_identity",
]
