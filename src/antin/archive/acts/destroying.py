"""Execution and attestation: the keys gone, everything derived gone, the neighbours as they were (379/20.2, 379/3.4)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.archive import queries, rules
from antin.archive.acts.purging import ask
from antin.archive.acts.transferring import forget_packages
from antin.archive.lifecycle import DESTRUCTION
from antin.archive.models import Destruction, Holding, Item
from antin.casework import acts as casework
from antin.casework import queries as casework_queries
from antin.conversion import acts as conversion
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.registry import acts as registry
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import Actor
from antin.vault import acts as vault
from antin.vault import queries as vault_reads
from antin.vault.rules import ContentDamaged, ContentDestroyed

ACT = "execute_destruction"
NEIGHBOURS = 50


def execute(*, actor: Actor, destruction_id: UUID, digest: str) -> int:
    """Destroys what the approved list names, each document in a transaction of its own; answers how many.

    Spends the challenge "execute_destruction" over the list's digest. Interrupted, it is taken up again by the same
    act. Afterwards every data key is wrapped anew, so that an old copy of the database opens nothing of it.
    """
    row = _approved(actor, destruction_id, digest)
    done = 0
    for item_id in list(row.items.filter(state="listed").values_list("pk", flat=True)):
        done += _destroy(actor, row, item_id)
    vault.rotate_keeper(actor=actor, reason=row.basis)
    _finish(actor, destruction_id)
    return done


@transaction.atomic
def _approved(actor: Actor, destruction_id: UUID, digest: str) -> Destruction:
    queries.destruction(actor, destruction_id)
    row = Destruction.objects.select_for_update().get(pk=destruction_id)
    rules.office_for(DESTRUCTION.step(row.state, ACT), actor, row.organisation_id)
    rules.approver_is_not_executor(actor.person_id, row.decided_by)
    rules.list_digest_bound(row.digest, digest)
    identity.spend_challenge(actor=actor, act=ACT, digest=digest)
    row.executed_by = actor.person_id
    row.save(update_fields=["executed_by"])
    return row


@transaction.atomic
def _destroy(actor: Actor, row: Destruction, item_id: UUID) -> bool:
    """Everything that held for the list is asked again for this document, now (still_listed)."""
    item = Item.objects.select_for_update().filter(pk=item_id, state="listed").first()
    if item is None:
        return False
    held = queries.open_holds([item.case_file_id])
    rules.retention_ended(
        {item.pk: rules.why_not(item.retained_until, today=rulebook.today(), held=item.case_file_id in held)}
    )
    rules.longest_ended(casework_queries.retained_until_in_all(item.document_id), rulebook.today())
    _forget(item.document_id)
    item.state, item.destroyed_at = "destroyed", timezone.now()
    item.save(update_fields=["state", "destroyed_at"])
    entry = ledger.append(
        "archive.document.destroyed",
        actor,
        object_kind="document",
        object_id=item.document_id,
        organisation_id=row.organisation_id,
        facts={"list": row.digest, "digest": item.digest, "destruction": str(row.pk)},
        clause="379/20.2",
    )
    Destruction.objects.filter(pk=row.pk).update(purge=ask(entry.id))
    return True


@transaction.atomic
def destroy_again(*, actor: Actor, document_id: UUID) -> bool:
    """What a decision destroyed after a backup was made is destroyed in what was restored from it (379/20.3).

    Answers False when nothing of it is here. The caller wraps the other keys anew (`vault.rotate_keeper`).
    """
    try:
        facts = documents_queries.facts(document_id)
    except (LookupError, RuleViolation):
        return False
    if facts.custody == "destroyed":
        return False
    _forget(document_id)
    Item.objects.filter(document_id=document_id, state="listed").update(state="destroyed", destroyed_at=timezone.now())
    entry = ledger.append(
        "archive.document.destroyed",
        actor,
        object_kind="document",
        object_id=document_id,
        facts={"restored": True},
        clause="379/20.3",
    )
    ask(entry.id)
    return True


def _forget(document_id: UUID) -> None:
    """Key, bytes, packages that hold it, and every word about it in the rooms below; rooms above follow."""
    forget_packages(document_id)
    documents.settle_custody(document_id=document_id, act=ACT)
    registry.forget(document_id=document_id)
    casework.forget(document_id=document_id)
    conversion.forget(document_id=document_id)


@transaction.atomic
def _finish(actor: Actor, destruction_id: UUID) -> None:
    row = Destruction.objects.select_for_update().get(pk=destruction_id)
    for case_file_id in set(row.items.filter(state="destroyed").values_list("case_file_id", flat=True)):
        if not row.items.filter(case_file_id=case_file_id, state="struck").exists():
            casework.settle_case_file(case_file_id=case_file_id, act=ACT)
    row.state, row.executed_at = DESTRUCTION.step(row.state, ACT).to, timezone.now()
    row.save(update_fields=["state", "executed_at"])
    ledger.append(
        "archive.destruction.executed",
        actor,
        object_kind="destruction",
        object_id=row.pk,
        organisation_id=row.organisation_id,
        facts={"list": row.digest, "documents": row.items.filter(state="destroyed").count()},
        clause="379/20.2",
    )


@transaction.atomic
def attest(*, actor: Actor, destruction_id: UUID) -> None:
    """The auditor proves it: nothing of the list can be read or stands in the database's files, its neighbours in the archive
    are intact (379/3.4, 379/20.2)."""
    view = queries.destruction(actor, destruction_id)
    row = Destruction.objects.select_for_update().get(pk=view.id)
    step = DESTRUCTION.step(row.state, "attest_destruction")
    rules.office_for(step, actor, row.organisation_id)
    rules.traces_purged(waiting=row.purge is not None and row.purge.done_at is None)
    gone = list(row.items.filter(state="destroyed").values_list("document_id", flat=True))
    rules.keys_gone([one for one in gone if _readable(one)])
    neighbours = _neighbours(row)
    rules.neighbours_intact([one for one in neighbours if not _intact(one)])
    row.state, row.attested_by, row.attested_at = step.to, actor.person_id, timezone.now()
    row.attestation = {"destroyed": len(gone), "neighbours": len(neighbours), "unreadable": True, "intact": True}
    row.save()
    ledger.append(
        "archive.destruction.attested",
        actor,
        object_kind="destruction",
        object_id=row.pk,
        organisation_id=row.organisation_id,
        facts={"list": row.digest, **row.attestation},
        clause="379/3.4",
    )


def _readable(document_id: UUID) -> bool:
    for content in documents_queries.stored_contents(document_id):
        try:
            vault_reads.read(content)
        except (ContentDestroyed, ContentDamaged):
            continue
        return True
    return False


def _neighbours(row: Destruction) -> list[UUID]:
    """Case files of the same archive that were not on the list, the newest of them."""
    listed = row.items.values_list("case_file_id", flat=True)
    others = Holding.objects.filter(organisation_id=row.organisation_id).exclude(case_file_id__in=listed)
    return list(others.order_by("-id").values_list("case_file_id", flat=True)[:NEIGHBOURS])


def _intact(case_file_id: UUID) -> bool:
    members = casework_queries.documents_in(case_file_id)
    kept = [one for one in members if documents_queries.facts(one).custody == "archived"]
    return all(vault_reads.intact(content) for one in kept for content in documents_queries.stored_contents(one))
