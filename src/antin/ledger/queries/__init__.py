"""Reading: entries, and what proves them."""

from antin.ledger.queries.entries import (
    SEALED,
    EntryRow,
    Waiting,
    followed_by_all,
    following,
    history,
    opened,
    recent,
    waiting,
)
from antin.ledger.queries.proofs import EntryEvidence, checkpoint, consistency, evidence, inclusion, log_key, proof
from antin.ledger.queries.tree import root_at

__all__ = [
    "SEALED",
    "EntryEvidence",
    "EntryRow",
    "Waiting",
    "checkpoint",
    "consistency",
    "evidence",
    "followed_by_all",
    "following",
    "history",
    "inclusion",
    "log_key",
    "opened",
    "proof",
    "recent",
    "root_at",
    "waiting",
]
