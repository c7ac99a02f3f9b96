"""Backups and drills as those who watch over the installation see them, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from antin.continuity import acts, ports
from antin.continuity.adapters.directory_target import DirectoryTarget
from antin.values import Actor, FixedClock, Office, SystemClock
from small_house import House, SignIn, clock, house, signed_in

__all__ = ["clock", "house", "signed_in"]
SYSTEM = Actor.system("continuity")


@pytest.fixture
def place(tmp_path: Path, house: House) -> Iterator[DirectoryTarget]:
    before, facts = ports.bound(), connection.settings_dict
    found = DirectoryTarget(tmp_path / "place")
    address = f"postgresql:///{facts['NAME']}?host={facts['HOST']}&user={facts['USER']}"
    ports.bind(replace(before, database_url=address, targets=(found,), clock=FixedClock(SystemClock().now())))
    yield found
    ports.bind(before)


@pytest.mark.clause("379/4.4")
def test_only_who_watches_over_the_installation_sees_backups(house: House, signed_in: SignIn) -> None:
    for login, office, status in (
        ("quan", Office.ADMINISTRATOR, 200),
        ("soat", Office.AUDITOR, 200),
        ("chu", Office.SYSTEM_OWNER, 200),
        ("viet", Office.DRAFTER, 404),
        ("van", Office.CLERK, 404),
    ):
        house.enrol(login, office)
        assert signed_in(login).get("/sao-luu").status_code == status, login


@pytest.mark.clause("217/15.5", "379/29.4")
def test_the_page_says_what_stands_where_and_what_is_late(
    house: House, signed_in: SignIn, place: DirectoryTarget
) -> None:
    house.enrol("quan", Office.ADMINISTRATOR)
    client = signed_in("quan")
    assert "đến hạn sao lưu" in client.get("/sao-luu").content.decode()
    made = acts.run_backup(actor=SYSTEM, target=place)
    shown = client.get("/sao-luu").content.decode()
    assert made.name in shown and place.place in shown
    assert "đúng hạn" in shown and "chưa phục hồi thử" in shown and "Chưa diễn tập lần nào" in shown


@pytest.mark.clause("379/29.4")
def test_a_drill_that_failed_is_shown_with_its_words(house: House, signed_in: SignIn, place: DirectoryTarget) -> None:
    house.enrol("quan", Office.ADMINISTRATOR)
    made = acts.run_backup(actor=SYSTEM, target=place)
    path = place.sets / made.name / "database.sealed"
    path.write_bytes(path.read_bytes()[:-1])
    held = acts.drill(actor=SYSTEM, target=place)
    assert held.faults
    shown = signed_in("quan").get("/sao-luu").content.decode()
    assert "không phục hồi được" in shown and "database.sealed is not what was written" in shown


@pytest.mark.clause("379/29.4", "379/11.6")
def test_a_drill_is_owed_six_months_after_the_first_set(
    house: House, signed_in: SignIn, place: DirectoryTarget
) -> None:
    house.enrol("quan", Office.ADMINISTRATOR)
    bound = ports.bound()
    ports.bind(replace(bound, clock=FixedClock(SystemClock().now() - timedelta(days=200))))
    acts.run_backup(actor=SYSTEM, target=place)
    ports.bind(bound)
    shown = signed_in("quan").get("/sao-luu").content.decode()
    assert "quá hạn diễn tập" in shown and "đến hạn sao lưu" in shown
