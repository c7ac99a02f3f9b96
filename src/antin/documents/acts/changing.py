"""One document changes another: applied as the changing one is issued, noted as it arrives (379/17.2, 217/10.2)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from antin.documents import lifecycle, models, rows, rules
from antin.documents.facts import ChangeKind, Direction, DocumentView, DraftFields
from antin.ledger import acts as ledger
from antin.sql import CompiledQuery
from antin.values import Actor
from antin.vault import queries as vault


def check_change(actor: Actor, owner_id: UUID, fields: DraftFields) -> None:
    """A draft may name only a document that its organisation may change now and that its author may see."""
    if not fields.change and fields.changes_id is None:
        return
    rules.change_kind(fields.change)
    target = models.Document.objects.defer("words").filter(id=fields.changes_id).first()
    facts = rows.view(target, impounded=rows.is_impounded(target.id)) if target else None
    if facts is None or not rules.may_see(facts, actor, rows.participants(facts.id)):
        raise rows.not_found()
    rules.may_be_changed(facts, owner_id=owner_id)


def apply_change(*, actor: Actor, document_id: UUID) -> DocumentView | None:
    """What the issued document says it does to an earlier one, done now; for `registry`, inside the act of issue.

    The facts of the changed document, None when there is none. RuleViolation 379/17.2 when that one is no longer in
    force: then this one cannot be issued either, and says so.
    """
    row, _facts = rows.lock(document_id)
    fields = _text(row)
    if not fields.change or fields.changes_id is None:
        return None
    kind = rules.change_kind(fields.change)
    act = f"apply_change({kind})"
    target, facts = rows.lock(fields.changes_id)
    rules.ask_guards(facts, "validity", act)
    rules.may_be_changed(facts, owner_id=row.owner_id)
    step = lifecycle.VALIDITY.step(target.validity, act)
    acting = rows.office_of(step, actor, target, facts)
    _link(row, target, target.document_code, kind)
    if step.to != target.validity:
        rows.end(target, step.to, by=acting, reason=row.reference_number or row.abstract)
    ledger.append(
        "documents.change.applied",
        acting,
        object_kind="document",
        object_id=target.id,
        organisation_id=target.owner_id,
        facts={"kind": kind, "by": str(row.id), "validity": target.validity},
        reason=row.reference_number,
        clause="379/17.2",
    )
    return rows.view(target)


def take_notice(*, document_id: UUID, notice: str, sender: Actor, reason: str) -> DocumentView:
    """The issuer's word that a received copy is out of force: "recall", "replace" or "invalidate".

    The caller has verified who speaks. RuleViolation when the table has no such way from where the copy stands.
    """
    row, facts = rows.lock(document_id)
    act = f"apply_notice({notice})"
    rules.ask_guards(facts, "validity", act)
    step = lifecycle.VALIDITY.step(row.validity, act)
    rows.office_of(step, sender, row, facts)
    rows.end(row, step.to, by=sender, reason=reason)
    return rows.view(row)


def end_with_paper(*, document_id: UUID, actor: Actor, reason: str, basis: str) -> bool:
    """A digitised document at the instant its paper original is void; False when it was out of force before (379/19.6).

    For `conversion`, which knows the paper and has proven the office; joins the transaction.
    """
    row, facts = rows.lock(document_id)
    step = lifecycle.VALIDITY.rows.get((row.validity, "invalidate_paper_original"))
    if step is None:
        return False
    rules.ask_guards(facts, "validity", "invalidate_paper_original")
    rows.office_of(step, actor, row, facts)
    rows.end(row, step.to, by=actor, reason=reason, basis=basis)
    return True


def link_arrived(row: models.Document, replaces: Iterable[str], sender: Actor) -> None:
    """The arrived document with those it replaces, whichever of them came first (217/10.2).

    Only copies from the same sender are touched: nobody replaces what another body issued.
    """
    for code in dict.fromkeys(code for code in replaces if code and code != row.document_code):
        target = _copies(row).filter(document_code=code).exclude(id=row.id).order_by("id").first()
        _link(row, target, code, ChangeKind.REPLACE)
        if target is not None:
            _replaced(target, row, sender)
    for link in _AWAITED.all(row.document_code, row.owner_id, row.sender_code, row.id):
        link.changed_id = row.id
        link.save(update_fields=["changed"])
        _replaced(row, link.changing, sender)


def _copies(row: models.Document) -> QuerySet[models.Document]:
    """What this organisation received from the same sender."""
    return models.Document.objects.filter(
        owner_id=row.owner_id, direction=Direction.INCOMING, sender_code=row.sender_code
    )


_AWAITED = CompiledQuery(
    lambda code, owner_id, sender, new_id: models.Link.objects.filter(
        changed__isnull=True,
        changed_code=code,
        changing__in=models.Document.objects.filter(
            owner_id=owner_id, direction=Direction.INCOMING, sender_code=sender
        ),
    ).exclude(changing_id=new_id),
    str,
    UUID,
    str,
    UUID,
)


def _replaced(target: models.Document, by: models.Document, sender: Actor) -> None:
    if (target.validity, "apply_notice(replace)") not in lifecycle.VALIDITY.rows:
        return
    take_notice(document_id=target.id, notice="replace", sender=sender, reason=by.reference_number)
    ledger.append(
        "documents.notice.applied",
        sender,
        object_kind="document",
        object_id=target.id,
        organisation_id=target.owner_id,
        facts={"kind": "replace", "by": str(by.id), "sender": by.sender_code},
        reason=by.reference_number,
        clause="379/17.2",
    )


def _link(row: models.Document, target: models.Document | None, code: str, kind: ChangeKind) -> None:
    models.Link.objects.create(
        changing_id=row.id, changed_id=target.id if target else None, changed_code=code, kind=kind, at=rows.now()
    )


def _text(row: models.Document) -> DraftFields:
    last = models.Revision.objects.get(document_id=row.id, ordinal=row.revision)
    return rules.fields_from_bytes(vault.read(last.content_id))
