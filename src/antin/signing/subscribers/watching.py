"""What the system does by itself: certificates of who may sign no longer are suspended, revocations asked for are noted (379/9.2).

The ledger's follower suspends at once when a mandate or an account is ended by an act; here are those that ended by
their date, and whatever else took a person's office to sign.
"""

from __future__ import annotations

import logging
from uuid import UUID

from antin.identity import queries as identity
from antin.regulation import Indeterminate, RuleViolation
from antin.signing import acts, ports, rules
from antin.signing.follow import REASON, SYSTEM
from antin.signing.models import Certificate
from antin.signing.subscribers.requests import may_sign
from antin.values import Actor, Office

log = logging.getLogger("antin.signing.subscribers")

BATCH = 100


def suspend_without_post() -> int:
    """Suspends the signing certificates of people who hold no office to sign today, of their own or lent; how many."""
    now = ports.bound().clock.now()
    held = Certificate.objects.filter(holder_kind="person", purpose=rules.SIGN, state=rules.ACTIVE, not_after__gte=now)
    doubtful = set(held.values_list("holder_id", flat=True)) - identity.holders_of(Office.SIGNATORY)
    ended = [one for one in sorted(doubtful) if not may_sign(one)]
    found = [c for person in ended[:BATCH] for c in held.filter(holder_id=person).values_list("id", flat=True)]
    for certificate_id in found:
        acts.suspend_certificate(actor=SYSTEM, certificate_id=certificate_id, reason=REASON)
    return len(found)


def note_revocations() -> int:
    """Asks the certification service about each revocation that was asked for; notes those it confirms. Answers 0:

    what is not confirmed yet is asked about at the next turn.
    """
    asked = Certificate.objects.filter(state="revocation_asked").order_by("changed_at").values_list("id", flat=True)
    for certificate_id in list(asked[:BATCH]):
        _noted(certificate_id)
    return 0


def revoke(*, actor: Actor, certificate_id: UUID, code: str, reason: str) -> str:
    """Unusable at once; an authority of our own revokes it, another is asked. The certificate's state afterwards.

    `code`: a reason of `rules.REVOCATION_REASONS`. Spends the challenge as `acts.ask_revocation`.
    """
    rules.known_reason(code)
    changed = acts.ask_revocation(actor=actor, certificate_id=certificate_id, reason=reason)
    authority = ports.bound().authority
    if authority is not None and authority.revoke(changed.der, code):
        _noted(certificate_id)
    return Certificate.objects.values_list("state", flat=True).get(pk=certificate_id)


def _noted(certificate_id: UUID) -> None:
    try:
        acts.note_revocation(actor=SYSTEM, certificate_id=certificate_id)
    except (Indeterminate, RuleViolation) as not_yet:
        log.info("the revocation of %s is not confirmed yet: %s", certificate_id, not_yet)
