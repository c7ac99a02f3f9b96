"""Frozen rows of the registry, as its acts and queries answer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from antin.documents.facts import DocumentView


@dataclass(frozen=True, slots=True)
class FindingView:
    """One remark of the form check; `field` names the DraftFields field, `severity` error or warning."""

    field: str
    severity: str
    message: str
    next_step: str
    clause: str


@dataclass(frozen=True, slots=True)
class FormCheckView:
    id: UUID
    document_id: UUID
    digest: str
    rule_set: str
    passed: bool
    findings: tuple[FindingView, ...]
    checked_by: UUID | None
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class SignatureRequestView:
    """A prepared page waiting for its signature; `digest` is what the step-up challenge is bound to."""

    id: UUID
    document_id: UUID
    state: str
    digest: str
    number: int
    notation: str
    reference_number: str
    document_code: str
    issued_on: date
    signatory_id: UUID
    opened_at: datetime
    expires_at: datetime
    reason: str = ""
    way: str = "house"


@dataclass(frozen=True, slots=True)
class OpenedTicket:
    """A ticket just opened: `secret` gives the answer, `reading` reads the page only. Neither is shown again."""

    id: UUID
    secret: str
    reading: str
    way: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as a bearer finds it; whose it is, and whether it may do more than read."""

    id: UUID
    document_id: UUID
    person_id: UUID
    session: str
    origin: str
    way: str
    state: str
    expires_at: datetime
    may_answer: bool


@dataclass(frozen=True, slots=True)
class DeviceTask:
    """What a device shows and signs. `pdf`: the prepared page; `start`, `end`: offsets of the empty place with its `<`
    and `>`, both the length for a whole file; `certificate`: DER, expected; `algorithm` as in `antin.signing.cms`."""

    document: DocumentView
    request: SignatureRequestView
    pdf: bytes
    start: int
    end: int
    algorithm: str
    certificate: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DefectView:
    id: UUID
    document_id: UUID
    kind: str
    words: str
    state: str
    outcome: str
    reason: str
    referred_by: UUID | None
    referred_at: datetime
    settled_by: UUID | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class VerificationView:
    id: UUID
    document_id: UUID
    report_id: UUID | None
    digest: str
    verdict: str
    address_ok: bool
    verified_by: UUID | None
    verified_at: datetime


@dataclass(frozen=True, slots=True)
class RegistrationView:
    id: UUID
    document_id: UUID
    register_id: UUID
    number: int
    due_on: date | None
    forward_to: UUID | None
    legal_effect: str
    registered_by: UUID | None
    registered_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class ForwardingView:
    document_id: UUID
    to_person: UUID
    words: str
    by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class IssueView:
    document_id: UUID
    digest: str
    recipients: tuple[str, ...]
    issued_by: UUID | None
    issued_at: datetime
    send_due_at: datetime


@dataclass(frozen=True, slots=True)
class RegisterView:
    """A book; `last` its highest number, `used` how many of them stand in it."""

    id: UUID
    organisation_id: UUID
    kind: str
    series: str
    period: str
    state: str
    opened_at: datetime
    last: int
    used: int


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of a book; `document` is None when the reader may not see it (impounded, no access right)."""

    number: int
    state: str
    reference_number: str
    entered_on: date | None
    note: str
    document_id: UUID | None
    document: DocumentView | None
    recipients: tuple[str, ...] = ()
    forward_to: UUID | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Lines in the order of their numbers; `next` is the number after which to go on, None at the end."""

    rows: tuple[RegisterRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class AwaitedTimestampView:
    """A signature (`kind` signed or sealed) without its timestamp yet; `trouble`: why the last of `tries` failed."""

    document_id: UUID
    kind: str
    since: datetime
    tries: int
    trouble: str
    trouble_facts: Mapping[str, str]
