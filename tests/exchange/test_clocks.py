"""The same-day clock: a reminder before, one telling after, each once, and none for what has left or may not leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.exchange.scene import RECIPIENT, STRANGER, Scene, actor

from antin.exchange import acts, ports, queries, sender
from antin.exchange.models import Dispatch, SendClock
from antin.ledger import queries as ledger
from antin.values import Actor, FixedClock, Office, Urgency, to_vietnam

pytestmark = pytest.mark.clause("217/6.3")


@pytest.fixture
def clock(scene: Scene) -> FixedClock:
    """Monday 2 March 2026, 9:00 in Vietnam: a working day with another behind it."""
    found = FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    ports.bind(replace(ports.bound(), clock=found))
    return found


def told(document_id: UUID) -> list[str]:
    return [e.act for e in ledger.history(document_id) if e.act.startswith("exchange.deadline.")]


def go_to(clock: FixedClock, hour: int, minute: int = 0, *, days: int = 0) -> None:
    """That hour on Vietnam's clock, `days` later."""
    clock.at = (to_vietnam(clock.at) + timedelta(days=days)).replace(hour=hour, minute=minute).astimezone(UTC)


def test_unsent_document_is_warned_of_then_told_of_once_each(scene: Scene, clock: FixedClock) -> None:
    document_id = scene.queued(STRANGER).document_id
    go_to(clock, 14, 59)
    assert acts.watch_clocks() == 0
    (running,) = queries.send_clocks(scene.clerk())
    assert (running.state, running.unsent) == ("running", 1)
    assert to_vietnam(running.due_at) == to_vietnam(datetime(2026, 3, 3, 4, 30, tzinfo=UTC))
    go_to(clock, 15)
    for _ in range(3):
        acts.watch_clocks()
    assert told(document_id) == ["exchange.deadline.warned"]
    go_to(clock, 11, 30, days=1)
    for _ in range(3):
        acts.watch_clocks()
        clock.advance(3600)
    assert sorted(told(document_id)) == ["exchange.deadline.missed", "exchange.deadline.warned"]
    assert queries.send_clock_count(scene.clerk()) == 1


def test_sent_in_time_is_told_to_nobody(scene: Scene, clock: FixedClock) -> None:
    document_id = scene.queued(RECIPIENT).document_id
    sender.send_due()
    assert queries.send_clocks(scene.clerk()) == ()
    go_to(clock, 15)
    acts.watch_clocks()
    assert SendClock.objects.get().state == "stopped"
    assert told(document_id) == []


def test_one_recipient_of_two_left_out_keeps_the_clock_running(scene: Scene, clock: FixedClock) -> None:
    document_id = scene.issue(RECIPIENT, "A00.99", enter=False)
    acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    sender.send_due()
    go_to(clock, 12, days=1)
    acts.watch_clocks()
    assert told(document_id) == ["exchange.deadline.missed"]
    (late,) = queries.send_clocks(scene.clerk())
    assert (late.state, late.unsent) == ("missed", 1)
    lost = Dispatch.objects.get(recipient_code="A00.99")
    acts.send_on_paper(actor=scene.clerk(), dispatch_id=lost.id, necessity="Chưa có kết nối")
    assert queries.send_clocks(scene.clerk()) == ()
    clock.advance(600)
    acts.watch_clocks()
    assert SendClock.objects.get().state == "stopped"


@pytest.mark.clause("217/6.3.p2")
def test_urgent_document_is_warned_of_within_minutes(scene: Scene, clock: FixedClock) -> None:
    document_id = scene.queued(STRANGER, urgency=Urgency.IMMEDIATE).document_id
    clock.advance(10 * 60)
    acts.watch_clocks()
    assert told(document_id) == ["exchange.deadline.warned"]
    clock.advance(5 * 60)
    acts.watch_clocks()
    assert sorted(told(document_id)) == ["exchange.deadline.missed", "exchange.deadline.warned"]


@pytest.mark.clause("217/9.2")
def test_withdrawn_document_has_no_clock(scene: Scene, clock: FixedClock) -> None:
    dispatch = scene.queued(STRANGER)
    acts.ask_recall(actor=scene.clerk(), dispatch_id=dispatch.id, reason="Có sai sót")
    go_to(clock, 12, days=1)
    acts.watch_clocks()
    assert told(dispatch.document_id) == []


def test_leader_sees_only_what_was_missed(scene: Scene, clock: FixedClock) -> None:
    scene.queued(STRANGER)
    leader = actor(scene.organisations["A99.01"], Office.LEADER)
    assert queries.send_clocks(leader) == ()
    since = clock.at
    go_to(clock, 12, days=1)
    acts.watch_clocks()
    (late,) = queries.send_clocks(leader)
    assert late.state == "missed"
    assert len(queries.clocks_told(leader, since)) == 1
    assert queries.clocks_told(leader, clock.at) == ()
    assert queries.send_clocks(actor(scene.organisations[RECIPIENT], Office.LEADER, Office.CLERK)) == ()


def test_signed_on_the_eve_of_tet_waits_for_the_first_working_morning(scene: Scene, clock: FixedClock) -> None:
    clock.at = datetime(2026, 2, 13, 9, 0, tzinfo=UTC)  # Friday 16:00, the last hour before the holidays
    document_id = scene.queued(STRANGER).document_id
    assert to_vietnam(SendClock.objects.get().due_at).date().isoformat() == "2026-02-23"
    clock.advance(5 * 24 * 3600)
    acts.watch_clocks()
    assert told(document_id) == []
