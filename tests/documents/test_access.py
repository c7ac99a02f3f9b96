"""Who sees what: the filter in SQL and the rule in Python are the same decision (I39), impoundment beats both."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antin.documents import acts, models, queries, rows, rules
from antin.documents.queries import access
from antin.documents.rules.secrecy import may_be_shown
from antin.values import Actor, Behalf, Ground, MandateView, Method, Office, new_id

from .conftest import World, refused

pytestmark = pytest.mark.django_db

PEOPLE = tuple(new_id() for _ in range(4))
BODIES = tuple(new_id() for _ in range(3))
TYPES = ("cong_van", "quyet_dinh")
OUT = ("draft", "in_review", "approved", "signed", "sealed", "issued", "abandoned")
IN = ("arrived", "verified", "registered", "forwarded", "in_process", "completed", "returned", "discarded")


@st.composite
def universes(draw: st.DrawFn) -> list[models.Document]:
    made = []
    for _ in range(draw(st.integers(1, 8))):
        incoming = draw(st.booleans())
        row = _row(draw(st.sampled_from(BODIES)), draw(st.sampled_from(IN if incoming else OUT)), incoming)
        row.number = draw(st.none() | st.integers(1, 99))
        row.type_code = draw(st.sampled_from(TYPES))
        row.secrecy = draw(st.sampled_from(["open", "open", "confidential"]))
        if not incoming:
            row.drafter_id, row.approver_id = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PEOPLE))
            row.route_complete = draw(st.booleans())
        # whom it waits for, and who speaks in that step anyway; the route itself is tested in test_review
        row.due = draw(st.dictionaries(st.sampled_from(PEOPLE), st.sets(st.sampled_from(PEOPLE)), max_size=2))  # type: ignore[attr-defined]
        row.grants = draw(st.sets(st.sampled_from(PEOPLE), max_size=3))  # type: ignore[attr-defined]
        row.sealed_off = draw(st.sampled_from([None, None, "open", "lifted"]))  # type: ignore[attr-defined]
        made.append(row)
    return made


behalves = st.builds(
    Behalf,
    person_id=st.sampled_from(PEOPLE),
    name=st.just("mẫu"),
    ground=st.sampled_from(Ground),
    ground_id=st.just(new_id()),
    since=st.just(date(2026, 11, 20)),
    until=st.just(date(2026, 11, 29)),
)
actors = st.builds(
    Actor,
    person_id=st.sampled_from(PEOPLE),
    name=st.just("mẫu"),
    method=st.just(Method.PASSWORD_TOTP),
    mandates=st.lists(
        st.builds(
            MandateView,
            office=st.sampled_from(Office)
            | st.sampled_from([Office.APPROVER, Office.LEADER, Office.CLEARED, Office.CLERK]),
            organisation_id=st.sampled_from(BODIES),
            document_types=st.frozensets(st.sampled_from(TYPES), max_size=1),
            lent=st.none() | behalves,
            open_only=st.booleans(),
        ),
        max_size=4,
    ).map(tuple),
    stands_in=st.lists(behalves, max_size=2).map(tuple),
    on_behalf_of=st.none() | st.sampled_from(PEOPLE),
)


def _row(owner: object, state: str, incoming: bool) -> models.Document:
    now = datetime.now(UTC)
    return models.Document(
        direction="incoming" if incoming else "outgoing",
        state=state,
        validity="in_force" if incoming or state == "issued" else "",
        owner_id=owner,
        type_code="cong_van",
        abstract="mẫu",
        digest="0",
        created_at=now,
        updated_at=now,
        words=rows.word_vector(["mẫu"]),
    )


def _keep(row: models.Document) -> None:
    row.save(force_insert=True)
    rows.grant(row.id, row.grants, "granted", row.created_at)  # type: ignore[attr-defined]
    for person, speaking in row.due.items():  # type: ignore[attr-defined]
        models.Waiting.objects.create(document_id=row.id, person_id=person, not_for=sorted({person, *speaking}))
    if row.sealed_off:  # type: ignore[attr-defined]
        _impound(row.id, lifted_at=row.created_at if row.sealed_off == "lifted" else None)  # type: ignore[attr-defined]


@pytest.mark.clause("379/4.4", "379/22.2", "379/23.2.d", "379/21.3")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(universe=universes(), actor=actors)
def test_filter_in_sql_and_rule_in_python_agree(db: None, universe: list[models.Document], actor: Actor) -> None:
    for row in universe:
        row.pk = new_id()
        _keep(row)
    ids = {row.id for row in universe}
    decided = set()
    for row in universe:
        facts = rows.view(row, impounded=row.sealed_off == "open")  # type: ignore[attr-defined]
        if rules.may_see(facts, actor, rows.participants(row.id), rows.waited_for(row.id, actor.person_id)):
            decided.add(row.id)
    mine = {row.id for row in access.visible(actor)} & ids
    assert mine == decided
    assert set().union(*({r.id for r in b} for b in access.branches(actor)), set()) & ids == decided
    assert set(queries.cards(actor, ids)) == decided
    shown = [r for r in universe if r.sealed_off != "open" and may_be_shown(rows.view(r), actor)]  # type: ignore[attr-defined]
    named = {r.id for r in shown if rules.persons(actor) & r.grants}  # type: ignore[attr-defined]
    assert {row.id for row in access.granted(actor)} & ids == named
    for box in queries.BOXES:
        listed = {row.id for row in queries.listing(actor, box=box, limit=200).rows}
        assert listed & ids <= decided
    assert {row.id for row in queries.search(actor, "mau", limit=200).rows} & ids <= decided


def test_taking_an_office_away_never_adds_a_document(world: World) -> None:
    for make in (world.draft, world.in_review, world.approved, world.arrived):
        make()
    for actor in world.people.values():
        full = {row.id for row in access.visible(actor)}
        for gone in range(len(actor.mandates)):
            fewer = replace(actor, mandates=actor.mandates[:gone] + actor.mandates[gone + 1 :])
            assert {row.id for row in access.visible(fewer)} <= full


@pytest.mark.clause("379/5.3", "379/29.1")
def test_auditor_and_administrator_see_no_content(world: World) -> None:
    for document_id in (world.draft(), world.approved(), world.issued(), world.arrived()):
        for actor in (world.auditor, world.administrator):
            with refused("379/4.4"):
                queries.document(actor, document_id)
            with refused("379/4.4"):
                queries.pdf(actor, document_id)
    assert all(queries.listing(world.auditor, box=box).rows == () for box in queries.BOXES)


def test_registry_and_leader_see_from_their_stage_on(world: World) -> None:
    other_leader = replace(world.stranger, mandates=(MandateView(Office.LEADER, world.body),))
    cases = {"draft": world.draft(), "in_review": world.in_review(), "approved": world.approved()}
    sees = {
        name: {s for s, i in cases.items() if i in {r.id for r in access.visible(a)}}
        for name, a in (("clerk", world.clerk), ("keeper", world.keeper), ("leader", other_leader))
    }
    assert sees == {"clerk": {"approved"}, "keeper": {"approved"}, "leader": {"in_review", "approved"}}


def _impound(document_id: object, *, lifted_at: datetime | None = None) -> models.Impoundment:
    """An interval as the act of impoundment leaves it; the act itself is tested with its people in `registry`."""
    at = datetime.now(UTC)
    order = models.ImpoundmentOrder.objects.create(
        owner_id=new_id(),
        authority_id=new_id(),
        authority_name="Cơ quan mẫu",
        decision="01-QĐ/UBKT",
        decided_on=at.date(),
        reason="mẫu",
        scope_digest="0" * 64,
        begun_at=at,
        begun_by=new_id(),
        begun_by_name="mẫu",
    )
    return models.Impoundment.objects.create(
        document_id=document_id,
        order=order,
        authority_id=order.authority_id,
        digest="0" * 64,
        begun_at=at,
        lifted_at=lifted_at,
    )


@pytest.mark.clause("379/21.3", "379/21.2", "379/21.2.a", "379/21.2.b")
def test_impounded_document_is_in_no_list_and_refuses_every_act_until_lifted(world: World) -> None:
    document_id, neighbour = world.issued(), world.issued()
    before = queries.document(world.clerk, document_id)
    interval = _impound(document_id)
    for box in queries.BOXES:
        for actor in world.people.values():
            assert document_id not in {r.id for r in queries.listing(actor, box=box).rows}
    assert document_id not in {r.id for r in queries.search(world.clerk, "chuyển đổi số").rows}
    assert queries.cards(world.clerk, [document_id]) == {}
    reads = (
        queries.document,
        queries.fields,
        queries.revisions,
        queries.route,
        queries.opinions,
        queries.attachments,
        queries.renditions,
        queries.card,
        queries.history,
        queries.pdf,
    )
    for read in reads:
        with refused("379/21.3"):
            read(world.clerk, document_id)  # type: ignore[operator]
        with refused("379/4.4"):  # strangers aren't told even that
            read(world.stranger, document_id)  # type: ignore[operator]
    for act in (
        lambda: acts.advance(actor=world.leader, document_id=document_id, act="recall", life="validity"),
        lambda: acts.guard(actor=Actor.system(), document_id=document_id, guards=()),
        lambda: acts.abandon(actor=world.leader, document_id=document_id, reason="x"),
        lambda: acts.advance(actor=Actor.system(), document_id=document_id, act="expel_secret", life="custody"),
    ):
        with refused("379/21.3"):
            act()
    assert acts.locked(document_id=document_id).impounded
    assert queries.document(world.clerk, neighbour).state == "issued"
    models.Impoundment.objects.filter(id=interval.id).update(lifted_at=datetime.now(UTC))
    assert queries.document(world.clerk, document_id) == before


@pytest.mark.clause("379/21.2.b", "217/10.2.p2")
def test_notice_from_outside_is_noted_behind_an_impoundment(world: World) -> None:
    document_id = world.arrived()
    _impound(document_id)
    seen = acts.advance(actor=Actor.peer("mẫu"), document_id=document_id, act="apply_notice(recall)", life="validity")
    assert (seen.validity, seen.impounded) == ("recalled", True)


def test_grant_access_opens_one_document_for_one_person(world: World) -> None:
    first, second = world.arrived(), world.arrived()
    with refused("379/4.4"):
        queries.document(world.reviewer, first)
    for _ in range(2):
        acts.grant_access(document_id=first, person_id=world.reviewer.person_id, why="assignee")
    assert queries.document(world.reviewer, first).id == first
    assert [r.id for r in queries.listing(world.reviewer, box="incoming").rows] == [first]
    with refused("379/4.4"):
        queries.document(world.reviewer, second)


def test_attachment_of_a_foreign_document_is_not_found(world: World) -> None:
    document_id = world.arrived()
    (attachment,) = queries.attachments(world.clerk, document_id)
    for actor, wanted in ((world.stranger, attachment.id), (world.clerk, new_id())):
        with refused("379/4.4"):
            queries.attachment_pieces(actor, wanted)
