"""What a sender says by mail of its own document afterwards: recalled, or void (217/10.2.p2, 379/19.3).

It names the letter by its id, under the same body's signature; one that comes before its document waits for it.
"""

from __future__ import annotations

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange.edxml import codes
from antin.exchange.mail import slip
from antin.exchange.mail.lifecycle import MAIL_IN
from antin.exchange.models import MailIn
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.values import Actor

NOTICES = {slip.RECALL: codes.NOTICES[codes.RECALL_ASKED], slip.VOID: codes.NOTICES[codes.INVALIDATED]}
CLAUSES = {slip.RECALL: "217/10.2.p2", slip.VOID: "379/19.3"}


def apply_notice(actor: Actor, row: MailIn) -> None:
    """Takes our copy out of force, or waits for the document when it is not here yet."""
    found = MailIn.objects.select_for_update().filter(
        sender_code=row.sender_code, said=str(row.about), purpose=slip.NEW, state="admitted"
    )
    target = found.first()
    if target is None:
        row.state = MAIL_IN.step("", "receive_letter(early)").to
        return
    row.document_id, row.applied = target.document_id, _take_out_of_use(target, row)
    if row.applied:
        _tell(actor, row)


def apply_early(target: MailIn) -> None:
    """Notices that came before their document take effect as it arrives."""
    early = MailIn.objects.select_for_update().filter(
        state="early", sender_code=target.sender_code, about=_id(target), purpose__in=NOTICES
    )
    for row in early.order_by("id") if target.has_slip else ():
        row.state, row.document_id = MAIL_IN.step(row.state, "apply_early").to, target.document_id
        row.applied = _take_out_of_use(target, row)
        row.save()


def _id(target: MailIn) -> str | None:
    return target.said if target.has_slip else None


def _take_out_of_use(target: MailIn, notice: MailIn) -> bool:
    """True when the copy went out of force by this notice, or had before: an answer to a recall is owed all the same."""
    is_recall = notice.purpose == slip.RECALL
    if target.document_id is None or (is_recall and target.recall_asked_at is not None):
        return False
    if is_recall:
        target.recall_asked_at = notice.received_at
        MailIn.objects.filter(id=target.id).update(recall_asked_at=notice.received_at)
    try:
        with transaction.atomic():
            documents.take_notice(
                document_id=target.document_id,
                notice=NOTICES[notice.purpose],
                sender=Actor.peer(target.sender_name or target.sender_code),
                reason=notice.reason,
            )
    except RuleViolation:
        return is_recall
    return True


def _tell(actor: Actor, row: MailIn) -> None:
    ledger.append(
        "documents.notice.applied",
        actor,
        object_kind="document",
        object_id=row.document_id,
        organisation_id=row.organisation_id,
        facts={
            "kind": NOTICES[row.purpose],
            "notice": row.digest,
            "sender": row.sender_code,
            "channel": "official_mail",
        },
        reason=row.reason,
        clause=CLAUSES[row.purpose],
    )
