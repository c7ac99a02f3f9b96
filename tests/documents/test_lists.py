"""Boxes, paging, counts, search: order, bounds, marks, Vietnamese."""

from __future__ import annotations

import base64

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antin.documents import acts, models, queries
from antin.values import Urgency

from .conftest import World, refused

pytestmark = pytest.mark.django_db


def ids(page: object) -> list[object]:
    return [row.id for row in page.rows]  # type: ignore[attr-defined]


@pytest.mark.clause("217/6.3.p2")
def test_arrived_box_puts_urgent_first_then_longest_waiting(world: World) -> None:
    first = world.arrived()
    second = world.arrived(urgency=Urgency.IMMEDIATE)
    third = world.arrived()
    fourth = world.arrived(urgency=Urgency.IMMEDIATE)
    assert ids(queries.listing(world.clerk, box="arrived")) == [second, fourth, first, third]
    walked, after = [], None
    while True:
        page = queries.listing(world.clerk, box="arrived", limit=1, after=after)
        walked += ids(page)
        after = page.next
        if after is None:
            break
    assert walked == [second, fourth, first, third]
    assert queries.listing(world.leader, box="arrived").rows == ()


def test_boxes_follow_the_document_on_its_way(world: World) -> None:
    def where(document_id: object) -> dict[str, list[str]]:
        return {
            name: [b for b in queries.BOXES if document_id in ids(queries.listing(actor, box=b))]
            for name, actor in world.people.items()
            if name in ("drafter", "reviewer", "leader", "clerk", "keeper")
        }

    document_id = world.in_review()
    assert where(document_id) == {
        "drafter": ["drafts", "mine"],
        "reviewer": ["to_review", "mine"],
        "leader": ["mine"],
        "clerk": [],
        "keeper": [],
    }
    acts.endorse(actor=world.reviewer, document_id=document_id, kind="consent", revision=1)
    acts.endorse(actor=world.head, document_id=document_id, kind="initial", revision=1)
    assert where(document_id)["leader"] == ["to_approve", "mine"]
    assert where(document_id)["reviewer"] == ["mine"]
    world.approve(document_id)
    assert where(document_id)["clerk"] == ["outgoing", "to_form_check"]
    assert where(document_id)["leader"] == ["outgoing", "mine"]
    acts.advance(actor=world.clerk, document_id=document_id, act="check_form")
    assert where(document_id)["clerk"] == ["outgoing"]
    assert where(document_id)["leader"] == ["outgoing", "to_sign", "mine"]
    acts.advance(actor=world.leader, document_id=document_id, act="sign(last)")
    assert where(document_id)["keeper"] == ["outgoing", "to_seal"]
    acts.advance(actor=world.keeper, document_id=document_id, act="seal(last)")
    assert where(document_id)["clerk"] == ["outgoing", "to_issue"]
    acts.advance(actor=world.clerk, document_id=document_id, act="issue")
    assert where(document_id)["clerk"] == ["outgoing", "sent"]


def test_listing_pages_meet_without_gap_or_repeat(world: World) -> None:
    made = [world.arrived() for _ in range(7)]
    acts.grant_access(document_id=made[3], person_id=world.clerk.person_id, why="assignee")
    walked, after = [], None
    while True:
        page = queries.listing(world.clerk, box="incoming", limit=3, after=after)
        walked += ids(page)
        after = page.next
        if after is None:
            break
    assert walked == made[::-1]


@pytest.mark.parametrize(
    "mark",
    ["x", "%%%", "e30", base64.urlsafe_b64encode(b'{"i":"zz"}').decode(), "ş" * 10, "A" * 5000, "bnVsbA", "W10"],
)
def test_listing_with_a_forged_mark_is_refused(world: World, mark: str) -> None:
    with refused("379/4.4"):
        queries.listing(world.clerk, box="incoming", after=mark)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mark=st.text(max_size=80))
def test_search_with_any_mark_and_text_never_breaks(world: World, mark: str) -> None:
    queries.search(world.clerk, mark)
    try:
        queries.search(world.clerk, "mau", after=mark or None)
    except Exception as refusal:
        assert getattr(refusal, "clause", None) == "379/4.4"


