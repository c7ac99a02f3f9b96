"""What the machine does on one cause: it acts, or proposes, once, and says why; a failure counts and stays its own (379/27).

`occur` and `remind_about` join the caller's transaction: the effect, its record and the follower's cursor commit together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.automation import rules
from antin.automation.acts.governing import stop
from antin.automation.acts.recording import SYSTEM, enter_run, locked, standing
from antin.automation.facts import PROPOSE, Occasion, Terms
from antin.automation.lifecycle import PROPOSAL, RUN
from antin.automation.models import AutomatedAct, Notice, Run
from antin.casework import acts as casework
from antin.casework import queries as work
from antin.casework.views import AssignmentView
from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Custody, Validity

NO_OVERSEER = N_("Người kiểm duyệt không còn tài khoản đang dùng.")
UNEXPECTED = N_("Lỗi ngoài dự kiến khi chạy quy tắc.")


@dataclass(frozen=True, slots=True)
class Cause:
    """What set a rule off: its key, unique for all time, and when it happened."""

    key: str
    at: datetime
    document_id: UUID


def occasion_of(document: DocumentView) -> Occasion:
    """The document as rules see it."""
    headings = work.headings_of(document.id)
    return Occasion(
        document_id=document.id,
        type_code=document.type_code,
        subject=document.abstract,
        urgency=document.urgency,
        secrecy=document.secrecy,
        sender_code=document.sender_code,
        classes=tuple(code for code, _title in headings),
        headings=tuple(title for _code, title in headings),
        digest=document.digest,
    )


def route(rule_id: UUID, cause: Cause) -> None:
    """A document was registered: assigned, or proposed to be, if it still waits for that."""
    document = documents.facts(cause.document_id)
    waits = rules.waits_for_routing(
        document.state,
        in_force=document.validity is Validity.IN_FORCE,
        current=document.custody is Custody.CURRENT,
        impounded=document.impounded,
        has_lead=work.has_open_lead(document.id),
    )
    if waits:
        _occur(rule_id, cause, document, _assign)


def remind(rule_id: UUID, cause: Cause, piece: AssignmentView) -> None:
    """A day is near: whoever has the work is told, once for this work and this day."""
    document = documents.facts(piece.document_id)
    if not document.impounded:
        _occur(rule_id, cause, document, lambda row, run, _terms: _tell(row, run, piece))


Effect = Callable[[AutomatedAct, Run, Terms], dict[str, object]]


def _occur(rule_id: UUID, cause: Cause, document: DocumentView, effect: Effect) -> None:
    """Asks everything that must hold, then acts or proposes; a cause that was met before is left alone."""
    row = locked(rule_id)
    terms, occasion, now = Terms.from_dict(row.terms), occasion_of(document), standing(row)
    known = Run.objects.filter(rule=row, cause=cause.key).exists()
    if known or not rules.may_act_at(now, cause.at) or rules.forbidden(occasion, rulebook.personnel_signs()):
        return
    if not rules.matches(terms, occasion):
        return
    if why := rules.reason_to_stop(now, terms.most_per_day):
        stop(SYSTEM, row, why)
        return
    run = _record(row, terms, cause, occasion)
    if terms.mode == PROPOSE:
        _propose(run, terms)
    else:
        _act(row, run, terms, effect)


def _record(row: AutomatedAct, terms: Terms, cause: Cause, occasion: Occasion) -> Run:
    rules.kind_automatable(terms.kind, terms.mode, rulebook.automatable_acts())
    return Run(
        rule=row,
        organisation_id=row.organisation_id,
        rule_digest=row.digest,
        version=row.version,
        cause=cause.key,
        act=rules.ACT_OF[terms.kind],
        mode=terms.mode,
        document_id=cause.document_id,
        content_digest=occasion.digest,
        overseer_id=row.overseer_id,
        at=timezone.now(),
    )


def _propose(run: Run, terms: Terms) -> None:
    """A proposal with its reason (the conditions that held), its source (rule and version) and what it asks for (379/27.4)."""
    run.state = PROPOSAL.step("", "propose").to
    run.asked = {"lead": str(terms.lead), "due_on": due_on(terms.days).isoformat()}
    run.save(force_insert=True)
    enter_run("automation.proposal.made", SYSTEM, run, clause="379/4.7", proposal=str(run.pk))


def _act(row: AutomatedAct, run: Run, terms: Terms, effect: Effect) -> None:
    """The effect in a savepoint of its own: what fails leaves nothing behind but its reason (379/27.2.a)."""
    run.state = RUN.step("", "run_automated_act").to
    try:
        with transaction.atomic():
            run.save(force_insert=True)
            run.result = effect(row, run, terms)
            run.save(update_fields=["result"])
            enter_run("automation.act.run", SYSTEM, run, clause="379/27.2.b", run=str(run.pk))
    except RuleViolation as violation:
        _fail(row, run, terms, violation.message())


def note_failure(rule_id: UUID, cause: Cause) -> None:
    """The rule broke off on this cause in a way nobody foresaw; it counts as an error all the same (379/27.2.a)."""
    row = locked(rule_id)
    terms = Terms.from_dict(row.terms)
    _fail(row, _record(row, terms, cause, occasion_of(documents.facts(cause.document_id))), terms, UNEXPECTED)


def _fail(row: AutomatedAct, run: Run, terms: Terms, why: str) -> None:
    run.state, run.error, run.result = RUN.step("", "run_automated_act(failed)").to, why, {}
    run.save(force_insert=True)
    enter_run("automation.act.failed", SYSTEM, run, clause="379/27.2.a", run=str(run.pk), reason=why)
    if rules.errors_reached(standing(row).errors, terms.error_threshold):
        stop(SYSTEM, row, rules.TOO_MANY_ERRORS)


def _assign(row: AutomatedAct, run: Run, terms: Terms) -> dict[str, object]:
    """Through the door of casework, with the rights of the overseer at this instant and no others (379/27.2.b)."""
    assert terms.lead is not None
    before = documents.facts(run.document_id).due_on
    given = casework.assign(
        actor=_machine(row), document_id=run.document_id, lead=terms.lead, due_on=due_on(terms.days)
    )
    return assigned(given, before)


def assigned(given: tuple[AssignmentView, ...], before: date | None) -> dict[str, object]:
    """What there would be to take back."""
    return {
        "assignments": [str(one.id) for one in given],
        "people": [str(one.person_id) for one in given],
        "due_before": before.isoformat() if before else None,
    }


def _tell(row: AutomatedAct, run: Run, piece: AssignmentView) -> dict[str, object]:
    _machine(row)
    Notice.objects.create(
        run=run,
        person_id=piece.person_id,
        kind="remind",
        document_id=piece.document_id,
        assignment_id=piece.id,
        due_on=piece.due_on,
        at=timezone.now(),
    )
    return {"people": [str(piece.person_id)], "assignments": [str(piece.id)]}


def _machine(row: AutomatedAct) -> Actor:
    found = identity.machine_for(row.overseer_id)
    if found is None:
        raise RuleViolation("379/27.2.b", NO_OVERSEER, N_("Quản trị chọn người kiểm duyệt khác."))
    return found


def due_on(days: int) -> date:
    """That many working days from today."""
    day = rulebook.today()
    for _ in range(days):
        day = rulebook.next_working_day(day)
    return day
