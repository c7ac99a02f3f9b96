"""What a person's act on identity is bound to: a digest of the act's own particulars (379/5.6)."""

from __future__ import annotations

from antin.identity.acts.challenges import spend_challenge
from antin.values import Actor, Office, canonical_json, sha256_hex


def identity_digest(act: str, **particulars: str) -> str:
    """The digest to open a challenge on before an act of identity, over the act's name and what it names.

    enrol_person: login; vouch_identity, restore_account, re_enrol_person: account; give_code: holder, scheme, code;
    confer_mandate: person, organisation, office.
    """
    return sha256_hex(canonical_json({"act": act, **particulars}))


def stepped_up(actor: Actor, act: str, **particulars: str) -> None:
    """Spends the challenge of exactly this act; the founding system has nobody to ask. RuleViolation without one."""
    if actor.office is not Office.SYSTEM:
        spend_challenge(actor=actor, act=act, digest=identity_digest(act, **particulars))
