"""What the ledger needs from outside: the log's name and key, and the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from antin.values import Clock, SystemClock


class WordSeal(Protocol):
    """Seals the words of entries about what is secret, so that they stand nowhere in clear (379/22.2)."""

    def is_secret(self, object_id: UUID) -> bool:
        """Whether the words about this object are to be sealed."""

    def sealed(self, object_id: UUID, text: str) -> str:
        """The text of a secret object, sealed."""

    def opened(self, object_id: UUID, text: str) -> str:
        """The inverse."""


@dataclass(frozen=True)
class Ports:
    """`log_name`: the checkpoints' origin, without white space or plus sign, the same for the log's whole life."""

    log_name: str
    signing_key: Ed25519PrivateKey
    clock: Clock = field(default_factory=SystemClock)
    words: WordSeal | None = None


_bound: list[Ports] = []


def bind(ports: Ports) -> None:
    """Called by the house once per process; a second call replaces the first."""
    _bound[:] = [ports]


def bound() -> Ports:
    """RuntimeError when the house has not wired the ledger."""
    if not _bound:
        raise RuntimeError("the ledger's ports are not bound")
    return _bound[0]
