"""Impoundment by the pages: carried out on a sheet, then nowhere to be found, each attempt on record, lifted again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from antin.documents import queries
from antin.identity import authenticators
from world import LEAD, PROVINCE_CLERK, PROVINCE_LEADER, SUPPORTER, World

from .conftest import Visit
from .reading import NO_PAGE, Words

INSPECTOR = "tam.ho"
MARK = "Hải đăng xanh"
BEGIN = (
    "/",
    "/tim?q=hải+đăng",
    "/van-ban-den",
    "/van-ban-di",
    "/so",
    "/toi",
    "/nhip",
    "/tiep-nhan",
    "/viec",
    "/giao-viec",
)
DECISION = {
    "authority": "Ủy ban Kiểm tra Tỉnh ủy Lạc Giang (mẫu)",
    "number": "15-QĐ/UBKTTU",
    "decided_on": "2026-03-01",
    "reason": "Phục vụ kiểm tra.",
}


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def challenge(answer: HttpResponse) -> dict[str, str]:
    return dict(re.findall(r'name="(challenge)" value="([^"]+)"', words(answer)))


def everything(client: Client, begin: tuple[str, ...]) -> Iterator[tuple[str, HttpResponse]]:
    """Every page that leads on from those, whatever it answers."""
    waiting, met = list(begin), set(begin)
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, follow=True)
        yield address, answer
        fresh = [way for way in Words(words(answer)).ways if way not in met and not NO_PAGE.search(way)]
        fresh = [way for way in fresh if not way.startswith(("/quy-dinh", "/ra"))]
        met.update(fresh)
        waiting += fresh


def impound(world: World, visit: Visit, document: UUID) -> str:
    """By the pages, as a person does it; the address of the order."""
    inspector = visit(INSPECTOR)
    code_of = queries.document(world.actor(PROVINCE_CLERK), document).document_code
    form = {**DECISION, "names": code_of}
    found = inspector.post("/niem-phong/moi", form)
    assert found.status_code == 200 and "1 văn bản" in words(found), words(found)
    assert MARK not in words(found)
    world.clock.leap()
    found = inspector.post("/niem-phong/moi", form)
    code = authenticators.fresh_code(world.people[INSPECTOR].account_id)
    done = inspector.post("/niem-phong/moi", {**form, **challenge(found), "code": code})
    assert done.status_code == 303, words(done)
    return str(done["Location"])


@pytest.mark.clause("379/21.1", "379/21.2.a", "379/21.2.c", "379/21.2.d", "379/21.3", "379/21.4")
def test_nobody_finds_opens_or_uses_it_until_it_is_lifted(world: World, visit: Visit) -> None:
    document = world.assigned(world.original(), abstract=f"{MARK} (mẫu)")
    people = (PROVINCE_CLERK, PROVINCE_LEADER, LEAD, SUPPORTER, INSPECTOR, "quan.tri.tw")
    here = f"/van-ban/{document}"
    assert MARK in words(visit(LEAD).get(here)), "before, it is there"
    order = impound(world, visit, document)

    for login in people:
        client = visit(login)
        for address, answer in everything(client, BEGIN):
            assert MARK not in words(answer), (login, address)
            assert answer.status_code < 500, (login, address)
    clerk = visit(PROVINCE_CLERK)
    parts = ("", "/qua-trinh", "/gui-nhan", "/phien-ban", "/kiem-tra", "/goc", "/chung-cu", "/trang/1.png")
    for part in parts:
        answer = clerk.get(here + part)
        assert answer.status_code == 423 and MARK not in words(answer), part
    assert clerk.get(f"/api/v1/documents/{document}").status_code == 423
    assert visit(LEAD).post(f"{here}/hoan-thanh", {"note": "x"}).status_code == 423
    assert visit("chi.le").get(here).status_code == 404, "those who never saw it are told nothing"

    page = words(visit(INSPECTOR).get(order))
    assert "Vũ Mẫu Lan" in page and f"GET {here}/goc" in page and f"POST {here}/hoan-thanh" in page
    assert MARK not in page
    assert "15-QĐ/UBKTTU" in words(visit(INSPECTOR).get("/niem-phong"))

    lifted(world, visit, order)
    assert MARK in words(visit(LEAD).get(here)), "and after, it is there again"


def lifted(world: World, visit: Visit, order: str) -> None:
    inspector = visit(INSPECTOR)
    lifting = {"number": "28-QĐ/UBKTTU", "decided_on": "2026-03-02"}
    world.clock.leap()
    code = authenticators.fresh_code(world.people[INSPECTOR].account_id)
    wrong = {**lifting, **challenge(inspector.get(order)), "authority": "Cơ quan khác (mẫu)", "code": code}
    refused = inspector.post(order, wrong)
    assert refused.status_code == 422 and "379/21.4" in words(refused)
    world.clock.leap()
    code = authenticators.fresh_code(world.people[INSPECTOR].account_id)
    right = {**lifting, **challenge(inspector.get(order)), "authority": DECISION["authority"].upper(), "code": code}
    done = inspector.post(order, right)
    assert done.status_code == 303, words(done)
    assert "Đã huỷ niêm phong lúc" in words(inspector.get(order))
    assert inspector.post(order, right).status_code == 303, "a second click finds it done"


@pytest.mark.clause("379/21.2.d")
def test_a_name_that_stands_for_nothing_is_said_before_anything_is_sealed_off(world: World, visit: Visit) -> None:
    inspector = visit(INSPECTOR)
    answer = inspector.post("/niem-phong/moi", {**DECISION, "names": "99-XX/YY\n98-XX/YY"})
    page = words(answer)
    assert "Không tìm thấy: 99-XX/YY, 98-XX/YY" in page and "99-XX/YY\n98-XX/YY" in page
    assert 'name="challenge"' not in page
    none = inspector.post("/niem-phong/moi", {**DECISION, "number": ""})
    assert none.status_code == 422 and "379/21.1" in words(none)
    assert inspector.get("/niem-phong").status_code == 200


@pytest.mark.clause("379/21.1", "379/4.4")
def test_register_and_form_are_closed_to_those_without_the_office(world: World, visit: Visit) -> None:
    document = world.registered(world.original())
    order = impound(world, visit, document)
    clerk = visit(PROVINCE_CLERK)
    assert clerk.get("/niem-phong/moi").status_code == 422
    assert clerk.post("/niem-phong/moi", DECISION).status_code == 422
    assert clerk.get(order).status_code == 404
    assert clerk.post(order, DECISION).status_code == 404
    assert "15-QĐ" not in words(clerk.get("/niem-phong"))
