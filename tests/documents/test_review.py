"""submit, endorse, send_back, approve, abandon: turns, bindings, separation, history, races."""

from __future__ import annotations

import threading
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection

from antin.documents import acts, queries
from antin.documents.facts import RouteStep
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Method, new_id

from .conftest import World, make_world, refused

pytestmark = pytest.mark.django_db


@pytest.mark.clause("379/17.1", "379/13.3", "379/6.2.p2")
def test_route_walked_to_approval_freezes_the_revision(world: World) -> None:
    document_id = world.in_review()
    endorse = {"document_id": document_id, "revision": 1}
    acts.endorse(actor=world.reviewer, kind="opinion", text="Nên ghi rõ thời hạn.", **endorse)
    assert not queries.route(world.drafter, document_id).complete
    acts.endorse(actor=world.reviewer2, kind="consent", **endorse)
    acts.endorse(actor=world.head, kind="initial", **endorse)
    route = queries.route(world.leader, document_id)
    assert route.complete
    assert [s.state for s in route.steps] == ["done", "done"]
    assert route.steps[0].opinions[0].text == "Nên ghi rõ thời hạn."
    assert route.approver_name == world.leader.name
    seen = world.approve(document_id)
    assert (seen.state, seen.seal_needed) == ("approved", True)
    (revision,) = queries.revisions(world.drafter, document_id)
    assert revision.approved_at == seen.approved_at
    assert world.entries(document_id) == [
        "documents.draft.created",
        "documents.draft.submitted",
        "documents.review.endorsed",
        "documents.review.endorsed",
        "documents.review.endorsed",
        "documents.draft.approved",
    ]
    steps = queries.handling(document_id)
    assert [s.act for s in steps] == ["create_draft", "endorse", "endorse", "approve"]
    assert all(s.method.is_strong for s in steps)


@pytest.mark.clause("379/17.3")
def test_entries_hold_no_words_of_an_opinion(world: World) -> None:
    document_id = world.in_review()
    acts.endorse(actor=world.reviewer, document_id=document_id, kind="consent", text="Đồng ý XYZZY", revision=1)
    assert "XYZZY" not in str([(e.facts, e.detail, e.reason) for e in ledger.history(document_id)])
    assert queries.opinions(world.drafter, document_id)[0].text == "Đồng ý XYZZY"


def test_submit_shows_the_document_to_those_on_the_route(world: World) -> None:
    document_id = world.draft()
    for actor in (world.reviewer, world.leader, world.head):
        with refused("379/4.4"):
            queries.document(actor, document_id)
    acts.submit(actor=world.drafter, document_id=document_id, route=world.route())
    for actor in (world.reviewer, world.leader, world.head):
        assert queries.document(actor, document_id).state == "in_review"
    boxes = {a.name: queries.counts(a, ("to_review", "to_approve")) for a in (world.reviewer, world.head, world.leader)}
    assert boxes[world.reviewer.name] == {"to_review": 1, "to_approve": 0}
    assert boxes[world.head.name] == {"to_review": 0, "to_approve": 0}
    assert boxes[world.leader.name] == {"to_review": 0, "to_approve": 0}


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"signatory_id": None}, "379/13.2"),
        ({"body": ""}, "379/13.1"),
        ({"addressees": ("Như trên",)}, "379/13.1"),
        ({"type_code": "cong_van"}, "379/13.1"),
    ],
)
@pytest.mark.clause("217/6.1")
def test_submit_of_an_incomplete_draft_is_refused(world: World, changes: dict[str, object], clause: str) -> None:
    document_id = world.draft(**changes)
    with refused(clause):
        acts.submit(actor=world.drafter, document_id=document_id, route=world.route())
    assert queries.document(world.drafter, document_id).state == "draft"
    assert queries.route(world.drafter, document_id).rounds == 0


def test_submit_with_unknown_people_or_by_another_drafter_is_refused(world: World) -> None:
    document_id = world.draft()
    with refused("379/13.3"):
        acts.submit(actor=world.drafter, document_id=document_id, route=(RouteStep(1, (new_id(),)),))
    with refused("379/4.4"):
        acts.submit(actor=world.drafter2, document_id=document_id, route=())
    acts.grant_access(document_id=document_id, person_id=world.drafter2.person_id, why="granted")
    with refused("379/17.1"):
        acts.submit(actor=world.drafter2, document_id=document_id, route=())


