"""Statements on their way out: signed once, queued, claimed, settled by the answer (217/6.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import random
from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange import directory, faults, irregularities, ports, rules
from antin.exchange.acts.outbox import wake
from antin.exchange.answers import Asked, Judged
from antin.exchange.edxml import codes
from antin.exchange.lifecycle import STATEMENT
from antin.exchange.messages import Accord, Signed, Statement
from antin.exchange.models import StatementOut
from antin.exchange.ports import Destination
from antin.exchange.rules import Outcome
from antin.values import new_id, sha256_hex
from antin.vault import queries as vault

TEXT_MAX = 1_000


@dataclass(frozen=True, slots=True)
class News:
    """What happened to a received document here, as the ledger tells it."""

    act: str
    document_id: UUID
    reason: str = ""
    person: str = ""
    unit: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class StatementReady:
    """A statement to be sent: its bytes, where to, and what a true answer must repeat."""

    statement_id: UUID
    partner_id: UUID
    destination: Destination
    message: bytes
    asked: Asked


def queue_statement(
    *,
    parcel: UUID,
    partner_id: UUID,
    document_id: UUID,
    organisation_id: UUID,
    sender: str,
    recipient: str,
    document_code: str,
    code: str,
    sequence: int,
    urgency: int,
    news: News,
) -> UUID:
    now, statement_id = ports.bound().clock.now(), new_id()
    key = directory.own_key(organisation_id, sender)
    directory.keep_certificate(key.der, key.code)
    message = Statement(
        statement=statement_id,
        parcel=parcel,
        sender=sender,
        recipient=recipient,
        document=document_code,
        code=code,
        sequence=sequence,
        at=now,
        reason=rules.told_reason(news.reason, is_sealed=vault.is_sealed(document_id, news.reason))[:TEXT_MAX],
        person=news.person[:200],
        unit=news.unit[:200],
        number=news.number[:30],
        certificate=key.fingerprint,
    )
    return queue_message(
        key, message, partner_id=partner_id, document_id=document_id, organisation_id=organisation_id, urgency=urgency
    )


def queue_message(
    key: directory.OwnKey,
    message: Statement,
    *,
    partner_id: UUID,
    document_id: UUID,
    organisation_id: UUID,
    urgency: int,
) -> UUID:
    """Signs the statement once and queues it; `key` is the sender's, named in it."""
    signed = directory.signed(key, message)
    faults.reach("state.built")
    StatementOut.objects.create(
        id=message.statement,
        partner_id=partner_id,
        parcel=message.parcel,
        document_id=document_id,
        organisation_id=organisation_id,
        sender_code=message.sender,
        recipient_code=message.recipient,
        code=message.code,
        sequence=message.sequence,
        at=message.at,
        state=STATEMENT.step("", "report_progress").to,
        urgency=urgency,
        message=signed.to_bytes(),
        next_attempt_at=message.at,
    )
    wake()
    return message.statement


def ready_statement(*, statement_id: UUID) -> StatementReady | None:
    """The statement as it leaves, None when it is settled, parked, or its partner is closed."""
    row = StatementOut.objects.select_related("partner").get(id=statement_id)
    if row.state != "queued" or row.partner.state != "active":
        return None
    if rules.is_poison(row.open_claims):
        StatementOut.objects.filter(id=row.id).update(next_attempt_at=None)
        irregularities.note(irregularities.PARKED, subject=row.id, sender_code=row.sender_code)
        return None
    message = bytes(row.message)
    return StatementReady(
        statement_id=row.id,
        partner_id=row.partner_id,
        destination=directory.destination(row.partner),
        message=message,
        asked=Asked(row.id, row.sender_code, row.recipient_code, sha256_hex(Signed.parse(message).payload)),
    )


def settle_statement(*, statement_id: UUID, judged: Judged) -> None:
    """Records what one attempt to tell came to."""
    with transaction.atomic():
        row = StatementOut.objects.select_for_update().get(id=statement_id)
        if row.state != "queued":
            return
        now = ports.bound().clock.now()
        row.open_claims, row.holder, row.last_error = 0, None, judged.error[:300]
        if judged.outcome is Outcome.INDETERMINATE:
            pause_s = rules.backoff_s(row.attempts, random())  # noqa: S311 (jitter, not a secret)
            row.next_attempt_at = now + timedelta(seconds=pause_s)
        else:
            row.state = STATEMENT.step(row.state, f"settle_statement({judged.outcome.value})").to
            row.answer, row.answered_at, row.next_attempt_at = judged.message, now, None
        row.save()
        if row.state == "refused" and row.code in codes.AGREEING:
            _proposal_refused(row)


def _proposal_refused(row: StatementOut) -> None:
    """The other installation cannot take what a side said about an agreement: the proposal ends, and says so."""
    message = Signed.parse(bytes(row.message)).open()
    assert isinstance(message, Accord)
    documents.lapse_refused(document_id=row.document_id, agreement=message.agreement)
