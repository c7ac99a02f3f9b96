"""Case files by the pages: the plan, one opened, filled from a document's page and by number, closed, handed over."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from antin.casework import queries
from antin.documents import queries as documents
from world import LEAD, PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, SUPPORTER, World

from .conftest import Visit

HEADING = {"code": "TH.01", "title": "Tổng hợp", "retention": "06", "basis": "Bảng thời hạn (mẫu)"}


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


@pytest.fixture
def case(world: World, visit: Visit) -> str:
    """The address of a case file that the lead keeps."""
    assert visit(PROVINCE_CLERK).post("/ho-so/danh-muc", HEADING).status_code == 303
    (heading,) = queries.file_plan(world.organisation(PROVINCE))
    made = visit(LEAD).post("/ho-so", {"class": str(heading.id), "title": "Chuyển đổi số (mẫu)"})
    assert made.status_code == 303, words(made)
    return str(made["Location"])


@pytest.mark.clause("379/25.p1", "379/24.2", "217/11.7")
def test_a_case_file_from_the_plan_to_its_closing(world: World, visit: Visit, case: str) -> None:
    keeper, document = visit(LEAD), world.assigned(world.original())
    page = words(keeper.get(f"/van-ban/{document}"))
    assert "Đưa vào hồ sơ" in page
    placed = keeper.post("/ho-so/dua-vao", {"document": str(document), "case_file": case.rsplit("/", 1)[1]})
    assert placed.status_code == 303 and placed["Location"] == f"/van-ban/{document}"
    assert case in words(keeper.get(f"/van-ban/{document}"))
    assert "Chuyển đổi số (mẫu)" in words(keeper.get("/ho-so"))
    refused = keeper.post(f"{case}/ket-thuc")
    assert refused.status_code == 422 and "Còn 1 văn bản chưa xong việc" in words(refused)
    assert keeper.post(f"{case}/dua-ra", {"document": str(document), "reason": ""}).status_code == 422
    assert keeper.post(f"{case}/dua-ra", {"document": str(document), "reason": "Nhầm."}).status_code == 303
    number = documents.document(world.actor(LEAD), document).reference_number
    assert keeper.post(f"{case}/dua-vao", {"document": number.lower(), "part": "2"}).status_code == 303
    assert "tập 2" in words(keeper.get(case))
    missing = keeper.post(f"{case}/dua-vao", {"document": "99-XX/YY"})
    assert missing.status_code == 404


@pytest.mark.clause("379/24.2")
def test_the_plan_says_what_is_missing_at_its_form(world: World, visit: Visit) -> None:
    clerk = visit(PROVINCE_CLERK)
    refused = clerk.post("/ho-so/danh-muc", {**HEADING, "retention": "07"})
    assert refused.status_code == 422 and "379/24.2" in words(refused) and "TH.01" in words(refused)
    assert clerk.post("/ho-so/danh-muc", {**HEADING, "retention": "07", "years": "5"}).status_code == 303
    assert "5 năm" in words(clerk.get("/ho-so/danh-muc"))
    assert visit(LEAD).post("/ho-so/danh-muc", HEADING).status_code == 422


@pytest.mark.clause("379/6.2.p2", "379/17.3", "379/4.4")
def test_handed_over_it_is_the_takers_and_oversight_still_sees_it(world: World, visit: Visit, case: str) -> None:
    keeper, taker = visit(LEAD), visit(SUPPORTER)
    assert taker.get(case).status_code == 404
    given = keeper.post(f"{case}/ban-giao", {"to": str(world.person(SUPPORTER)), "reason": "Chuyển công tác."})
    assert given.status_code == 303
    assert keeper.get(case).status_code == 404 and taker.get(case).status_code == 200
    assert case in words(visit(PROVINCE_LEADER).get("/ho-so?cua=co-quan"))
    assert case not in words(visit(LEAD).get("/ho-so?cua=co-quan"))
    other = taker.post(
        "/ho-so", {"class": str(queries.file_plan(world.organisation(PROVINCE))[0].id), "title": "Việc sau"}
    )
    linked = taker.post(
        f"{case}/dan-chieu", {"other": other["Location"].rsplit("/", 1)[1], "words": "Tiếp theo việc này."}
    )
    assert linked.status_code == 303 and "Tiếp theo việc này." in words(taker.get(case))
