"""After issue, by the pages: a document changed, recalled, declared void; a recalled copy put out of use."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from antin.documents import acts, queries
from antin.identity import authenticators
from antin.values import Actor, Validity
from world import CENTRE, CLERK, DRAFTER, PROVINCE_CLERK, REVIEWER, SIGNATORY, World

from .conftest import Visit

WHY = "Sai số liệu ở mục II."


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def hidden(answer: HttpResponse) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', words(answer)))


def confirmed(world: World, client: Client, address: str, **typed: str) -> HttpResponse:
    """The sheet opened and sent with a code that is good now."""
    world.clock.leap()
    sheet = client.get(address)
    assert sheet.status_code == 200, words(sheet)
    code = authenticators.fresh_code(world.people[SIGNATORY].account_id)
    return client.post(address, {**hidden(sheet), **typed, "code": code})


def validity(world: World, document_id: UUID, login: str = CLERK) -> Validity:
    return queries.document(world.actor(login), document_id).validity


@pytest.mark.clause("217/9.2", "379/17.2")
def test_the_signatory_recalls_on_a_sheet_of_its_own_and_every_page_says_so(world: World, visit: Visit) -> None:
    document = world.issued()
    leader, clerk = visit(SIGNATORY), visit(CLERK)
    here = f"/van-ban/{document}"
    assert f"{here}/thu-hoi" in words(leader.get(here))
    assert f"{here}/thu-hoi" not in words(clerk.get(here))

    refused = confirmed(world, leader, f"{here}/thu-hoi", reason="")
    assert refused.status_code == 422 and "379/17.3" in words(refused)
    wrong = leader.post(f"{here}/thu-hoi", {**hidden(leader.get(f"{here}/thu-hoi")), "reason": WHY, "code": "000000"})
    assert wrong.status_code == 422 and WHY in words(wrong), "what was typed is still there"
    assert validity(world, document) is Validity.IN_FORCE

    done = confirmed(world, leader, f"{here}/thu-hoi", reason=WHY)
    assert done.status_code == 303, words(done)
    assert validity(world, document) is Validity.RECALLED
    for address in (here, f"{here}/qua-trinh", f"{here}/gui-nhan", f"{here}/kiem-tra"):
        page = words(clerk.get(address))
        assert "Bị thu hồi từ" in page and WHY in page, address
    assert "Bị thu hồi" in words(clerk.get("/van-ban-di"))
    assert leader.post(f"{here}/thu-hoi", {"reason": WHY}).status_code == 303, "a second click finds it done"


@pytest.mark.clause("379/19.1", "379/19.2.a", "379/19.3", "379/19.4")
def test_the_competent_authority_declares_void_with_basis_form_and_reason(world: World, visit: Visit) -> None:
    document = world.issued()
    leader, here = visit(SIGNATORY), f"/van-ban/{document}"
    refused = confirmed(world, leader, f"{here}/huy-hieu-luc", reason=WHY, form="Thông báo bằng văn bản")
    assert refused.status_code == 422 and "379/19.2.a" in words(refused)
    basis = "Quyết định số 12-QĐ/VPTW (mẫu)"
    done = confirmed(world, leader, f"{here}/huy-hieu-luc", reason=WHY, form="Thông báo bằng văn bản", basis=basis)
    assert done.status_code == 303, words(done)
    page = words(visit(CLERK).get(here))
    assert "Huỷ hiệu lực từ" in page and basis in page
    assert leader.get(f"{here}/thu-hoi").status_code == 422, "nothing is recalled that is void"


@pytest.mark.clause("379/4.4")
def test_sheets_are_closed_to_those_without_the_office(world: World, visit: Visit) -> None:
    document = world.issued()
    for way in ("thu-hoi", "huy-hieu-luc"):
        assert visit(CLERK).get(f"/van-ban/{document}/{way}").status_code == 422
        assert visit(REVIEWER).get(f"/van-ban/{document}/{way}").status_code in (404, 422)
        assert visit(PROVINCE_CLERK).get(f"/van-ban/{document}/{way}").status_code == 404
        assert visit(CLERK).post(f"/van-ban/{document}/{way}", {"reason": WHY}).status_code == 422
    assert validity(world, document) is Validity.IN_FORCE


@pytest.mark.clause("379/17.2")
def test_a_replacement_is_drafted_from_the_document_that_it_replaces(world: World, visit: Visit) -> None:
    document = world.issued()
    drafter, here = visit(DRAFTER), f"/van-ban/{document}"
    assert "thay-doi=replace" in words(drafter.get(here))
    form = drafter.get(f"/du-thao/moi?thay-doi=replace&van-ban={document}")
    assert f'name="changes_id" value="{document}"' in words(form)
    earlier = queries.fields(world.actor(DRAFTER), document)
    made = drafter.post(
        "/du-thao/moi",
        {
            "organisation_id": str(world.organisation(CENTRE)),
            "type_code": earlier.type_code,
            "abstract": "về việc thay thế kế hoạch (mẫu)",
            "change": "replace",
            "changes_id": str(document),
            "signatory_id": str(earlier.signatory_id),
        },
    )
    assert made.status_code == 303, words(made)
    draft = UUID(made["Location"].rsplit("/", 1)[1])
    fields = queries.fields(world.actor(DRAFTER), draft)
    assert (fields.change, fields.changes_id) == ("replace", document)
    assert "về việc" in words(drafter.get(f"/du-thao/{draft}"))


@pytest.mark.clause("379/17.2")
def test_the_leader_reads_what_is_replaced_before_approving(world: World, visit: Visit) -> None:
    old = world.issued()
    number = queries.document(world.actor(CLERK), old).reference_number
    draft = world.drafted(change="replace", changes_id=old)
    acts.submit(actor=world.actor(DRAFTER), document_id=draft, route=())
    sheet = words(visit(SIGNATORY).get(f"/quyet/{draft}/duyet"))
    assert f"Thay thế: {number}" in sheet


@pytest.mark.clause("379/17.2")
def test_a_draft_that_names_something_else_is_refused_at_the_field(world: World, visit: Visit) -> None:
    drafter = visit(DRAFTER)
    form = {"type_code": "quyet_dinh", "abstract": "x (mẫu)", "change": "replace"}
    for named in ("rác", str(world.drafted())):
        answer = drafter.post("/du-thao/moi", {**form, "changes_id": named})
        assert answer.status_code == 422


@pytest.mark.clause("217/10.2.p2")
def test_the_receiving_registry_puts_a_recalled_copy_out_of_use(world: World, visit: Visit) -> None:
    copy = world.registered(world.original())
    clerk, here = visit(PROVINCE_CLERK), f"/van-ban/{copy}"
    assert f"{here}/bo-ban-nhan" not in words(clerk.get(here))
    assert clerk.get(f"{here}/bo-ban-nhan").status_code == 422
    acts.take_notice(document_id=copy, notice="recall", sender=Actor.peer("A99.01"), reason=WHY)
    page = words(clerk.get(here))
    assert f"{here}/bo-ban-nhan" in page and "Bị thu hồi từ" in page
    assert clerk.post(f"{here}/bo-ban-nhan", {"reason": ""}).status_code == 422
    done = clerk.post(f"{here}/bo-ban-nhan", {"reason": "Theo đề nghị của cơ quan ban hành."})
    assert done.status_code == 303, words(done)
    assert queries.document(world.actor(PROVINCE_CLERK), copy).state == "discarded"
    assert clerk.post(f"{here}/bo-ban-nhan", {"reason": "x"}).status_code == 303
