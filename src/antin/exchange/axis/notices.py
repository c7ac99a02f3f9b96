"""What a sender on the axis says of its own document afterwards: recalled, or changed (217/10.2.p2).

A recall counts as its document counted: the axis names the same sender for both. One whose envelope is signed and does
not hold is kept and moves nothing. The axis would let the receiver refuse; 217/10.2 obliges removal, so nobody does here.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange import irregularities
from antin.exchange.axis.lifecycle import AXIS_IN, CARRIES
from antin.exchange.edxml.dsig import SignatureVerdict
from antin.exchange.models import AxisIn
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.values import Actor


def apply_recall(actor: Actor, row: AxisIn) -> None:
    """Takes our copy out of force, or waits for the document when it is not here yet."""
    if row.signature == SignatureVerdict.INVALID:
        row.state = AXIS_IN.step("", "receive_axis_message(kept)").to
        irregularities.note(irregularities.FALSE_ANSWER, source="axis", subject=row.id, sender_code=row.sender_code)
        return
    target = _document_of(row)
    if target is None:
        row.state = AXIS_IN.step("", "receive_axis_message(early)").to
        return
    row.document_id, row.applied = target.document_id, _take_out_of_use(target, row)
    if row.applied:
        _tell(actor, "documents.notice.applied", row, kind="recall")


def note_update(actor: Actor, row: AxisIn) -> None:
    """Kept beside the document; our copy never changes (379/17.2)."""
    row.state = AXIS_IN.step("", "receive_axis_message(kept)").to
    target = _document_of(row)
    if target is not None:
        row.document_id = target.document_id
        _tell(actor, "exchange.update.noted", row, kind="update")


def apply_early(target: AxisIn) -> None:
    """Recalls that came before their document take effect as it arrives."""
    early = AxisIn.objects.select_for_update().filter(
        state="early", sender_code=target.sender_code, recipient_code=target.recipient_code,
        document_code=target.document_code,
    )  # fmt: skip
    for row in early:
        row.state, row.document_id = AXIS_IN.step(row.state, "apply_early").to, target.document_id
        row.applied = _take_out_of_use(target, row)
        row.save()


def _document_of(row: AxisIn) -> AxisIn | None:
    found = AxisIn.objects.select_for_update().filter(
        sender_code=row.sender_code, recipient_code=row.recipient_code, purpose__in=CARRIES, state="admitted"
    )
    same = found.filter(document_code=row.document_code)
    if not same.exists() and row.issued_on is not None and row.reference_number:
        same = found.filter(reference_number=row.reference_number, issued_on=row.issued_on)
    return same.order_by("id").first()


def _take_out_of_use(target: AxisIn, notice: AxisIn) -> bool:
    """True when the copy went out of force by this notice, or had before: an answer is owed all the same."""
    if target.recall_asked_at is not None or target.document_id is None:
        return False
    target.recall_asked_at = notice.received_at
    AxisIn.objects.filter(id=target.id).update(recall_asked_at=notice.received_at)
    try:
        with transaction.atomic():
            documents.take_notice(
                document_id=target.document_id,
                notice="recall",
                sender=Actor.peer(target.sender_name or target.sender_code),
                reason=notice.reason,
            )
    except RuleViolation:
        return True
    return True


def _tell(actor: Actor, act: str, row: AxisIn, *, kind: str) -> None:
    document_id: UUID | None = row.document_id
    ledger.append(
        act,
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=row.organisation_id,
        facts={"kind": kind, "notice": row.digest, "sender": row.sender_code, "signature": row.signature},
        reason=row.reason,
        clause="217/10.2.p2" if kind == "recall" else "379/17.2",
    )
