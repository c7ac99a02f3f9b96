"""The pulse: counters as they are, urgent documents announced at once, and no session kept alive by a machine."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from antin.identity import sessions
from antin.values import Urgency, iso
from world import LEAD, PROVINCE_CLERK, PROVINCE_LEADER, World

from .conftest import Visit

QUIET = {"Antin-Unattended": "1", "HX-Request": "true"}


def beat(client: Client, since: str) -> dict[str, dict[str, object]]:
    answer = client.get("/nhip", {"tu": since}, headers=QUIET)
    assert answer.status_code == 200
    return dict(json.loads(answer["HX-Trigger"]))


@pytest.mark.clause("217/6.3.p2")
def test_urgent_arrival_is_announced_to_the_clerk_once_and_to_nobody_else(world: World, visit: Visit) -> None:
    clerk, outsider = visit(PROVINCE_CLERK), visit(LEAD)
    since = iso(world.clock.now() - timedelta(seconds=5))
    world.arrived(world.original(), urgency=Urgency.IMMEDIATE)
    told = beat(clerk, since)
    assert told["antin:pulse"]["counts"]["arrived"] == 1  # type: ignore[index]
    assert "01-QĐ/VPTW" in str(told["antin:toast"]["text"])
    assert "antin:toast" not in beat(clerk, iso(world.clock.now() + timedelta(seconds=1)))
    assert "antin:toast" not in beat(outsider, since)


@pytest.mark.clause("217/6.3.p2")
def test_urgent_document_passed_on_is_announced_to_the_leader(world: World, visit: Visit) -> None:
    since = iso(world.clock.now() - timedelta(seconds=5))
    world.registered(world.original(), urgency=Urgency.IMMEDIATE)
    told = beat(visit(PROVINCE_LEADER), since)
    assert "01-QĐ/VPTW" in str(told["antin:toast"]["text"])
    assert told["antin:pulse"]["counts"]["to_instruct"] == 1  # type: ignore[index]


def test_routine_arrival_changes_the_counter_without_a_word(world: World, visit: Visit) -> None:
    since = iso(world.clock.now() - timedelta(seconds=5))
    world.arrived(world.original())
    told = beat(visit(PROVINCE_CLERK), since)
    assert told["antin:pulse"]["counts"]["arrived"] == 1  # type: ignore[index]
    assert "antin:toast" not in told


@pytest.mark.parametrize("since", ["", "hôm qua", "2026-13-40T99:00:00", "2026-11-20T08:00:00", "x" * 5000])
def test_rubbish_for_a_time_is_no_time(world: World, visit: Visit, since: str) -> None:
    assert "antin:toast" not in beat(visit(PROVINCE_CLERK), since)


@pytest.mark.clause("379/5.6")
def test_an_unattended_page_does_not_keep_its_session_alive(world: World, visit: Visit) -> None:
    client = visit(PROVINCE_CLERK)
    session = client.session
    idle = world.clock.now().timestamp() - 25 * 60
    session[sessions.SEEN] = idle
    session.save()
    beat(client, "")
    assert client.session[sessions.SEEN] == idle
    assert client.get("/tiep-nhan").status_code == 200
    assert client.session[sessions.SEEN] > idle
    session = client.session
    session[sessions.SEEN] = world.clock.now().timestamp() - 31 * 60
    session.save()
    answer = client.get("/nhip", headers=QUIET)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/vao")
    assert get_user_model().objects.filter(login_name=PROVINCE_CLERK).exists()


def test_strangers_get_no_pulse(world: World) -> None:
    assert Client().get("/nhip").status_code == 302
