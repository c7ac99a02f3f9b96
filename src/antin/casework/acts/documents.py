"""A leader's word on a document, its completion, and its reopening (217/10.2, 217/11.8)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.casework import rules
from antin.casework.lifecycle import ASSIGNMENT
from antin.casework.models import Assignment, Instruction
from antin.casework.queries import instruction_view
from antin.casework.views import InstructionView
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.values import Actor, Office, sha256_hex
from antin.vault import acts as vault


@transaction.atomic
def give_instruction(*, actor: Actor, document_id: UUID, text: str, people: Iterable[UUID] = ()) -> InstructionView:
    """A leader's instruction; the people named may read the document from then on."""
    documents_queries.document(actor, document_id)
    document = documents.guard(actor=actor, document_id=document_id, guards=("in_use", "custody_current"))
    identity_rules.require_office(actor, (Office.LEADER,), document.owner_id)
    actor = identity_rules.on_behalf(actor, Office.LEADER, document.owner_id)
    named = tuple(dict.fromkeys(people))
    homes = {one: view.organisation_id for one, view in identity.people(named).items()}
    rules.need_to_know(named, homes, {document.owner_id} | identity.descendants(document.owner_id))
    instruction = write_instruction(actor, document, text, named)
    for person in named:
        documents.grant_access(document_id=document_id, person_id=person, why="instruction")
    ledger.append(
        "casework.instruction.given",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={"instruction": str(instruction.pk), "digest": sha256_hex(instruction.words.encode())},
        reason=instruction.words,
        clause="379/6.2.p2",
    )
    return instruction_view(instruction)


def write_instruction(actor: Actor, document: DocumentView, text: str, people: Iterable[UUID]) -> Instruction:
    """The row of an instruction, for the acts that carry one."""
    return Instruction.objects.create(
        document_id=document.id,
        organisation_id=document.owner_id,
        by=actor.person_id,
        on_behalf_of=actor.on_behalf_of,
        words=vault.sealed_words(document.id, rules.words_given(text, "217/10.2")),
        people=[str(person) for person in people],
        at=timezone.now(),
    )


@transaction.atomic
def complete(*, actor: Actor, document_id: UUID, note: str = "") -> DocumentView:
    """Completes the document: every result accepted, or nothing to do, or no longer in force (217/10.2)."""
    documents_queries.document(actor, document_id)
    before = documents.locked(document_id=document_id)
    pieces = list(Assignment.objects.select_for_update().filter(document_id=document_id).order_by("-given_at"))
    if rules.in_force(before.validity):
        rules.results_accepted([piece.state for piece in pieces])
    else:
        _close_with_document(pieces)
    lead = next((piece.person_id for piece in pieces if piece.role == rules.LEAD), None)
    document = documents.advance(
        actor=actor,
        document_id=document_id,
        act="complete",
        life="incoming",
        as_office=Office.ASSIGNEE if rules.completes_as(actor.person_id, lead_id=lead) else None,
    )
    if not rules.completes_as(actor.person_id, lead_id=lead):
        actor = identity_rules.on_behalf(actor, Office.LEADER, document.owner_id)
    ledger.append(
        "casework.document.completed",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={"pieces": len(pieces)},
        reason=note.strip(),
        clause="217/10.2",
    )
    return document


def _close_with_document(pieces: Iterable[Assignment]) -> None:
    """Work on a document that is no longer in force ends with it (217/10.2.p2)."""
    for piece in pieces:
        if piece.state != "closed":
            piece.state, piece.closed_at = ASSIGNMENT.step(piece.state, "complete").to, timezone.now()
            piece.save()
            documents.take_down_obligation(document_id=piece.document_id, kind="assignment", key=str(piece.pk))


@transaction.atomic
def reopen(*, actor: Actor, document_id: UUID, reason: str) -> DocumentView:
    """Takes a completed document into process again; the last lead goes on with it (217/10.2, 379/17.3)."""
    documents_queries.document(actor, document_id)
    words = rules.words_given(reason)
    document = documents.advance(actor=actor, document_id=document_id, act="reopen", life="incoming")
    actor = identity_rules.on_behalf(actor, Office.LEADER, document.owner_id)
    lead = (
        Assignment.objects.select_for_update()
        .filter(document_id=document_id, role=rules.LEAD, state="closed", withdrawn_at=None)
        .order_by("-given_at")
        .first()
    )
    if lead is not None:
        lead.state, lead.closed_at, lead.reported_at = ASSIGNMENT.step(lead.state, "reopen").to, None, None
        lead.save()
        documents.hang_obligation(document_id=document_id, kind="assignment", key=str(lead.pk))
    ledger.append(
        "casework.document.reopened",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={"lead": str(lead.person_id) if lead else ""},
        reason=words,
        clause="217/10.2",
    )
    return document