@pytest.mark.clause("379/13.3")
def test_endorse_out_of_turn_twice_or_on_another_revision_is_refused(world: World) -> None:
    document_id = world.in_review()
    endorse = {"document_id": document_id, "kind": "consent"}
    with refused("379/13.3"):
        acts.endorse(actor=world.head, document_id=document_id, kind="initial", revision=1)
    with refused("379/13.3"):
        acts.endorse(actor=world.reviewer, revision=2, **endorse)
    with refused("379/13.3"):
        acts.endorse(actor=world.leader, revision=1, **endorse)
    with refused("379/13.3"):
        acts.endorse(actor=world.reviewer, document_id=document_id, kind="stamp", revision=1)
    with refused("379/13.3"):
        acts.endorse(actor=world.reviewer, document_id=document_id, kind="opinion", text="  ", revision=1)
    with refused("379/13.3"):
        acts.endorse(actor=world.reviewer, document_id=document_id, kind="opinion", text="x" * 10_001, revision=1)
    acts.endorse(actor=world.reviewer, revision=1, **endorse)
    with refused("379/13.3"):
        acts.endorse(actor=world.reviewer, revision=1, **endorse)
    assert len(queries.opinions(world.drafter, document_id)) == 1


@pytest.mark.clause("379/17.1", "379/17.3")
def test_send_back_keeps_the_round_and_the_next_one_starts_afresh(world: World) -> None:
    document_id = world.in_review()
    acts.endorse(actor=world.reviewer, document_id=document_id, kind="consent", text="Được", revision=1)
    with refused("379/17.3"):
        acts.send_back(actor=world.leader, document_id=document_id, reason="  ")
    acts.send_back(actor=world.head, document_id=document_id, reason="Sai căn cứ")
    assert queries.document(world.drafter, document_id).state == "draft"
    with refused("379/17.3"):  # a reason is due once it has been submitted
        acts.revise_draft(
            actor=world.drafter, document_id=document_id, fields=world.fields(abstract="Hai"), expected_revision=1
        )
    acts.revise_draft(
        actor=world.drafter,
        document_id=document_id,
        fields=world.fields(abstract="Hai"),
        expected_revision=1,
        reason="Sửa căn cứ",
    )
    acts.submit(actor=world.drafter, document_id=document_id, route=world.route())
    route = queries.route(world.drafter, document_id)
    assert (route.round, route.steps[0].agreed, route.complete) == (2, 0, False)
    former = queries.route(world.drafter, document_id, 1)
    assert former.steps[0].agreed == 1
    (opinion,) = queries.opinions(world.drafter, document_id)
    assert (opinion.round, opinion.counts) == (1, False)
    assert ledger.history(document_id)[2].reason == "Sai căn cứ"


@pytest.mark.clause("379/17.1")
def test_send_back_after_approval_withdraws_it_while_nothing_is_signed(world: World) -> None:
    document_id = world.approved()
    acts.advance(actor=world.clerk, document_id=document_id, act="check_form")
    acts.send_back(actor=world.leader, document_id=document_id, reason="Đổi phương án")
    seen = queries.document(world.drafter, document_id)
    assert (seen.state, seen.approved_at, seen.form_checked) == ("draft", None, False)
    (revision,) = queries.revisions(world.drafter, document_id)
    assert revision.approved_at is not None
    assert revision.approval_withdrawn_at is not None
    assert queries.handling(document_id)[-1].act == "create_draft"


@pytest.mark.clause("379/17.2")
def test_send_back_or_abandon_after_a_signature_is_refused(world: World) -> None:
    document_id = world.approved()
    acts.keep_rendition(document_id=document_id, kind="signed", data=b"%PDF signed", pages=1)
    for act in (acts.send_back, acts.abandon):
        with refused("379/17.2"):
            act(actor=world.leader, document_id=document_id, reason="muộn")
    signed = world.signed()
    with pytest.raises(RuleViolation):
        acts.send_back(actor=world.leader, document_id=signed, reason="muộn")
    assert queries.document(world.leader, signed).state == "signed"


@pytest.mark.clause("379/13.3")
def test_approve_by_the_drafter_is_refused_even_with_every_office(world: World) -> None:
    document_id = world.in_review(route=())
    both = replace(world.leader, on_behalf_of=world.drafter.person_id)
    now = queries.facts(document_id)
    world.step_up(both, "approve", now.digest)
    with refused("379/13.3"):
        acts.approve(actor=both, document_id=document_id, revision=1, digest=now.digest)
    assert queries.facts(document_id).state == "in_review"


@pytest.mark.clause("379/13.3")
def test_approve_before_the_route_is_complete_is_refused(world: World) -> None:
    document_id = world.in_review()
    with refused("379/13.3"):
        world.approve(document_id)


@pytest.mark.clause("379/17.2")
def test_approve_of_other_content_than_seen_is_refused(world: World) -> None:
    document_id = world.in_review(route=())
    world.step_up(world.leader, "approve", "0" * 64)
    for revision, digest in ((1, "0" * 64), (2, queries.facts(document_id).digest)):
        with refused("379/17.2"):
            acts.approve(actor=world.leader, document_id=document_id, revision=revision, digest=digest)


