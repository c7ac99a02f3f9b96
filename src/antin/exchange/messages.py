"""Small signed messages: receipt, refusal, statement, acknowledgement, the daily comparison. Signed bytes travel as they were signed.

On the wire a message is JSON `{"payload": base64, "signature": base64}`; the payload is canonical JSON whose `type`
keeps one kind from being taken for another, and whose `certificate` names the signing certificate by SHA-256.
Who may sign what is decided by the reader against the directory, never by the message itself.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import ClassVar, TypeVar, get_type_hints
from uuid import UUID

from antin.exchange.wire import malformed, strict_object
from antin.values import canonical_json, iso

MESSAGE_MAX = 64 * 1024
TEXT_MAX = 2_000
LINE_MAX = 160
MEDIA_TYPE = "application/vnd.antin.signed+json"
FORM = 1
LISTED_MOST = 200
Listing = tuple[str, ...]
"""At most `LISTED_MOST` lines."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """đã đến: the recipient's installation took the parcel in (ETSI EN 319 522: ContentConsignment)."""

    TYPE: ClassVar[str] = "antin.receipt"
    event: str
    parcel: UUID
    sender: str
    recipient: str
    manifest: str
    signature: str
    document: str
    at: datetime
    certificate: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The parcel or statement was not taken. `signer` is the organisation that says so."""

    TYPE: ClassVar[str] = "antin.refusal"
    event: str
    subject: UUID
    sender: str
    recipient: str
    digest: str
    code: str
    clause: str
    reason: str
    signer: str
    at: datetime
    certificate: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What became of a parcel, or what is asked about it (codes of QCVN 102); numbered per document and sender."""

    TYPE: ClassVar[str] = "antin.statement"
    statement: UUID
    parcel: UUID
    sender: str
    recipient: str
    document: str
    code: str
    sequence: int
    at: datetime
    reason: str
    person: str
    unit: str
    number: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Accord(Statement):
    """A statement about declaring an agreement void together (379/19.2.b), with the whole proposal it speaks of.

    `page` is the digest of the document's signed page, `proposal` that of what is consented to; `side` answered by
    `person` for `reason`, authenticated by `method`; `evidence` is the digest of the statement that told the issuer
    so, "" when the sender speaks for itself. `sides`: "<code> <name>", as the issuer knows them.
    """

    TYPE: ClassVar[str] = "antin.accord"
    agreement: UUID
    page: str
    proposal: str
    proposer: str
    proposed_by: str
    proposed_at: datetime
    why: str
    sides: Listing
    side: str
    answered_at: datetime
    method: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The statement was stored; `applied` says whether it moved the delivery on."""

    TYPE: ClassVar[str] = "antin.acknowledgement"
    statement: UUID
    digest: str
    sender: str
    recipient: str
    applied: bool
    at: datetime
    certificate: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the asking installation holds the other's answers to: by day, or every id of one stretch.

    `kind` parcels or statements. `days`: "2026-11-25 <count> <root>". When ids are listed, `entries` are
    "<id> <value>" for every one from `first` on and below `last`, in order.
    """

    TYPE: ClassVar[str] = "antin.reconciliation"
    reconciliation: UUID
    sender: str
    recipient: str
    kind: str
    days: Listing
    first: str
    last: str
    entries: Listing
    at: datetime
    certificate: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What differs here: days, ids listed that are not here (`missing`), entries here that were not listed so (`unknown`)."""

    TYPE: ClassVar[str] = "antin.reconciled"
    reconciliation: UUID
    digest: str
    sender: str
    recipient: str
    differing: Listing
    missing: Listing
    unknown: Listing
    at: datetime
    certificate: str


Payload = Receipt | Refusal | Statement | Accord | Acknowledgement | Reconciliation | Reconciled
PayloadType = TypeVar("PayloadType", Receipt, Refusal, Statement, Accord, Acknowledgement, Reconciliation, Reconciled)
KINDS: Mapping[str, type[Payload]] = {
    kind.TYPE: kind for kind in (Receipt, Refusal, Statement, Accord, Acknowledgement, Reconciliation, Reconciled)
}


@dataclass(frozen=True, slots=True)
class Signed:
    """A message as it travels: exactly the bytes that were signed, and the signature."""

    payload: bytes
    signature: bytes

    def to_bytes(self) -> bytes:
        return canonical_json({"payload": _encoded(self.payload), "signature": _encoded(self.signature)})

    @staticmethod
    def parse(data: bytes) -> Signed:
        """RemoteViolation for anything but that one form."""
        if len(data) > MESSAGE_MAX:
            raise malformed()
        found = strict_object(data)
        if found.keys() != {"payload", "signature"}:
            raise malformed()
        return Signed(_decoded(found["payload"]), _decoded(found["signature"]))

    def open(self) -> Payload:
        """The payload as a value, unverified. RemoteViolation when it is in no known form."""
        found = strict_object(self.payload)
        kind = KINDS.get(str(found.get("type")))
        if kind is None:
            raise malformed()
        return _read(kind, found, self.payload)


def encode(message: Payload) -> bytes:
    """The payload's bytes, ready to be signed."""
    values = {field.name: _plain(getattr(message, field.name)) for field in fields(message)}
    return canonical_json({"v": FORM, "type": message.TYPE, **values})


def _read(kind: type[PayloadType], found: Mapping[str, object], data: bytes) -> PayloadType:
    hints = _HINTS[kind]
    if found.keys() != hints.keys() | {"v", "type"}:
        raise malformed()
    try:
        message = kind(**{name: _typed(found[name], hint) for name, hint in hints.items()})  # type: ignore[arg-type]
    except (ValueError, TypeError):
        raise malformed() from None
    if encode(message) != data:
        raise malformed()
    return message


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, UUID) else value


def _typed(value: object, hint: type) -> object:
    if hint == Listing:
        return _listed(value)
    if hint is bool or hint is int:
        if type(value) is not hint:
            raise ValueError(value)
        return value
    if not isinstance(value, str) or len(value) > TEXT_MAX:
        raise ValueError(value)
    if hint is UUID:
        return UUID(value)
    if hint is datetime:
        return _aware(datetime.fromisoformat(value))
    return value


def _listed(value: object) -> Listing:
    if not isinstance(value, list) or len(value) > LISTED_MOST:
        raise ValueError(value)
    if not all(isinstance(line, str) and len(line) <= LINE_MAX for line in value):
        raise ValueError(value)
    return tuple(value)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(at)
    return at


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise malformed()
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise malformed() from None


_HINTS: Mapping[type[Payload], Mapping[str, type]] = {
    kind: {name: hint for name, hint in get_type_hints(kind).items() if name != "TYPE"} for kind in KINDS.values()
}
