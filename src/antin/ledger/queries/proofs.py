"""What convinces an outsider: checkpoint, inclusion, consistency, and an object's entries with their openings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head: how many entries, the note."""

    size: int
    note: str


def head() -> Head | None:
    """The newest signed head; None while the log is empty."""
    row = Checkpoint.objects.order_by("-size").first()
    return Head(row.size, row.note) if row else None


def size_in(note: str) -> int:
    """How many entries a checkpoint of ours speaks of, kept elsewhere as it was signed."""
    return int(note.split("\n", 2)[1])


def places(object_id: UUID) -> tuple[int, ...]:
    """The leaf indexes of an object's entries, in order."""
    found = Leaf.objects.filter(entry__object_id=object_id).order_by("leaf_index")[:MAX_EVIDENCE]
    return tuple(found.values_list("leaf_index", flat=True))


def proofs_under(object_id: UUID, heads: Sequence[Head]) -> dict[int, str]:
    """Entry id → tlog-proof under the first of these heads (by size) that holds it, for an object's entries; an entry after
    the last of them is left out."""
    reader, sizes = StoredReader(), [one.size for one in heads]
    found = Leaf.objects.filter(entry__object_id=object_id).order_by("leaf_index")[:MAX_EVIDENCE]
    texts = {}
    for leaf in found:
        at = bisect_right(sizes, leaf.leaf_index)
        if at < len(heads):
            hashes = inclusion_proof(reader, leaf.leaf_index, sizes[at])
            texts[leaf.entry_id] = note.proof_text(leaf.leaf_index, hashes, heads[at].note)
    return texts


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
