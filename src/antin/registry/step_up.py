"""Asking for the step-up challenge before the long work, and spending it with the act (379/5.6, 379/12.2.b)."""

from __future__ import annotations

from django.db import transaction

from antin.identity import acts as identity
from antin.values import Actor


def asked(actor: Actor, act: str, digest: str) -> None:
    """Raises RuleViolation unless an answered, unspent challenge of this act and digest stands; spends nothing.

    The same rule decides that spends it later: it is run here and rolled back, so the two never disagree.
    """
    with transaction.atomic():
        identity.spend_challenge(actor=actor, act=act, digest=digest)
        transaction.set_rollback(True)
