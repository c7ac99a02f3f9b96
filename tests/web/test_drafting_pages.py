"""Drafting, review and decisions through the HTTP doors."""

from __future__ import annotations

import re

import pytest

from antin.documents import queries as documents
from antin.identity import authenticators
from world import CLERK, DRAFTER, PROVINCE, REVIEWER, SIGNATORY, World

from .conftest import Visit


def words(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def form(world: World) -> dict[str, object]:
    return {
        "type_code": "quyet_dinh",
        "abstract": "về việc ban hành kế hoạch (mẫu)",
        "urgency": "routine",
        "secrecy": "open",
        "body": "1. Ban hành kèm theo Quyết định này Kế hoạch mẫu.",
        "addressees": "Tỉnh ủy Lạc Giang (mẫu)\nLưu Văn phòng",
        "recipients": [PROVINCE],
        "signatory_id": str(world.person(SIGNATORY)),
        "signing_capacity": "K/T CHÁNH VĂN PHÒNG",
        "signer_position": "PHÓ CHÁNH VĂN PHÒNG",
    }


def hidden(page: object) -> dict[str, str]:
    """What the sheet's form carries unseen: the challenge, and what exactly is decided upon."""
    found = dict(re.findall(r'type="hidden" name="(challenge|revision|digest)" value="([^"]+)"', words(page)))
    assert "challenge" in found, words(page)
    return found


@pytest.mark.clause("379/17.1", "379/17.2", "217/9.1", "217/11.4")
def test_a_draft_goes_from_the_editor_to_the_signature(world: World, visit: Visit) -> None:
    drafter, reviewer, leader, clerk = (visit(who) for who in (DRAFTER, REVIEWER, SIGNATORY, CLERK))
    assert drafter.get("/du-thao/moi").status_code == 200
    made = drafter.post("/du-thao/moi", form(world))
    assert made.status_code == 303, words(made)
    address = made["Location"]
    document = address.rsplit("/", 1)[1]
    assert drafter.get(address).status_code == 200
    assert drafter.get(f"{address}/trang?trang=1").content.startswith(b"\x89PNG")
    assert drafter.get("/du-thao").status_code == 200
    assert drafter.get(f"{address}/trinh").status_code == 200
    sent = drafter.post(
        f"{address}/trinh",
        {"step-0-people": [str(world.person(REVIEWER))], "step-0-quorum": "1", "step-0-kind": "review"},
    )
    assert sent.status_code == 303, words(sent)
    assert document in words(reviewer.get("/gop-y"))
    assert reviewer.get(f"{address}/gop-y").status_code == 200
    said = reviewer.post(f"{address}/gop-y", {"kind": "consent", "text": "Đồng ý.", "revision": "1"})
    assert said.status_code == 303, words(said)
    assert document in words(leader.get("/quyet"))
    sheet = leader.get(f"/quyet/{document}/duyet")
    assert leader.post(f"/quyet/{document}/duyet", {**hidden(sheet), "code": "000000"}).status_code == 422
    world.clock.leap()
    sheet = leader.get(f"/quyet/{document}/duyet")
    code = authenticators.fresh_code(world.people[SIGNATORY].account_id)
    approved = leader.post(f"/quyet/{document}/duyet", {**hidden(sheet), "code": code})
    assert approved.status_code == 303, words(approved)
    assert clerk.post(f"/phat-hanh/{document}/the-thuc").status_code == 303
    opened = leader.post(f"/quyet/{document}/ky/mo")
    assert opened.status_code == 303, words(opened)
    world.clock.leap()
    sheet = leader.get(f"/quyet/{document}/ky")
    code = authenticators.fresh_code(world.people[SIGNATORY].account_id)
    signed = leader.post(f"/quyet/{document}/ky", {**hidden(sheet), "code": code})
    assert signed.status_code == 303, words(signed)
    view = documents.document(world.actor(CLERK), view_id(document))
    assert (view.state, view.reference_number) == ("signed", "01-QĐ/VPTW")
    assert leader.get(f"/quyet/{document}/ky").status_code == 422


def view_id(text: str):  # type: ignore[no-untyped-def]
    from uuid import UUID

    return UUID(text)


@pytest.mark.clause("379/17.3")
def test_sent_back_revised_and_compared(world: World, visit: Visit) -> None:
    drafter, reviewer = visit(DRAFTER), visit(REVIEWER)
    address = drafter.post("/du-thao/moi", form(world))["Location"]
    route = {"step-0-people": [str(world.person(REVIEWER))], "step-0-quorum": "1", "step-0-kind": "review"}
    drafter.post(f"{address}/trinh", route)
    assert reviewer.post(f"{address}/tra", {"reason": ""}).status_code == 422
    assert reviewer.post(f"{address}/tra", {"reason": "Bổ sung mốc."}).status_code == 303
    assert "Bổ sung mốc." in words(drafter.get(address))
    changed = {**form(world), "body": "1. Ban hành.\n\n2. Thêm mốc.", "reason": "Theo góp ý", "expected_revision": "1"}
    saved = drafter.post(address, changed)
    assert saved.status_code == 303, words(saved)
    assert "Thêm mốc." in words(drafter.get(f"{address}/so-sanh"))
    assert drafter.get(f"{address}/lich-su").status_code == 200
    stale = drafter.post(address, {**changed, "body": "khác", "expected_revision": "1"})
    assert stale.status_code == 422
    assert "khác" in words(stale)


@pytest.mark.clause("217/5.1")
def test_secret_content_is_refused_and_nothing_typed_is_lost(world: World, visit: Visit) -> None:
    refused = visit(DRAFTER).post("/du-thao/moi", {**form(world), "secrecy": "top_secret"})
    assert refused.status_code == 422
    assert "về việc ban hành kế hoạch (mẫu)" in words(refused)


def test_preview_lays_out_without_saving(world: World, visit: Visit) -> None:
    answer = visit(DRAFTER).post("/du-thao/moi/xem-truoc", form(world))
    assert answer.status_code == 200
    assert "data:image/png;base64," in words(answer)
