"""News both ways: what became of a received document is told to its sender, what partners tell moves deliveries on.

`report_progress` signs a statement once and queues it; `note_progress` stores each statement whether it moves
anything or not, with its acknowledgement, in one transaction (217/6.4, 217/10.2, 217/11.14).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import random
from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange import directory, faults, irregularities, ports, rules
from antin.exchange.acts.outbox import OBLIGATION, locked, tell, wake
from antin.exchange.answers import Asked, Judged
from antin.exchange.durable import certain_commit, insert_once
from antin.exchange.edxml import codes
from antin.exchange.lifecycle import DELIVERY, STATEMENT
from antin.exchange.messages import Acknowledgement, Signed, Statement
from antin.exchange.models import Certificate, Dispatch, ParcelIn, StatementIn, StatementOut
from antin.exchange.ports import Destination
from antin.exchange.rules import Outcome
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, iso, new_id, sha256_hex

TEXT_MAX = 1_000
RECALL = "apply_notice(recall)"


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


def report_progress(*, actor: Actor, news: News) -> tuple[UUID, ...]:
    """Queues the statement owed to the sender of a received document; nothing for a document that came otherwise."""
    with transaction.atomic():
        rows = ParcelIn.objects.select_for_update().filter(document_id=news.document_id, state="admitted")
        return tuple(found for row in rows if (found := _report(actor, row, news)) is not None)


def ask_recall(*, actor: Actor, dispatch_id: UUID, reason: str) -> None:
    """Asks one recipient to give the document back: withdrawn when nothing ever left, else a notice goes out (217/9.2)."""
    if not reason.strip():
        raise RuleViolation("217/9.2", N_("Thu hồi phải nêu lý do."), N_("Nêu lý do thu hồi."))
    with transaction.atomic():
        dispatch = locked(dispatch_id)
        step = DELIVERY.step(dispatch.state, "ask_recall")
        if actor.office is not Office.SYSTEM and not actor.holds(Office.CLERK, dispatch.organisation_id):
            raise RuleViolation("217/9.2", N_("Việc này của văn thư cơ quan gửi."), N_("Nhờ văn thư của cơ quan."))
        dispatch.state, dispatch.reason, dispatch.next_attempt_at = step.to, reason, None
        dispatch.times = {**dispatch.times, step.to: iso(ports.bound().clock.now())}
        if step.to == "recall_asked" and hasattr(dispatch, "parcel") and dispatch.partner is not None:
            dispatch.notices += 1
            _queue_notice(dispatch, reason, actor.name)
        dispatch.save()
        _settle_obligation(dispatch)
        tell("exchange.recall.asked", actor, dispatch, reason=reason, clause="217/9.2")


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


def apply_recall_notices(row: ParcelIn) -> None:
    """A recall that came before its document takes effect as the document arrives (217/10.2.p2)."""
    early = StatementIn.objects.filter(
        sender_code=row.sender_code, parcel=row.parcel, code=codes.RECALL_ASKED, parcel_in__isnull=True
    )
    received_at = next(iter(early.values_list("received_at", flat=True)[:1]), None)
    if received_at is not None and row.document_id is not None:
        row.recall_asked_at = received_at
        row.save(update_fields=["recall_asked_at"])
        _take_out_of_use(row.document_id, row.sender_code)


def _report(actor: Actor, row: ParcelIn, news: News) -> UUID | None:
    code = rules.next_code(news.act, last_code=row.last_code, recall_asked=row.recall_asked_at is not None)
    if not code or row.organisation_id is None:
        return None
    rules.check_reason(code, news.reason)
    row.statements += 1
    row.last_code = code
    row.save(update_fields=["statements", "last_code"])
    statement = _queue_statement(
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


def _queue_notice(dispatch: Dispatch, reason: str, person: str) -> None:
    assert dispatch.partner_id is not None
    _queue_statement(
        parcel=dispatch.parcel.id,
        partner_id=dispatch.partner_id,
        document_id=dispatch.document_id,
        organisation_id=dispatch.organisation_id,
        sender=dispatch.sender_code,
        recipient=dispatch.recipient_code,
        document_code=dispatch.document_code,
        code=codes.RECALL_ASKED,
        sequence=dispatch.notices,
        urgency=dispatch.urgency,
        news=News("ask_recall", dispatch.document_id, reason=reason, person=person),
    )


def _queue_statement(
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
    message = directory.signed(
        key,
        Statement(
            statement=statement_id,
            parcel=parcel,
            sender=sender,
            recipient=recipient,
            document=document_code,
            code=code,
            sequence=sequence,
            at=now,
            reason=news.reason[:TEXT_MAX],
            person=news.person[:200],
            unit=news.unit[:200],
            number=news.number[:30],
            certificate=key.fingerprint,
        ),
    )
    faults.reach("state.built")
    StatementOut.objects.create(
        id=statement_id,
        partner_id=partner_id,
        parcel=parcel,
        document_id=document_id,
        organisation_id=organisation_id,
        sender_code=sender,
        recipient_code=recipient,
        code=code,
        sequence=sequence,
        at=now,
        state=STATEMENT.step("", "report_progress").to,
        urgency=urgency,
        message=message.to_bytes(),
        next_attempt_at=now,
    )
    wake()
    return statement_id


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
    if statement.code == codes.RECALL_ASKED:
        return _apply_recall(actor, row, statement)
    found = Dispatch.objects.filter(
        parcel__id=statement.parcel, sender_code=statement.recipient, recipient_code=statement.sender
    ).first()
    if found is None:
        raise RuleViolation(
            "217/11.14", N_("Trạng thái nói về gói tin chưa hề gửi."), N_("Kiểm tra lại nơi báo trạng thái.")
        )
    dispatch = locked(found.id)
    row.dispatch = dispatch
    progress = codes.progress(statement.code)
    applied = rules.progress_step(dispatch.state, progress, sequence=statement.sequence, seen=dispatch.sequence_seen)
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
    _settle_obligation(dispatch)
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


def _apply_recall(actor: Actor, row: StatementIn, statement: Statement) -> bool:
    """The sender asks for its document back; the notice is kept even before the document is here."""
    found = (
        ParcelIn.objects.select_for_update()
        .filter(sender_code=statement.sender, parcel=statement.parcel, recipient_code=statement.recipient)
        .first()
    )
    if found is None:
        return False
    row.parcel_in = found
    if found.document_id is None or found.recall_asked_at is not None:
        return False
    found.recall_asked_at = row.received_at
    found.save(update_fields=["recall_asked_at"])
    _take_out_of_use(found.document_id, found.sender_code)
    ledger.append(
        "documents.notice.applied",
        actor,
        object_kind="document",
        object_id=found.document_id,
        organisation_id=found.organisation_id,
        facts={"kind": "recall", "notice": row.digest, "sender": statement.sender},
        reason=statement.reason,
        clause="217/10.2.p2",
    )
    return True


def _take_out_of_use(document_id: UUID, sender: str) -> None:
    documents.advance(actor=Actor.peer(sender), document_id=document_id, act=RECALL, life="validity")


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


def _settle_obligation(dispatch: Dispatch) -> None:
    """An open recall is owed an answer; what came to its end owes nothing."""
    key = {"document_id": dispatch.document_id, "kind": OBLIGATION, "key": str(dispatch.id)}
    if dispatch.state == "recall_asked":
        documents.hang_obligation(**key)
    elif dispatch.state not in ("queued", "sent"):
        documents.take_down_obligation(**key)
