"""What `exchange` needs from outside: its own node's identity, the channel to partners' nodes, the time.

`house` binds them once at start; everything else asks `bound()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from antin.exchange.axis.protocol import AgencyRow, Entry
from antin.values import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Destination:
    """A partner's node: its address, and the SHA-256 of the certificates it may show (now, and after rolling)."""

    url: str
    node_certificates: frozenset[str]


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `pieces` gives the body anew each time it is called, `size` bytes in all; `most` of an answer is read.

    `work`: bytes that the other side works through before it answers, beside those of the body.
    """

    method: str
    path: str
    media_type: str = ""
    pieces: Callable[[], Iterable[bytes]] = tuple
    size: int = 0
    most: int = 128 * 1024
    headers: tuple[tuple[str, str], ...] = ()
    work: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `whole` is False when the answer came before the body had left completely."""

    status: int
    body: bytes
    whole: bool = True
    retry_after_s: float | None = None


class Unreached(Exception):
    """Nothing certain came back: no connection, a wrong certificate, silence, rubbish. Always indeterminate."""


class Channel(Protocol):
    def exchange(self, destination: Destination, request: Request) -> Answer:
        """Sends the request and reads the answer within the channel's limits. Unreached otherwise."""


class Axis(Protocol):
    """The national axis (217/7.3). Each call: Unreached when its outcome is unknown, AxisRefused when the axis says no."""

    url: str

    def agencies(self) -> tuple[AgencyRow, ...]:
        """Every body it lists."""

    def send(self, *, sender: str, kind: str, size: int, sha256: str, pieces: Callable[[], Iterable[bytes]]) -> str:
        """Hands over a message (`kind` edoc or status) of that size and digest; the axis' id of it."""

    def received(self, kind: str) -> tuple[Entry, ...]:
        """What waits for us."""

    def sent(self, kind: str, doc_id: str = "") -> tuple[Entry, ...]:
        """What it holds of ours."""

    def get(self, doc_id: str, *, most: int, sink: Callable[[bytes], None]) -> int:
        """A message's bytes into the sink; RemoteViolation when there are more than `most`."""

    def update_status(self, doc_id: str, status: str) -> None:
        """Tells it that a message is "done" here, or can't be ("fail")."""


class MailRefused(Exception):
    """The mail server said for good that it does not take this letter; `code` and `text` are its own."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code
        self.text = text[:300]


@dataclass(frozen=True, slots=True)
class Lying:
    """A letter in the mailbox: its UID and its size in bytes."""

    uid: int
    size: int


class Mailbox(Protocol):
    """One session at the mailbox. Each call: Unreached when the server does not answer as it should."""

    validity: int
    """UIDVALIDITY: with another one, UIDs mean other letters (RFC 9051 §2.3.1.1)."""

    def waiting(self) -> tuple[Lying, ...]:
        """What lies in the inbox."""

    def fetch(self, uid: int, most: int) -> bytes:
        """A letter's bytes, left unread; Unreached when there are more than `most`."""

    def put_away(self, uid: int, *, aside: bool) -> None:
        """Moves a letter to the folder of what was taken in, or of what was not for us."""


class Mail(Protocol):
    """The account of official mail (217/7.2)."""

    address: str

    def submit(self, recipient: str, data: bytes) -> None:
        """Hands a letter to the server. MailRefused for its final no; Unreached when it may come again or nobody knows."""

    def probe(self) -> None:
        """Signs in where letters are handed over, and sends nothing. Unreached when that fails."""

    def box(self) -> AbstractContextManager[Mailbox]:
        """Opens the inbox. Unreached when that fails."""

    def decrypt(self, der: bytes) -> bytes:
        """What was encrypted for us. ValueError when it was not, or when we have no key for that."""


class Unwired:
    """No channel: whatever is sent stays indeterminate."""

    def exchange(self, destination: Destination, request: Request) -> Answer:
        raise Unreached("no channel is wired")


@dataclass(frozen=True)
class Limits:
    """How much is taken in and how much is done at once. Bytes, seconds, counts.

    `per_partner`: bodies of one partner at once in each process of the receiving endpoint.
    """

    parcel_bytes: int = 2 * 1024 * 1024 * 1024
    """All parts of a parcel together, those that travel apart too."""
    body_bytes: int = 100 * 1024 * 1024
    """What of it comes in one body."""
    apart_bytes: int = 8 * 1024 * 1024 * 1024
    """What one partner may keep here of contents that travel apart."""
    envelope_bytes: int = 256 * 1024
    in_memory_bytes: int = 1024 * 1024
    receive_s: float = 120.0
    per_partner: int = 20
    in_flight: int = 16
    bulk_in_flight: int = 2
    """Parcels with large parts: a lane of their own, so that they hold up nobody (217/13.1)."""
    urgent_in_flight: int = 2
    lent_in_flight: int = 16
    """Attempts whose answer is overdue that run beside all those: silent partners hold up nobody else (217/6.3.p2)."""
    per_destination: int = 8
    statements_in_flight: int = 4
    lease_s: float = 180.0
    directory_s: float = 1.0
    free_bytes_least: int = 512 * 1024 * 1024
    axis_bytes: int = 400 * 1024 * 1024
    axis_settle_s: float = 120.0
    """How long after an attempt of unknown outcome the axis may still be storing it: only then is it looked up."""
    mail_bytes: int = 25 * 1024 * 1024
    """A letter as it stands on the wire; more is taken by few servers."""
    mail_receipt_s: float = 24 * 3600.0
    """So long a letter may stay without its receipt before the clerk is told."""


@dataclass(frozen=True)
class Ports:
    """`organisation_code`: the organisation that runs this installation and speaks for its node. No `axis`, no `mail`: not connected."""

    installation: str
    organisation_code: str
    url: str
    spool: Path
    channel: Channel = field(default_factory=Unwired)
    axis: Axis | None = None
    mail: Mail | None = None
    clock: Clock = field(default_factory=SystemClock)
    limits: Limits = Limits()


_bound: list[Ports] = []


def bind(ports: Ports) -> None:
    """Called by the house once per process; a second call replaces the first."""
    _bound[:] = [ports]


def bound() -> Ports:
    """RuntimeError when the house has not wired the exchange."""
    if not _bound:
        raise RuntimeError("the ports of exchange are not bound")
    return _bound[0]