def test_listing_filters_narrow_and_empty_values_do_not(world: World) -> None:
    urgent = world.arrived(urgency=Urgency.URGENT, sender_code="B01")
    world.arrived()
    found = queries.listing(world.clerk, box="incoming", urgency=Urgency.URGENT, sender_code="B01", state="")
    assert ids(found) == [urgent]
    assert len(queries.listing(world.clerk, box="incoming", state=("arrived", "verified")).rows) == 2
    with pytest.raises(KeyError):
        queries.listing(world.clerk, box="incoming", password="x")


def test_counts_are_right_and_capped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        world.arrived()
    assert queries.counts(world.clerk, ("arrived", "incoming", "sent")) == {"arrived": 3, "incoming": 3, "sent": 0}
    monkeypatch.setattr(queries.lists, "COUNT_MOST", 2)
    assert queries.counts(world.clerk, ("arrived", "incoming")) == {"arrived": 2, "incoming": 2}


@pytest.mark.parametrize(
    "typed", ["chuyển đổi số", "chuyen doi so", "CHUYEN DOI", "kế hoạch chuyển", '"chuyển đổi số"', "uy lac giang"]
)
def test_search_finds_with_and_without_diacritics(world: World, typed: str) -> None:
    document_id = world.approved()
    assert ids(queries.search(world.clerk, typed)) == [document_id]
    assert ids(queries.search(world.stranger, typed)) == []


def test_search_with_diacritics_is_exact_and_falls_back_to_none(world: World) -> None:
    bare = world.approved(abstract="VE VIEC DAO TAO")
    exact = world.approved(abstract="Về việc đào tạo")
    other = world.approved(abstract="Về việc đảo tào")
    assert ids(queries.search(world.clerk, "đào tạo")) == [exact]
    assert set(ids(queries.search(world.clerk, "dao tao"))) == {bare, exact, other}
    assert set(ids(queries.search(world.clerk, "đáo táo"))) == {bare, exact, other}
    page = queries.search(world.clerk, "đáo táo", limit=2)
    assert len(page.rows) == 2
    assert len(queries.search(world.clerk, "đáo táo", limit=2, after=page.next).rows) == 1


@pytest.mark.parametrize("typed", ["379-QĐ/TW", "379", "379-qd", "79 qđ tw", "379/qd/tw", "quyết định 379"])
@pytest.mark.clause("217/11.2")
def test_search_by_number_and_fragment(world: World, typed: str) -> None:
    document_id = world.approved()
    acts.note_number(
        document_id=document_id,
        number=379,
        notation="QĐ/TW",
        reference_number="379-QĐ/TW",
        issued_on=None,
        document_code="A00.379.2026",
    )
    world.approved()
    assert ids(queries.search(world.clerk, typed)) == [document_id]


@pytest.mark.parametrize(
    "typed", ["", "   ", "'", "a' | 'b", "\\", "!!!", "a:*", "%", "_", "\x00", "🙂", '"', "x" * 5000]
)
def test_search_for_hostile_text_finds_nothing_and_breaks_nothing(world: World, typed: str) -> None:
    world.approved()
    assert queries.search(world.clerk, typed).rows == ()


def test_search_pages_by_index_when_the_walk_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [world.arrived(abstract=f"Văn bản {'hiếm' if n % 3 == 0 else 'thường'} {n}") for n in range(9)]
    monkeypatch.setattr(queries.lists, "WALK", 2)
    rare = [i for n, i in enumerate(made) if n % 3 == 0][::-1]
    first = queries.search(world.clerk, "hiếm", limit=2)
    assert ids(first) == rare[:2]
    assert ids(queries.search(world.clerk, "hiem", limit=2, after=first.next)) == rare[2:]


def test_listing_costs_the_same_number_of_queries_for_any_length(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            queries.listing(world.clerk, box="incoming", limit=50)
        return len(seen)

    world.arrived()
    one = cost()
    for _ in range(5):
        world.arrived()
    assert cost() == one <= 3
    assert models.Document.objects.count() == 6
