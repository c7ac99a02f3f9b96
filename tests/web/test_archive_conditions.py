"""The six conditions of the archive, counted: what has been done shows, what is missing is said (379/23.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.archive.shelf import archived, handed_out, signed_by

from antin.archive import acts, queries
from antin.continuity import ports
from antin.continuity.adapters.directory_target import DirectoryTarget
from antin.ledger import acts as ledger
from world import CLERK, PROVINCE_CLERK, PROVINCE_LEADER, World

from .conftest import Visit

ARCHIVIST, AUDITOR = "quy.mai", "tam.ho"
SIX = [f"379/23.2.{letter}" for letter in "abcdđe"]


@pytest.fixture
def target(tmp_path: Path) -> Iterator[None]:
    before = ports.bound()
    ports.bind(replace(before, targets=(DirectoryTarget(tmp_path / "backups"),)))
    yield
    ports.bind(before)


def shown(visit: Visit, login: str = ARCHIVIST) -> dict[str, str]:
    """What the page says of each condition, without its mark-up."""
    page = visit(login).get("/luu-tru/dieu-kien").content.decode()
    rows = re.findall(r"<li><span><b>.*?</li>", page, re.DOTALL)
    found = {clause: row for row in rows for clause in re.findall(r"/quy-dinh/([^\"]+)\"", row)}
    return {clause: re.sub(r"<[^>]+>", "", row) for clause, row in found.items()}


@pytest.mark.clause("379/23.2")
def test_each_of_the_six_is_told_with_what_was_done_for_it(world: World, visit: Visit) -> None:
    before = shown(visit)
    assert list(before) == SIX
    assert "0 hồ sơ, 0 văn bản trong kho" in before["379/23.2.a"]
    assert "0 gói đã lập, 0 đã giao, 0 có biên nhận" in before["379/23.2.c"]
    case = archived(world, world.registered(world.original()))
    found = handed_out(world, case)
    acts.build_package(actor=world.actor(ARCHIVIST), case_file_id=case, kind="AIP")
    record = queries.hand_over_record(world.actor(ARCHIVIST), found)
    acts.keep_receipt(
        actor=world.actor(ARCHIVIST), package_id=found, pdf=signed_by(world, record, "Trần Mẫu Nhận", "MAU-7001")
    )
    while ledger.integrate():
        pass
    after = shown(visit, AUDITOR)
    assert "1 hồ sơ, 1 văn bản trong kho; 0 hồ sơ chờ nhận" in after["379/23.2.a"]
    assert "2 gói đã lập, 1 đã giao, 1 có biên nhận" in after["379/23.2.c"]
    assert "1 người giữ nhiệm vụ lưu trữ" in after["379/23.2.d"]
    told = re.search(r"(\d+) mục nhật ký đã niêm kết, 0 mục đang chờ", after["379/23.2.đ"])
    assert told and int(told[1]) > 20
    assert "cần xem lại" not in after["379/23.2.b"] + after["379/23.2.c"] + after["379/23.2.d"] + after["379/23.2.đ"]


@pytest.mark.clause("379/23.2", "379/23.2.e")
def test_a_condition_that_is_not_met_is_said(world: World, visit: Visit, target: None) -> None:
    assert "cần xem lại" in shown(visit)["379/23.2.e"] and "chưa có" in shown(visit)["379/23.2.e"]
    bound = ports.bound()
    ports.bind(replace(bound, targets=()))
    assert "Chưa cấu hình nơi sao lưu nào." in shown(visit)["379/23.2.e"]
    ports.bind(bound)


@pytest.mark.clause("379/23.2.d", "379/4.4")
def test_the_page_is_for_who_works_in_the_archive(visit: Visit) -> None:
    for login in (PROVINCE_CLERK, "nga.dang", CLERK):
        assert visit(login).get("/luu-tru/dieu-kien").status_code == 404, login
    for login in (ARCHIVIST, AUDITOR, PROVINCE_LEADER):
        assert visit(login).get("/luu-tru/dieu-kien").status_code == 200, login
