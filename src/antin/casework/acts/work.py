"""One person's piece of work: given, taken up, handed over, reported, settled, its date changed (217/10.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.casework import rules
from antin.casework.acts.documents import write_instruction
from antin.casework.lifecycle import ASSIGNMENT
from antin.casework.models import Assignment, DueChange, HandOver, Instruction, Result
from antin.casework.queries import assignment_view, assignment_views, result_view
from antin.casework.views import AssignmentView, ResultView
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents import rules as documents_rules
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.values import Actor, Office, Secrecy, canonical_json, sha256_hex, to_vietnam
from antin.vault import acts as vault

ACTING = ("in_use", "custody_current")
OBLIGATION = "assignment"


@transaction.atomic
def assign(
    *,
    actor: Actor,
    document_id: UUID,
    lead: UUID,
    supporting: Iterable[UUID] = (),
    due_on: date | None,
    text: str = "",
) -> tuple[AssignmentView, ...]:
    """Gives the work to one lead and any number of supporters, with a date and, if written, an instruction."""
    documents_queries.document(actor, document_id)
    document = documents.advance(actor=actor, document_id=document_id, act="assign", life="incoming")
    actor = identity_rules.on_behalf(actor, Office.LEADER, document.owner_id)
    others = rules.lead_and_supporting(lead, supporting)
    _must_know(document, (lead, *others))
    now = timezone.now()
    due = rules.due_on_set(due_on, to_vietnam(now).date())
    open_leads = Assignment.objects.filter(document_id=document_id, role=rules.LEAD).exclude(state="closed")
    rules.no_lead_yet(open_leads.count())
    instruction = write_instruction(actor, document, text, (lead, *others)) if text.strip() else None
    roles = [(lead, rules.LEAD), *((person, rules.SUPPORTING) for person in others)]
    given = [_give(actor, document, person, role, due, instruction) for person, role in roles]
    documents.note_due_on(document_id=document_id, due_on=due)
    _entry(
        "casework.work.assigned",
        actor,
        document,
        facts={"lead": str(lead), "supporting": [str(p) for p in others], "due_on": due.isoformat()},
        reason=text.strip(),
        clause="217/10.2",
    )
    return assignment_views(given)


def _must_know(document: DocumentView, people: Iterable[UUID]) -> None:
    named = tuple(people)
    homes = {one: view.organisation_id for one, view in identity.people(named).items()}
    rules.need_to_know(named, homes, {document.owner_id} | identity.descendants(document.owner_id))


def _give(
    actor: Actor, document: DocumentView, person: UUID, role: str, due_on: date, instruction: Instruction | None
) -> Assignment:
    assignment = Assignment.objects.create(
        document_id=document.id,
        organisation_id=document.owner_id,
        instruction=instruction,
        role=role,
        person_id=person,
        given_by=actor.person_id,
        due_on=due_on,
        state=ASSIGNMENT.step("", "assign").to,
        given_at=timezone.now(),
    )
    documents.grant_access(document_id=document.id, person_id=person, why="assignee")
    documents.hang_obligation(document_id=document.id, kind=OBLIGATION, key=str(assignment.pk))
    return assignment


@transaction.atomic
def take_up(*, actor: Actor, assignment_id: UUID) -> AssignmentView:
    """The assignee accepts; the first to do so brings the document into process (217/10.2, 379/13.3)."""
    assignment, document = _opened(actor, assignment_id)
    rules.assigned_to_me(actor.person_id, assignment.person_id)
    _move(assignment, "take_up")
    assignment.accepted_at = timezone.now()
    assignment.save()
    if rules.in_process_already(document.state):
        documents.guard(actor=actor, document_id=document.id, guards=ACTING)
    else:
        documents.advance(
            actor=actor, document_id=document.id, act="take_up", life="incoming", as_office=Office.ASSIGNEE
        )
    _entry(
        "casework.work.taken_up",
        actor,
        document,
        facts={"assignment": str(assignment.pk), "role": assignment.role},
        clause="217/10.2",
    )
    return assignment_view(assignment)


@transaction.atomic
def hand_over(*, actor: Actor, assignment_id: UUID, to_person: UUID, reason: str) -> AssignmentView:
    """Passes a piece of work on; the taker accepts anew and may read everything that goes along (379/6.2.p2)."""
    assignment, document = _opened(actor, assignment_id)
    documents.guard(actor=actor, document_id=document.id, guards=ACTING)
    leads = actor.holds(Office.LEADER, document.owner_id)
    rules.may_hand_over(actor.person_id, assignee_id=assignment.person_id, leads=leads)
    if actor.person_id != assignment.person_id:
        actor = identity_rules.on_behalf(actor, Office.LEADER, document.owner_id)
    rules.another_person(assignment.person_id, to_person)
    words = vault.sealed_words(document.id, rules.words_given(reason))
    _must_know(document, (to_person,))
    _move(assignment, "hand_over")
    now = timezone.now()
    HandOver.objects.create(
        assignment=assignment,
        from_person=assignment.person_id,
        to_person=to_person,
        reason=words,
        by=actor.person_id,
        at=now,
    )
    before = assignment.person_id
    assignment.person_id, assignment.accepted_at = to_person, None
    assignment.save()
    documents.grant_access(document_id=document.id, person_id=to_person, why="assignee")
    _entry(
        "casework.work.handed_over",
        actor,
        document,
        facts={"assignment": str(assignment.pk), "from": str(before), "to": str(to_person)},
        reason=words,
        clause="379/6.2.p2",
    )
    return assignment_view(assignment)


@transaction.atomic
def report_result(
    *,
    actor: Actor,
    assignment_id: UUID,
    text: str,
    attachment: tuple[str, str, bytes] | None = None,
) -> ResultView:
    """The assignee's report in words, with a file (name, media type, bytes) where there is one (217/10.2)."""
    assignment, document = _opened(actor, assignment_id)
    documents.guard(actor=actor, document_id=document.id, guards=("custody_current",))
    rules.assigned_to_me(actor.person_id, assignment.person_id)
    words = vault.sealed_words(document.id, rules.words_given(text, "217/10.2"))
    _move(assignment, "report_result")
    assignment.reported_at = timezone.now()
    assignment.save()
    result = _result(actor, assignment, words, attachment, document.secrecy)
    _entry(
        "casework.result.reported",
        actor,
        document,
        facts={"assignment": str(assignment.pk), "result": str(result.pk), "digest": result.digest},
        clause="217/10.2",
    )
    return result_view(result)


