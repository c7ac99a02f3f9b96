"""Rules of automation as people meet them: drafted, reviewed, approved, stopped; proposals settled at the desk (379/27, 379/4.7)."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.automation.conftest import ADMINISTRATOR, SECURITY, Machine

from antin.automation import follow, queries
from antin.automation.models import AutomatedAct, Run
from antin.casework import acts as casework
from antin.casework import queries as work
from antin.identity import acts as identity
from antin.identity import authenticators
from antin.identity import queries as people
from antin.values import Actor, Office
from world import CENTRE, LEAD, PROVINCE_CLERK, PROVINCE_LEADER, SUPPORTER, World

from .conftest import Visit

PAGE = "/tu-dong"


@pytest.fixture
def machine(world: World) -> Machine:
    return Machine(world)


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def step(client: Client, rule: UUID, **given: object) -> HttpResponse:
    return client.post(f"{PAGE}/{rule}", given)


def confirmed(world: World, client: Client, rule: UUID, login: str, name: str, **given: object) -> HttpResponse:
    """A step that wants a code: the challenge of the page, answered."""
    found = re.search(r'name="challenge" value="([^"]+)"', read(client, f"{PAGE}/{rule}"))
    assert found is not None
    world.clock.leap()
    code = authenticators.fresh_code(world.people[login].account_id)
    return step(client, rule, step=name, challenge=found[1], code=code, **given)


def form(world: World, machine: Machine, **changed: object) -> dict[str, object]:
    terms = machine.terms()
    return {
        "body": world.organisation("A98.01"),
        "title": terms.title,
        "way": "route:run",
        "senders": [CENTRE],
        "words": "chuyển đổi số\r\n",
        "classes": "",
        "lead": terms.lead,
        "days": "5",
        "most_per_day": "20",
        "error_threshold": "3",
        "overseer": terms.overseer_id,
        "level": "2",
        **changed,
    }


@pytest.mark.clause("379/27.1", "379/27.2", "379/27.2.a", "379/27.2.b", "379/27.2.c", "379/27.2.d")
def test_from_the_form_to_the_stop_by_three_people(world: World, visit: Visit, machine: Machine) -> None:
    administrator, officer, leader = visit(ADMINISTRATOR), visit(SECURITY), visit(PROVINCE_LEADER)
    page = read(administrator, f"{PAGE}/moi?co-quan={world.organisation('A98.01')}")
    assert "Bùi Mẫu Minh" in page and "Đỗ Mẫu Khánh" in page
    answer = administrator.post(f"{PAGE}/moi", form(world, machine))
    assert answer.status_code == 303
    rule = UUID(answer.headers["Location"].rsplit("/", 1)[-1])
    assert AutomatedAct.objects.get(pk=rule).terms == machine.terms().to_dict()
    assert 'value="approve"' in read(leader, f"{PAGE}/{rule}") and 'value="approve"' not in read(
        officer, f"{PAGE}/{rule}"
    )
    refused = confirmed(world, leader, rule, PROVINCE_LEADER, "approve")
    assert refused.status_code == 422 and "chưa được đánh giá an toàn" in refused.content.decode()
    next_on = world.today() + timedelta(days=90)
    assert confirmed(world, officer, rule, SECURITY, "review", findings="Đạt (mẫu)", next_on=next_on).status_code == 303
    assert confirmed(world, leader, rule, PROVINCE_LEADER, "approve").status_code == 303
    shelf = read(leader, PAGE)
    assert (
        "đang chạy" in shelf
        and machine.terms().title in shelf
        and "Văn phòng Trung ương (mẫu)" in read(leader, f"{PAGE}/{rule}")
    )
    found, _run = machine.met(rule)
    page = read(leader, f"{PAGE}/{rule}")
    assert f"/van-ban/{found}" in page and "đã làm" in page and "Bùi Mẫu Minh" in page
    assert f"/van-ban/{found}" not in read(administrator, f"{PAGE}/{rule}")
    assert step(leader, rule, step="pause", reason="Xem lại (mẫu)").status_code == 303
    assert "Xem lại (mẫu)" in read(leader, f"{PAGE}/{rule}") and machine.state(rule) == "paused"


@pytest.mark.clause("379/27.2.a", "379/27.2.b")
@pytest.mark.parametrize(
    ("changed", "said"),
    [({"words": "", "senders": []}, "chưa đủ"), ({"overseer": ""}, "thẩm quyền"), ({"way": "sign:run"}, "máy tự làm")],
)
def test_a_refused_draft_keeps_what_was_typed(
    world: World, visit: Visit, machine: Machine, changed: dict[str, object], said: str
) -> None:
    answer = visit(ADMINISTRATOR).post(f"{PAGE}/moi", form(world, machine, **changed))
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and machine.terms().title in page
    assert not AutomatedAct.objects.exists()


@pytest.mark.clause("379/27.2.a")
def test_a_new_version_is_drafted_from_the_old_one(world: World, visit: Visit, machine: Machine) -> None:
    rule = machine.enabled()
    administrator = visit(ADMINISTRATOR)
    page = read(administrator, f"{PAGE}/{rule}/sua")
    assert "chuyển đổi số</textarea>" in page and machine.terms().title in page
    assert administrator.post(f"{PAGE}/{rule}/sua", form(world, machine, days="9")).status_code == 303
    assert machine.state(rule) == "drafted" and AutomatedAct.objects.get(pk=rule).terms["days"] == 9
    assert visit(PROVINCE_LEADER).get(f"{PAGE}/{rule}/sua").status_code == 404


@pytest.mark.clause("379/4.7", "379/27.4")
def test_a_proposal_waits_at_the_desk_with_its_reason_and_is_accepted(
    world: World, visit: Visit, machine: Machine
) -> None:
    rule = machine.enabled(mode="propose")
    found, run = machine.met(rule)
    leader = visit(PROVINCE_LEADER)
    desk = read(leader, "/quyet")
    assert f"/van-ban/{found}#de-nghi" in desk and "Giao Bùi Mẫu Minh chủ trì" in desk
    page = read(leader, f"/van-ban/{found}")
    assert "trích yếu có: “chuyển đổi số”" in page and f"{PAGE}/{rule}" in page
    assert "Đề nghị của máy" not in read(visit(PROVINCE_CLERK), f"/van-ban/{found}")
    bad = leader.post(f"{PAGE}/de-nghi/{run.pk}", {"outcome": "accept", "lead": world.person(LEAD), "due_on": ""})
    assert bad.status_code == 422 and "thời hạn" in bad.content.decode()
    given = {"outcome": "accept", "lead": world.person(LEAD), "due_on": run.asked["due_on"], "text": "Làm ngay (mẫu)"}
    answer = leader.post(f"{PAGE}/de-nghi/{run.pk}", given)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/van-ban/{found}")
    piece = work.assignments(world.actor(PROVINCE_LEADER), found)[0]
    assert (piece.person_id, piece.words) == (world.person(LEAD), "Làm ngay (mẫu)")
    assert leader.post(f"{PAGE}/de-nghi/{run.pk}", given).status_code == 404
    assert "Đề nghị của máy" not in read(leader, "/quyet")


@pytest.mark.clause("379/4.7")
def test_a_proposal_declined_leaves_the_document_on_the_desk(world: World, visit: Visit, machine: Machine) -> None:
    found, run = machine.met(machine.enabled(mode="propose"))
    leader = visit(PROVINCE_LEADER)
    assert leader.post(f"{PAGE}/de-nghi/{run.pk}", {"outcome": "decline"}).status_code == 303
    assert Run.objects.get(pk=run.pk).state == "declined"
    assert f'/van-ban/{found}"' in read(leader, "/quyet") and not work.has_open_lead(found)


@pytest.mark.clause("379/27.3", "379/27.4")
def test_undone_on_the_page_told_at_the_desk_corrected_reported_approved_again(
    world: World, visit: Visit, machine: Machine
) -> None:
    rule = machine.enabled()
    other, _run = machine.met(rule)
    found, run = machine.met(rule)
    leader, lead = visit(PROVINCE_LEADER), visit(LEAD)
    assert step(leader, rule, step="undo", run=run.pk, reason="Giao nhầm (mẫu)").status_code == 303
    assert not work.has_open_lead(found) and work.has_open_lead(other)
    desk = read(lead, "/viec")
    assert "được rút lại" in desk and "Giao nhầm (mẫu)" in desk
    notice = queries.notices(world.actor(LEAD))[0]
    assert lead.post(f"{PAGE}/nhac/{notice.id}").status_code == 303 and "Giao nhầm (mẫu)" not in read(lead, "/viec")
    page = read(leader, f"{PAGE}/{rule}")
    assert "chưa khắc phục" in page and "Việc khác đã làm theo quy tắc từ khi phê duyệt: 1" in page
    blocked = confirmed(world, leader, rule, PROVINCE_LEADER, "approve")
    assert blocked.status_code == 422 and "sai lệch" in blocked.content.decode()
    deviation = queries.deviations(world.actor(PROVINCE_LEADER), rule)[0].id
    given = {"step": "close", "deviation": deviation, "corrected": "Đã giao lại (mẫu)", "reported": "Đã báo (mẫu)"}
    assert step(leader, rule, **given).status_code == 303
    assert "đã khắc phục, đã báo cáo" in read(leader, f"{PAGE}/{rule}")
    assert confirmed(world, leader, rule, PROVINCE_LEADER, "approve").status_code == 303


@pytest.mark.clause("379/27.2.a")
def test_errors_show_with_their_reason(world: World, visit: Visit, machine: Machine) -> None:
    rule = machine.enabled(error_threshold=1)
    held = next(one for one in people.mandates(world.person(PROVINCE_LEADER)) if one.office is Office.LEADER)
    identity.end_mandate(actor=Actor.system(), mandate_id=held.id, reason="Thôi nhiệm vụ (mẫu)")
    found, run = machine.met(rule)
    page = read(visit("son.ngo"), f"{PAGE}/{rule}")
    assert run.error and run.error in page and "số lỗi đã đến ngưỡng" in page and f"/van-ban/{found}" in page


@pytest.mark.clause("379/27.1")
def test_a_reminder_stands_above_ones_work(world: World, visit: Visit, machine: Machine) -> None:
    machine.enabled(kind="remind", title="Nhắc hạn", days=3, lead=None)
    found = machine.registered()
    due = world.today() + timedelta(days=1)
    casework.assign(actor=world.actor(PROVINCE_LEADER), document_id=found, lead=world.person(LEAD), due_on=due)
    follow.remind_due()
    assert "Hệ thống nhắc" in read(visit(LEAD), "/viec") and "Hệ thống nhắc" not in read(visit(SUPPORTER), "/viec")


@pytest.mark.clause("379/4.4")
def test_rules_are_no_page_for_those_who_do_not_watch(world: World, visit: Visit, machine: Machine) -> None:
    rule = machine.drafted()
    for login in (LEAD, PROVINCE_CLERK):
        assert visit(login).get(PAGE).status_code == 404 and visit(login).get(f"{PAGE}/moi").status_code == 404
        assert step(visit(login), rule, step="pause", reason="x").status_code == 404
    assert visit(SECURITY).get(f"{PAGE}/moi").status_code == 404


@pytest.mark.clause("379/27.2.b")
def test_nobody_but_the_overseer_moves_a_rule_on_its_page(world: World, visit: Visit, machine: Machine) -> None:
    rule = machine.enabled()
    for login in (ADMINISTRATOR, SECURITY, "son.ngo"):
        page = read(visit(login), f"{PAGE}/{rule}")
        assert 'value="pause"' not in page and 'value="approve"' not in page and 'value="deviate"' not in page
        for name in ("pause", "deviate"):
            assert step(visit(login), rule, step=name, reason="x").status_code == 422
    assert machine.state(rule) == "enabled" and step(visit(SECURITY), rule, step="unknown").status_code == 404
