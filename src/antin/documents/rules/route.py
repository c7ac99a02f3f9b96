"""Review routes: ordered, parallel, with quorum. Data walked by `endorse`; they add no states (379/13.3).

Steps of the same order run side by side; the next order opens when every step of this one has its quorum.
Only answers given to the revision that lies there now count: a new revision voids earlier consents.

>>> from uuid import UUID
>>> a, b, c = (UUID(int=n) for n in (1, 2, 3))
>>> steps = (RouteStep(1, (a, b), quorum=1), RouteStep(2, (c,)))
>>> [s.state for s in route_state(steps, (), revision=1).steps]
['now', 'later']
>>> [s.state for s in route_state(steps, (Given(1, a, EndorsementKind.CONSENT, 1),), revision=1).steps]
['done', 'now']
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from antin.documents.facts import DocumentView, EndorsementKind, RouteStep
from antin.documents.rules.access import persons, stands_in
from antin.regulation import RuleViolation
from antin.values import N_, Actor

STEPS_LIMIT = 20
PEOPLE_LIMIT = 30
COUNTS = {"review": EndorsementKind.CONSENT, "initial": EndorsementKind.INITIAL}


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: in which order, from whose seat, of which kind, to which revision, by whom (None: by the seat's own)."""

    order: int
    seat: UUID
    kind: EndorsementKind
    revision: int
    by: UUID | None = None


@dataclass(frozen=True, slots=True)
class StepState:
    """A step and how it stands: done, now or later."""

    step: RouteStep
    agreed: frozenset[UUID]
    state: str
    voices: frozenset[UUID] = frozenset()

    @property
    def waiting(self) -> frozenset[UUID]:
        """Who is to answer now."""
        return frozenset(self.step.people) - self.agreed if self.state == "now" else frozenset()


@dataclass(frozen=True, slots=True)
class RouteState:
    steps: tuple[StepState, ...]

    @property
    def complete(self) -> bool:
        return all(s.state == "done" for s in self.steps)

    @property
    def waiting(self) -> frozenset[UUID]:
        return frozenset().union(*(s.waiting for s in self.steps))


def route_state(steps: Sequence[RouteStep], given: Iterable[Given], *, revision: int) -> RouteState:
    """How the route stands after these answers to this revision. An empty route is complete."""
    answers = {(g.order, g.seat, g.kind): g.by or g.seat for g in given if g.revision == revision}
    agreed = [frozenset(p for p in s.people if (s.order, p, COUNTS[s.kind]) in answers) for s in steps]
    voices = [frozenset(answers[s.order, p, COUNTS[s.kind]] for p in a) for s, a in zip(steps, agreed, strict=True)]
    open_orders = [s.order for s, a in zip(steps, agreed, strict=True) if len(a) < s.quorum]
    now = min(open_orders, default=None)
    return RouteState(
        tuple(StepState(s, a, _standing(s, a, now), v) for s, a, v in zip(steps, agreed, voices, strict=True)),
    )


def _standing(step: RouteStep, agreed: Collection[UUID], now: int | None) -> str:
    if now is None or step.order < now or (step.order == now and len(agreed) >= step.quorum):
        return "done"
    return "now" if step.order == now else "later"


def my_turn(
    state: RouteState, actor: Actor, kind: EndorsementKind, document: DocumentView | None = None
) -> tuple[int, UUID]:
    """(order, seat) the actor answers from; RuleViolation out of turn or with the wrong kind of answer.

    An opinion may also be added by those who have answered already: the undo of a consent is a further word. One's
    own seats come before those of the absent, see `substitute_seats`.
    """
    mine = persons(actor)
    for standing in state.steps:
        seats = mine & frozenset(standing.step.people)
        if not seats or standing.state == "later":
            continue
        if kind is EndorsementKind.OPINION:
            return standing.step.order, min(seats)
        if kind is COUNTS[standing.step.kind] and mine & standing.waiting:
            return standing.step.order, min(mine & standing.waiting)
    for standing in state.steps if document else ():
        away = substitute_seats(standing, actor, document)
        if away and kind in (EndorsementKind.OPINION, COUNTS[standing.step.kind]):
            return standing.step.order, min(away)
    raise RuleViolation(
        "379/13.3",
        N_("Chưa đến lượt, đã có ý kiến rồi, hoặc bước này không nhận loại ý kiến đó."),
        N_("Xem luồng trình để biết đang chờ ai."),
        kind=kind.value,
    )


def substitute_seats(standing: StepState, actor: Actor, document: DocumentView | None) -> frozenset[UUID]:
    """Seats of the absent that the actor may answer from now: in one step a person speaks once (379/13.3)."""
    if document is None or actor.person_id in standing.voices or actor.person_id in standing.step.people:
        return frozenset()
    return frozenset(behalf.person_id for behalf in stands_in(document, actor, standing.waiting))


def check_route(route: Sequence[RouteStep]) -> tuple[RouteStep, ...]:
    """The route in order; RuleViolation when it cannot be walked."""
    if len(route) > STEPS_LIMIT or any(len(s.people) > PEOPLE_LIMIT for s in route):
        _refuse(N_("Luồng trình có nhiều nhất {steps} bước, mỗi bước {people} người."))
    seen: set[tuple[int, UUID]] = set()
    for step in route:
        if step.order < 1 or not step.people or not 1 <= step.quorum <= len(step.people):
            _refuse(N_("Mỗi bước phải có người soát xét và số ý kiến cần đạt không quá số người."))
        if step.kind not in COUNTS:
            _refuse(N_("Bước trình chỉ có hai loại: soát xét hoặc ký nháy."))
        seats = {(step.order, person) for person in step.people}
        if len(seats) < len(step.people) or seats & seen:
            _refuse(N_("Một người chỉ ngồi một chỗ trong cùng một lượt soát xét."))
        seen |= seats
    return tuple(sorted(route, key=lambda s: s.order))


def _refuse(reason: str) -> None:
    raise RuleViolation(
        "379/17.1", reason, N_("Sửa luồng trình rồi trình lại."), steps=STEPS_LIMIT, people=PEOPLE_LIMIT
    )
