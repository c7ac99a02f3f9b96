"""A defect, by the pages: named by the clerk, waiting on the right desk, settled once by who may, never slipped past (379/13.4)."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from antin.documents import queries
from antin.identity import authenticators
from antin.registry import queries as registry
from antin.registry.models import Number
from antin.registry.views import DefectView
from world import CLERK, DRAFTER, PROVINCE_CLERK, PROVINCE_LEADER, SIGNATORY, World

from .conftest import Visit
from .test_withdrawing_pages import hidden, words

pytestmark = pytest.mark.clause("379/13.4")
FAULT = "Trích yếu thiếu một dòng (mẫu)."
WHY = "Không ảnh hưởng nội dung (mẫu)."


def address_of(document: UUID) -> str:
    return f"/van-ban/{document}/sai-sot"


def report(client: Client, document: UUID, kind: str = "abstract", said: str = FAULT) -> HttpResponse:
    return client.post(address_of(document), {"kind": kind, "words": said})


def settle(world: World, client: Client, login: str, document: UUID, **typed: str) -> HttpResponse:
    """The sheet opened and sent with a code that is good now."""
    world.clock.leap()
    sheet = client.get(address_of(document))
    assert sheet.status_code == 200, words(sheet)
    code = authenticators.fresh_code(world.people[login].account_id)
    return client.post(address_of(document), {**hidden(sheet), **typed, "code": code})


def newest(world: World, document: UUID, login: str = CLERK) -> DefectView:
    return registry.defects(world.actor(login), document)[0]


def spoilt(pdf: bytes) -> bytes:
    """One byte of the signed range flipped."""
    at = len(pdf) // 8
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_what_goes_out_waits_on_the_signatorys_desk_and_goes_on(world: World, visit: Visit) -> None:
    document = world.sealed()
    clerk, leader, here = visit(CLERK), visit(SIGNATORY), f"/van-ban/{document}"
    assert f"{here}/sai-sot" in words(clerk.get(here)) and f"{here}/sai-sot" not in words(leader.get(here))
    assert FAULT not in words(leader.get("/quyet"))

    empty = report(clerk, document, said=" ")
    assert empty.status_code == 422 and "379/13.4" in words(empty)
    unknown = report(clerk, document, kind="anything")
    assert unknown.status_code == 422 and FAULT in words(unknown), "what was typed is still there"
    assert registry.defects(world.actor(CLERK), document) == ()
    assert report(clerk, document).status_code == 303
    assert report(clerk, document).status_code == 303, "a second click finds it named"
    assert len(registry.defects(world.actor(CLERK), document)) == 1

    assert FAULT in words(clerk.get(here)) and FAULT in words(leader.get(here)), "every page of the document says it"
    waiting = words(clerk.get("/phat-hanh"))
    assert "Có sai sót, chờ ý kiến" in waiting and f"/phat-hanh/{document}/phat-hanh" not in waiting
    desk = words(leader.get("/quyet"))
    assert address_of(document) in desk and FAULT in desk and "Cho ý kiến" in desk
    assert address_of(document) in words(leader.get("/quyet?loc=sai-sot"))

    assert settle(world, leader, SIGNATORY, document, outcome="proceed", reason="").status_code == 422
    wrong = leader.post(
        address_of(document),
        {**hidden(leader.get(address_of(document))), "outcome": "proceed", "reason": WHY, "code": "000000"},
    )
    assert wrong.status_code == 422 and WHY in words(wrong)
    assert newest(world, document).state == "open"
    assert settle(world, leader, SIGNATORY, document, outcome="proceed", reason=WHY).status_code == 303
    again = leader.post(address_of(document), {"outcome": "proceed", "reason": WHY})
    assert again.status_code == 303, "a reload finds it settled"
    assert (newest(world, document).outcome, newest(world, document).reason) == ("proceed", WHY)
    assert address_of(document) not in words(leader.get("/quyet"))
    assert f"/phat-hanh/{document}/phat-hanh" in words(clerk.get("/phat-hanh"))
    kept = words(clerk.get(address_of(document)))
    assert WHY in kept and "Cho đi tiếp" in kept
    history = words(clerk.get(f"{here}/qua-trinh"))
    assert "báo sai sót" in history and "giải quyết sai sót" in history


@pytest.mark.clause("379/13.4", "217/11.2")
def test_abandoned_by_the_signatory_with_its_number(world: World, visit: Visit) -> None:
    document = world.sealed()
    assert report(visit(CLERK), document, kind="content").status_code == 303
    done = settle(world, visit(SIGNATORY), SIGNATORY, document, outcome="abandon", reason="Soạn lại (mẫu).")
    assert done.status_code == 303, words(done)
    assert queries.document(world.actor(CLERK), document).state == "abandoned"
    assert Number.objects.get(document_id=document).state == "voided"
    assert "Bỏ văn bản" in words(visit(CLERK).get(address_of(document)))
    assert report(visit(CLERK), document).status_code == 422, "nothing more to be named on it"


def test_nobody_else_settles_and_the_drafter_names_none(world: World, visit: Visit) -> None:
    document = world.sealed()
    assert report(visit(DRAFTER), document).status_code in (403, 404, 422)
    assert report(visit(CLERK), document).status_code == 303
    clerk = visit(CLERK)
    assert "Ghi ý kiến" not in words(clerk.get(address_of(document)))
    refused = clerk.post(address_of(document), {"outcome": "proceed", "reason": WHY})
    assert refused.status_code == 422
    assert newest(world, document).state == "open"
    other = report(clerk, document, said="Sai nơi nhận (mẫu).")
    assert other.status_code == 422, "one at a time"
    stranger = visit(PROVINCE_CLERK).get(address_of(document))
    assert stranger.status_code == 404
    assert registry.defects_waiting(world.actor(PROVINCE_LEADER)) == ()


@pytest.mark.clause("379/13.4", "217/4.2")
def test_what_came_in_damaged_is_registered_for_reference_on_the_leaders_word(world: World, visit: Visit) -> None:
    document = world.verified(spoilt(world.original()))
    clerk, leader = visit(PROVINCE_CLERK), visit(PROVINCE_LEADER)
    assert address_of(document) in words(clerk.get(f"/tiep-nhan/{document}"))
    register = f"/tiep-nhan/{document}/vao-so"
    refused = clerk.post(register, {})
    assert refused.status_code == 422
    assert report(clerk, document, kind="signature", said="Chữ ký không còn toàn vẹn (mẫu).").status_code == 303
    page = words(clerk.get(f"/tiep-nhan/{document}"))
    assert "Có sai sót, chờ ý kiến" in page and register not in page
    assert clerk.post(register, {}).status_code == 422, "the form may still be open in another window"
    assert address_of(document) in words(leader.get("/quyet"))
    sheet = words(leader.get(address_of(document)))
    assert "Vẫn tiếp nhận" in sheet and "Bỏ văn bản này" not in sheet
    done = settle(world, leader, PROVINCE_LEADER, document, outcome="proceed", reason="Để tham khảo (mẫu).")
    assert done.status_code == 303, words(done)
    assert clerk.post(register, {}).status_code == 303
    kept = registry.registration(world.actor(PROVINCE_CLERK), document)
    assert kept is not None and kept.legal_effect == "reference_only"


@pytest.mark.clause("379/13.4", "217/10.1.p2")
def test_returned_to_its_sender_the_question_is_closed(world: World, visit: Visit) -> None:
    document = world.verified(spoilt(world.original()))
    clerk = visit(PROVINCE_CLERK)
    assert report(clerk, document, kind="signature").status_code == 303
    assert clerk.post(f"/tiep-nhan/{document}/tra", {"reason": "Chữ ký không hợp lệ."}).status_code == 303
    assert "Đã trả lại bên gửi" in words(clerk.get(address_of(document)))
    assert address_of(document) not in words(visit(PROVINCE_LEADER).get("/quyet"))
