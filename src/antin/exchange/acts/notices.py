"""What the issuer says of its own document after sending it: recalled, void; told here, applied there (217/9.2, 379/19.3)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange import ports, rules
from antin.exchange.acts.agreeing import take_early_accords
from antin.exchange.acts.outbox import OBLIGATION, locked, tell
from antin.exchange.acts.statements import News, queue_statement
from antin.exchange.axis.building import build_recall, build_void
from antin.exchange.edxml import codes
from antin.exchange.lifecycle import DELIVERY
from antin.exchange.mail.building import build_notice
from antin.exchange.messages import Statement
from antin.exchange.models import Dispatch, ParcelIn, StatementIn
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.sql import CompiledQuery
from antin.values import N_, Actor, Office, iso

_ON_AXIS = {codes.RECALL_ASKED: build_recall, codes.INVALIDATED: build_void}
_BY_LETTER = {codes.RECALL_ASKED: "recall", codes.INVALIDATED: "void"}
_EARLY = CompiledQuery(
    lambda sender, parcel: StatementIn.objects.filter(
        sender_code=sender, parcel=parcel, parcel_in__isnull=True, dispatch__isnull=True
    ).order_by("sequence"),
    str,
    UUID,
)


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
        if step.to == "recall_asked":
            _say(dispatch, codes.RECALL_ASKED, reason, actor.name)
        dispatch.save()
        settle_obligation(dispatch)
        tell("exchange.recall.asked", actor, dispatch, reason=reason, clause="217/9.2")


def tell_invalidated(*, actor: Actor, dispatch_id: UUID, reason: str) -> None:
    """Tells one recipient that the document is void; a copy that never left is withdrawn instead (379/19.3)."""
    with transaction.atomic():
        dispatch = locked(dispatch_id)
        if rules.is_withdrawn(dispatch.state):
            ask_recall(actor=actor, dispatch_id=dispatch_id, reason=reason)
            return
        if not _say(dispatch, codes.INVALIDATED, reason, actor.name):
            return
        dispatch.save(update_fields=["notices"])
        tell("exchange.invalidation.told", actor, dispatch, reason=reason, clause="379/19.3")


def apply_early_notices(row: ParcelIn) -> None:
    """What was said before its document came, or came again, takes effect as the document arrives (217/10.2.p2)."""
    early = _EARLY.all(row.sender_code, row.parcel)
    for statement in early:
        if statement.code in codes.NOTICES:
            _take_out_of_use(row, statement)
    take_early_accords(row, [statement for statement in early if statement.code in codes.AGREEING])


def apply_notice(actor: Actor, row: StatementIn, statement: Statement) -> bool:
    """The issuer takes its document back or declares it void; the notice is kept even before the document is here."""
    found = (
        ParcelIn.objects.select_for_update()
        .filter(sender_code=statement.sender, parcel=statement.parcel, recipient_code=statement.recipient)
        .first()
    )
    if found is None:
        return False
    row.parcel_in = found
    if not _take_out_of_use(found, row):
        return False
    ledger.append(
        "documents.notice.applied",
        actor,
        object_kind="document",
        object_id=found.document_id,
        organisation_id=found.organisation_id,
        facts={"kind": codes.NOTICES[statement.code], "notice": row.digest, "sender": statement.sender},
        reason=statement.reason,
        clause="217/10.2.p2" if statement.code == codes.RECALL_ASKED else "379/19.3",
    )
    return True


def _take_out_of_use(parcel: ParcelIn, notice: StatementIn) -> bool:
    """True when the copy went out of force by this notice; a second one of the kind, or one too late, does nothing."""
    if parcel.document_id is None:
        return False
    if notice.code == codes.RECALL_ASKED:
        if parcel.recall_asked_at is not None:
            return False
        parcel.recall_asked_at = notice.received_at
        parcel.save(update_fields=["recall_asked_at"])
    try:
        with transaction.atomic():
            documents.take_notice(
                document_id=parcel.document_id,
                notice=codes.NOTICES[notice.code],
                sender=Actor.peer(parcel.sender_code),
                reason=notice.reason,
            )
    except RuleViolation:
        return notice.code == codes.RECALL_ASKED  # out of force already: the answer to a recall is owed all the same
    return True


def _say(dispatch: Dispatch, code: str, reason: str, person: str) -> bool:
    """Tells it by every way that the document may have come by; False when there is none. The caller saves."""
    by_parcel = hasattr(dispatch, "parcel") and dispatch.partner is not None
    by_axis = not by_parcel and _is_on_the_axis(dispatch)
    by_letter = not by_axis and _went_by_mail(dispatch)
    if by_parcel:
        dispatch.notices += 1
        _queue_notice(dispatch, code, reason, person)
    if by_axis:
        _ON_AXIS[code](dispatch, reason)
    if by_letter:
        build_notice(dispatch, _BY_LETTER[code], reason)
    return by_parcel or by_axis or by_letter


def _is_on_the_axis(dispatch: Dispatch) -> bool:
    """True when the document may lie at the axis: it said so, or an attempt has no outcome."""
    carried = dispatch.axis_messages.filter(purpose__in=("new", "replace"))
    return carried.exclude(doc_id="", tried_at=None).exists()


def _went_by_mail(dispatch: Dispatch) -> bool:
    """True when the letter may have got there: the server took it, or an attempt has no outcome."""
    return dispatch.letters.filter(purpose="new").exclude(handed_at=None, tried_at=None).exists()


def _queue_notice(dispatch: Dispatch, code: str, reason: str, person: str) -> None:
    assert dispatch.partner_id is not None
    queue_statement(
        parcel=dispatch.parcel.id,
        partner_id=dispatch.partner_id,
        document_id=dispatch.document_id,
        organisation_id=dispatch.organisation_id,
        sender=dispatch.sender_code,
        recipient=dispatch.recipient_code,
        document_code=dispatch.document_code,
        code=code,
        sequence=dispatch.notices,
        urgency=dispatch.urgency,
        news=News("ask_recall", dispatch.document_id, reason=reason, person=person),
    )


def settle_obligation(dispatch: Dispatch) -> None:
    """An open recall is owed an answer; what came to its end owes nothing."""
    key = {"document_id": dispatch.document_id, "kind": OBLIGATION, "key": str(dispatch.id)}
    if dispatch.state == "recall_asked":
        documents.hang_obligation(**key)
    elif dispatch.state not in ("queued", "sent"):
        documents.take_down_obligation(**key)
