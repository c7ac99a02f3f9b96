"""Reading: entries, and what proves them."""

from antin.ledger.queries.entries import EntryRow, Waiting, following, history, recent, waiting
from antin.ledger.queries.proofs import EntryEvidence, checkpoint, consistency, evidence, inclusion, log_key, proof

__all__ = [
    "EntryEvidence",
    "EntryRow",
    "Waiting",
    "checkpoint",
    "consistency",
    "evidence",
    "following",
    "history",
    "inclusion",
    "log_key",
    "proof",
    "recent",
    "waiting",
]
