"""A person disposes of what the machine proposed, and the overseer takes back what it did (379/4.7, 379/27.3, 379/27.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.automation import rules
from antin.automation.acts.governing import open_deviation, stop_if_enabled
from antin.automation.acts.recording import SYSTEM, enter_run, is_run, locked
from antin.automation.acts.running import assigned
from antin.automation.facts import ROUTE
from antin.automation.lifecycle import PROPOSAL, RUN
from antin.automation.models import Notice, Run
from antin.automation.rules import words_given
from antin.casework import acts as casework
from antin.casework import queries as work
from antin.documents import queries as documents
from antin.values import N_, Actor

ASSIGNED_OTHERWISE = N_("Văn bản đã được giao hoặc không còn chờ giao.")


@transaction.atomic
def accept_proposal(*, actor: Actor, proposal_id: UUID, lead: UUID, due_on: date | None, text: str = "") -> None:
    """Assigns as the person's own act, with the person's rights and all its checks; what was changed is on record."""
    run = _proposal(actor, proposal_id)
    run.state = PROPOSAL.step(run.state, "settle_proposal(accept)").to
    before = documents.facts(run.document_id).due_on
    given = casework.assign(actor=actor, document_id=run.document_id, lead=lead, due_on=due_on, text=text)
    run.result = assigned(given, before)
    wanted = {"lead": str(lead), "due_on": due_on.isoformat() if due_on else ""}
    changed = sorted(name for name, value in wanted.items() if run.asked.get(name) != value)
    _settle(actor, run, "accept", changed=changed)


@transaction.atomic
def decline_proposal(*, actor: Actor, proposal_id: UUID, reason: str = "") -> None:
    """Declined; nothing happens to the document, and the person owes no reason."""
    run = _proposal(actor, proposal_id)
    run.state = PROPOSAL.step(run.state, "settle_proposal(decline)").to
    run.reason = reason.strip()[:4000]
    _settle(actor, run, "decline", changed=[])


def lapse_proposals(*, document_id: UUID) -> int:
    """The document was assigned or ended otherwise: what waits about it lapses. Joins the follower's transaction."""
    waiting = list(Run.objects.select_for_update().filter(document_id=document_id, state="proposed"))
    for run in waiting:
        run.state = PROPOSAL.step(run.state, "settle_proposal(lapse)").to
        run.reason = ASSIGNED_OTHERWISE
        _settle(SYSTEM, run, "lapse", changed=[])
    return len(waiting)


def _proposal(actor: Actor, proposal_id: UUID) -> Run:
    """Under lock, seen by the actor, the actor's to settle."""
    known = rules.found(Run.objects.filter(pk=proposal_id).first())
    documents.document(actor, known.document_id)
    locked(known.rule_id)
    run = Run.objects.select_for_update().get(pk=proposal_id)
    rules.entitled_to_the_act(actor, run.organisation_id)
    return run


def _settle(actor: Actor, run: Run, outcome: str, *, changed: list[str]) -> None:
    run.settled_by, run.settled_at = actor.person_id, timezone.now()
    run.save()
    enter_run(
        "automation.proposal.settled",
        actor,
        run,
        clause="379/4.7",
        reason=run.reason,
        proposal=str(run.pk),
        outcome=outcome,
        changed=changed,
    )


@transaction.atomic
def undo_automated_act(*, actor: Actor, run_id: UUID, reason: str) -> None:
    """Takes back one run through the door of its room, tells those told before, and stops the rule: it is a deviation.

    RuleViolation 379/27.3 when the receiver has taken the work up; then only people put it right.
    """
    known = rules.found(Run.objects.filter(pk=run_id).first())
    row = locked(known.rule_id)
    run = Run.objects.select_for_update().get(pk=run_id)
    rules.is_the_overseer(actor.person_id, row.overseer_id)
    words = words_given(reason, "379/27.3")
    life = RUN if is_run(run) else PROPOSAL
    run.state = life.step(run.state, "undo_automated_act").to
    _take_back(actor, run, words)
    run.settled_by, run.settled_at, run.reason = actor.person_id, timezone.now(), words
    run.save()
    stop_if_enabled(actor, row, words)
    one = open_deviation(actor, row, words, run)
    told = {"run": str(run.pk), "deviation": str(one.pk)}
    enter_run("automation.act.undone", actor, run, clause="379/27.3", reason=words, **told)


def _take_back(actor: Actor, run: Run, words: str) -> None:
    ids = [UUID(one) for one in run.result.get("assignments", ())]
    before = run.result.get("due_before")
    for piece in work.pieces(ids) if run.act == rules.ACT_OF[ROUTE] else ():
        rules.act_has_compensation(run.act, piece.state)
        casework.withdraw_work(
            actor=actor,
            assignment_id=piece.id,
            due_on=date.fromisoformat(before) if before else None,
            reason=words,
        )
    Notice.objects.filter(run=run, seen_at=None).update(seen_at=timezone.now())
    _tell(run, (UUID(one) for one in run.result.get("people", ())), words)


def _tell(run: Run, people: Iterable[UUID], words: str) -> None:
    """Those told before are told again (I42)."""
    for person in dict.fromkeys(people):
        Notice.objects.create(
            run=run, person_id=person, kind="undone", document_id=run.document_id, reason=words, at=timezone.now()
        )


@transaction.atomic
def note_notice_seen(*, actor: Actor, notice_id: UUID) -> None:
    """One's own notice is taken off the desk; no entry: it was told, not decided."""
    mine = rules.found(Notice.objects.filter(pk=notice_id, person_id=actor.person_id).first())
    mine.seen_at = mine.seen_at or timezone.now()
    mine.save(update_fields=["seen_at"])