def _result(
    actor: Actor, assignment: Assignment, words: str, attachment: tuple[str, str, bytes] | None, secrecy: Secrecy
) -> Result:
    name, media_type, data = attachment or ("", "", b"")
    if attachment:
        name = documents_rules.kept_name(secrecy, documents_rules.check_attachment_name(name), 1)
        rules.attachment_within(len(data))
    kept = vault.store(data, owner=assignment.document_id, media_type=media_type) if attachment else None
    return Result.objects.create(
        assignment=assignment,
        words=words,
        content_id=kept.id if kept else None,
        content_name=name,
        media_type=media_type,
        digest=sha256_hex(canonical_json({"words": words, "file": kept.digest if kept else ""})),
        by=actor.person_id,
        at=assignment.reported_at,
    )


@transaction.atomic
def settle_result(
    *, actor: Actor, assignment_id: UUID, outcome: Literal["accept", "return"], reason: str = ""
) -> ResultView:
    """The leader accepts the result, which closes the piece of work, or returns it with a reason (217/10.2)."""
    assignment, document = _opened(actor, assignment_id)
    documents.guard(actor=actor, document_id=document.id, guards=("custody_current",))
    identity_rules.require_office(actor, (Office.LEADER,), document.owner_id)
    actor = identity_rules.on_behalf(actor, Office.LEADER, document.owner_id)
    words = vault.sealed_words(document.id, reason.strip() if rules.accepts(outcome) else rules.words_given(reason))
    _move(assignment, f"settle_result({outcome})")
    now = timezone.now()
    result = assignment.results.order_by("-at").first()
    result.outcome, result.reason, result.settled_by, result.settled_at = outcome, words, actor.person_id, now
    result.save()
    if rules.accepts(outcome):
        assignment.closed_at = now
        documents.take_down_obligation(document_id=document.id, kind=OBLIGATION, key=str(assignment.pk))
    assignment.save()
    _entry(
        "casework.result.settled",
        actor,
        document,
        facts={"assignment": str(assignment.pk), "result": str(result.pk), "outcome": outcome},
        reason=words,
        clause="217/10.2",
    )
    return result_view(result)


