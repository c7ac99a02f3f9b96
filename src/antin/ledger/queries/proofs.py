"""What convinces an outsider: checkpoint, inclusion, consistency, and an object's entries with their openings."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from antin.ledger import note, ports
from antin.ledger.models import Checkpoint, Entry, Leaf
from antin.ledger.queries.tree import StoredReader
from antin.ledger.rules import Opening
from antin.ledger.tree import consistency_proof, inclusion_proof

MAX_EVIDENCE = 1000


@dataclass(frozen=True, slots=True)
class EntryEvidence:
    """An entry as an outsider needs it: the hashed bytes, the proof (None while not integrated), the opening."""

    id: int
    payload: bytes
    proof: str | None
    opening: Opening | None


def log_key() -> str:
    """The log's public key as a C2SP verifier key, to be published by a second way."""
    bound = ports.bound()
    return str(note.VerifierKey.of(bound.log_name, bound.signing_key))


def checkpoint() -> str | None:
    """The newest signed checkpoint; None while the log is empty."""
    return Checkpoint.objects.order_by("-size").values_list("note", flat=True).first()


def proof(entry_id: int) -> str | None:
    """The entry's tlog-proof under the newest checkpoint; None while it isn't integrated or doesn't exist."""
    index = Leaf.objects.filter(entry_id=entry_id).values_list("leaf_index", flat=True).first()
    head = Checkpoint.objects.order_by("-size").first()
    if index is None or head is None:
        return None
    return note.proof_text(index, inclusion_proof(StoredReader(), index, head.size), head.note)


def inclusion(leaf_index: int, size: int) -> tuple[bytes, ...]:
    """The inclusion proof of a leaf in the tree of that size. IndexError or LookupError when there is none."""
    return tuple(inclusion_proof(StoredReader(), leaf_index, size))


def consistency(old: int, new: int) -> tuple[bytes, ...]:
    """The proof that the tree of `new` leaves begins with that of `old`. IndexError or LookupError when there is none."""
    return tuple(consistency_proof(StoredReader(), old, new))


def evidence(object_id: UUID) -> tuple[EntryEvidence, ...]:
    """Every entry about an object, oldest first, all proven under one checkpoint (379/17.3, 379/5.5)."""
    head, reader = Checkpoint.objects.order_by("-size").first(), StoredReader()
    found = Entry.objects.filter(object_id=object_id).select_related("opening", "leaf").order_by("id")[:MAX_EVIDENCE]
    return tuple(_evidence_of(entry, head, reader) for entry in found)


def _evidence_of(entry: Entry, head: Checkpoint | None, reader: StoredReader) -> EntryEvidence:
    text = None
    leaf = getattr(entry, "leaf", None)
    if head is not None and leaf is not None and leaf.leaf_index < head.size:
        hashes = inclusion_proof(reader, leaf.leaf_index, head.size)
        text = note.proof_text(leaf.leaf_index, hashes, head.note)
    return EntryEvidence(entry.id, entry.payload.encode(), text, _opening_of(entry))


def _opening_of(entry: Entry) -> Opening | None:
    kept = getattr(entry, "opening", None)
    if kept is None:
        return None
    return Opening.of_words(bytes(kept.salt), kept.words)
