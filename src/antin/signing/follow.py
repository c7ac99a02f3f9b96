"""Follows the ledger: when a post or an account ends, the person's certificates are suspended until settled (379/9.2).

Until this follower has run, the guards hold: no account, no session, no signature (379/11.5).
"""

from __future__ import annotations

from django.db import transaction

from antin.ledger import acts as ledger_acts
from antin.ledger import queries as ledger
from antin.ledger.queries import EntryRow
from antin.signing import acts, queries, rules
from antin.values import N_, Actor, Office

FOLLOWER = "signing"
BATCH = 200
SYSTEM = Actor.system("signing")
ACCOUNT_ENDED = {"identity.account.lost", "identity.account.closed", "identity.account.suspended"}
REASON = N_("Tự động tạm dừng do thay đổi chức vụ, nhiệm vụ hoặc tài khoản của người ký.")


def follow_once() -> int:
    """Handles the entries that wait, each effect and step of the cursor in one transaction; answers how many."""
    count = 0
    for entry in ledger.following(FOLLOWER, limit=BATCH):
        assert entry.leaf_index is not None
        try:
            with transaction.atomic():
                ledger_acts.follow_to(FOLLOWER, entry.leaf_index)
                if _ends_signing(entry):
                    _suspend(entry)
        except ledger_acts.AlreadyFollowed:
            break
        count += 1
    return count


def _ends_signing(entry: EntryRow) -> bool:
    ended_post = entry.act == "identity.mandate.ended" and entry.facts.get("ended") == Office.SIGNATORY
    return ended_post or entry.act in ACCOUNT_ENDED


def _suspend(entry: EntryRow) -> None:
    if entry.object_id is None:
        return
    for held in queries.certificates_of("person", entry.object_id):
        if held.state == rules.ACTIVE:
            acts.suspend_certificate(actor=SYSTEM, certificate_id=held.id, reason=REASON)
