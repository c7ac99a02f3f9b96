"""Following up what was sent: a failed way is tried again or given up for paper, by the sending body's clerk alone."""

from __future__ import annotations

import pytest

from antin.exchange import acts as exchange
from antin.exchange import queries
from antin.values import Actor
from world import CLERK, DRAFTER, PROVINCE, World

from .conftest import Visit


@pytest.fixture
def failed(world: World) -> str:
    """A dispatch to a recipient that this installation's directory does not know."""
    document = world.issued(recipients=(PROVINCE,))
    (dispatch,) = exchange.queue_dispatches(actor=Actor.system("exchange"), document_id=document)
    return str(dispatch)


def state(world: World) -> str:
    (row,) = queries.follow_up(world.actor(CLERK)) or [None]
    return row.state if row else ""


@pytest.mark.clause("217/7.4")
def test_failed_dispatch_is_listed_with_its_reason_and_its_ways_out(world: World, visit: Visit, failed: str) -> None:
    page = visit(CLERK).get("/theo-doi").content.decode()
    assert "không có trong danh bạ" in page
    assert f"/theo-doi/{failed}/gui-lai" in page and f"/theo-doi/{failed}/giay" in page
    assert f"/theo-doi/{failed}/da-xem" not in page


@pytest.mark.clause("217/7.4")
def test_sending_again_to_an_unknown_recipient_is_refused_and_changes_nothing(
    world: World, visit: Visit, failed: str
) -> None:
    answer = visit(CLERK).post(f"/theo-doi/{failed}/gui-lai")
    assert answer.status_code == 422 and "Đề nghị kết nối nơi nhận trước" in answer.content.decode()
    assert state(world) == "failed"


@pytest.mark.clause("379/4.2", "217/7.4")
def test_paper_needs_its_necessity(world: World, visit: Visit, failed: str) -> None:
    clerk = visit(CLERK)
    assert clerk.post(f"/theo-doi/{failed}/giay", {"necessity": " "}).status_code == 422
    assert state(world) == "failed"
    assert clerk.post(f"/theo-doi/{failed}/giay", {"necessity": "Nơi nhận chưa kết nối."}).status_code == 303
    assert state(world) == ""


def test_only_the_clerk_of_the_sending_body_acts(world: World, visit: Visit, failed: str) -> None:
    drafter = visit(DRAFTER)
    assert f"{failed}/giay" not in drafter.get("/theo-doi").content.decode()
    assert drafter.post(f"/theo-doi/{failed}/giay", {"necessity": "Cần."}).status_code in (404, 422)
    assert drafter.post(f"/theo-doi/{failed}/da-xem").status_code in (404, 422)
    assert state(world) == "failed"
