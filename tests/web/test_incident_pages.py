"""Incidents and work on paper by the pages: reported, in hand, on paper, entered, checked, closed (379/4.6)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.http import HttpResponse
from tests.conversion.test_digitising import CONVERTER, FIELDS, certified

from antin.continuity import queries
from antin.identity import authenticators
from antin.registry import queries as books
from antin.values import Office, to_vietnam
from world import CENTRE, CLERK, DRAFTER, PROVINCE_CLERK, World

from .conftest import Visit
from .test_withdrawing_pages import words

OFFICER, OWNER, LEADER = "dung.pham", "giang.hoang", "binh.tran"


def typed(at: datetime) -> str:
    """As a browser sends a local time."""
    return to_vietnam(at).strftime("%Y-%m-%dT%H:%M")


def earlier(minutes: int) -> str:
    return typed(datetime.now(UTC) - timedelta(minutes=minutes))


def report(world: World, visit: Visit) -> str:
    """The address of an incident reported by the pages."""
    answer = visit(DRAFTER).post("/su-co/moi", {"kind": "outage", "began_at": earlier(90), "words": "Mất điện (mẫu)."})
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["Location"])


def on_paper(world: World, visit: Visit) -> str:
    """The address of an outage of the centre."""
    incident = report(world, visit)
    centre = str(world.organisation(CENTRE))
    step = {"step": "declare", "body": [centre], "began_at": earlier(80), "scope": "Mọi việc (mẫu)."}
    assert visit(OWNER).post(incident, step).status_code == 303
    (found,) = queries.outages(world.actor(OWNER))
    return f"/su-co/giay/{found.id}"


def allot(world: World, visit: Visit, address: str, count: int = 2) -> UUID:
    body = {
        "step": "allot",
        "body": str(world.organisation(CENTRE)),
        "kind": "outgoing",
        "series": "quyet_dinh",
        "count": str(count),
    }
    answer = visit(CLERK).post(address, body)
    assert answer.status_code == 303, words(answer)
    (block,) = queries.blocks(world.actor(CLERK), UUID(address.rsplit("/", 1)[1]))
    return block.id


def post_good(visit: Visit, login: str, address: str, **given: object) -> None:
    answer = visit(login).post(address, given)
    assert answer.status_code == 303, words(answer)


@pytest.mark.clause("379/4.6", "379/29.1")
def test_an_incident_goes_from_report_to_closing_by_the_pages(world: World, visit: Visit) -> None:
    incident = report(world, visit)
    assert "Mất điện (mẫu)." in words(visit(OFFICER).get("/su-co"))
    assert 'Xem, báo sự cố <span class="n">1</span>' in visit(OFFICER).get("/toi").content.decode()
    look = {"step": "assess", "grade": "high", "measures": "Gọi điện lực.", "cause": "Đứt cáp."}
    post_good(visit, OFFICER, incident, **look)
    assert "Đứt cáp." in words(visit(OWNER).get(incident))
    closed = coded(world, visit, OWNER, incident, step="close", report="Đã nối lại.")
    assert closed.status_code == 303, words(closed)
    assert "Đã nối lại." in words(visit(DRAFTER).get(incident))


def coded(world: World, visit: Visit, login: str, address: str, **given: str) -> HttpResponse:
    """The form of the page sent with a code that is good now, in one session: a confirmation is good in its own."""
    world.clock.leap()
    client = visit(login)
    challenge = re.search(r'name="challenge" value="([^"]+)"', client.get(address).content.decode())
    assert challenge
    code = authenticators.fresh_code(world.people[login].account_id)
    return client.post(address, {**given, "challenge": challenge.group(1), "code": code})


@pytest.mark.clause("379/4.6")
def test_what_was_typed_stays_beside_the_reason(world: World, visit: Visit) -> None:
    answer = visit(DRAFTER).post("/su-co/moi", {"kind": "outage", "began_at": "hôm qua", "words": "Mất điện (mẫu)."})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Thời điểm không đúng" in page and "Mất điện (mẫu)." in page


@pytest.mark.clause("379/4.4")
def test_foreign_incidents_and_outages_do_not_exist(world: World, visit: Visit) -> None:
    address = on_paper(world, visit)
    incident = f"/su-co/{queries.outages(world.actor(OWNER))[0].incident_id}"
    block = allot(world, visit, address)
    for page in (address, incident, f"{address}/phieu/{block}"):
        assert visit(PROVINCE_CLERK).get(page).status_code == 404
        assert visit(PROVINCE_CLERK).post(page, {"step": "end"}).status_code in (404, 405)
    assert "Mất điện" not in words(visit(PROVINCE_CLERK).get("/su-co"))


@pytest.mark.clause("379/4.6")
def test_everybody_of_the_body_is_told_on_every_page_and_nobody_else(world: World, visit: Visit) -> None:
    address = on_paper(world, visit)
    told = "Cơ quan đang làm việc trên giấy."
    assert told in words(visit(DRAFTER).get("/toi"))
    assert told not in words(visit(PROVINCE_CLERK).get("/toi"))
    post_good(visit, OWNER, address, step="end", checks="Đã thử.")
    assert told not in words(visit(DRAFTER).get("/toi"))


@pytest.mark.clause("379/4.6", "379/15.2.b")
def test_numbers_are_allotted_printed_entered_checked_and_reconciled(world: World, visit: Visit) -> None:
    world.confer(CONVERTER, Office.CONVERTER)
    address = on_paper(world, visit)
    block = allot(world, visit, address)
    sheet = visit(CLERK).get(f"{address}/phieu/{block}").content.decode()
    assert re.findall(r'<th scope="row" class="n">(\d+)</th>', sheet) == ["1", "2"]
    assert "Chưa có bản số hoá nào" in words(visit(CLERK).get(f"{address}?so={block}:1"))
    document = certified(world, replace(FIELDS, number_text="1"))
    form = visit(CLERK).get(f"{address}?so={block}:1").content.decode()
    assert f'value="{document}"' in form and "01-QĐ/VPTW" in form
    place = f"{block}:1"
    post_good(visit, CLERK, address, step="enter", so=place, document=str(document), acted_at=earlier(30))
    post_good(visit, CLERK, address, step="void", so=f"{block}:2", reason="Viết hỏng.")
    assert "Đúng, số 1" not in visit(CLERK).get(address).content.decode()
    shown = visit(LEADER).get(address).content.decode()
    case = re.search(r'name="case" value="([^"]+)"', shown)
    assert case
    post_good(visit, OWNER, address, step="end", checks="Đã thử.")
    early = coded(world, visit, CLERK, address, step="close")
    assert early.status_code == 422 and "chờ kiểm tra" in words(early)
    post_good(visit, LEADER, address, step="agree", case=case.group(1))
    assert coded(world, visit, CLERK, address, step="close").status_code == 303
    page = words(visit(CLERK).get(address))
    assert "đã đối chiếu đủ" in page and "1 đã dùng, 1 đã huỷ" in page
    book = next(one for one in books.registers(world.actor(CLERK)) if one.series == "quyet_dinh")
    assert "Viết hỏng." in words(visit(CLERK).get(f"/so/{book.id}"))


@pytest.mark.clause("379/4.6")
def test_entry_form_stays_open_with_its_reason(world: World, visit: Visit) -> None:
    world.confer(CONVERTER, Office.CONVERTER)
    address = on_paper(world, visit)
    block = allot(world, visit, address)
    document = certified(world, replace(FIELDS, number_text="2"))
    wrong = visit(CLERK).post(
        address, {"step": "enter", "so": f"{block}:1", "document": str(document), "acted_at": earlier(30)}
    )
    assert wrong.status_code == 422
    assert "không phải số 1" in words(wrong) and 'id="nhap"' in wrong.content.decode()


@pytest.mark.clause("379/4.6")
@pytest.mark.parametrize(
    "given",
    [
        {"step": "enter", "so": "x:1", "document": "x", "acted_at": "2026-01-01T00:00"},
        {"step": "void", "so": "", "reason": "x"},
        {"step": "agree", "case": "x"},
        {"step": "allot", "body": "x", "kind": "outgoing", "count": "1"},
        {"step": "allot", "kind": "incoming", "count": "9" * 30},
    ],
    ids=["enter", "void", "agree", "allot", "huge"],
)
def test_rubbish_is_refused_and_changes_nothing(world: World, visit: Visit, given: dict[str, str]) -> None:
    address = on_paper(world, visit)
    before = visit(CLERK).get(address).content.count(b'scope="row"')
    assert visit(CLERK).post(address, {"body": str(world.organisation(CENTRE)), **given}).status_code in (404, 422)
    assert visit(CLERK).get(address).content.count(b'scope="row"') == before
