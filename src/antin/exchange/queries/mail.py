"""Official mail as people see it: how the account stands, who is reached, letters held back, how a document came by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q

from antin.documents import queries as documents
from antin.exchange import directory, ports, rules, troubles
from antin.exchange.edxml.dsig import SignatureVerdict
from antin.exchange.models import MailContact, MailIn, MailLine, MailOut
from antin.exchange.queries.directory import MAX_ROWS
from antin.exchange.queries.operating import OPERATES, may_operate
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, sha256_hex


@dataclass(frozen=True, slots=True)
class MailServerRow:
    """How one of the two servers answered last; `kind` smtp or imap."""

    kind: str
    state: str
    at: datetime | None
    retry_at: datetime | None
    trouble: str
    last_error: str


@dataclass(frozen=True, slots=True)
class MailRow:
    """The account. `silent`: letters taken by the server whose receipt is overdue."""

    address: str
    servers: tuple[MailServerRow, ...]
    waiting: int
    parked: int
    silent: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A body reached by mail. `fingerprint` of the certificate its letters are known by, "" without one."""

    id: UUID
    code: str
    name: str
    address: str
    fingerprint: str
    expires_at: datetime | None
    encryption: str
    state: str
    basis: str
    proposed_at: datetime
    by_me: bool


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter held back, and why. Its From is only what somebody wrote there."""

    id: UUID
    mail_from: str
    subject: str
    sender_code: str
    sender_name: str
    signature: str
    received_at: datetime
    reason: str
    size: int
    is_kept: bool


@dataclass(frozen=True, slots=True)
class MailArrivalRow:
    """How a document came by mail: who signed the letter, what the signature came to."""

    sender_code: str
    sender_name: str
    mail_from: str
    received_at: datetime
    digest: str
    signature: str
    encrypted: bool
    reason: str

    @property
    def is_authentic(self) -> bool:
        return self.signature == SignatureVerdict.VALID


def may_see_mail(actor: Actor) -> bool:
    """Exchange operators, and clerks of the body whose account it is."""
    return may_operate(actor) or may_admit(actor)


def may_admit(actor: Actor) -> bool:
    """The clerk decides about letters that nobody vouches for."""
    own = directory.own_organisation(ports.bound().organisation_code)
    return own is not None and actor.holds(Office.CLERK, own)


def mail_line(actor: Actor) -> MailRow | None:
    """How the account stands, None without one."""
    _seen(actor)
    mail = ports.bound().mail
    if mail is None:
        return None
    lines = {row.kind: row for row in MailLine.objects.all()}
    queued = MailOut.objects.filter(state="queued").aggregate(
        waiting=Count("id"), parked=Count("id", filter=Q(next_attempt_at=None)), oldest=Min("built_at")
    )
    silent = MailOut.objects.filter(state="handed", purpose="new", warned_at__isnull=False, dispatch__state="sent")
    return MailRow(
        address=mail.address,
        servers=tuple(_server_row(lines.get(kind) or MailLine(kind=kind)) for kind in ("smtp", "imap")),
        waiting=queued["waiting"],
        parked=queued["parked"],
        silent=silent.count(),
        oldest_at=queued["oldest"],
    )


def mail_contacts(actor: Actor) -> tuple[ContactRow, ...]:
    """Bodies proposed and in use, by name."""
    rules.require_operator(actor, OPERATES)
    rows = MailContact.objects.exclude(state="ended").order_by("name", "code", "state")[:MAX_ROWS]
    return tuple(
        ContactRow(
            id=row.id,
            code=row.code,
            name=row.name,
            address=row.address,
            fingerprint=row.signing_digest,
            expires_at=directory.expires_at(bytes(row.signing)) if row.signing else None,
            encryption=sha256_hex(bytes(row.encryption)) if row.encryption else "",
            state=row.state,
            basis=row.basis,
            proposed_at=row.proposed_at,
            by_me=row.proposed_by == actor.person_id,
        )
        for row in rows
    )


def letters_held(actor: Actor) -> tuple[LetterRow, ...]:
    """Letters that wait for a person, the oldest first."""
    _seen(actor)
    rows = MailIn.objects.filter(state="quarantined").order_by("received_at")[:MAX_ROWS]
    return tuple(
        LetterRow(
            id=row.id,
            mail_from=row.mail_from,
            subject=row.mail_subject,
            sender_code=row.sender_code,
            sender_name=row.sender_name,
            signature=row.signature,
            received_at=row.received_at,
            reason=row.reason,
            size=row.size,
            is_kept=row.content is not None,
        )
        for row in rows
    )


def letters_waiting(actor: Actor) -> int:
    """How many letters wait for the clerk's word, 0 for everybody else."""
    return MailIn.objects.filter(state="quarantined").count() if may_admit(actor) else 0


def mail_arrivals(actor: Actor, document_id: UUID) -> tuple[MailArrivalRow, ...]:
    """How a received document came by mail; nothing for one that came otherwise."""
    documents.document(actor, document_id)
    rows = MailIn.objects.filter(document_id=document_id, state="admitted", purpose="new").order_by("id")[:MAX_ROWS]
    return tuple(
        MailArrivalRow(
            sender_code=row.sender_code,
            sender_name=row.sender_name,
            mail_from=row.mail_from,
            received_at=row.received_at,
            digest=row.digest,
            signature=row.signature,
            encrypted=row.encrypted,
            reason=row.reason if row.contact_id is None else "",
        )
        for row in rows
    )


def _seen(actor: Actor) -> None:
    if not may_see_mail(actor):
        raise RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))


def _server_row(line: MailLine) -> MailServerRow:
    return MailServerRow(
        kind=line.kind,
        state=line.state,
        at=line.at,
        retry_at=line.retry_at,
        trouble=troubles.of(line.last_error),
        last_error=line.last_error,
    )