@transaction.atomic
def change_due_date(*, actor: Actor, assignment_id: UUID, due_on: date, reason: str) -> AssignmentView:
    """A new date with a reason; the old one is kept. The lead's date is the document's (217/11.13, 379/17.3)."""
    assignment, document = _opened(actor, assignment_id)
    documents.guard(actor=actor, document_id=document.id, guards=ACTING)
    identity_rules.require_office(actor, (Office.LEADER,), document.owner_id)
    actor = identity_rules.on_behalf(actor, Office.LEADER, document.owner_id)
    words = vault.sealed_words(document.id, rules.words_given(reason))
    now = timezone.now()
    due = rules.due_on_set(due_on, to_vietnam(now).date())
    _move(assignment, "change_due_date")
    DueChange.objects.create(
        assignment=assignment, old=assignment.due_on, new=due, reason=words, by=actor.person_id, at=now
    )
    before, assignment.due_on = assignment.due_on, due
    assignment.save()
    if assignment.role == rules.LEAD:
        documents.note_due_on(document_id=document.id, due_on=due)
    _entry(
        "casework.due.changed",
        actor,
        document,
        facts={"assignment": str(assignment.pk), "from": before.isoformat(), "to": due.isoformat()},
        reason=words,
        clause="217/11.13",
    )
    return assignment_view(assignment)


@transaction.atomic
def withdraw_work(*, actor: Actor, assignment_id: UUID, due_on: date | None, reason: str) -> AssignmentView:
    """Takes back a piece of work that nobody has taken up, as if it had not been given; who could read still may.

    `due_on` is the document's date as it was before. The document waits for a leader's word again (217/10.2, 379/27.3).
    """
    assignment, document = _opened(actor, assignment_id)
    documents.guard(actor=actor, document_id=document.id, guards=("custody_current",))
    identity_rules.require_office(actor, (Office.LEADER,), document.owner_id)
    actor = identity_rules.on_behalf(actor, Office.LEADER, document.owner_id)
    words = vault.sealed_words(document.id, rules.words_given(reason))
    _move(assignment, "withdraw_work")
    assignment.closed_at = assignment.withdrawn_at = timezone.now()
    assignment.save()
    documents.take_down_obligation(document_id=document.id, kind=OBLIGATION, key=str(assignment.pk))
    if assignment.role == rules.LEAD:
        documents.note_due_on(document_id=document.id, due_on=due_on)
    _entry(
        "casework.work.withdrawn",
        actor,
        document,
        facts={"assignment": str(assignment.pk), "from": str(assignment.person_id)},
        reason=words,
        clause="379/27.3",
    )
    return assignment_view(assignment)


def _opened(actor: Actor, assignment_id: UUID) -> tuple[Assignment, DocumentView]:
    """The piece of work and its document, both locked (the document first, as everywhere), seen by the actor."""
    found = rules.assignment_found(Assignment.objects.filter(pk=assignment_id).first())
    documents_queries.document(actor, found.document_id)
    document = documents.locked(document_id=found.document_id)
    return Assignment.objects.select_for_update().get(pk=assignment_id), document


def _move(assignment: Assignment, act: str) -> None:
    assignment.state = ASSIGNMENT.step(assignment.state, act).to


def _entry(
    act: str, actor: Actor, document: DocumentView, *, facts: dict[str, object], clause: str, reason: str = ""
) -> None:
    ledger.append(
        act,
        actor,
        object_kind="document",
        object_id=document.id,
        organisation_id=document.owner_id,
        facts=facts,
        reason=reason,
        clause=clause,
    )
