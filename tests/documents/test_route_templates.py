"""The organisation's own way of review: what a template may hold, which one fits, whether a route keeps to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import assume, given
from hypothesis import strategies as st

from antin.documents import acts, models, queries
from antin.documents import rules as documents_rules
from antin.documents.facts import EndorsementKind, RouteStep
from antin.documents.queries.route_templates import fitting
from antin.documents.route_templates import Seat, TemplateFields, TemplateStep, TemplateView
from antin.documents.rules import templates as rules
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import Actor, MandateView, Office, new_id

from .conftest import World, refused

PEOPLE = tuple(new_id() for _ in range(5))
UNIT = Seat(organisation_id=new_id(), office=Office.REVIEWER)
KINDS = {"review": EndorsementKind.CONSENT, "initial": EndorsementKind.INITIAL}
DAY = date(2026, 11, 26)


# --- rules -------------------------------------------------------------------------------------------------

seats = st.one_of(st.sampled_from(PEOPLE).map(lambda one: Seat(person_id=one)), st.just(UNIT))


@st.composite
def templates(draw: st.DrawFn) -> tuple[TemplateStep, ...]:
    made, order = [], 0
    for _ in range(draw(st.integers(1, 4))):
        order = order if made and draw(st.booleans()) else order + 1
        taken = {seat for step in made if step.order == order for seat in step.seats}
        free = draw(st.sets(seats, min_size=1, max_size=3)) - taken
        if not free:
            continue
        people = [seat for seat in free if seat.person_id]
        quorum = draw(st.integers(1, max(1, len(people))))
        chosen = tuple(sorted(free, key=repr))
        made.append(TemplateStep(order, chosen, quorum, draw(st.sampled_from(list(KINDS))), draw(st.booleans())))
    return tuple(made)


holders = st.sets(st.sampled_from(PEOPLE)).map(lambda people: {UNIT: tuple(sorted(people))})


@st.composite
def routes(draw: st.DrawFn) -> tuple[RouteStep, ...]:
    made: list[RouteStep] = []
    for order in range(1, draw(st.integers(0, 4)) + 1):
        people = draw(st.sets(st.sampled_from(PEOPLE), min_size=1))
        quorum = draw(st.integers(1, len(people)))
        made.append(RouteStep(order, tuple(sorted(people)), quorum, draw(st.sampled_from(list(KINDS)))))
    return tuple(made)


@pytest.mark.clause("379/17.1")
@given(steps=templates(), held=holders, drafter=st.none() | st.sampled_from(PEOPLE))
def test_what_a_template_fills_in_keeps_to_it_and_can_be_walked(
    steps: tuple[TemplateStep, ...], held: dict[Seat, tuple[UUID, ...]], drafter: UUID | None
) -> None:
    """But for obligatory steps that somebody sits in twice at once, or nobody at all: those a drafter is told of."""
    rules.check_template(TemplateFields("mẫu", (), steps))
    filled = rules.fill(steps, held, drafter)
    documents_rules.check_route(filled)
    assert drafter not in {person for step in filled for person in step.people}
    crowded = any(
        set(rules.seated(one, held)) & set(rules.seated(other, held))
        for n, one in enumerate(steps)
        for other in steps[n + 1 :]
        if one.order == other.order
    )
    empty = any(step.obligatory and not rules.seated(step, held) for step in steps)
    lacking = rules.missing(filled, rules.asked_of(steps, held, drafter))
    assert crowded or (lacking is None) == (not empty)


@pytest.mark.clause("379/17.1", "379/13.3")
@given(steps=templates(), held=holders, route=routes(), draw=st.data())
def test_however_a_kept_route_is_answered_every_obligatory_step_had_its_people(
    steps: tuple[TemplateStep, ...],
    held: dict[Seat, tuple[UUID, ...]],
    route: tuple[RouteStep, ...],
    draw: st.DataObject,
) -> None:
    asked = rules.asked_of(steps, held, None)
    assume(rules.missing(route, asked) is None)
    given_: list[documents_rules.Given] = []
    voiced: list[tuple[int, str, UUID]] = []
    while not (state := documents_rules.route_state(route, given_, revision=1)).complete:
        open_seats = [(s.step, person) for s in state.steps for person in sorted(s.waiting)]
        step, person = draw.draw(st.sampled_from(open_seats))
        given_.append(documents_rules.Given(step.order, person, KINDS[step.kind], 1))
        voiced.append((step.order, step.kind, person))
    for one in asked:
        here = [{p for order, kind, p in voiced if order == at and kind == one.step.kind} for at in range(1, 5)]
        assert any(len(people & one.people) >= one.quorum for people in here)


@pytest.mark.clause("379/17.1")
@given(steps=templates(), held=holders, draw=st.data())
def test_a_route_without_an_obligatory_step_is_refused_and_the_step_is_named(
    steps: tuple[TemplateStep, ...], held: dict[Seat, tuple[UUID, ...]], draw: st.DataObject
) -> None:
    filled = rules.fill(steps, held, None)
    asked = rules.asked_of(steps, held, None)
    assume(asked and filled and rules.missing(filled, asked) is None)
    one = draw.draw(st.sampled_from(asked))
    others = tuple(step for step in filled if not set(step.people) & one.people)
    with pytest.raises(RuleViolation) as caught:
        rules.route_kept(view(steps), others, held, None, {seat: "Chỗ mẫu" for s in steps for seat in s.seats})
    assert caught.value.clause == "379/17.1"
    assert caught.value.facts["number"] <= one.number
    assert "Chỗ mẫu" in str(caught.value)
    rules.route_kept(view(steps, may_deviate=True), others, held, None, {})


@pytest.mark.clause("379/17.1")
@given(steps=templates(), held=holders, extra=routes(), at=st.integers(0, 4))
def test_more_steps_never_break_a_kept_route(
    steps: tuple[TemplateStep, ...], held: dict[Seat, tuple[UUID, ...]], extra: tuple[RouteStep, ...], at: int
) -> None:
    filled = rules.fill(steps, held, None)
    asked = rules.asked_of(steps, held, None)
    assume(rules.missing(filled, asked) is None)
    before = [replace(step, order=step.order) for step in filled if step.order <= at]
    between = [replace(step, order=step.order + at) for step in extra]
    after = [replace(step, order=step.order + at + len(extra)) for step in filled if step.order > at]
    assert rules.missing([*before, *between, *after], asked) is None


def view(
    steps: Sequence[TemplateStep], types: tuple[str, ...] = (), *, may_deviate: bool = False, **dates: date | None
) -> TemplateView:
    return TemplateView(
        id=new_id(),
        series=new_id(),
        version=1,
        owner_id=new_id(),
        fields=TemplateFields("Mẫu chung", types, tuple(steps), may_deviate),
        valid_from=dates.get("since") or DAY,
        valid_to=dates.get("until"),
        state="in_force",
        reason="mẫu",
        adopted_by_name="mẫu",
        adopted_at=datetime.now(UTC),
    )


ONE = (TemplateStep(1, (Seat(PEOPLE[0]),)),)


def test_the_template_of_the_type_and_the_day_comes_before_the_general_one() -> None:
    general, letters = view(ONE), view(ONE, ("cong_van",), since=DAY + timedelta(1), until=DAY + timedelta(3))
    both = [general, letters]
    assert rules.fitting(both, "cong_van", DAY) is general
    assert rules.fitting(both, "cong_van", DAY + timedelta(1)) is letters
    assert rules.fitting(both, "quyet_dinh", DAY + timedelta(1)) is general
    assert rules.fitting(both, "cong_van", DAY + timedelta(4)) is general
    assert rules.fitting(both, "cong_van", DAY - timedelta(1)) is None


@pytest.mark.clause("379/17.1")
@pytest.mark.parametrize(
    "broken",
    [
        TemplateFields("", (), ONE),
        TemplateFields("x" * 121, (), ONE),
        TemplateFields("mẫu", (), ()),
        TemplateFields("mẫu", (), ONE * 21),
        TemplateFields("mẫu", (), (TemplateStep(1, ()),)),
        TemplateFields("mẫu", (), (TemplateStep(1, (Seat(PEOPLE[0]),), quorum=2),)),
        TemplateFields("mẫu", (), (TemplateStep(1, (Seat(PEOPLE[0]), Seat(PEOPLE[0]))),)),
        TemplateFields("mẫu", (), (*ONE, *ONE)),
        TemplateFields("mẫu", (), (TemplateStep(1, (Seat(),)),)),
        TemplateFields("mẫu", (), (TemplateStep(1, (Seat(organisation_id=new_id(), office=Office.AUDITOR),)),)),
        TemplateFields("mẫu", (), (TemplateStep(1, (Seat(PEOPLE[0]),), kind="seal"),)),
        TemplateFields("mẫu", (), (TemplateStep(0, (Seat(PEOPLE[0]),)),)),
    ],
)
def test_a_template_that_no_route_could_be_laid_by_is_refused(broken: TemplateFields) -> None:
    with refused("379/17.1"):
        rules.check_template(broken)


# --- acts --------------------------------------------------------------------------------------------------


@pytest.fixture
def office(world: World) -> Actor:
    """The head of the office, who keeps the body's templates."""
    return replace(world.head, mandates=(*world.head.mandates, MandateView(Office.OFFICE_HEAD, world.body)))


