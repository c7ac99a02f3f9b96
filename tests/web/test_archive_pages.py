"""The archive by the pages: a case file taken over, found due, listed, examined, decided, destroyed, attested."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse

from antin.casework import acts as casework
from antin.identity import authenticators
from antin.ledger import acts as ledger
from antin.registry import acts as registry
from disposal import purged
from world import PROVINCE, PROVINCE_CLERK, World, committed_world

from .conftest import Visit

__all__ = ["committed_world"]

ARCHIVIST, APPRAISER, AUTHORITY, EXECUTOR, AUDITOR = "quy.mai", "khanh.do", "son.ngo", "minh.bui", "tam.ho"
MARK = "Hải đăng xanh"


@pytest.fixture
def world(committed_world: World) -> World:
    """Committed: no transaction is open when the database's files are written anew."""
    return committed_world


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def hidden(answer: HttpResponse) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(challenge|digest)" value="([^"]*)"', words(answer)))


def step(world: World, visit: Visit, login: str, address: str, name: str, **typed: object) -> HttpResponse:
    """The page of the list opened by this person and the step taken with a good code."""
    world.clock.leap()
    client = visit(login)
    page = client.get(address)
    code = authenticators.fresh_code(world.people[login].account_id)
    return client.post(address, {"step": name, **hidden(page), "code": code, **typed})


@pytest.fixture
def case(world: World) -> UUID:
    """A closed case file with one document that went back to its sender."""
    clerk, body = world.actor(PROVINCE_CLERK), world.organisation(PROVINCE)
    document = world.registered(world.original(), abstract=f"{MARK} (mẫu)")
    registry.return_document(actor=clerk, document_id=document, reason="Sai nơi nhận.")
    heading = casework.open_file_class(
        actor=clerk, organisation_id=body, code="TH", title="Tổng hợp", retention="07", years=1, basis="mẫu"
    )
    found = casework.open_case_file(actor=clerk, class_id=heading, title=f"{MARK}, hồ sơ").id
    casework.place_in_case_file(actor=clerk, case_file_id=found, document_id=document)
    casework.close_case_file(actor=clerk, case_file_id=found)
    return found


@pytest.mark.clause("379/20.1", "379/20.2", "379/20.3", "379/3.4", "379/23.2.a", "379/25.p1")
def test_from_the_closed_case_file_to_the_attested_destruction(world: World, visit: Visit, case: UUID) -> None:
    archivist = visit(ARCHIVIST)
    assert f"{MARK}, hồ sơ" in words(archivist.get("/luu-tru"))
    assert archivist.post(f"/luu-tru/{case}/nhan").status_code == 303
    early = archivist.post("/luu-tru/de-nghi", {"case_file": [str(case)], "reason": "Hết hạn."})
    assert early.status_code == 422 and "Chưa hết thời hạn bảo quản" in words(early)
    with connection.cursor() as cursor:
        cursor.execute("update casework_case_file set retained_until = current_date - 1 where id = %s", [case])
    assert "đến hạn" in words(archivist.get("/luu-tru"))
    made = archivist.post("/luu-tru/de-nghi", {"case_file": [str(case)], "reason": "Hết hạn."})
    assert made.status_code == 303, words(made)
    here = made["Location"]

    assert 'value="approve"' not in words(visit(AUTHORITY).get(here)), "nothing is decided that nobody examined"
    examined = step(world, visit, APPRAISER, here, "examine", words="Đồng ý huỷ.")
    assert examined.status_code == 303, words(examined)
    authority = visit(AUTHORITY)
    wrong = authority.post(here, {"step": "approve", **hidden(authority.get(here)), "words": "QĐ 9"})
    assert wrong.status_code == 422, "no code, no decision"
    assert step(world, visit, AUTHORITY, here, "approve", words="QĐ 9 (mẫu)").status_code == 303
    assert step(world, visit, EXECUTOR, here, "execute").status_code == 303
    early = step(world, visit, AUDITOR, here, "attest")
    assert early.status_code == 422 and "đang chờ xoá" in words(early), words(early)
    while ledger.integrate():
        pass
    assert purged() == 1
    assert step(world, visit, AUDITOR, here, "attest").status_code == 303
    page = words(visit(AUDITOR).get(here))
    assert "đã xoá: bảng, chỉ mục, thống kê và nhật ký ghi" in page
    assert "Đã huỷ, đã xác nhận" in page and "QĐ 9 (mẫu)" in page and MARK not in page
    for login in (ARCHIVIST, APPRAISER, AUTHORITY, PROVINCE_CLERK, AUDITOR):
        for address in ("/luu-tru", "/danh-muc-huy", "/ho-so?cua=co-quan", "/van-ban-den", "/so", "/tim?q=hải+đăng"):
            found = visit(login).get(address, follow=True)
            assert found.status_code == 200 and MARK not in re.sub(r'value="[^"]*"', "", words(found)), (login, address)
    assert "01-QĐ/VPTW" in words(visit(AUDITOR).get("/danh-muc-huy"))


@pytest.mark.clause("379/20.1", "379/4.4")
def test_steps_are_closed_to_those_without_the_office(world: World, visit: Visit, case: UUID) -> None:
    clerk = visit(PROVINCE_CLERK)
    assert clerk.post(f"/luu-tru/{case}/nhan").status_code == 404
    visit(ARCHIVIST).post(f"/luu-tru/{case}/nhan")
    assert visit(ARCHIVIST).post(f"/luu-tru/{case}/giu", {"basis": "x"}).status_code == 404
    held = visit(AUTHORITY).post(f"/luu-tru/{case}/giu", {"basis": "Đang kiểm tra."})
    assert held.status_code == 303 and "Đang có lệnh giữ lại" not in words(visit(AUTHORITY).get("/luu-tru"))
    with connection.cursor() as cursor:
        cursor.execute("update casework_case_file set retained_until = current_date - 1 where id = %s", [case])
    assert "Đang có lệnh giữ lại" in words(visit(ARCHIVIST).get("/luu-tru"))
    lift = re.search(r"/luu-tru/giu/[0-9a-f-]+/bo", words(visit(AUTHORITY).get("/luu-tru")))
    assert lift and visit(AUTHORITY).post(lift.group(), {"reason": "Xong."}).status_code == 303
    made = visit(ARCHIVIST).post("/luu-tru/de-nghi", {"case_file": [str(case)], "reason": "Hết hạn."})
    assert clerk.get(made["Location"]).status_code == 404
    refused = visit(ARCHIVIST).post(made["Location"], {"step": "withdraw", "words": ""})
    assert refused.status_code == 422
    assert visit(ARCHIVIST).post(made["Location"], {"step": "withdraw", "words": "Nhầm."}).status_code == 303
