"""A disk that fills up: parcels are asked to come later before a byte of them is read, and the sender waits as told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.exchange.scene import STRANGER, Scene, arrived
from tests.exchange.test_receiver_hostile import send
from tests.exchange.test_sender_hostile import Partner_, attempt

from antin.exchange import ports, room, rules
from antin.exchange.models import Irregularity, ParcelIn, Partner

pytestmark = pytest.mark.clause("217/13.1")


@pytest.fixture
def full(scene: Scene) -> Iterator[None]:
    """As if all but nothing were taken."""
    bound = ports.bound()
    ports.bind(replace(bound, limits=replace(bound.limits, free_bytes_least=room.free_bytes() * 2)))
    yield
    ports.bind(bound)


def test_full_disk_turns_a_parcel_away_for_a_while_and_tells_the_operator(scene: Scene, full: None) -> None:
    parcel = scene.parcel()
    answer = send(scene, parcel)
    assert (answer.status, answer.retry_after_s) == (503, float(room.RETRY_S))
    assert (arrived(scene), ParcelIn.objects.count()) == (0, 0)
    assert Irregularity.objects.get().kind == "disk_full"
    ports.bind(replace(ports.bound(), limits=replace(ports.bound().limits, free_bytes_least=0)))
    assert send(scene, parcel).status == 200


def test_room_is_asked_for_what_a_parcel_writes_in_all(scene: Scene) -> None:
    bound = ports.bound()
    free = room.free_bytes()
    ports.bind(replace(bound, limits=replace(bound.limits, free_bytes_least=free // 2)))
    assert room.for_bytes(1_000)
    assert not room.for_bytes(free // 4)


def test_room_is_known_before_the_spool_exists(scene: Scene, tmp_path: Path) -> None:
    ports.bind(replace(ports.bound(), spool=tmp_path / "not" / "yet"))
    assert room.free_bytes() > 0


def test_sender_waits_as_long_as_it_was_asked_to(scene: Scene) -> None:
    node = Partner_(scene.partner_node)
    Partner.objects.filter(id=scene.partner_id).update(url=node.endpoint.url)
    node.reply = lambda body: ("503 Later", [("Retry-After", "120")], b"")
    found = attempt(scene, scene.queued(STRANGER))
    node.endpoint.stop()
    assert found.next_attempt_at is not None
    assert (found.next_attempt_at - datetime.now(UTC)).total_seconds() > 110


def test_nobody_can_ask_for_more_than_our_own_longest_pause() -> None:
    assert rules.backoff_s(1, 0.5, 10.0) == 10.0
    assert rules.backoff_s(1, 0.5, 10**9) == rules.BACKOFF_MOST_S
    assert rules.backoff_s(1, 0.0) == 0.2
