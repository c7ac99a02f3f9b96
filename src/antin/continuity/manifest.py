"""The catalogue of one backup set: `manifest.json`, canonical JSON, signed with the ledger's Ed25519 key.

It says what belongs to the set, with size and SHA-256 of each part, and the ledger's signed head at its beginning. The
key that opens the parts stands in it wrapped; the wrapping key is kept apart (379/23.2.e).
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from antin.values import canonical_json

FORM = 1
DOMAIN = b"antin backup manifest 1\n"


class NotOurs(Exception):
    """The catalogue is not one that this installation signed; the text says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the set as it lies there: sealed, or the list of objects. `digest`: SHA-256 in hex; `size` in bytes."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`checkpoint`: the ledger's signed note as the dump began, "" before the first entry; `damaged`: objects that were
    no longer what their name says, so that the set lacks them."""

    set_id: UUID
    installation: str
    made_at: datetime
    product: str
    checkpoint: str
    wrapped_key: bytes
    parts: tuple[Part, ...]
    objects: int
    object_bytes: int
    damaged: tuple[str, ...] = ()

    @property
    def entries(self) -> int:
        """How many of the ledger's entries the signed head covers; 0 without one."""
        return int(self.checkpoint.splitlines()[1]) if self.checkpoint else 0

    @property
    def root(self) -> bytes:
        """The root that was signed at that size; empty without one."""
        return base64.b64decode(self.checkpoint.splitlines()[2]) if self.checkpoint else b""

    def part(self, name: str) -> Part:
        """NotOurs when the set has none of that name."""
        for one in self.parts:
            if one.name == name:
                return one
        raise NotOurs(f"the set names no {name}")

    def to_bytes(self) -> bytes:
        return canonical_json(
            {
                "v": FORM,
                "set": str(self.set_id),
                "installation": self.installation,
                "made_at": self.made_at.isoformat(),
                "product": self.product,
                "checkpoint": self.checkpoint,
                "key": base64.b64encode(self.wrapped_key).decode(),
                "parts": [asdict(one) for one in self.parts],
                "objects": self.objects,
                "object_bytes": self.object_bytes,
                "damaged": list(self.damaged),
            }
        )


def sign(data: bytes, key: Ed25519PrivateKey) -> bytes:
    """The detached signature, base64 and a line end."""
    return base64.b64encode(key.sign(DOMAIN + data)) + b"\n"


def opened(data: bytes, signature: bytes, key: Ed25519PublicKey) -> Manifest:
    """The catalogue, once its signature held. NotOurs otherwise: nothing of an unsigned one is believed."""
    try:
        key.verify(base64.b64decode(signature, validate=False), DOMAIN + data)
    except (InvalidSignature, binascii.Error) as error:
        raise NotOurs("the catalogue's signature is not this installation's") from error
    return read(data)


def read(data: bytes) -> Manifest:
    """The catalogue without asking who signed it. NotOurs when it is in another form."""
    try:
        said = json.loads(data)
        if said["v"] != FORM:
            raise NotOurs(f"a catalogue of form {said['v']}: made by a newer version")
        return Manifest(
            set_id=UUID(said["set"]),
            installation=said["installation"],
            made_at=datetime.fromisoformat(said["made_at"]),
            product=said["product"],
            checkpoint=said["checkpoint"],
            wrapped_key=base64.b64decode(said["key"], validate=True),
            parts=tuple(Part(**one) for one in said["parts"]),
            objects=said["objects"],
            object_bytes=said["object_bytes"],
            damaged=tuple(said["damaged"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NotOurs(f"not a catalogue of ours: {type(error).__name__}") from error