def fields(world: World, *types: str, **changes: object) -> TemplateFields:
    steps = (
        TemplateStep(1, (Seat(world.reviewer.person_id), Seat(world.reviewer2.person_id)), quorum=1),
        TemplateStep(2, (Seat(world.head.person_id),), kind="initial"),
    )
    return replace(TemplateFields("Quyết định của cơ quan", types, steps), **changes)  # type: ignore[arg-type]


def adopt(world: World, office: Actor, *types: str, since: date | None = None, **changes: object) -> UUID:
    return acts.adopt_route_template(
        actor=office,
        organisation_id=world.body,
        fields=fields(world, *types, **changes),
        valid_from=since or rulebook.today(),
        reason="Quy chế làm việc (mẫu)",
    )


@pytest.mark.django_db
@pytest.mark.clause("379/17.1", "379/17.3")
def test_a_route_must_hold_the_obligatory_steps_of_the_template_of_its_type(world: World, office: Actor) -> None:
    series = adopt(world, office, "quyet_dinh")
    document_id, letter = world.draft(), world.draft(type_code="cong_van", salutation=("Đồng chí mẫu",))
    only_first = [RouteStep(1, (world.reviewer.person_id, world.reviewer2.person_id), quorum=1)]
    with refused("379/17.1") as caught:
        acts.submit(actor=world.drafter, document_id=document_id, route=only_first)
    assert caught.value.facts["number"] == 2
    assert world.head.name in str(caught.value)
    assert queries.facts(document_id).state == "draft"
    acts.submit(actor=world.drafter, document_id=letter, route=only_first)
    found = queries.fitting_template(world.drafter, document_id)
    assert found is not None
    assert queries.fitting_template(world.drafter, letter) is None
    acts.submit(actor=world.drafter, document_id=document_id, route=found[1])
    entry = ledger.history(document_id, limit=1)[0]
    assert (entry.facts["template"], entry.facts["template_version"]) == (str(series), 1)


