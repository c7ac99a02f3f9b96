"""Texts that travel: signed notes, checkpoints, verifier keys and inclusion proofs in the C2SP formats. No Django.

checkpoint  origin, tree size, root in base64, one a line, signed as a note (C2SP tlog-checkpoint, signed-note)
vkey        `name+keyid+base64(0x01 ‖ Ed25519 public key)`, as Go's sumdb/note writes it
proof       `c2sp.org/tlog-proof@v1`, index, hashes, blank line, checkpoint (C2SP tlog-proof)

Every text is parsed to its last byte: what would be written differently is refused with NoteError.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from antin.ledger.tree import HASH_BYTES, leaf_hash, root_from_inclusion

ED25519 = b"\x01"
DASH = "— "
PROOF_HEAD = "c2sp.org/tlog-proof@v1"
MAX_NOTE_CHARS = 1_000_000
NAME = re.compile(r"[^\s+]{1,255}\Z")
DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,17})\Z")


class NoteError(ValueError):
    """The text is not in its one written form, or its signature does not hold."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A log's public key with the name it signs under."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_base64(ED25519 + self.public)}"

    @staticmethod
    def parse(text: str) -> VerifierKey:
        """NoteError unless it is the key of an Ed25519 log whose id fits."""
        name, _, rest = text.strip().partition("+")
        _, _, encoded = rest.partition("+")
        raw = _bytes_of(encoded)
        if not NAME.match(name) or len(raw) != 33 or raw[:1] != ED25519:
            raise NoteError("not the verifier key of an Ed25519 log")
        key = VerifierKey(name, raw[1:])
        if str(key) != text.strip():
            raise NoteError("the verifier key's id does not fit")
        return key

    @staticmethod
    def of(name: str, key: Ed25519PrivateKey) -> VerifierKey:
        """NoteError for a name with white space or a plus sign."""
        if not NAME.match(name):
            raise NoteError("a log's name has neither white space nor a plus sign")
        return VerifierKey(name, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The signed note. Ed25519 signs the same bytes to the same signature, so equal heads give equal notes."""
    verifier = VerifierKey.of(checkpoint.origin, key)
    signature = verifier.key_id + key.sign(checkpoint.text().encode())
    return f"{checkpoint.text()}\n{DASH}{verifier.name} {_base64(signature)}\n"


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint, once a signature by the key was verified; lines of others (cosignatures) may stand beside.

    NoteError otherwise, and when the origin isn't the key's name.
    """
    text, signatures = _parts(note)
    if not any(_signed_by(key, text, line) for line in signatures):
        raise NoteError("no valid signature of the log")
    checkpoint = _parse_checkpoint(text)
    if checkpoint.origin != key.name:
        raise NoteError("a checkpoint of another log")
    return checkpoint


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry's place in the tree of one checkpoint; `checkpoint` is the signed note."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        lines = [PROOF_HEAD, f"index {self.index}", *map(_base64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @staticmethod
    def parse(text: str) -> Proof:
        """NoteError unless the whole text is in form. An `extra` line is admitted and not trusted."""
        if len(text) > MAX_NOTE_CHARS:
            raise NoteError("the proof is too long")
        head, separator, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if lines[1:2] and lines[1].startswith("extra "):
            _bytes_of(lines.pop(1)[len("extra ") :])
        if not separator or len(lines) < 2 or lines[0] != PROOF_HEAD or not lines[1].startswith("index "):
            raise NoteError("not a proof of a transparency log")
        return Proof(_number(lines[1][len("index ") :]), tuple(map(_hash, lines[2:])), checkpoint)

    def verify(self, entry: bytes, key: VerifierKey) -> Checkpoint:
        """The checkpoint that contains this entry at this place. NoteError when it does not."""
        checkpoint = open_checkpoint(self.checkpoint, key)
        if root_from_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.hashes) != checkpoint.root:
            raise NoteError("the entry is not in the checkpoint's tree at this place")
        return checkpoint


def proof_text(index: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    return Proof(index, tuple(hashes), checkpoint).text()


def _parts(note: str) -> tuple[str, list[str]]:
    """Text (with its last line feed) and signature lines."""
    if len(note) > MAX_NOTE_CHARS:
        raise NoteError("the note is too long")
    text, separator, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not separator or lines.pop() != "" or not lines or not all(line.startswith(DASH) for line in lines):
        raise NoteError("not a signed note")
    return text + "\n", [line[len(DASH) :] for line in lines]


def _signed_by(key: VerifierKey, text: str, line: str) -> bool:
    name, _, encoded = line.partition(" ")
    raw = _bytes_of(encoded)
    if name != key.name or raw[:4] != key.key_id:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], text.encode())
    except (InvalidSignature, UnicodeEncodeError):
        raise NoteError("the log's signature does not hold") from None
    return True


def _parse_checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or "" in lines[:-1]:
        raise NoteError("not a checkpoint")
    return Checkpoint(lines[0], _number(lines[1]), _hash(lines[2]))


def _number(text: str) -> int:
    if not DECIMAL.match(text):
        raise NoteError("not a decimal number in its one form")
    return int(text)


def _hash(text: str) -> bytes:
    raw = _bytes_of(text)
    if len(raw) != HASH_BYTES:
        raise NoteError("not a SHA-256 hash")
    return raw


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes_of(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("not base64") from None
    if _base64(raw) != text:
        raise NoteError("not base64 in its one form")
    return raw
