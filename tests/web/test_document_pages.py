"""Pages of one document, the shelves, receiving, issuing, registers, work: through the HTTP doors."""

from __future__ import annotations

import re

import pytest

from world import CLERK, LEAD, PROVINCE_CLERK, PROVINCE_LEADER, SIGNATORY, World

from .conftest import Visit


def shown(answer: object) -> str:
    """The page without what differs on every page: tokens, ids, references, the second."""
    return re.sub(r'\d\d:\d\d:\d\d|[0-9a-f-]{36}|[0-9A-Z]{8}|"X-CSRFToken": "\w+"|value="\w{64}"', "", words(answer))


def words(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


@pytest.mark.clause("379/12.2.a", "379/17.3", "217/11.p1")
def test_document_pages_show_worth_signatures_and_history(world: World, visit: Visit) -> None:
    document = world.issued()
    clerk = visit(CLERK)
    overview = clerk.get(f"/van-ban/{document}")
    assert overview.status_code == 200
    assert "Hoàng Mẫu Giang" in words(overview)
    assert "379/12.2" in words(overview)
    for part in ("gui-nhan", "qua-trinh", "phien-ban", "kiem-tra"):
        assert clerk.get(f"/van-ban/{document}/{part}").status_code == 200, part
    picture = clerk.get(f"/van-ban/{document}/trang/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert clerk.get(f"/van-ban/{document}/trang/1.png", headers={"If-None-Match": picture["ETag"]}).status_code == 304
    original = clerk.get(f"/van-ban/{document}/goc")
    assert original.content == world.pdf(document)
    assert "attachment" in original["Content-Disposition"]


def test_page_that_does_not_exist_is_refused_in_words(world: World, visit: Visit) -> None:
    document = world.issued()
    assert visit(CLERK).get(f"/van-ban/{document}/trang/999.png").status_code in {404, 422}


@pytest.mark.clause("379/5.5")
def test_bundle_of_a_document_verifies_offline(world: World, visit: Visit, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from antin.ledger.command import verify

    document = world.issued()
    answer = visit(CLERK).get(f"/van-ban/{document}/chung-cu")
    path = tmp_path / "bundle.zip"
    path.write_bytes(answer.content)
    code, text = verify(path)
    assert code == 0, text


@pytest.mark.clause("379/4.4")
def test_foreign_and_missing_documents_answer_alike(world: World, visit: Visit) -> None:
    document = world.drafted()
    stranger = visit(LEAD)
    foreign = stranger.get(f"/van-ban/{document}")
    missing = stranger.get("/van-ban/00000000-0000-7000-8000-000000000000")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert shown(foreign) == shown(missing)


def test_without_signing_in_every_page_leads_to_the_door(world: World) -> None:
    from django.test import Client

    for path in ("/tiep-nhan", "/phat-hanh", "/viec", "/van-ban-den", "/tim?q=a", "/so", "/du-thao", "/quyet"):
        answer = Client().get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/vao"), path


@pytest.mark.clause("217/5.2", "217/10.1")
def test_clerk_registers_what_arrived(world: World, visit: Visit) -> None:
    document = world.arrived(world.original())
    clerk = visit(PROVINCE_CLERK)
    listed = clerk.get("/tiep-nhan")
    assert "01-QĐ/VPTW" in words(listed)
    assert "Hợp lệ" in words(listed)
    done = clerk.post(f"/tiep-nhan/{document}/vao-so", {"forward_to": str(world.person(PROVINCE_LEADER)), "due_on": ""})
    assert done.status_code == 303, words(done)
    state = clerk.get(f"/van-ban/{document}")
    assert "Số đến" in words(state)
    again = clerk.post(f"/tiep-nhan/{document}/vao-so", {"forward_to": "", "due_on": ""})
    assert again.status_code == 422
    assert 'role="alert"' in words(again)


@pytest.mark.clause("217/10.1.p2")
def test_clerk_returns_only_with_a_reason(world: World, visit: Visit) -> None:
    document = world.arrived(world.original())
    clerk = visit(PROVINCE_CLERK)
    assert clerk.post(f"/tiep-nhan/{document}/tra", {"reason": " "}).status_code == 422
    assert clerk.post(f"/tiep-nhan/{document}/tra", {"reason": "Sai nơi nhận."}).status_code == 303


def test_issuing_lists_show_each_step_and_sheets_ask_for_a_code(world: World, visit: Visit) -> None:
    clerk = visit(CLERK)
    document = world.approved()
    assert f"/phat-hanh/{document}/the-thuc" in words(clerk.get("/phat-hanh"))
    assert clerk.post(f"/phat-hanh/{document}/the-thuc").status_code == 303
    signed = world.signed()
    sheet = clerk.get(f"/phat-hanh/{signed}/dong-dau")
    assert 'name="code"' in words(sheet)
    challenge = re.search(r'name="challenge" value="([^"]+)"', words(sheet))
    assert challenge
    wrong = clerk.post(f"/phat-hanh/{signed}/dong-dau", {"challenge": challenge.group(1), "code": "000000"})
    assert wrong.status_code == 422
    assert 'role="alert"' in words(wrong)


def test_registers_following_and_shelves_open(world: World, visit: Visit) -> None:
    world.issued()
    clerk = visit(CLERK)
    for path in ("/so", "/han-gui", "/theo-doi", "/van-ban-den", "/van-ban-di", "/tim?q=ke+hoach", "/tim"):
        assert clerk.get(path).status_code == 200, path
    book = re.search(r'href="(/so/[0-9a-f-]{36})"', words(clerk.get("/so")))
    assert book
    assert "01-QĐ/VPTW" in words(clerk.get(book.group(1)))
    assert "01-QĐ/VPTW" in words(clerk.get("/tim?q=quyet+dinh+ke+hoach")) or "01-QĐ/VPTW" in words(
        clerk.get("/tim?q=01-QĐ")
    )


@pytest.mark.clause("217/10.2", "217/11.13")
def test_work_is_assigned_taken_up_reported_and_settled(world: World, visit: Visit) -> None:
    document = world.registered(world.original())
    leader, lead = visit(PROVINCE_LEADER), visit(LEAD)
    said = leader.post(f"/van-ban/{document}/but-phe", {"text": "Giao Phòng Tổng hợp."})
    assert said.status_code == 303, words(said)
    given = leader.post(
        f"/van-ban/{document}/giao",
        {"lead": str(world.person(LEAD)), "due_on": world.today().isoformat(), "text": "Báo cáo trong ngày."},
    )
    assert given.status_code == 303, words(given)
    piece = world.piece(document, LEAD)
    assert str(piece) in words(lead.get("/viec"))
    assert lead.post(f"/viec/{piece}/nhan").status_code == 303
    assert lead.post(f"/viec/{piece}/bao-cao", {"text": "Đã xong."}).status_code == 303
    assert "Đã xong." in words(leader.get("/giao-viec"))
    assert leader.post(f"/giao-viec/{piece}/duyet", {"outcome": "accept"}).status_code == 303
    assert leader.post(f"/van-ban/{document}/hoan-thanh").status_code == 303


def test_no_page_carries_inline_script_or_style(world: World, visit: Visit) -> None:
    document = world.issued()
    clerk = visit(CLERK)
    for path in ("/tiep-nhan", "/phat-hanh", f"/van-ban/{document}", f"/van-ban/{document}/kiem-tra", "/viec", "/so"):
        answer = clerk.get(path)
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", words(answer)), path


def test_english_is_offered(world: World, visit: Visit) -> None:
    signatory = visit(SIGNATORY)
    signatory.get("/giao-dien/tieng/en")
    assert 'lang="en"' in words(signatory.get("/toi"))
