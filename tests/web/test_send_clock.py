"""The clock on the pages: the clerk's list, the reminder by the pulse, the head of office told when it is missed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from antin.exchange import acts, directory, ports
from antin.exchange.models import SendClock
from antin.values import Actor, FixedClock, Office, iso
from world import CLERK, DRAFTER, SIGNATORY, World

from .conftest import Visit
from .reading import Words
from .test_english import left_in, source_words

pytestmark = [pytest.mark.django_db, pytest.mark.clause("217/6.3")]


@pytest.fixture
def late(world: World) -> Iterator[tuple[UUID, FixedClock]]:
    """A document issued to somebody who cannot be reached, and the exchange's clock at the moment of its reminder."""
    directory.forget()
    bound, document = ports.bound(), world.issued()
    acts.queue_dispatches(actor=Actor.system(), document_id=document)
    clock = FixedClock(SendClock.objects.get(document_id=document).look_at)  # type: ignore[arg-type]
    ports.bind(replace(bound, clock=clock))
    yield document, clock
    ports.bind(bound)


def beat(client: Client, clock: FixedClock) -> str:
    answer = client.get("/nhip", {"tu": iso(clock.at - timedelta(seconds=5))}, headers={"HX-Request": "true"})
    return str(json.loads(answer["HX-Trigger"]).get("antin:toast", {}).get("text", ""))


def page(client: Client) -> str:
    answer = client.get("/han-gui")
    assert answer.status_code == 200
    return answer.content.decode()


def test_clerk_is_reminded_then_the_leader_is_told(world: World, visit: Visit, late: tuple[UUID, FixedClock]) -> None:
    document, clock = late
    clerk, leader, drafter = visit(CLERK), visit(SIGNATORY), visit(DRAFTER)
    assert "Đã phát hành, chưa gửi hết" in page(clerk)
    assert f"/van-ban/{document}" not in page(leader)
    acts.watch_clocks()
    assert "sắp hết hạn, đã nhắc" in page(clerk)
    assert f"/van-ban/{document}" not in page(leader)
    clock.at = SendClock.objects.get(document_id=document).due_at
    acts.watch_clocks()
    for client in (clerk, leader):
        said = page(client)
        assert "quá hạn gửi, đã báo lãnh đạo" in said
        assert f"/van-ban/{document}" in said
    assert f"/van-ban/{document}" not in page(drafter)
    assert 'href="/han-gui"' in leader.get("/quyet").content.decode()


def test_pulse_says_it_once_to_those_concerned(world: World, visit: Visit, late: tuple[UUID, FixedClock]) -> None:
    document, clock = late
    row = SendClock.objects.get(document_id=document)
    row.due_at = row.look_at = world.clock.now() - timedelta(seconds=1)
    row.save()
    clock.at = world.clock.now()
    acts.watch_clocks()
    assert "Quá hạn gửi" in beat(visit(SIGNATORY), clock)
    assert "Quá hạn gửi" in beat(visit(CLERK), clock)
    assert beat(visit(DRAFTER), clock) == ""
    clock.advance(6)
    assert beat(visit(CLERK), clock) == ""


def test_ledger_names_who_was_told(world: World, visit: Visit, late: tuple[UUID, FixedClock]) -> None:
    document, clock = late
    world.confer("an.nguyen", Office.OFFICE_HEAD)
    clock.at = SendClock.objects.get(document_id=document).due_at
    acts.watch_clocks()
    history = visit(CLERK).get(f"/van-ban/{document}/qua-trinh").content.decode()
    assert "báo lãnh đạo văn bản quá hạn gửi" in history
    from antin.ledger import queries as ledger

    (entry,) = [e for e in ledger.history(document) if e.act == "exchange.deadline.missed"]
    assert entry.detail["told"] == [world.people["an.nguyen"].name]


def test_the_page_in_english(world: World, visit: Visit, late: tuple[UUID, FixedClock]) -> None:
    world.signed()
    acts.watch_clocks()
    clerk = visit(CLERK)
    clerk.cookies["antin_lang"] = "en"
    assert not left_in(Words(page(clerk)), source_words())
