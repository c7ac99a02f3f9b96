"""News both ways: what became of a received document is told to its sender, what partners tell moves deliveries on.

`report_progress` signs a statement once and queues it; `note_progress` stores each statement whether it moves
anything or not, with its acknowledgement, in one transaction (217/6.4, 217/10.2, 217/11.14).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from antin.exchange import directory, faults, irregularities, ports, rules
from antin.exchange.acts.agreeing import apply_accord
from antin.exchange.acts.notices import apply_notice, settle_obligation
from antin.exchange.acts.outbox import locked, tell
from antin.exchange.acts.paper import hear_paper_word
from antin.exchange.acts.reoffers import queue_reoffer
from antin.exchange.acts.statements import News, queue_statement
from antin.exchange.durable import certain_commit
from antin.exchange.edxml import codes
from antin.exchange.lifecycle import OPEN_DELIVERY
from antin.exchange.messages import Accord, Acknowledgement, Signed, Statement
from antin.exchange.models import Certificate, Dispatch, ParcelIn, StatementIn
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.sql import insert_once
from antin.values import N_, Actor, iso, new_id, sha256_hex


def report_progress(*, actor: Actor, news: News) -> tuple[UUID, ...]:
    """Queues the statement owed to the sender of a received document; nothing for a document that came otherwise."""
    with transaction.atomic():
        rows = ParcelIn.objects.select_for_update().filter(document_id=news.document_id, state="admitted")
        return tuple(found for row in rows if (found := _report(actor, row, news)) is not None)


@dataclass(frozen=True, slots=True)
class Told:
    """The stored acknowledgement, or the sign that the id stands for other bytes."""

    answer: bytes
    conflict: bool = False


def known_statement(sender: str, statement: UUID, digest: str) -> Told | None:
    """What was answered before to this statement; None when it is new."""
    row = StatementIn.objects.filter(sender_code=sender, statement=statement).first()
    if row is None:
        return None
    if row.digest != digest:
        irregularities.note(irregularities.SAME_ID_OTHER_BYTES, source=digest, subject=statement, sender_code=sender)
        return Told(b"", conflict=True)
    return Told(bytes(row.answer))


def note_progress(
    *, actor: Actor, statement: Statement, signed: Signed, certificate: Certificate, key: directory.OwnKey
) -> Told:
    """Stores a verified statement with its acknowledgement and moves the delivery on, if it is newer and foreseen.

    RuleViolation when it speaks of nothing we ever sent or took in, or returns without a reason: nothing is stored.
    """
    with certain_commit():
        row = _new_row(statement, signed, certificate)
        told = _apply(actor, row, statement)
        row.applied = told
        row.answer = _acknowledge(statement, signed, key, applied=told)
        is_new = insert_once(row)
        if not is_new:
            transaction.set_rollback(True)  # a rival stored it first: its effect stands, ours goes
        faults.reach("listen.applied")
    if is_new:
        return Told(bytes(row.answer))
    known = known_statement(statement.sender, statement.statement, sha256_hex(signed.payload))
    assert known is not None
    return known


def _report(actor: Actor, row: ParcelIn, news: News) -> UUID | None:
    code = rules.next_code(news.act, last_code=row.last_code, recall_asked=row.recall_asked_at is not None)
    if not code or row.organisation_id is None:
        return None
    rules.check_reason(code, news.reason)
    row.statements += 1
    row.last_code = code
    row.save(update_fields=["statements", "last_code"])
    statement = queue_statement(
        parcel=row.parcel,
        partner_id=row.partner_id,
        document_id=news.document_id,
        organisation_id=row.organisation_id,
        sender=row.recipient_code,
        recipient=row.sender_code,
        document_code=row.document_code,
        code=code,
        sequence=row.statements,
        urgency=row.urgency,
        news=news,
    )
    ledger.append(
        "exchange.statement.queued",
        actor,
        object_kind="document",
        object_id=news.document_id,
        organisation_id=row.organisation_id,
        facts={"code": code, "sequence": row.statements, "recipient": row.sender_code, "statement": str(statement)},
        clause="217/6.4",
    )
    return statement


def _new_row(statement: Statement, signed: Signed, certificate: Certificate) -> StatementIn:
    now = ports.bound().clock.now()
    return StatementIn(
        id=new_id(),
        sender_code=statement.sender,
        statement=statement.statement,
        digest=sha256_hex(signed.payload),
        parcel=statement.parcel,
        code=statement.code,
        sequence=statement.sequence,
        at=statement.at,
        received_at=now,
        is_skewed=rules.is_skewed(statement.at, now) and statement.at > now,
        reason=statement.reason,
        person=statement.person,
        unit=statement.unit,
        number=statement.number,
        message=signed.to_bytes(),
        certificate=certificate,
    )


def _apply(actor: Actor, row: StatementIn, statement: Statement) -> bool:
    """True when the statement moved something."""
    rules.check_reason(statement.code, statement.reason)
    if isinstance(statement, Accord):
        return apply_accord(actor, row, statement)
    if statement.code in codes.NOTICES:
        return apply_notice(actor, row, statement)
    found = Dispatch.objects.filter(
        parcel__id=statement.parcel, sender_code=statement.recipient, recipient_code=statement.sender
    ).first()
    if found is None:
        raise RuleViolation(
            "217/11.14", N_("Trạng thái nói về gói tin chưa hề gửi."), N_("Kiểm tra lại nơi báo trạng thái.")
        )
    dispatch = locked(found.id)
    row.dispatch = dispatch
    if statement.code == codes.PAPER_ARRIVED:
        return hear_paper_word(actor, row, dispatch)
    return _move(actor, row, statement, dispatch)


def _move(actor: Actor, row: StatementIn, statement: Statement, dispatch: Dispatch) -> bool:
    """The delivery goes on as far as the news is newer and foreseen."""
    was_open = dispatch.state in OPEN_DELIVERY
    progress = codes.progress(statement.code)
    seen = statement.sequence if _told_later_by_mail(dispatch, statement) else dispatch.sequence_seen
    applied = rules.progress_step(dispatch.state, progress, sequence=statement.sequence, seen=seen)
    if statement.sequence > dispatch.sequence_seen:
        dispatch.sequence_seen = statement.sequence
    elif progress:  # an earlier step told late moves nothing, but its time belongs to the history (217/11.8)
        dispatch.times = {progress: iso(statement.at), **dispatch.times}
    if applied.moved:
        dispatch.state = applied.to
        dispatch.reason = statement.reason
        dispatch.person = ", ".join(part for part in (statement.person, statement.unit) if part)[:200]
        dispatch.times = {**dispatch.times, applied.to: iso(statement.at)}
        dispatch.next_attempt_at = None
    dispatch.save()
    if was_open:
        queue_reoffer(dispatch)  # the news was faster than the receipt, which is owed all the same (217/6.2)
    settle_obligation(dispatch)
    tell(
        "exchange.dispatch.progressed",
        actor,
        dispatch,
        reason=statement.reason,
        clause="217/11.8",
        code=statement.code,
        sequence=statement.sequence,
        statement=row.digest,
    )
    return applied.moved


def _told_later_by_mail(dispatch: Dispatch, statement: Statement) -> bool:
    """What went by mail instead may be told of both ways: numbers order one of them, the recipient's instant both."""
    return bool(dispatch.mail_why) and dispatch.mail_news.filter(applied=True, at__gt=statement.at).exists()


def _acknowledge(statement: Statement, signed: Signed, key: directory.OwnKey, *, applied: bool) -> bytes:
    message = Acknowledgement(
        statement=statement.statement,
        digest=sha256_hex(signed.payload),
        sender=statement.sender,
        recipient=statement.recipient,
        applied=applied,
        at=ports.bound().clock.now(),
        certificate=key.fingerprint,
    )
    return directory.signed(key, message).to_bytes()