@pytest.mark.clause("379/5.6")
def test_approve_without_step_up_or_with_anothers_is_refused(world: World) -> None:
    document_id = world.in_review(route=())
    digest = queries.facts(document_id).digest
    approve = {"actor": world.leader, "document_id": document_id, "revision": 1, "digest": digest}
    with refused("379/5.6"):
        acts.approve(**approve)
    world.step_up(world.head, "approve", digest)
    world.step_up(world.leader, "sign", digest)
    world.step_up(replace(world.leader, session="elsewhere"), "approve", digest)
    with refused("379/5.6"):
        acts.approve(**approve)
    assert queries.facts(document_id).state == "in_review"
    assert "documents.draft.approved" not in world.entries(document_id)


def test_approve_twice_is_refused_and_leaves_one_entry(world: World) -> None:
    document_id = world.approved()
    with pytest.raises(RuleViolation):
        world.approve(document_id)
    assert world.entries(document_id).count("documents.draft.approved") == 1


def test_approve_by_people_not_named_is_refused(world: World) -> None:
    document_id = world.in_review(route=(RouteStep(1, (world.reviewer.person_id,)),))
    acts.endorse(actor=world.reviewer, document_id=document_id, kind="consent", revision=1)
    with refused("379/17.2"):
        world.approve(document_id, world.reviewer)
    with refused("379/12.2.b"):
        world.approve(document_id, replace(world.leader, method=Method.PASSWORD))
    with refused("379/4.4"):
        world.approve(document_id, world.stranger)


@pytest.mark.clause("379/17.1")
def test_abandon_closes_for_good(world: World) -> None:
    document_id = world.draft()
    with refused("379/17.3"):
        acts.abandon(actor=world.drafter, document_id=document_id, reason="")
    acts.abandon(actor=world.drafter, document_id=document_id, reason="Không cần nữa")
    for act in (
        lambda: acts.submit(actor=world.drafter, document_id=document_id, route=()),
        lambda: acts.abandon(actor=world.drafter, document_id=document_id, reason="lại"),
    ):
        with pytest.raises(RuleViolation):
            act()
    approved = world.approved()
    with refused("379/17.1"):
        acts.abandon(actor=world.drafter, document_id=approved, reason="người soạn không còn quyền")
    acts.abandon(actor=world.leader, document_id=approved, reason="Thôi ban hành")


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("379/17.2")
def test_two_approvals_at_once_leave_one_approval() -> None:
    world = make_world()
    document_id = world.in_review(route=())
    now = queries.facts(document_id)
    for _ in range(2):
        world.step_up(world.leader, "approve", now.digest)
    outcomes = _at_once(
        2, lambda: acts.approve(actor=world.leader, document_id=document_id, revision=1, digest=now.digest)
    )
    assert sorted(type(o).__name__ for o in outcomes) == ["DocumentView", "RuleViolation"]
    assert world.entries(document_id).count("documents.draft.approved") == 1


@pytest.mark.django_db(transaction=True)
def test_two_revisions_at_once_keep_both_writers_honest() -> None:
    world = make_world()
    document_id = world.draft()
    numbers = iter(range(100))
    outcomes = _at_once(
        4,
        lambda: acts.revise_draft(
            actor=world.drafter,
            document_id=document_id,
            fields=world.fields(abstract=f"Bản {next(numbers)}"),
            expected_revision=1,
        ),
    )
    assert sorted(str(o) if isinstance(o, int) else o.clause for o in outcomes) == ["2", *["379/17.3"] * 3]
    assert [r.revision for r in queries.revisions(world.drafter, document_id)] == [2, 1]


@pytest.mark.django_db(transaction=True)
def test_reviewers_endorsing_at_once_lose_no_answer() -> None:
    world = make_world()
    people = tuple(a.person_id for a in (world.reviewer, world.reviewer2, world.head))
    document_id = world.in_review(route=(RouteStep(1, people, quorum=3),))
    actors = iter((world.reviewer, world.reviewer2, world.head))
    _at_once(3, lambda: acts.endorse(actor=next(actors), document_id=document_id, kind="consent", revision=1))
    assert queries.route(world.drafter, document_id).complete


def _at_once(count: int, act: object) -> list[UUID | Exception]:
    """Runs the act in threads with connections of their own; results and refusals as they come."""
    start, outcomes = threading.Barrier(count), []

    def run() -> None:
        try:
            start.wait()
            outcomes.append(act())  # type: ignore[operator]
        except RuleViolation as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
