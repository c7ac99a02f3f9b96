"""What others may read of casework: each list bounded, keyset-paged, and shown only with a visible document.

Boxes of `my_work`: open (all that waits for me), lead, supporting, overdue, done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from antin.casework import rules
from antin.casework.lifecycle import OPEN_STATES
from antin.casework.models import Assignment, DueChange, HandOver, Instruction, Result
from antin.casework.views import (
    AssignmentView,
    DueChangeView,
    HandOverView,
    InstructionView,
    ResultView,
    WorkPage,
    WorkRow,
)
from antin.documents import queries as documents
from antin.identity import queries as identity
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office, to_vietnam
from antin.vault import queries as vault

LIMIT = 200
DAYS_OFF_MOST = 14
"""A deadline this many days ago may still move to a working day ahead."""
COUNT_LIMIT = 1000
BOXES = ("open", "lead", "supporting", "overdue", "done")


def today() -> date:
    """The day on Vietnam's clock (217/13.2)."""
    return to_vietnam(timezone.now()).date()


# lists of work


def my_work(actor: Actor, box: str = "open", *, after: str | None = None, limit: int = 50) -> WorkPage:
    """The actor's own pieces of work in one box, by deadline, overdue first; done: latest deadline first."""
    mine = Assignment.objects.filter(person_id=actor.person_id).filter(_boxes()[box])
    return _page(actor, mine, after, limit, newest_first=box == "done")


def given_out(actor: Actor, *, open_only: bool = True, after: str | None = None, limit: int = 50) -> WorkPage:
    """What the actor gave to others and follows up."""
    given = Assignment.objects.filter(given_by=actor.person_id)
    return _page(actor, given.filter(state__in=OPEN_STATES) if open_only else given, after, limit)


def overdue(actor: Actor, *, after: str | None = None, limit: int = 50) -> WorkPage:
    """Late work: one's own, what one gave out, and all of the organisations where one is leader (217/11.13)."""
    concerned = (
        Q(person_id=actor.person_id)
        | Q(given_by=actor.person_id)
        | Q(organisation_id__in=actor.organisations(Office.LEADER))
    )
    return _page(actor, Assignment.objects.filter(concerned).filter(_boxes()["overdue"]), after, limit)


def counts(actor: Actor) -> dict[str, int]:
    """How many pieces of work stand in each box of `my_work`, capped at 1000."""
    mine = Assignment.objects.filter(person_id=actor.person_id)
    return {box: mine.filter(where)[:COUNT_LIMIT].count() for box, where in _boxes().items() if box != "done"}


def open_count(actor: Actor) -> int:
    """How many pieces wait for this person, capped at 1000: one question, for every page's navigation."""
    return Assignment.objects.filter(_boxes()["open"], person_id=actor.person_id)[:COUNT_LIMIT].count()


def _boxes() -> dict[str, Q]:
    late = rules.overdue_since(today(), rulebook.is_working_day)
    waiting = Q(state__in=OPEN_STATES)
    return {
        "open": waiting,
        "lead": waiting & Q(role=rules.LEAD),
        "supporting": waiting & Q(role=rules.SUPPORTING),
        "overdue": Q(state__in=("assigned", "accepted"), due_on__lte=late),
        "done": Q(state="closed"),
    }


def _page(
    actor: Actor, rows: QuerySet[Assignment], after: str | None, limit: int, *, newest_first: bool = False
) -> WorkPage:
    size = max(1, min(limit, LIMIT))
    mark = rules.read_mark(after)
    if mark is not None:
        day, last = mark
        beyond = (
            Q(due_on__lt=day) | Q(due_on=day, pk__lt=last)
            if newest_first
            else Q(due_on__gt=day) | Q(due_on=day, pk__gt=last)
        )
        rows = rows.filter(beyond)
    order = ("-due_on", "-pk") if newest_first else ("due_on", "pk")
    found = list(rows.select_related("instruction").order_by(*order)[: size + 1])
    shown = found[:size]
    cards = documents.cards(actor, {row.document_id for row in shown})
    lines = tuple(
        WorkRow(view, cards[row.document_id])
        for row, view in zip(shown, assignment_views(shown), strict=True)
        if row.document_id in cards
    )
    return WorkPage(lines, rules.write_mark(shown[-1].due_on, shown[-1].pk) if len(found) > size else None)


# about one document


def assignments(actor: Actor, document_id: UUID) -> tuple[AssignmentView, ...]:
    """Every piece of work on the document, lead first, then in the order given."""
    documents.document(actor, document_id)
    rows = Assignment.objects.filter(document_id=document_id).select_related("instruction")
    return assignment_views(rows.order_by("role", "given_at", "pk")[:LIMIT])


def assignment(actor: Actor, assignment_id: UUID) -> AssignmentView:
    """One piece of work; the same answer for a foreign id as for none (379/4.4)."""
    row = rules.assignment_found(Assignment.objects.filter(pk=assignment_id).select_related("instruction").first())
    documents.document(actor, row.document_id)
    return assignment_view(row)


def instructions(actor: Actor, document_id: UUID) -> tuple[InstructionView, ...]:
    """Leaders' instructions on the document, oldest first."""
    documents.document(actor, document_id)
    rows = list(Instruction.objects.filter(document_id=document_id).order_by("at")[:LIMIT])
    names = _names(row.by for row in rows)
    return tuple(_instruction(row, names) for row in rows)


