"""Void by agreement, by the pages: proposed, answered once, who consented when on both sides (379/19.2.b)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from antin.documents import acts, queries
from antin.documents.facts import AgreementView, SideAnswer
from antin.documents.rules.agreeing import Proposal, Sides, Word
from antin.identity import authenticators
from antin.values import Actor, Validity, new_id
from world import CENTRE, CLERK, DRAFTER, PROVINCE, PROVINCE_CLERK, SIGNATORY, World

from .conftest import Visit
from .test_withdrawing_pages import hidden, words

pytestmark = pytest.mark.clause("379/19.2.b")
PROVINCE_SIGNATORY = "son.ngo"
WHY = "Hai bên thống nhất chấm dứt (mẫu)."
NAMES = {CENTRE: "Văn phòng Trung ương (mẫu)", PROVINCE: "Tỉnh ủy Lạc Giang (mẫu)"}


def proposed_there(world: World) -> UUID:
    """A contract's copy at the province, and the centre's proposal as its signed statement brings it."""
    copy = world.registered(world.original(), type_code="hop_dong", type_name="Hợp đồng")
    code = queries.document(world.actor(PROVINCE_CLERK), copy).document_code
    at = datetime.now(UTC).replace(microsecond=0)
    page = queries.final_digest(world.actor(PROVINCE_CLERK), copy)
    told = acts.take_word(
        sender=Actor.peer("trung-uong"),
        document_id=copy,
        proposal=Proposal(new_id(), code, page, CENTRE, "Hoàng Mẫu Giang", WHY, at),
        word=Word(CENTRE, SideAnswer.PROPOSED, "Hoàng Mẫu Giang", "password_totp", "", at, "a" * 64),
        sides=Sides(PROVINCE, CENTRE, NAMES),
    )
    assert told
    return copy


def proposed_here(world: World) -> UUID:
    contract = world.issued(type_code="hop_dong")
    page = world.digest(contract)
    world.confirm(SIGNATORY, "propose_invalidation", page)
    acts.propose_invalidation(
        actor=world.actor(SIGNATORY),
        document_id=contract,
        digest=page,
        reason=WHY,
        sides=Sides(CENTRE, CENTRE, NAMES),
    )
    return contract


def sent(world: World, client: Client, login: str, address: str, **typed: str) -> HttpResponse:
    """The sheet opened and sent with a code that is good now."""
    world.clock.leap()
    sheet = client.get(address)
    assert sheet.status_code == 200, words(sheet)
    code = authenticators.fresh_code(world.people[login].account_id)
    return client.post(address, {**hidden(sheet), **typed, "code": code})


def newest(world: World, login: str, document_id: UUID) -> AgreementView:
    return queries.agreements(world.actor(login), document_id)[0]


def test_the_other_side_reads_who_proposed_and_answers_once(world: World, visit: Visit) -> None:
    copy = proposed_there(world)
    leader, here = visit(PROVINCE_SIGNATORY), f"/van-ban/{copy}"
    address = f"{here}/thoa-thuan-huy"
    desk = words(leader.get("/quyet"))
    assert address in desk and "Thoả thuận huỷ" in desk
    assert WHY in words(leader.get(here)), "every page of the document says it"
    sheet = words(leader.get(address))
    assert "Hoàng Mẫu Giang" in sheet and "chưa trả lời" in sheet and "Đồng ý huỷ hiệu lực" in sheet

    refused = sent(world, leader, PROVINCE_SIGNATORY, address, answer="refuse")
    assert refused.status_code == 422 and "379/17.3" in words(refused)
    wrong = leader.post(address, {**hidden(leader.get(address)), "answer": "confirm", "code": "000000"})
    assert wrong.status_code == 422
    assert newest(world, PROVINCE_SIGNATORY, copy).side(PROVINCE).answer is SideAnswer.NONE  # type: ignore[union-attr]

    done = sent(world, leader, PROVINCE_SIGNATORY, address, answer="confirm")
    assert done.status_code == 303, words(done)
    assert leader.post(address, {"answer": "confirm"}).status_code == 303, "a second click finds it answered"
    assert "Đồng ý huỷ hiệu lực" not in words(leader.get(address))
    assert address not in words(leader.get("/quyet"))
    history = words(leader.get(f"{here}/qua-trinh"))
    assert "đề nghị các bên huỷ hiệu lực" in history and "trả lời đề nghị huỷ hiệu lực" in history
    view = queries.document(world.actor(PROVINCE_CLERK), copy)
    assert view.validity is Validity.IN_FORCE, "the issuer counts the consents"
    api = visit(PROVINCE_CLERK).get(f"/api/v1/documents/{copy}/agreements").json()["rows"][0]
    assert [side["answer"] for side in api["sides"]] == ["proposed", "confirmed"]


def test_only_the_signatory_answers_and_a_clerk_reads(world: World, visit: Visit) -> None:
    copy = proposed_there(world)
    address = f"/van-ban/{copy}/thoa-thuan-huy"
    page = words(visit(PROVINCE_CLERK).get(address))
    assert WHY in page and "Đồng ý huỷ hiệu lực" not in page
    assert visit(PROVINCE_CLERK).post(address, {"answer": "confirm"}).status_code == 422
    assert visit(DRAFTER).get(address).status_code == 404
    assert newest(world, PROVINCE_CLERK, copy).state == "proposed"


def test_the_issuer_sees_its_proposal_and_withdraws_it(world: World, visit: Visit) -> None:
    contract = proposed_here(world)
    leader, address = visit(SIGNATORY), f"/van-ban/{contract}/thoa-thuan-huy"
    assert "Rút đề nghị" in words(leader.get(address))
    done = sent(world, leader, SIGNATORY, address, answer="withdraw", reason="Đề nghị nhầm (mẫu).")
    assert done.status_code == 303, words(done)
    page = words(leader.get(address))
    assert "Đề nghị nhầm (mẫu)." in page and "Gửi đề nghị" in page
    assert "Xem các bên trả lời" not in words(visit(CLERK).get(f"/van-ban/{contract}")), "nothing waits any more"


@pytest.mark.clause("379/19.3")
def test_the_last_consent_makes_the_issued_contract_void_with_form_and_basis(world: World, visit: Visit) -> None:
    contract = proposed_here(world)
    kept = newest(world, SIGNATORY, contract)
    at = datetime.now(UTC).replace(microsecond=0)
    told = acts.take_word(
        sender=Actor.peer(NAMES[PROVINCE]),
        document_id=contract,
        proposal=Proposal(
            kept.agreement, kept.document_code, kept.page_digest, kept.proposer, kept.person, kept.reason, kept.at
        ),
        word=Word(PROVINCE, SideAnswer.CONFIRMED, "Bí thư Mẫu", "passkey", "", at, "b" * 64),
        sides=Sides(CENTRE, CENTRE, NAMES),
    )
    assert told and queries.document(world.actor(CLERK), contract).validity is Validity.INVALIDATED
    page = words(visit(CLERK).get(f"/van-ban/{contract}"))
    for said in ("Huỷ hiệu lực từ", "Các bên tham gia giao dịch cùng đồng ý", "thông điệp dữ liệu", WHY):
        assert said in page
    found = queries.search(world.actor(CLERK), text="chuyển đổi số").rows
    assert contract in {row.id for row in found}, "a void contract stays searchable"


def test_documents_of_other_kinds_and_unsent_ones_say_why_not(world: World, visit: Visit) -> None:
    decision, contract, leader = world.issued(), world.issued(type_code="hop_dong"), visit(SIGNATORY)
    assert "thoa-thuan-huy" not in words(leader.get(f"/van-ban/{decision}"))
    no = leader.get(f"/van-ban/{decision}/thoa-thuan-huy")
    assert no.status_code == 422 and "Văn bản chỉ đạo, điều hành không huỷ" in words(no)
    address = f"/van-ban/{contract}/thoa-thuan-huy"
    assert address in words(leader.get(f"/van-ban/{contract}"))
    unsent = sent(world, leader, SIGNATORY, address, answer="propose", reason=WHY)
    assert unsent.status_code == 422 and "không đi qua liên thông" in words(unsent) and WHY in words(unsent)
    assert queries.agreements(world.actor(CLERK), contract) == ()