@pytest.mark.django_db
@pytest.mark.clause("379/17.1")
def test_watered_down_or_wrongly_placed_steps_do_not_keep_to_it(world: World, office: Actor) -> None:
    adopt(world, office)
    first, second = fields(world).steps
    people = (world.reviewer.person_id, world.reviewer2.person_id)
    initial = RouteStep(2, (world.head.person_id,), kind="initial")
    for route in (
        [RouteStep(1, (*people, world.leader.person_id), quorum=1), initial],  # a stranger's word alone would do
        [RouteStep(2, people, quorum=1), replace(initial, order=1)],  # the other way round
        [RouteStep(1, people, quorum=1), replace(initial, kind="review")],  # consent is no initial
    ):
        with refused("379/17.1"):
            acts.submit(actor=world.drafter, document_id=world.draft(), route=route)
    acts.submit(
        actor=world.drafter,
        document_id=world.draft(),
        route=[RouteStep(1, (*people, world.leader.person_id), quorum=2), replace(initial, order=3)],
    )
    assert (first.quorum, second.kind) == (1, "initial")


@pytest.mark.django_db
@pytest.mark.clause("379/17.1")
def test_advice_may_be_left(world: World, office: Actor) -> None:
    adopt(world, office, may_deviate=True)
    acts.submit(actor=world.drafter, document_id=world.draft(), route=[])


@pytest.mark.django_db
@pytest.mark.clause("379/17.1")
def test_a_step_for_an_office_is_filled_with_its_holders_of_the_day(world: World, office: Actor) -> None:
    clerks = TemplateStep(1, (Seat(organisation_id=world.body, office=Office.CLERK),))
    vacant = TemplateStep(2, (Seat(organisation_id=world.body, office=Office.OFFICE_HEAD),))
    adopt(world, office, steps=(clerks, vacant))
    document_id = world.draft()
    found = queries.fitting_template(world.drafter, document_id)
    assert found is not None
    assert [step.people for step in found[1]] == [(world.clerk.person_id,)]
    with refused("379/17.1") as caught:
        acts.submit(actor=world.drafter, document_id=document_id, route=found[1])
    assert "không có ai giữ nhiệm vụ" in str(caught.value)