def results(actor: Actor, document_id: UUID) -> tuple[ResultView, ...]:
    """Everything reported on the document, newest first."""
    documents.document(actor, document_id)
    rows = list(Result.objects.filter(assignment__document_id=document_id).order_by("-at")[:LIMIT])
    names = _names(row.by for row in rows)
    return tuple(_result(row, names) for row in rows)


def result_file(actor: Actor, result_id: UUID) -> tuple[str, str, bytes]:
    """Name, media type and bytes of the file that came with a result."""
    row = rules.assignment_found(
        Result.objects.filter(pk=result_id, content_id__isnull=False).select_related("assignment").first()
    )
    documents.document(actor, row.assignment.document_id)
    return row.content_name, row.media_type, vault.read(row.content_id)


def due_changes(actor: Actor, document_id: UUID) -> tuple[DueChangeView, ...]:
    """How deadlines moved, oldest first (379/17.3)."""
    documents.document(actor, document_id)
    rows = list(DueChange.objects.filter(assignment__document_id=document_id).order_by("at")[:LIMIT])
    names = _names(row.by for row in rows)
    return tuple(
        DueChangeView(row.assignment_id, row.old, row.new, row.reason, row.by, names.get(row.by, ""), row.at)
        for row in rows
    )


def hand_overs(actor: Actor, document_id: UUID) -> tuple[HandOverView, ...]:
    """Who passed work to whom, oldest first."""
    documents.document(actor, document_id)
    rows = list(HandOver.objects.filter(assignment__document_id=document_id).order_by("at")[:LIMIT])
    names = _names(person for row in rows for person in (row.from_person, row.to_person))
    return tuple(
        HandOverView(
            row.assignment_id,
            row.from_person,
            names.get(row.from_person, ""),
            row.to_person,
            names.get(row.to_person, ""),
            row.reason,
            row.at,
        )
        for row in rows
    )


# for the rooms above, inside their own acts


def has_open_lead(document_id: UUID) -> bool:
    """Somebody has the lead now."""
    return Assignment.objects.filter(document_id=document_id, role=rules.LEAD, state__in=OPEN_STATES).exists()


def pieces(assignment_ids: Iterable[UUID]) -> tuple[AssignmentView, ...]:
    """These pieces of work as they stand."""
    rows = Assignment.objects.filter(pk__in=list(assignment_ids)).select_related("instruction")
    return assignment_views(rows.order_by("role", "pk"))


def falling_due(organisation_ids: Iterable[UUID], until: date, *, after: UUID | None = None) -> tuple[UUID, ...]:
    """Ids of work not reported yet in these bodies, due from today up to that day; by id, 200 at a time."""
    rows = Assignment.objects.filter(
        organisation_id__in=list(organisation_ids),
        state__in=("assigned", "accepted"),
        due_on__gte=today() - timedelta(days=DAYS_OFF_MOST),
        due_on__lte=until,
    )
    rows = rows.filter(pk__gt=after) if after else rows
    return tuple(rows.order_by("pk").values_list("pk", flat=True)[:LIMIT])


# rows as views, for the acts too


def assignment_views(rows: Iterable[Assignment]) -> tuple[AssignmentView, ...]:
    """Views of several rows with one question for the names."""
    found = list(rows)
    names = _names(person for row in found for person in (row.person_id, row.given_by))
    day = today()
    return tuple(_assignment(row, names, day) for row in found)


def assignment_view(row: Assignment) -> AssignmentView:
    return assignment_views([row])[0]


def instruction_view(row: Instruction) -> InstructionView:
    return _instruction(row, _names([row.by]))


def result_view(row: Result) -> ResultView:
    return _result(row, _names([row.by]))


def _names(people: Iterable[UUID]) -> dict[UUID, str]:
    wanted: Sequence[UUID] = tuple(dict.fromkeys(people))
    return {one: view.name for one, view in identity.people(wanted).items()} if wanted else {}


def _assignment(row: Assignment, names: dict[UUID, str], day: date) -> AssignmentView:
    due = rules.effective_due(row.due_on, rulebook.is_working_day)
    return AssignmentView(
        id=row.pk,
        document_id=row.document_id,
        role=row.role,
        person_id=row.person_id,
        person_name=names.get(row.person_id, ""),
        given_by=row.given_by,
        given_by_name=names.get(row.given_by, ""),
        words=vault.opened_words(row.document_id, row.instruction.words) if row.instruction else "",
        due_on=row.due_on,
        state=row.state,
        given_at=row.given_at,
        accepted_at=row.accepted_at,
        reported_at=row.reported_at,
        closed_at=row.closed_at,
        overdue=rules.is_overdue(row.due_on, row.state, day, rulebook.is_working_day),
        days_left=rulebook.working_days_between(day, due),
    )


def _instruction(row: Instruction, names: dict[UUID, str]) -> InstructionView:
    return InstructionView(
        id=row.pk,
        document_id=row.document_id,
        by=row.by,
        by_name=names.get(row.by, ""),
        words=vault.opened_words(row.document_id, row.words),
        people=tuple(UUID(person) for person in row.people),
        at=row.at,
    )


def _result(row: Result, names: dict[UUID, str]) -> ResultView:
    return ResultView(
        id=row.pk,
        assignment_id=row.assignment_id,
        words=vault.opened_words(row.assignment.document_id, row.words),
        content_name=row.content_name,
        media_type=row.media_type,
        digest=row.digest,
        by=row.by,
        by_name=names.get(row.by, ""),
        at=row.at,
        outcome=row.outcome,
        reason=vault.opened_words(row.assignment.document_id, row.reason),
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )
