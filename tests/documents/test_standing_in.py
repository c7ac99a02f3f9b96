"""Acting in another's place: an absent reviewer's seat, a lent approval; policy, lists and history agree (379/6.2.p2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.documents import acts, queries, rules
from antin.documents.facts import Direction, DocumentView, EndorsementKind, RouteStep
from antin.ledger import queries as ledger
from antin.ledger.queries import EntryRow
from antin.regulation import RuleViolation
from antin.values import Actor, Behalf, Custody, Ground, MandateView, Method, Office, Secrecy, Urgency, Validity, new_id

from .conftest import World, refused

SINCE, UNTIL = date(2026, 11, 20), date(2026, 11, 29)
FOUR = tuple(new_id() for _ in range(4))
BODY = new_id()


def behalf(actor: Actor, ground: Ground = Ground.ABSENCE) -> Behalf:
    assert actor.person_id is not None
    return Behalf(actor.person_id, actor.name, ground, new_id(), SINCE, UNTIL)


def covering(substitute: Actor, *absent: Actor) -> Actor:
    """The substitute while the others are away, as `identity` makes it (tested there)."""
    return replace(substitute, stands_in=tuple(map(behalf, absent)))


def borrowing(world: World, delegate: Actor, office: Office, **limits: object) -> Actor:
    lent = MandateView(office, world.body, lent=behalf(world.leader, Ground.DELEGATION), open_only=True)
    return replace(delegate, mandates=(*delegate.mandates, replace(lent, **limits)))  # type: ignore[arg-type]


def last(document_id: UUID) -> EntryRow:
    return ledger.history(document_id, limit=1)[0]


# --- pure: one voice a step --------------------------------------------------------------------------------


def draft_view(drafter: UUID) -> DocumentView:
    return DocumentView(
        id=new_id(),
        direction=Direction.OUTGOING,
        state="in_review",
        validity=Validity.NONE,
        custody=Custody.CURRENT,
        owner_id=BODY,
        type_code="cong_van",
        type_name="Công văn",
        abstract="mẫu",
        urgency=Urgency.ROUTINE,
        secrecy=Secrecy.OPEN,
        drafter_id=drafter,
    )


def walks(draw: st.DataObject, steps: tuple[RouteStep, ...], away: dict[UUID, UUID]) -> Iterator[rules.RouteState]:
    """Every state that people reach who answer whenever they may, each as often as the rules let them."""
    given_: list[rules.Given] = []
    document = draft_view(FOUR[3])
    for _ in range(12):
        state = rules.route_state(steps, given_, revision=1)
        yield state
        person = draw.draw(st.sampled_from(FOUR))
        absent = tuple(
            Behalf(one, "mẫu", Ground.ABSENCE, new_id(), SINCE, UNTIL) for one, by in away.items() if by == person
        )
        actor = Actor(person, "mẫu", Method.PASSWORD_TOTP, stands_in=absent)
        try:
            order, seat = rules.my_turn(state, actor, EndorsementKind.CONSENT, document)
        except RuleViolation:  # out of turn: nothing was answered
            continue
        given_.append(rules.Given(order, seat, EndorsementKind.CONSENT, 1, person))


@pytest.mark.clause("379/13.3")
@given(
    draw=st.data(),
    people=st.lists(st.sets(st.sampled_from(FOUR), min_size=1), min_size=1, max_size=3),
    away=st.dictionaries(st.sampled_from(FOUR), st.sampled_from(FOUR), max_size=3),
)
def test_in_a_step_a_person_speaks_once_whomever_they_stand_in_for(
    draw: st.DataObject, people: list[set[UUID]], away: dict[UUID, UUID]
) -> None:
    steps = tuple(RouteStep(n, tuple(sorted(p)), quorum=len(p)) for n, p in enumerate(people, start=1))
    away = {one: by for one, by in away.items() if one != by}
    for state in walks(draw, steps, away):
        for standing in state.steps:
            assert len(standing.voices) == len(standing.agreed)
            own = standing.voices & frozenset(standing.step.people)
            assert all(voice in standing.agreed for voice in own)
            substitutes = standing.voices - own
            assert FOUR[3] not in substitutes  # the drafter answers for nobody on the own draft
            assert substitutes <= {away[p] for p in standing.agreed if p in away}


# --- acts --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("379/6.2.p2", "379/13.3", "379/17.3")
def test_absent_reviewers_step_is_offered_to_the_substitute_and_both_names_are_kept(world: World) -> None:
    document_id = world.in_review(route=[RouteStep(1, (world.reviewer.person_id,))])
    substitute = covering(world.reviewer2, world.reviewer)
    with refused("379/4.4"):
        queries.document(world.reviewer2, document_id)
    assert [row.id for row in queries.listing(substitute, box="to_review").rows] == [document_id]
    assert queries.counts(substitute, ["to_review"]) == {"to_review": 1}
    acts.endorse(actor=substitute, document_id=document_id, kind="consent", text="Nhất trí.", revision=1)
    assert queries.facts(document_id).route_complete
    (opinion,) = queries.opinions(world.reviewer, document_id)
    assert (opinion.person_name, opinion.on_behalf_name) == (world.reviewer2.name, world.reviewer.name)
    ((seat,),) = (step.seats for step in queries.route(world.drafter, document_id).steps)
    assert (seat.name, seat.answered_by) == (world.reviewer.name, world.reviewer2.name)
    entry = last(document_id)
    assert (entry.act, entry.person_id) == ("documents.review.endorsed", world.reviewer2.person_id)
    assert entry.detail["in_place_of"] == {
        "name": world.reviewer.name,
        "ground": "absence",
        "id": str(substitute.stands_in[0].ground_id),
        "since": "2026-11-20",
        "until": "2026-11-29",
    }
    assert queries.document(world.reviewer2, document_id).id == document_id  # reads on what was answered
    assert queries.counts(substitute, ["to_review"]) == {"to_review": 0}


@pytest.mark.django_db
@pytest.mark.clause("379/13.3")
def test_absent_reviewer_may_still_answer_and_then_nothing_is_left_for_the_substitute(world: World) -> None:
    document_id = world.in_review(route=[RouteStep(1, (world.reviewer.person_id,))])
    acts.endorse(actor=world.reviewer, document_id=document_id, kind="consent", revision=1)
    with refused("379/4.4"):
        acts.endorse(
            actor=covering(world.reviewer2, world.reviewer), document_id=document_id, kind="consent", revision=1
        )


@pytest.mark.django_db
@pytest.mark.clause("379/13.3")
def test_substitute_who_sits_in_the_step_speaks_for_oneself_alone(world: World) -> None:
    both = (world.reviewer.person_id, world.reviewer2.person_id)
    document_id = world.in_review(route=[RouteStep(1, both, quorum=2)])
    substitute = covering(world.reviewer2, world.reviewer)
    acts.endorse(actor=substitute, document_id=document_id, kind="consent", revision=1)
    assert queries.counts(substitute, ["to_review"]) == {"to_review": 0}
    with refused("379/13.3"):
        acts.endorse(actor=substitute, document_id=document_id, kind="consent", revision=1)
    assert not queries.facts(document_id).route_complete


@pytest.mark.django_db
@pytest.mark.clause("379/13.3", "379/4.4")
def test_drafter_and_secret_drafts_are_no_substitutes_matter(world: World) -> None:
    document_id = world.in_review(route=[RouteStep(1, (world.reviewer.person_id,))])
    drafter = covering(world.drafter, world.reviewer)
    assert queries.counts(drafter, ["to_review"]) == {"to_review": 0}
    with refused("379/13.3"):
        acts.endorse(actor=drafter, document_id=document_id, kind="consent", revision=1)
    secret = replace(queries.facts(document_id), secrecy=Secrecy.CONFIDENTIAL)
    assert rules.stands_in(secret, covering(world.reviewer2, world.reviewer), {world.reviewer.person_id}) == ()


@pytest.mark.django_db
@pytest.mark.clause("379/17.1", "379/17.3")
def test_substitute_sends_back_with_both_names(world: World) -> None:
    document_id = world.in_review(route=[RouteStep(1, (world.reviewer.person_id,))])
    acts.send_back(actor=covering(world.reviewer2, world.reviewer), document_id=document_id, reason="Làm rõ số liệu")
    assert queries.facts(document_id).state == "draft"
    assert last(document_id).detail["in_place_of"]["name"] == world.reviewer.name


@pytest.mark.django_db
@pytest.mark.clause("379/6.2.p2", "379/17.2", "217/9.1")
def test_lent_approver_approves_what_names_the_lender_with_both_names(world: World) -> None:
    document_id, other = world.in_review(route=()), world.in_review(route=(), approver_id=world.head.person_id)
    delegate = borrowing(world, world.reviewer, Office.APPROVER)
    with refused("379/4.4"):
        queries.document(world.reviewer, document_id)
    assert [row.id for row in queries.listing(delegate, box="to_approve").rows] == [document_id]
    with refused("379/4.4"):
        queries.document(delegate, other)
    approved = world.approve(document_id, delegate)
    assert approved.state == "approved"
    (proof,) = (step for step in queries.handling(document_id) if step.act == "approve")
    assert (proof.person_id, proof.on_behalf_of) == (world.reviewer.person_id, world.leader.person_id)
    assert last(document_id).detail["in_place_of"]["ground"] == "delegation"


@pytest.mark.django_db
@pytest.mark.clause("379/13.3", "379/5.6")
def test_lent_approval_never_lets_a_drafter_approve_the_own_draft(world: World) -> None:
    document_id = world.in_review(route=())
    with refused("379/13.3"):
        world.approve(document_id, borrowing(world, world.drafter, Office.APPROVER))
    assert queries.facts(document_id).state == "in_review"


@pytest.mark.django_db
@pytest.mark.clause("379/6.2.p2", "379/4.4")
def test_lent_office_ends_at_its_types_and_at_secrecy(world: World) -> None:
    document_id = world.in_review(route=())
    letters = borrowing(world, world.reviewer, Office.APPROVER, document_types=frozenset({"cong_van"}))
    with refused("379/4.4"):
        world.approve(document_id, letters)
    assert queries.counts(letters, ["to_approve"]) == {"to_approve": 0}
    facts = replace(queries.facts(document_id), secrecy=Secrecy.CONFIDENTIAL)
    assert rules.approval_lent(facts, borrowing(world, world.reviewer, Office.APPROVER)) is None
    assert rules.approval_lent(facts, borrowing(world, world.reviewer, Office.APPROVER, open_only=False)) is not None


@pytest.mark.django_db
@pytest.mark.clause("379/13.2", "379/5.7")
def test_lent_signing_signs_what_names_the_delegate_and_nothing_that_names_the_lender(world: World) -> None:
    delegate = borrowing(world, world.reviewer, Office.SIGNATORY, capacity="K/T BÍ THƯ")
    named_lender = world.approved()
    acts.advance(actor=world.clerk, document_id=named_lender, act="check_form")
    with refused("379/4.4"):
        acts.advance(actor=delegate, document_id=named_lender, act="prepare_signature")
    named_delegate = world.approved(signatory_id=world.reviewer.person_id, approver_id=world.leader.person_id)
    acts.advance(actor=world.clerk, document_id=named_delegate, act="check_form")
    with refused("379/13.1"):  # without the delegation the same person holds no office here
        acts.advance(actor=world.reviewer, document_id=named_delegate, act="prepare_signature")
    acts.advance(actor=delegate, document_id=named_delegate, act="prepare_signature")


@pytest.mark.django_db
@pytest.mark.clause("379/6.2.p2")
def test_lent_leading_sees_what_leaders_see(world: World) -> None:
    arrived, in_review, draft = world.arrived(), world.in_review(), world.draft()
    delegate = borrowing(world, world.reviewer2, Office.LEADER, document_types=frozenset({"cong_van", "quyet_dinh"}))
    seen = set(queries.cards(delegate, [arrived, in_review, draft]))
    assert seen == {arrived, in_review}