@pytest.mark.django_db
@pytest.mark.clause("379/17.1", "379/17.3")
def test_a_change_is_a_new_version_and_an_end_lets_go(world: World, office: Actor) -> None:
    series = adopt(world, office, "quyet_dinh")
    tomorrow = rulebook.today() + timedelta(days=1)
    second = acts.change_route_template(
        actor=office,
        series=series,
        fields=fields(world, "quyet_dinh", "thong_bao"),
        valid_from=tomorrow,
        reason="Thêm thông báo",
        expected_version=1,
    )
    assert second == 2
    now = fitting(world.body, "quyet_dinh", rulebook.today())
    then = fitting(world.body, "thong_bao", tomorrow)
    assert (now and now.version, then and then.version) == (1, 2)
    assert fitting(world.body, "thong_bao", rulebook.today()) is None
    with refused("379/17.3"):
        acts.end_route_template(actor=office, series=series, reason="cũ", expected_version=1)
    acts.end_route_template(actor=office, series=series, reason="Không dùng nữa", expected_version=2)
    assert fitting(world.body, "thong_bao", tomorrow) is None
    assert [one.version for one in queries.route_template(office, series)] == [2, 1]
    assert [entry.act for entry in ledger.history(series)] == [
        "documents.route_template.ended",
        "documents.route_template.changed",
        "documents.route_template.adopted",
    ]
    with refused("379/17.1"):
        acts.end_route_template(actor=office, series=series, reason="lần nữa", expected_version=2)


@pytest.mark.django_db
@pytest.mark.clause("379/17.1")
def test_a_type_has_one_template_at_a_time(world: World, office: Actor) -> None:
    adopt(world, office, "quyet_dinh", "thong_bao")
    with refused("379/17.1"):
        adopt(world, office, "thong_bao", since=rulebook.today() + timedelta(days=9))
    adopt(world, office)
    with refused("379/17.1"):
        adopt(world, office)
    adopt(world, office, "cong_van")
    assert models.RouteTemplate.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.clause("379/31.p1", "379/17.3")
def test_only_its_office_keeps_templates_of_its_own_body_and_from_today_on(world: World, office: Actor) -> None:
    for actor in (world.leader, world.clerk, world.administrator, world.drafter):
        with refused("379/31.p1"):
            adopt(world, actor)
    with refused("379/31.p1"):
        acts.adopt_route_template(
            actor=office, organisation_id=world.other, fields=fields(world), valid_from=rulebook.today(), reason="x"
        )
    with refused("379/17.3"):
        adopt(world, office, since=rulebook.today() - timedelta(days=1))
    with refused("379/17.1"):
        adopt(world, office, "khong_co_loai_nay")
    with refused("379/17.1"):
        adopt(world, office, steps=(TemplateStep(1, (Seat(new_id()),)),))
    assert not models.RouteTemplate.objects.exists()
    series = adopt(world, office)
    with refused("379/4.4"):
        queries.route_template(world.stranger, series)
    assert queries.route_templates(world.stranger) == ()
    assert [one.series for one in queries.route_templates(world.drafter)] == [series]


@pytest.mark.django_db
@pytest.mark.clause("379/17.3")
def test_a_version_that_routes_were_judged_by_is_never_rewritten(world: World, office: Actor) -> None:
    adopt(world, office)
    for changed in ({"steps": []}, {"may_deviate": True}, {"valid_from": DAY + timedelta(days=400)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            models.RouteTemplate.objects.update(**changed)
    with pytest.raises(DatabaseError), transaction.atomic():
        models.RouteTemplate.objects.filter(owner_id=world.body)._raw_delete(using="default")


@pytest.mark.django_db
def test_the_database_refuses_two_versions_in_force(world: World, office: Actor) -> None:
    series = adopt(world, office)
    row = models.RouteTemplate.objects.get(series=series)
    for broken in ({"version": 1, "state": "ended", "valid_to": DAY}, {"version": 2}, {"version": 2, "state": "ended"}):
        row.pk, row.version, row.state, row.valid_to = new_id(), 1, "in_force", None
        for name, value in broken.items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
