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
from antin.ledger.queries.proofs import (
    EntryEvidence,
    Head,
    checkpoint,
    consistency,
    evidence,
    head,
    inclusion,
    log_key,
    places,
    proof,
    proofs_under,
)
from antin.ledger.queries.tree import root_at

__all__ = [
    "SEALED",
    "EntryEvidence",
    "EntryRow",
    "Head",
    "Waiting",
    "checkpoint",
    "consistency",
    "evidence",
    "followed_by_all",
    "following",
    "head",
    "history",
    "inclusion",
    "log_key",
    "opened",
    "places",
    "proof",
    "proofs_under",
    "recent",
    "root_at",
    "waiting",
]
