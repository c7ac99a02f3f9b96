"""A list of destruction before anything is destroyed: proposed, examined, decided by three different people (379/20.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.archive import queries, rules
from antin.archive.lifecycle import DESTRUCTION
from antin.archive.models import Destruction, Item
from antin.casework import queries as casework
from antin.casework.views import CaseFileView
from antin.documents import queries as documents
from antin.documents import rules as documents_rules
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.rulebook import queries as rulebook
from antin.values import Actor


@transaction.atomic
def propose(*, actor: Actor, organisation_id: UUID, case_file_ids: Collection[UUID], reason: str) -> UUID:
    """A list of every document of these case files, all of them due; its id.

    RuleViolation 379/20.1 for one that is not due, is held or shares a document with one that is not, 379/21.3 for an
    impounded document.
    """
    step = DESTRUCTION.step("", "propose_destruction")
    rules.office_for(step, actor, organisation_id)
    cases = casework.archived_cases(case_file_ids)
    here = {one.id: one for one in cases.values() if one.organisation_id == organisation_id and one.state == "archived"}
    if len(here) != len(set(case_file_ids)):
        raise rules.not_found()
    today, held = rulebook.today(), queries.open_holds(here)
    rules.retention_ended(
        {one.id: rules.why_not(one.retained_until, today=today, held=one.id in held) for one in here.values()}
    )
    row = Destruction.objects.create(
        organisation_id=organisation_id,
        state=step.to,
        reason=rules.words_given(reason),
        digest="",
        proposed_by=actor.person_id,
        proposed_at=timezone.now(),
    )
    for case in here.values():
        for document_id in casework.documents_in(case.id):
            _list(row, case, document_id)
    row.digest = _digest(row)
    row.save(update_fields=["digest"])
    _enter("archive.destruction.proposed", actor, row, {"case_files": len(here)}, reason=row.reason)
    return row.pk


def _list(row: Destruction, case: CaseFileView, document_id: UUID) -> None:
    rules.longest_ended(casework.retained_until_in_all(document_id), rulebook.today())
    facts = documents.facts(document_id)
    documents_rules.not_impounded(facts)
    if Item.objects.filter(destruction=row, document_id=document_id).exists():
        return
    Item.objects.create(
        destruction=row,
        case_file_id=case.id,
        document_id=document_id,
        document_code=facts.document_code,
        reference_number=facts.reference_number,
        issued_on=facts.issued_on,
        type_name=facts.type_name,
        file_class=f"{case.file_class.code} {case.file_class.title}",
        retained_until=case.retained_until,
        digest=facts.digest,
    )


@transaction.atomic
def examine(
    *, actor: Actor, destruction_id: UUID, digest: str, opinion: str, struck: Mapping[UUID, str] | None = None
) -> None:
    """The council's examination: an opinion on the list, items struck out each with its reason (379/25.p1).

    Spends the challenge "examine_destruction" over the list's digest as it was shown.
    """
    row, act = _begin(actor, destruction_id, "examine_destruction", digest)
    rules.not_the_proposer(actor.person_id, row.proposed_by)
    identity.spend_challenge(actor=actor, act="examine_destruction", digest=digest)
    for item_id, why in (struck or {}).items():
        item = row.items.filter(pk=item_id, state="listed").first()
        if item is None:
            raise rules.not_found()
        item.state, item.opinion = "struck", rules.words_given(why)
        item.save(update_fields=["state", "opinion"])
    rules.something_left(row.items.filter(state="listed").count())
    row.state, row.examined_by, row.examined_at = act.to, actor.person_id, timezone.now()
    row.opinion, row.digest = rules.words_given(opinion), _digest(row)
    row.save()
    _enter("archive.destruction.examined", actor, row, {"struck": len(struck or {})}, reason=row.opinion)


@transaction.atomic
def decide(
    *, actor: Actor, destruction_id: UUID, digest: str, approve: bool, basis: str = "", reason: str = ""
) -> None:
    """The competent authority approves on a named basis, or refuses with a reason, exactly the list that was shown."""
    name = f"decide_destruction({'approve' if approve else 'refuse'})"
    row, act = _begin(actor, destruction_id, name, digest)
    if approve:
        rules.not_proposer_nor_appraiser(actor.person_id, row.proposed_by, row.examined_by)
        row.basis = rules.words_given(basis)
    else:
        row.decision_reason = rules.words_given(reason)
    identity.spend_challenge(actor=actor, act="decide_destruction", digest=digest)
    row.state, row.decided_by, row.decided_at = act.to, actor.person_id, timezone.now()
    row.save()
    if not approve:
        _drop(row)
    outcome = {"outcome": "approve" if approve else "refuse"}
    _enter("archive.destruction.decided", actor, row, outcome, reason=row.basis or row.decision_reason)


@transaction.atomic
def withdraw(*, actor: Actor, destruction_id: UUID, reason: str) -> None:
    """The archivist takes the list back before it is decided."""
    row, act = _begin(actor, destruction_id, "decide_destruction(withdraw)", None)
    row.state, row.decision_reason = act.to, rules.words_given(reason)
    row.save(update_fields=["state", "decision_reason"])
    _drop(row)
    _enter("archive.destruction.decided", actor, row, {"outcome": "withdraw"}, reason=row.decision_reason)


def _begin(actor: Actor, destruction_id: UUID, act: str, digest: str | None) -> tuple[Destruction, Any]:
    """The row under its lock, seen by this actor, the office proven, the list the one that was shown."""
    queries.destruction(actor, destruction_id)
    row = Destruction.objects.select_for_update().get(pk=destruction_id)
    step = DESTRUCTION.step(row.state, act)
    rules.office_for(step, actor, row.organisation_id)
    if digest is not None:
        rules.list_digest_bound(row.digest, digest)
    return row, step


def _digest(row: Destruction) -> str:
    return rules.list_digest(row.items.filter(state="listed").values_list("document_id", "digest"))


def _drop(row: Destruction) -> None:
    """A closed list names nothing any more; another list may."""
    row.items.filter(state="listed").update(state="dropped")


def _enter(act: str, actor: Actor, row: Destruction, facts: dict[str, Any], reason: str = "") -> None:
    ledger.append(
        act,
        actor,
        object_kind="destruction",
        object_id=row.pk,
        organisation_id=row.organisation_id,
        facts={"list": row.digest, "documents": row.items.filter(state="listed").count(), **facts},
        reason=reason,
        clause="379/20.1",
    )
