"""What State bodies tell about documents of ours: in any order, twice, by whoever, with or without our codes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from tests.exchange.axis_scene import OTHER_STATE, STATE, STATE_OLD, AxisIn, AxisOut, AxisScene
from tests.exchange.scene import SENDER

from antin.documents.acts import obligations
from antin.exchange import acts, queries
from antin.exchange.axis import outbox
from antin.exchange.edxml.model import BusinessKind, Envelope
from antin.exchange.edxml.reader import read
from antin.exchange.models import Dispatch, Irregularity
from antin.values import Actor, iso

pytestmark = pytest.mark.clause("217/7.3", "217/6.4", "217/11.8")


@pytest.fixture
def sent(axis: AxisScene) -> Dispatch:
    dispatch = axis.issued()
    axis.work()
    dispatch.refresh_from_db()
    return dispatch


def say(axis: AxisScene, dispatch: Dispatch, code: str, after: int = 0, **wishes: object) -> None:
    sender = str(wishes.get("sender", STATE))
    axis.hand_in(axis.status(dispatch, code, after=after, **wishes), "status", sender)  # type: ignore[arg-type]
    axis.work()
    dispatch.refresh_from_db()


def test_statuses_move_the_delivery_on(axis: AxisScene, sent: Dispatch) -> None:
    for after, (code, state) in enumerate(
        [("01", "arrived"), ("03", "accepted"), ("04", "forwarded"), ("05", "in_process"), ("06", "completed")]
    ):
        say(axis, sent, code, after, said="Nội dung mẫu")
        assert sent.state == state
        assert sent.person == "Lý Thị Mẫu Vân, Văn phòng"
    history = queries.delivery_history(axis.scene.clerk(), sent.document_id)
    assert [row.state for row in history if row.event == "Progress"] == [
        "arrived",
        "accepted",
        "forwarded",
        "in_process",
        "completed",
    ]
    assert "relayed" in [row.event for row in history]
    assert axis.theirs().sent("status")[0].status == "done"


@pytest.mark.clause("217/11.14")
@pytest.mark.parametrize("order", list(permutations(["01", "03", "05"])))
def test_statuses_out_of_order_never_step_back(axis: AxisScene, sent: Dispatch, order: tuple[str, ...]) -> None:
    after = {"01": 1, "03": 2, "05": 3}
    for code in order:
        say(axis, sent, code, after[code])
    assert sent.state == "in_process"
    assert {"arrived", "accepted", "in_process"} <= set(sent.times)
    assert sent.times["accepted"] == iso(axis.at + timedelta(seconds=2))


def test_statuses_in_a_storm_end_where_the_last_one_says(axis: AxisScene, sent: Dispatch) -> None:
    dice = random.Random(11)
    said = [(code, n) for n, code in enumerate(["01", "03", "04", "05", "06"])] * 3
    dice.shuffle(said)
    for code, after in said:
        axis.hand_in(axis.status(sent, code, after=after), "status")
    axis.work()
    sent.refresh_from_db()
    assert sent.state == "completed"
    assert AxisIn.objects.filter(state="duplicate").count() == 10
    assert {entry.status for entry in axis.theirs().sent("status")} == {"done"}


@pytest.mark.clause("217/11.1.p3")
@pytest.mark.parametrize(
    "how", ["old code of theirs", "old code of ours", "number and date", "number as they write it"]
)
def test_status_finds_its_document_however_it_is_named(axis: AxisScene, sent: Dispatch, how: str) -> None:
    if how == "old code of theirs":
        say(axis, sent, "03", sender=STATE_OLD)
    elif how == "old code of ours":
        say(axis, sent, "03", about=lambda one: replace(one, organ_id="000.00.01.A99"))
    elif how == "number and date":
        say(axis, sent, "03", about=lambda one: replace(one, document_id=""))
    else:
        say(axis, sent, "03", about=lambda one: replace(one, document_id="", code=one.code.replace("-", "/", 1)))
    assert sent.state == "accepted"


@pytest.mark.clause("217/6.2", "217/11.14")
@pytest.mark.parametrize("who", ["another body", "another document", "another day"])
def test_status_of_somebody_else_or_of_something_else_moves_nothing(axis: AxisScene, sent: Dispatch, who: str) -> None:
    if who == "another body":
        say(axis, sent, "06", sender=OTHER_STATE)
    elif who == "another document":
        say(axis, sent, "06", about=lambda one: replace(one, document_id="A99.01,2026/03/02,1-CV", code="1-CV"))
    else:
        say(axis, sent, "06", about=lambda one: replace(one, document_id="", promulgated_on=axis.at.date()))
    assert sent.state == "sent"
    assert AxisIn.objects.get().state == "noted"
    assert Irregularity.objects.filter(kind="not_known_here", source="axis").exists()


@pytest.mark.clause("217/10.1.p2")
def test_return_says_why(axis: AxisScene, sent: Dispatch) -> None:
    say(axis, sent, "02", said="")
    assert sent.state == "sent"
    say(axis, sent, "02", 1, said="Sai thẩm quyền")
    assert (sent.state, sent.reason) == ("returned", "Sai thẩm quyền")


def test_code_without_a_meaning_is_history_only(axis: AxisScene, sent: Dispatch) -> None:
    say(axis, sent, "09", said="?")
    assert sent.state == "sent"
    assert AxisIn.objects.get().code == "09"


@pytest.mark.clause("217/9.2")
@pytest.mark.parametrize(("code", "state"), [("15", "recalled"), ("16", "recall_refused")])
def test_recall_is_asked_and_answered(axis: AxisScene, sent: Dispatch, code: str, state: str) -> None:
    say(axis, sent, "03")
    acts.ask_recall(actor=Actor.system(), dispatch_id=sent.id, reason="Sai số liệu")
    axis.work()
    message = read(axis.arrived()[-1])
    assert isinstance(message, Envelope)
    assert (message.business.kind, message.business.document_id) == (BusinessKind.RECALL, sent.document_code)
    assert message.business.reason == "Sai số liệu"
    assert (message.responses[0].organ_id, message.attachments) == (SENDER, ())
    assert len(obligations(sent.document_id)) == 1
    say(axis, sent, code, 5, said="Đã gỡ" if code == "15" else "Đang dùng")
    assert sent.state == state
    assert obligations(sent.document_id) == ()


@pytest.mark.clause("379/19.3")
def test_document_declared_void_is_told_as_an_update(axis: AxisScene, sent: Dispatch) -> None:
    acts.tell_invalidated(actor=Actor.system(), dispatch_id=sent.id, reason="Ban hành sai thẩm quyền")
    axis.work()
    message = read(axis.arrived()[-1])
    assert isinstance(message, Envelope)
    assert message.business.kind is BusinessKind.UPDATE
    assert "Ban hành sai thẩm quyền" in message.business.reason
    assert AxisOut.objects.filter(purpose="update", state="taken").count() == 1


@pytest.mark.clause("217/9.2")
def test_recall_waits_for_its_document_to_have_left(axis: AxisScene) -> None:
    dispatch = axis.issued()
    first = outbox.claim()
    outbox.pass_gate(actor=Actor.system("exchange"), message_id=first)  # type: ignore[arg-type]
    acts.ask_recall(actor=Actor.system(), dispatch_id=dispatch.id, reason="Sai số liệu")
    assert outbox.claim() is None


@pytest.mark.clause("217/11.14")
def test_status_after_a_failure_shows_that_it_got_there(axis: AxisScene, sent: Dispatch) -> None:
    Dispatch.objects.filter(id=sent.id).update(state="failed")
    say(axis, sent, "03")
    assert sent.state == "accepted"
