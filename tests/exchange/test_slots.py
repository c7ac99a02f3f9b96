"""Partners that keep silent hold no slot that others need: urgent post goes on beside them (217/6.3.p2, 217/13.1)."""

from __future__ import annotations

import gc
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from tests.exchange.node import NodeFiles
from tests.exchange.scene import RECIPIENT, STRANGER, Scene
from tests.exchange.test_sender_hostile import Partner_, partner

from antin.exchange import ports, rules, sender
from antin.exchange.acts import transmit
from antin.exchange.answers import Judged
from antin.exchange.models import Dispatch
from antin.exchange.slots import BULK, DISPATCH, HEARD_S, PATIENCE_S, URGENT, Slots
from antin.values import Actor, Urgency

__all__ = ["partner"]

pytestmark = pytest.mark.clause("217/6.3.p2", "217/13.1")

ONE, OTHER = UUID(int=1), UUID(int=2)
BOTH = [(ONE, 0), (OTHER, 0)]


class Hours:
    """A monotonic clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hours:
    return Hours()


@pytest.fixture
def slots(clock: Hours) -> Slots:
    room = {DISPATCH: 4, URGENT: 2, BULK: 2}
    return Slots(room, {**room, DISPATCH: 3}, lent=3, monotonic=clock)


def test_destination_that_was_not_heard_yet_has_one_slot_in_each_lane(slots: Slots) -> None:
    assert slots.free(DISPATCH, BOTH) == {ONE: 1, OTHER: 1}
    slots.begin(DISPATCH, ONE)
    assert slots.free(DISPATCH, BOTH) == {OTHER: 1}
    assert slots.free(URGENT, BOTH) == {ONE: 1, OTHER: 1}


def test_answer_opens_all_slots_of_its_destination_alone(slots: Slots) -> None:
    assert slots.end(slots.begin(DISPATCH, ONE), heard=True)
    assert slots.free(DISPATCH, BOTH) == {ONE: 3, OTHER: 1}
    assert not slots.end(slots.begin(DISPATCH, ONE), heard=True), "nothing new was learnt"


def test_silence_closes_them_again(slots: Slots, clock: Hours) -> None:
    slots.end(slots.begin(DISPATCH, ONE), heard=True)
    assert not slots.end(slots.begin(DISPATCH, ONE), heard=False)
    assert slots.free(DISPATCH, [(ONE, 1)]) == {ONE: 1}
    slots.end(slots.begin(DISPATCH, ONE), heard=True)
    clock.now += HEARD_S
    assert slots.free(DISPATCH, [(ONE, 0)]) == {ONE: 1}, "an old answer shows nothing"


def test_attempt_that_the_gate_stopped_says_nothing_of_its_destination(slots: Slots) -> None:
    slots.end(slots.begin(DISPATCH, ONE), heard=True)
    assert not slots.end(slots.begin(DISPATCH, ONE), heard=None)
    assert slots.free(DISPATCH, [(ONE, 0)]) == {ONE: 3}


def test_overdue_attempts_lend_their_slots_to_other_destinations(slots: Slots, clock: Hours) -> None:
    slots.end(slots.begin(DISPATCH, ONE), heard=True)
    waiting = [slots.begin(DISPATCH, ONE) for _ in range(3)]
    assert (slots.left(DISPATCH), slots.free(DISPATCH, BOTH)) == (1, {OTHER: 1})
    clock.now += PATIENCE_S + 0.1
    assert (slots.left(DISPATCH), slots.free(DISPATCH, BOTH)) == (4, {OTHER: 1})
    for attempt in waiting:
        slots.end(attempt, heard=True)
    assert slots.free(DISPATCH, BOTH) == {ONE: 3, OTHER: 1}


def test_no_more_slots_are_lent_than_there_are_threads_for(slots: Slots, clock: Hours) -> None:
    for number in range(4):
        slots.begin(DISPATCH, UUID(int=number))
    clock.now += PATIENCE_S + 0.1
    assert slots.left(DISPATCH) == 3


def test_large_parcels_take_their_time_and_lend_nothing(slots: Slots, clock: Hours) -> None:
    slots.begin(BULK, ONE)
    clock.now += 600
    assert (slots.left(BULK), slots.free(BULK, [(ONE, 0)])) == (1, {ONE: 1})
    assert slots.free(DISPATCH, [(ONE, 0)]) == {ONE: 1}


def test_failing_destination_is_probed_with_one(slots: Slots) -> None:
    slots.end(slots.begin(DISPATCH, ONE), heard=True)
    assert slots.free(DISPATCH, [(ONE, rules.BREAKER_AFTER)]) == {ONE: 1}


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> queue.SimpleQueue[UUID]:
    """Dispatches as the sender has noted their outcome."""
    noted: queue.SimpleQueue[UUID] = queue.SimpleQueue()
    settle = transmit.settle

    def and_tell(*, actor: Actor, ready: transmit.Ready, judged: Judged) -> None:
        settle(actor=actor, ready=ready, judged=judged)
        noted.put(ready.dispatch_id)

    monkeypatch.setattr(transmit, "settle", and_tell)
    return noted


def test_send_urgent_document_beside_a_silent_partner_goes_at_once(
    scene: Scene, partner: Partner_, nodes: dict[str, NodeFiles], settled: queue.SimpleQueue[UUID]
) -> None:
    """As many urgent ones wait for the silent partner as there are slots of every kind."""
    answers, called = threading.Event(), threading.Event()
    silent = [scene.queued(STRANGER, urgency=Urgency.IMMEDIATE) for _ in range(5)]

    def say_nothing(_: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        called.set()
        answers.wait(60)
        return "503 Later", [], b""

    partner.reply = say_nothing
    with _few_slots(nodes["ours"]), _sending():
        try:
            assert called.wait(20), "nobody called the silent partner"
            urgent = scene.queued(RECIPIENT, urgency=Urgency.URGENT)
            assert settled.get(timeout=20) == urgent.id
            assert Dispatch.objects.get(id=urgent.id).state == "arrived"
            assert not Dispatch.objects.filter(id__in=[one.id for one in silent], state="arrived").exists()
        finally:
            answers.set()


@contextmanager
def _few_slots(node: NodeFiles) -> Iterator[None]:
    bound = ports.bound()
    limits = replace(bound.limits, in_flight=2, per_destination=2, urgent_in_flight=1)
    ports.bind(replace(bound, limits=limits, channel=node.channel(answer_s=60.0)))
    yield
    ports.bind(bound)


@contextmanager
def _sending() -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=sender.run, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join()
    gc.collect()  # the threads' database connections go with them
