"""Follows the ledger: what is issued or registered is stored from now on, and its proof of time is watched (379/23.2.b)."""

from __future__ import annotations

from django.db import transaction

from antin.ledger import acts as ledger_acts
from antin.ledger import queries as ledger
from antin.ledger.queries import EntryRow
from antin.signing import ports
from antin.signing.lifecycle import ARCHIVE_PROOF
from antin.signing.models import ArchiveProof
from antin.sql import insert_once

FOLLOWER = "archive_proofs"
BATCH = 200
STORED = {"registry.document.issued", "registry.document.registered"}
DESTROYED = "archive.document.destroyed"


def follow_once() -> int:
    """Handles the entries that wait, each effect and step of the cursor in one transaction; answers how many."""
    count = 0
    for entry in ledger.following(FOLLOWER, limit=BATCH):
        assert entry.leaf_index is not None
        try:
            with transaction.atomic():
                ledger_acts.follow_to(FOLLOWER, entry.leaf_index)
                _take(entry)
        except ledger_acts.AlreadyFollowed:
            break
        count += 1
    return count


def _take(entry: EntryRow) -> None:
    if entry.object_id is None:
        return
    if entry.act in STORED:
        now = ports.bound().clock.now()
        insert_once(
            ArchiveProof(
                document_id=entry.object_id,
                organisation_id=entry.organisation_id,
                state=ARCHIVE_PROOF.step("", "note_final_page").to,
                noted_at=now,
                next_try_at=now,
            )
        )
    elif entry.act == DESTROYED:
        row = (
            ArchiveProof.objects.select_for_update().filter(document_id=entry.object_id).exclude(state="ended").first()
        )
        if row is not None:
            row.state = ARCHIVE_PROOF.step(row.state, "end_proof").to
            row.save(update_fields=["state"])
