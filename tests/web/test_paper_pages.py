"""Paper copies by the pages, and the look-up of a code by whoever holds the paper (379/16, 379/19.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.registry.test_impounding import impound

from antin.conversion import acts, queries
from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.identity import authenticators
from antin.ledger import queries as ledger
from antin.web.views import look_up
from world import CLERK, DRAFTER, PROVINCE_CLERK, SIGNATORY, World

from .conftest import Visit
from .test_withdrawing_pages import words

pytestmark = pytest.mark.clause("379/16.1", "379/16.4")
WISH = {"purpose": "Lưu hồ sơ giấy (mẫu).", "for_whom": "Phòng Hành chính (mẫu)"}


@pytest.fixture(autouse=True)
def fresh_pace() -> Iterator[None]:
    look_up.pace.forget()
    yield
    look_up.pace.forget()


def address(document: UUID) -> str:
    return f"/van-ban/{document}/ban-giay"


def deed(client: Client, document: UUID, do: str, **typed: str) -> HttpResponse:
    return client.post(address(document), {"do": do, **typed})


def code_of(world: World, document: UUID) -> str:
    return queries.outputs(world.actor(CLERK), document)[0].code


def recall(world: World, document: UUID) -> None:
    digest = documents.final_digest(world.actor(SIGNATORY), document)
    world.confirm(SIGNATORY, "recall", digest)
    documents_acts.recall(actor=world.actor(SIGNATORY), document_id=document, digest=digest, reason="Sai số liệu.")


@pytest.mark.clause("379/16.1", "379/16.2")
def test_a_reader_asks_and_the_clerk_grants(world: World, visit: Visit) -> None:
    document = world.issued()
    reader, clerk = visit(DRAFTER), visit(CLERK)
    assert address(document) in words(reader.get(f"/van-ban/{document}"))
    assert "Xin bản giấy" in words(reader.get(address(document)))
    empty = deed(reader, document, "ask", purpose="", for_whom=WISH["for_whom"])
    assert empty.status_code == 422 and "379/16.1" in words(empty) and WISH["for_whom"] in words(empty)
    assert deed(reader, document, "print", **WISH).status_code == 422, "only who keeps the copies prints"
    assert queries.outputs(world.actor(CLERK), document) == ()
    assert deed(reader, document, "ask", **WISH).status_code == 303

    waiting = words(clerk.get("/so/ban-giay"))
    assert WISH["purpose"] in waiting and address(document) in waiting
    assert re.search(r'href="/so/ban-giay">Bản giấy\s*<span class="n">1</span>', words(clerk.get("/so")))
    output = str(queries.outputs(world.actor(CLERK), document)[0].id)
    assert deed(reader, document, "grant", output=output).status_code == 422
    assert deed(clerk, document, "refuse", output=output, reason="").status_code == 422
    assert deed(clerk, document, "grant", output=output).status_code == 303
    assert deed(clerk, document, "grant", output=output).status_code == 422, "one request, one copy"
    page = words(clerk.get(address(document)))
    assert "Bản in số 1" in page and code_of(world, document) in page and f"{address(document)}/{output}" in page
    assert f"{address(document)}/{output}" not in words(reader.get(address(document)))
    assert WISH["purpose"] not in words(clerk.get("/so/ban-giay"))
    told = words(clerk.get(f"/van-ban/{document}/qua-trinh"))
    assert "đề nghị bản giấy" in told and "lập bản in giấy" in told


@pytest.mark.clause("379/16.3", "379/23.2.đ")
def test_the_clerk_prints_at_once_and_fetching_is_on_record(world: World, visit: Visit) -> None:
    document, clerk = world.issued(), visit(CLERK)
    assert deed(clerk, document, "print", **WISH).status_code == 303
    copy = queries.outputs(world.actor(CLERK), document)[0]
    file = clerk.get(f"{address(document)}/{copy.id}")
    assert file.status_code == 200 and file.content.startswith(b"%PDF") and "no-store" in file["Cache-Control"]
    assert visit(DRAFTER).get(f"{address(document)}/{copy.id}").status_code == 404
    assert visit(PROVINCE_CLERK).get(f"{address(document)}/{copy.id}").status_code == 404
    assert deed(clerk, document, "spoil", output=str(copy.id), reason="In hỏng.").status_code == 303
    assert clerk.get(f"{address(document)}/{copy.id}").status_code == 404
    assert [one.act for one in ledger.history(document)].count("conversion.copy.spoiled") == 1


@pytest.mark.clause("379/16.4", "379/16.5", "379/19.5")
def test_whoever_holds_the_paper_reads_what_it_is_worth_now(world: World, visit: Visit) -> None:
    document = world.issued()
    acts.print_at_once(actor=world.actor(CLERK), document_id=document, **WISH)
    code, nobody = code_of(world, document), Client()
    assert nobody.get("/k", {"ma": f" {code.lower()} "}).headers["Location"] == f"/k/{code.replace('-', '')}"
    page = nobody.get(f"/k/{code.replace('-', '')}")
    view = documents.document(world.actor(CLERK), document)
    for said in ("Bản in còn giá trị", view.reference_number, view.document_code, "Hoàng Mẫu Giang"):
        assert said in words(page), said
    for kept_back in (view.abstract, *WISH.values(), str(document)):
        assert kept_back not in words(page), "nothing of the content, nor for whom it was"
    recall(world, document)
    after = words(nobody.get(f"/k/{code}"))
    assert "Bản in không còn giá trị" in after and "bị thu hồi" in after
    assert "Cần thu lại" in words(visit(CLERK).get("/so/ban-giay"))
    acts.spoil_copy(
        actor=world.actor(CLERK), output_id=queries.outputs(world.actor(CLERK), document)[0].id, reason="Đã thu lại."
    )
    assert "Bản in đã bị huỷ" in words(nobody.get(f"/k/{code}"))
    nobody.get("/giao-dien/tieng/en")
    assert "This copy is void" in words(nobody.get(f"/k/{code}"))


@pytest.mark.clause("379/16.4")
def test_an_unknown_code_is_never_guessed_at_and_guessing_is_slowed(world: World) -> None:
    nobody = Client()
    typed = nobody.get("/k", {"ma": "abc"})
    assert typed.status_code == 400 and "16 chữ và số" in words(typed)
    unknown = nobody.get("/k/0000-0000-0000-0000")
    assert unknown.status_code == 404 and "không cấp bản in nào" in words(unknown)
    for _ in range(look_up.pace.most):
        last = nobody.get("/k/0000000000000001")
    assert last.status_code == 429
    look_up.pace.forget()
    assert b"<script>alert" not in nobody.get("/k/<script>alert(1)").content


@pytest.mark.clause("379/21.2.c", "379/21.3")
def test_impounded_the_holder_learns_nothing_and_the_attempt_stands(world: World) -> None:
    document = world.issued()
    acts.print_at_once(actor=world.actor(CLERK), document_id=document, **WISH)
    code = code_of(world, document)
    order = impound(world, document)
    answer = Client().get(f"/k/{code}")
    assert answer.status_code == 423 and "hiện không tra cứu được" in words(answer)
    assert "niêm phong" not in words(answer).lower()
    assert documents.attempts(world.actor("kiem.tra.tw"), order)[0].actor_name == look_up.VISITOR.name


@pytest.mark.clause("379/16.2")
def test_a_transaction_is_confirmed_on_paper(world: World, visit: Visit) -> None:
    """A reader asks, the one who decides finds it on the desk and grants it with a code, the clerk prints, anybody looks it up."""
    document = world.issued()
    reader, decider, clerk = visit(DRAFTER), visit(SIGNATORY), visit(CLERK)
    assert "Đề nghị giấy xác nhận giao dịch điện tử" in words(reader.get(address(document)))
    empty = deed(reader, document, "ask_confirmation", purpose="Kiểm tra.", for_whom="")
    assert empty.status_code == 422 and 'value="Kiểm tra."' in words(empty)
    assert deed(reader, document, "ask_confirmation", **WISH).status_code == 303
    assert "Chờ người có thẩm quyền" in words(reader.get(address(document)))
    assert "Duyệt giấy xác nhận" not in words(reader.get(address(document)))
    (one,) = queries.outputs(world.actor(CLERK), document)
    assert f"{address(document)}#b-{one.id}" in words(decider.get("/quyet?loc=xac-nhan"))

    without = deed(decider, document, "confirm", output=str(one.id), procedure="Quy chế 5")
    assert without.status_code == 422 and 'value="Quy chế 5"' in words(without), "no code, nothing typed is lost"
    world.clock.leap()
    page = words(decider.get(address(document)))
    typed = dict(re.findall(r'type="hidden" name="(challenge|output)" value="([^"]*)"', page))
    code = authenticators.fresh_code(world.people[SIGNATORY].account_id)
    assert deed(decider, document, "confirm", **typed, code=code, procedure="Quy chế 5").status_code == 303

    assert "Lập giấy xác nhận" in words(clerk.get(address(document)))
    assert deed(clerk, document, "print_confirmation", output=str(one.id)).status_code == 303
    file = clerk.get(f"{address(document)}/{one.id}")
    assert file["Content-Type"] == "application/pdf" and "giay-xac-nhan-1.pdf" in file["Content-Disposition"]
    shown = words(Client().get(f"/k/{code_of(world, document).replace('-', '')}"))
    assert "Giấy xác nhận đúng; văn bản đang có hiệu lực" in shown
    recall(world, document)
    shown = words(Client().get(f"/k/{code_of(world, document).replace('-', '')}"))
    assert "văn bản nay không còn hiệu lực" in shown


@pytest.mark.clause("379/16.2")
def test_a_confirmation_is_denied_with_its_reason(world: World, visit: Visit) -> None:
    document = world.issued()
    deed(visit(DRAFTER), document, "ask_confirmation", **WISH)
    (one,) = queries.outputs(world.actor(CLERK), document)
    assert deed(visit(SIGNATORY), document, "deny", output=str(one.id), reason="").status_code == 422
    assert deed(visit(SIGNATORY), document, "deny", output=str(one.id), reason="Không đủ căn cứ.").status_code == 303
    assert "Không đủ căn cứ." in words(visit(DRAFTER).get(address(document)))
