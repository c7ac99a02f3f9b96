"""Figures by their pages: who sees which, published by the head of the office, put into a document by a drafter (217/12, 379/30.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from antin.documents import queries as documents
from antin.identity import authenticators
from antin.ledger.models import Entry
from antin.reports import ports, queries
from antin.reports.models import Report
from antin.reports.rules import period_holding
from antin.values import FixedClock, SystemClock, to_vietnam
from world import CENTRE, CLERK, DRAFTER, PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, SIGNATORY, World

from .conftest import Visit

pytestmark = pytest.mark.clause("217/12.2", "379/30.2")
PAGE = "/thong-ke"


@pytest.fixture
def a_month_later() -> Iterator[str]:
    """The reports' own clock stands in the next month; the name of the month that is over."""
    now = SystemClock().now()
    ports.bind(ports.Ports(FixedClock(now + timedelta(days=32))))
    yield period_holding("month", to_vietnam(now).date()).name
    ports.bind(ports.Ports())


@pytest.mark.parametrize("login", [CLERK, SIGNATORY, "kiem.tra.tw", PROVINCE_LEADER])
def test_clerks_leaders_and_auditors_see_their_body_and_no_other(world: World, visit: Visit, login: str) -> None:
    client = visit(login)
    answer = client.get(PAGE)
    text = answer.content.decode()
    assert answer.status_code == 200
    own, foreign = (CENTRE, PROVINCE) if login != PROVINCE_LEADER else (PROVINCE, CENTRE)
    assert queries.bodies(world.actor(login))[0].code == own
    assert client.get(PAGE, {"co-quan": world.organisation(foreign)}).status_code == 404
    assert "Tổng hợp" in text


def test_drafters_and_administrators_have_no_live_figures(world: World, visit: Visit) -> None:
    assert visit(DRAFTER).get(PAGE).status_code == 404


def test_every_kind_of_period_opens_and_a_wrong_one_is_refused_with_words(world: World, visit: Visit) -> None:
    client = visit(CLERK)
    for name in ("2026-10", "2026-Q3", "2026-H1", "2025"):
        assert client.get(PAGE, {"ky": name}).status_code == 200
    assert "Kỳ trước" not in client.get(PAGE).content.decode(), "the body was entered here in this month"
    assert "Kỳ trước" in client.get(PAGE, {"ky": "2099"}).content.decode()
    wrong = client.get(PAGE, {"ky": "2026-Q9"})
    assert wrong.status_code == 422 and "Chọn một tháng" in wrong.content.decode()


def test_the_page_counts_what_came_and_offers_the_table(world: World, visit: Visit) -> None:
    world.arrived(world.original())
    client = visit(PROVINCE_CLERK)
    assert queries.exchange_statistics(world.actor(PROVINCE_CLERK)).came["total"] == 1
    assert "Văn phòng Trung ương" in client.get(PAGE).content.decode()
    table = client.post(f"{PAGE}/tep", {"ky": "", "co-quan": ""})
    assert table.headers["Content-Type"].startswith("text/csv") and b"noi_gui" in table.content
    assert Entry.objects.filter(act="reports.list.exported").count() == 1


@pytest.mark.clause("217/14.2")
def test_the_head_publishes_and_a_drafter_makes_it_a_document(world: World, visit: Visit, a_month_later: str) -> None:
    client, sheet = visit(PROVINCE_LEADER), f"{PAGE}/cong-bo?ky={a_month_later}"
    answer = publish(world, client, sheet)
    assert answer.status_code == 303
    row = Report.objects.get()
    assert (row.period, row.edition, row.digest) == (
        a_month_later,
        1,
        queries.report(world.actor(PROVINCE_LEADER), row.id)[1].digest,
    )
    assert client.get(answer.headers["Location"]).status_code == 200
    assert Entry.objects.get(act="reports.report.published").object_id == row.id
    drafter = visit("minh.bui")
    made = drafter.post(f"{PAGE}/{row.id}")
    document_id = UUID(made.headers["Location"].rsplit("/", 1)[-1])
    view = documents.document(world.actor("minh.bui"), document_id)
    assert (view.type_code, view.attachment_count) == ("bao_cao", 1)
    assert row.digest in documents.fields(world.actor("minh.bui"), document_id).body
    assert drafter.get(made.headers["Location"]).status_code == 200
    again = drafter.post(f"{PAGE}/{row.id}")
    assert again.status_code == 422 and "đã được đưa vào" in again.content.decode()


def test_publishing_again_is_a_new_edition_beside_the_first(world: World, visit: Visit, a_month_later: str) -> None:
    client, sheet = visit(PROVINCE_LEADER), f"{PAGE}/cong-bo?ky={a_month_later}"
    for _turn in (1, 2):
        assert publish(world, client, sheet).status_code == 303
    assert sorted(Report.objects.values_list("edition", flat=True)) == [1, 2]
    assert "bản 2" in client.get(PAGE).content.decode()


def test_a_running_period_and_figures_that_the_log_denies_are_not_frozen(
    world: World, visit: Visit, a_month_later: str
) -> None:
    client = visit(PROVINCE_LEADER)
    running = client.get(f"{PAGE}/cong-bo").content.decode()
    assert "chưa kết thúc" in running and 'name="challenge"' not in running
    given = {"challenge": challenge(client, f"{PAGE}/cong-bo?ky={a_month_later}")}
    code = authenticators.fresh_code(world.people[PROVINCE_LEADER].account_id)
    assert client.post(f"{PAGE}/cong-bo", {**given, "code": code}).status_code == 422
    world.arrived(world.original())  # taken in beside the exchange: no entry tells of it
    denied = publish(world, client, f"{PAGE}/cong-bo?ky={a_month_later}")
    assert denied.status_code == 422 and "không khớp" in denied.content.decode()
    assert not Report.objects.exists()


def test_without_a_code_nothing_is_published(world: World, visit: Visit, a_month_later: str) -> None:
    client, sheet = visit(PROVINCE_LEADER), f"{PAGE}/cong-bo?ky={a_month_later}"
    assert client.post(sheet, {"code": "123456"}).status_code == 422
    assert client.post(sheet, {"challenge": challenge(client, sheet), "code": "000000"}).status_code == 422
    assert not Report.objects.exists()
    assert 'name="challenge"' not in visit(PROVINCE_CLERK).get(sheet).content.decode()


def test_a_published_report_is_nobody_elses(world: World, visit: Visit, a_month_later: str) -> None:
    publish(world, visit(PROVINCE_LEADER), f"{PAGE}/cong-bo?ky={a_month_later}")
    report_id = Report.objects.get().id
    for login in (CLERK, DRAFTER):
        assert visit(login).get(f"{PAGE}/{report_id}").status_code == 404
        assert visit(login).get(f"{PAGE}/tep/{report_id}").status_code == 404
    assert b"gui,tong" in visit(PROVINCE_CLERK).get(f"{PAGE}/tep/{report_id}").content


def challenge(client: Client, sheet: str) -> str:
    found = re.search(r'name="challenge" value="([^"]+)"', client.get(sheet).content.decode())
    assert found is not None
    return found[1]


def publish(world: World, client: Client, sheet: str) -> HttpResponse:
    """As the head does it: opens the sheet, types the code, sends it."""
    given = {"challenge": challenge(client, sheet)}
    world.clock.leap()
    code = authenticators.fresh_code(world.people[PROVINCE_LEADER].account_id)
    return client.post(sheet, {**given, "code": code})
