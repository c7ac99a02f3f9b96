"""What the room needs of the outside: keys, time, certificate states, trust. `house` binds it once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from antin.signing.revocation import CertificateStatus
from antin.signing.trust import Trust
from antin.values import Clock, SystemClock


class Signer(Protocol):
    """Holds keys and never gives them out (379/13.5)."""

    def sign(self, key_ref: str, data: bytes, algorithm: str) -> bytes:
        """The raw signature over the data. LookupError: no such key; ValueError: not by this algorithm."""


class Timestamper(Protocol):
    def token(self, digest: bytes) -> bytes:
        """A TimeStampToken (RFC 3161, DER) over a digest of SHA-256, 384 or 512, told by its length (32, 48 or 64 bytes);
        Indeterminate when no authority answers."""

    @property
    def longest_s(self) -> float:
        """How long `token` may take at most, in seconds."""


class RevocationSource(Protocol):
    def status(self, certificate: bytes, issuer: bytes, others: Sequence[bytes] = ()) -> CertificateStatus:
        """The present state of a certificate (DER) of this issuer, with the signed answer; unknown when none came."""


@dataclass(frozen=True, slots=True)
class IssuedHere:
    """A certificate (DER) with its chain (issuer first), and the name under which the house's signer holds its key."""

    certificate: bytes
    chain: tuple[bytes, ...]
    key_ref: str


class CertificateAuthority(Protocol):
    """An authority of the installation's own, for trials; official certificates come from the named service (379/9.1)."""

    def issue(self, *, purpose: str, name: str, code: str, organisation: str, key_ref: str) -> IssuedHere:
        """A new key, kept by the house's signer under `key_ref`, and its certificate."""

    def revoke(self, certificate: bytes, reason: str) -> bool:
        """Revokes a certificate (DER) of its own, with a reason of RFC 5280 §5.3.1; False when it is another's."""


@dataclass(frozen=True)
class Ports:
    signer: Signer
    timestamper: Timestamper
    revocation: RevocationSource
    trust: Trust
    """What the trust folder holds; by it alone nothing is judged: `in_force` has the terms on record too."""
    clock: Clock = field(default_factory=SystemClock)
    patient: Timestamper | None = None
    """The same authorities with the long deadline of the worker, whom nobody waits for; None: `timestamper` serves."""
    archive_margin: timedelta = timedelta(days=365)
    """So long before its proof ends a stored file's archive timestamp is renewed."""
    authority: CertificateAuthority | None = None
    """Where certificates may be issued at once; None: they are imported from the certification service."""
    token_journal: Path | None = None
    """The folder of the journal of a time-stamping authority of our own, whose tokens go into our ledger; None: no such."""
    on_record: Callable[[Trust], Trust] | None = None
    """The folder's trust with what was adopted and ended (`trusting.store`); None: the folder's own is all there is."""
    lists: Callable[[], tuple[bytes, ...]] | None = None
    """The imported revocation lists (DER) as they lie in the trust folder now; None: those of `trust` stay."""


_bound: list[Ports] = []


def bind(ports: Ports) -> None:
    """Wires the room; the last call wins."""
    _bound[:] = [ports]


def bound() -> Ports:
    """The ports in force; RuntimeError when the house has not wired the room."""
    if not _bound:
        raise RuntimeError("signing.ports.bind has not been called")
    found = _bound[0]
    lists = found.trust.crls if found.lists is None else found.lists()
    return found if lists is found.trust.crls else replace(found, trust=replace(found.trust, crls=lists))


def in_force() -> Ports:
    """The ports with the trust that stands on record at this moment."""
    house = bound()
    return house if house.on_record is None else replace(house, trust=house.on_record(house.trust))
