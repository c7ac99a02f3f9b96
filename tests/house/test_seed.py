"""The demonstration world with its desks laid, seen by each person through the public doors.

One world and one test, so that workers of a parallel run never start several: the looks below are its parts. The
seeding is killed on the way and taken up again, so they also prove that nothing of the broken-off run is lost or
doubled.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antin.house.demo import world as worlds
from antin.house.demo.scenes import Stage
from antin.house.demo.visitor import Page
from antin.house.demo.world import World

CENTRE, PROVINCE = "trung-uong", "lac-giang"
SOON_S = 20
LETTER = 3
"""Contents of the letter that comes by the axis: its page, its envelope, what its sender is told."""
TRIES = 2
"""Killed between a signature and its timestamp, the next run ends there: only the one after finds it completed."""

pytestmark = [pytest.mark.world]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    home = tmp_path / "seeded"
    found = worlds.start(home, seed=False)
    try:
        _break_off(found)
        for _ in range(TRIES):
            found.unseeded = worlds.seed_desks(found)
            if not found.unseeded:
                break
        yield found
    finally:
        found.stop()
        worlds.reset(home)


@pytest.fixture
def stage(world: World) -> Iterator[Stage]:
    found = Stage(world)
    yield found
    found.close()


def _break_off(world: World) -> None:
    """Seeding at the centre, killed without warning once several documents lie there."""
    config = world.installations[CENTRE]
    deadline = time.monotonic() + 60
    while _contents(config.path("blobs")) < LETTER and time.monotonic() < deadline:
        time.sleep(0.1)
    begun = _contents(config.path("blobs"))
    part = world.processes.start("broken-off", ["-m", "antin.house.demo.seed"], home=config.home)
    deadline = time.monotonic() + 60
    while _contents(config.path("blobs")) < begun + 30:
        assert part.poll() is None and time.monotonic() < deadline, world.processes.tail("broken-off")
        time.sleep(0.05)
    os.kill(part.pid, signal.SIGKILL)
    assert not world.processes.finished("broken-off")
    assert not config.path(worlds.SEEDED).exists()


def _contents(folder: Path) -> int:
    return sum(1 for one in folder.rglob("*") if one.is_file())


def rows(stage: Stage, login: str, box: str) -> list[dict[str, Any]]:
    answer = stage.as_person(login).api(f"/api/v1/documents?box={box}")
    assert isinstance(answer, dict)
    return list(answer["rows"])


def kinds(stage: Stage, login: str, box: str) -> list[str]:
    return [row["type_code"] for row in rows(stage, login, box)]


def shown(stage: Stage, login: str, path: str) -> Page:
    return stage.as_person(login).get(path)


# made once


def a_broken_off_seeding_is_finished_by_the_next_one(stage: Stage) -> None:
    world = stage.world
    assert world.unseeded == (), [world.processes.tail(f"{name}-seed") for name in (CENTRE, PROVINCE)]
    for config in world.installations.values():
        assert config.path(worlds.SEEDED).exists()
    assert world.processes.ended() is None


def a_finished_seeding_is_not_begun_again(stage: Stage) -> None:
    world = stage.world
    before = len(world.processes.running)
    begun = time.monotonic()
    assert worlds.seed_desks(world) == ()
    assert len(world.processes.running) == before and time.monotonic() - begun < 1


def nothing_is_doubled_and_numbers_have_no_gaps(stage: Stage) -> None:
    for login, mine, count in (("chi.le", "A99.01", 11), ("lan.vu", "A98.01", 7)):
        out = rows(stage, login, "outgoing")
        assert len(out) == len({row["abstract"] for row in out}) == count, mine
        numbered = sorted(row["reference_number"] for row in out if row["reference_number"])
        series = Counter(reference.split("-", 1)[1] for reference in numbered)
        expected = sorted(f"{n:02d}-{name}" for name, many in series.items() for n in range(1, many + 1))
        assert numbered == expected
    for login, drafts in (("an.nguyen", 3), ("dung.pham", 2), ("minh.bui", 2), ("nga.dang", 3)):
        assert len(rows(stage, login, "drafts")) == drafts, login


def sample_people_have_unspent_codes_at_once(stage: Stage) -> None:
    """Who signed and sealed most while seeding is let in at once, with the oldest code still admitted."""
    begun = time.monotonic()
    for login in ("giang.hoang", "chi.le", "son.ngo", "lan.vu"):
        stage.as_person(login)
    assert time.monotonic() - begun < SOON_S


# the centre


def specialist_at_the_centre_has_work_reviews_and_drafts(stage: Stage) -> None:
    assert "01-CV/TU" in shown(stage, "an.nguyen", "/viec").text
    assert kinds(stage, "an.nguyen", "to_review") == ["bao_cao"]
    assert sorted(kinds(stage, "an.nguyen", "drafts")) == ["de_an", "ke_hoach", "to_trinh"]
    back = next(row for row in rows(stage, "an.nguyen", "drafts") if row["type_code"] == "de_an")
    assert back["state"] == "draft"
    assert "căn cứ tính đơn giá" in shown(stage, "an.nguyen", f"/du-thao/{back['id']}").text


def plan_waits_for_two_reviewers_with_an_earlier_revision_and_an_opinion(stage: Stage) -> None:
    for login in ("binh.tran", "dung.pham"):
        assert "ke_hoach" in kinds(stage, login, "to_review")
    plan = next(row for row in rows(stage, "an.nguyen", "drafts") if row["type_code"] == "ke_hoach")
    assert plan["state"] == "in_review"
    page = shown(stage, "binh.tran", f"/du-thao/{plan['id']}/gop-y").text
    assert "diễn tập được đo bằng gì" in page
    compared = shown(stage, "an.nguyen", f"/du-thao/{plan['id']}/so-sanh").text
    assert "Lần diễn tập không đạt thời gian đề ra" in compared
    assert "phu-luc-dau-moi.csv" in shown(stage, "an.nguyen", f"/du-thao/{plan['id']}").text


def leader_at_the_centre_decides_signs_and_instructs(stage: Stage) -> None:
    assert kinds(stage, "giang.hoang", "to_approve") == ["quyet_dinh"]
    assert kinds(stage, "giang.hoang", "to_sign") == ["phuong_an"]
    assert "01-BC/TU" in shown(stage, "giang.hoang", "/quyet").text


def a_proposal_of_the_machine_waits_for_the_leader_at_the_centre(stage: Stage) -> None:
    deadline = time.monotonic() + SOON_S
    while "Đề nghị của máy" not in (desk := shown(stage, "giang.hoang", "/quyet").text) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert "Giao Nguyễn Mẫu An chủ trì" in desk
    assert shown(stage, "quan.tri.tw", "/tu-dong").text.count("Báo cáo của các tỉnh về Vụ Tổng hợp") == 1


def registry_of_the_centre_has_one_document_at_each_step_and_an_arrival(stage: Stage) -> None:
    steps = [kinds(stage, "chi.le", box) for box in ("to_form_check", "to_seal", "to_issue")]
    assert steps == [["cong_van"], ["thong_bao"], ["quy_che"]]
    assert [row["sender_code"] for row in rows(stage, "chi.le", "arrived")] == ["H98", "A98.01"]


def sender_sees_what_became_of_each_copy(stage: Stage) -> None:
    sent = {row["abstract"]: row["id"] for row in rows(stage, "chi.le", "sent")}
    states = {}
    for abstract, recipient, wanted in (
        ("về trực tiếp nhận văn bản khẩn ngoài giờ làm việc", "A98.01", "completed"),
        ("về việc rà soát chứng thư số và người được giao ký số", "A98.01", "in_process"),
        ("về việc rà soát chứng thư số và người được giao ký số", "A98.01.02", "returned"),
        ("tập huấn nghiệp vụ văn thư điện tử năm 2027", "A98.01", "forwarded"),
        ("về việc góp ý dự thảo Quy chế bảo quản và sử dụng khoá ký số", "A98.01", "arrived"),
    ):
        states[abstract, recipient] = _delivery(stage, sent[abstract], recipient, wanted)
        assert states[abstract, recipient] == wanted, states


def _delivery(stage: Stage, document: str, recipient: str, wanted: str) -> str:
    """The state at the sender; news travels, so it is asked for again for a while."""
    deadline = time.monotonic() + SOON_S
    while True:
        answer = stage.as_person("chi.le").api(f"/api/v1/documents/{document}/deliveries")
        assert isinstance(answer, dict)
        state = next(row["state"] for row in answer["rows"] if row["recipient_code"] == recipient)
        if state == wanted or time.monotonic() > deadline:
            return str(state)
        time.sleep(0.2)


# the province and its units


def registry_of_the_province_sees_the_immediate_notice_first(stage: Stage) -> None:
    assert [(row["type_code"], row["urgency"]) for row in rows(stage, "lan.vu", "arrived")] == [
        ("thong_bao", "immediate"),
        ("cong_van", "routine"),
    ]
    steps = [kinds(stage, "lan.vu", box) for box in ("to_form_check", "to_seal")]
    assert steps == [["cong_van"], ["nghi_quyet"]]


def arrivals_of_the_province_stand_at_every_step(stage: Stage) -> None:
    states = Counter(row["state"] for row in rows(stage, "lan.vu", "incoming"))
    assert states == {"arrived": 2, "forwarded": 2, "in_process": 2, "completed": 1}


def leader_of_the_province_instructs_approves_and_accepts(stage: Stage) -> None:
    assert kinds(stage, "khanh.do", "to_approve") == ["thong_bao"]
    assert "01-CTr/VPTW" in shown(stage, "khanh.do", "/quyet").text
    given = shown(stage, "khanh.do", "/giao-viec").text
    assert "Đã rà soát 58 đầu mối" in given and "hôm nay" in given
    assert kinds(stage, "son.ngo", "to_sign") == ["quyet_dinh"]


def specialists_of_the_province_have_work_due_today_and_soon(stage: Stage) -> None:
    assert "hôm nay" in shown(stage, "nga.dang", "/viec").text
    assert "01-HD/VPTW" in shown(stage, "minh.bui", "/viec").text
    assert kinds(stage, "nga.dang", "to_review") == ["ke_hoach"]
    assert kinds(stage, "minh.bui", "to_review") == ["huong_dan"]
    assert sorted(kinds(stage, "nga.dang", "drafts")) == ["huong_dan", "phuong_an", "thong_bao"]


def units_have_arrivals_instructions_to_give_and_drafts(stage: Stage) -> None:
    assert sorted(kinds(stage, "hoa.ly", "arrived")) == ["chi_thi", "cong_van", "huong_dan"]
    returned = [row for row in rows(stage, "hoa.ly", "incoming") if row["state"] == "returned"]
    assert [row["type_code"] for row in returned] == ["cong_van"]
    assert kinds(stage, "thu.cao", "arrived")[0] == "thong_bao"
    assert "01-CTr/VPTW" in shown(stage, "phuc.trinh", "/quyet").text
    assert "01-CT/TU" in shown(stage, "viet.duong", "/quyet").text
    assert kinds(stage, "phuc.trinh", "drafts") == ["to_trinh"]
    assert kinds(stage, "viet.duong", "drafts") == ["bao_cao"]


def arrivals_are_signed_and_sealed_for_good(stage: Stage) -> None:
    urgent = rows(stage, "lan.vu", "arrived")[0]
    report = shown(stage, "lan.vu", f"/van-ban/{urgent['id']}/kiem-tra").text
    for words in ("Hoàng Mẫu Giang", "Văn phòng Trung ương (mẫu)", "Hợp lệ"):
        assert words in report


def specialists_keep_a_case_file_under_their_file_plan(stage: Stage) -> None:
    for login, title in (("an.nguyen", "Triển khai ký số"), ("minh.bui", "Thực hiện chuyển đổi số")):
        page = stage.as_person(login).get("/ho-so").text
        assert title in page and "CĐS.02-01/" in page
        assert stage.as_person(login).get("/ho-so/danh-muc").text.count("Bảng thời hạn bảo quản") == 3


LOOKS = (
    specialists_keep_a_case_file_under_their_file_plan,
    a_broken_off_seeding_is_finished_by_the_next_one,
    a_finished_seeding_is_not_begun_again,
    sample_people_have_unspent_codes_at_once,
    nothing_is_doubled_and_numbers_have_no_gaps,
    specialist_at_the_centre_has_work_reviews_and_drafts,
    plan_waits_for_two_reviewers_with_an_earlier_revision_and_an_opinion,
    leader_at_the_centre_decides_signs_and_instructs,
    a_proposal_of_the_machine_waits_for_the_leader_at_the_centre,
    registry_of_the_centre_has_one_document_at_each_step_and_an_arrival,
    sender_sees_what_became_of_each_copy,
    registry_of_the_province_sees_the_immediate_notice_first,
    arrivals_of_the_province_stand_at_every_step,
    leader_of_the_province_instructs_approves_and_accepts,
    specialists_of_the_province_have_work_due_today_and_soon,
    units_have_arrivals_instructions_to_give_and_drafts,
    arrivals_are_signed_and_sealed_for_good,
)


@pytest.mark.clause(
    "217/11.2", "379/13.3", "379/17.1", "217/11.14", "217/10.1.p2", "217/6.3.p2", "217/10.2", "217/11.13"
)
def test_seeded_world_broken_off_and_finished_gives_each_person_a_living_office(stage: Stage) -> None:
    amiss = {}
    for look in LOOKS:
        try:
            look(stage)
        except Exception as error:  # whatever is amiss, the other looks are still taken
            amiss[look.__name__] = f"{type(error).__name__}: {error}"
    assert not amiss
