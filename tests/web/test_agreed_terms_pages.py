"""Terms on an installation's page: proposed with their paper, confirmed by another, ended; what they cover, at receiving."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from antin.exchange.models import AgreedTerms
from antin.rulebook import queries as rulebook
from antin.values import new_id
from world import CENTRE, CLERK, PROVINCE_CLERK, World

from .conftest import Visit
from .test_connecting_pages import HOST, OPERATOR, SECOND, There, proposed, there
from .test_withdrawing_pages import words

__all__ = ["there"]
pytestmark = [pytest.mark.django_db, pytest.mark.clause("379/12.2.c")]


def blank() -> bytes:
    """A page without any signature."""
    out, document = io.BytesIO(), pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    document.save(out, deterministic_id=True)  # otherwise told by the clock
    return out.getvalue()


def typed(**changed: object) -> dict[str, object]:
    today = rulebook.today().isoformat()
    return {
        "their_code": HOST,
        "our_code": CENTRE,
        "reference": "05-TT/VPTW",
        "agreed_on": today,
        "types": ["quyet_dinh", "cong_van"],
        "valid_from": today,
        "valid_until": today,
        "method": "Cơ quan gửi ký số gói tin, cơ quan nhận ký biên nhận (mẫu).",
        "paper": SimpleUploadedFile("thoa-thuan.pdf", blank(), "application/pdf"),
        **changed,
    }


def connected(visit: Visit, there: There) -> str:
    here = proposed(visit, there)
    assert visit(SECOND).post(f"{here}/xac-nhan", {"fingerprint": there.node}).status_code == 303
    return here


@pytest.mark.clause("379/5.6")
def test_terms_are_proposed_by_one_confirmed_by_another_and_ended(world: World, visit: Visit, there: There) -> None:
    here, first, second = connected(visit, there), visit(OPERATOR), visit(SECOND)
    assert "Chưa có thoả thuận nào." in words(first.get(here))
    assert first.post(f"{here}/thoa-thuan", typed()).status_code == 303
    row = AgreedTerms.objects.get()
    shown = words(first.get(here))
    assert "05-TT/VPTW" in shown and "Chờ quản trị liên thông thứ hai" in shown and "Quyết định" in shown
    paper = second.get(f"/lien-thong/tep/{row.id}.pdf")
    assert paper.content == typed()["paper"].read() and "attachment" in paper["Content-Disposition"]  # type: ignore[attr-defined]
    mine = f"{here}/thoa-thuan/{row.id}"
    assert first.post(f"{mine}/xac-nhan").status_code == 422
    assert second.post(f"{mine}/xac-nhan").status_code == 303
    assert "đang áp dụng" in words(second.get(here))
    assert second.post(f"{mine}/thoi", {"reason": " "}).status_code == 422
    assert second.post(f"{mine}/thoi", {"reason": "Hai bên thôi (mẫu)"}).status_code == 303
    shown = words(second.get(here))
    assert "thôi áp dụng" in shown and "Hai bên thôi (mẫu)" in shown


def test_what_is_wrong_with_terms_is_said_and_what_was_typed_stays(world: World, visit: Visit, there: There) -> None:
    here, operator = connected(visit, there), visit(OPERATOR)
    for wrong in ({"reference": ""}, {"agreed_on": "x"}, {"types": []}, {"method": "ký"}, {"paper": ""}):
        answer = operator.post(f"{here}/thoa-thuan", typed(**wrong))
        assert answer.status_code == 422, wrong
        if "types" not in wrong and "method" not in wrong:
            assert 'value="quyet_dinh" checked' in answer.content.decode()
            assert "cơ quan nhận ký biên nhận (mẫu)" in words(answer)
    assert not AgreedTerms.objects.exists()


@pytest.mark.clause("379/4.4")
def test_for_others_there_are_no_terms(world: World, visit: Visit, there: There) -> None:
    here, clerk = connected(visit, there), visit(CLERK)
    assert visit(OPERATOR).post(f"{here}/thoa-thuan", typed()).status_code == 303
    row = AgreedTerms.objects.get()
    assert clerk.get(f"/lien-thong/tep/{row.id}.pdf").status_code == 404
    for address in ("thoa-thuan", f"thoa-thuan/{row.id}/xac-nhan", f"thoa-thuan/{row.id}/thoi"):
        assert clerk.post(f"{here}/{address}", {"reason": "x"}).status_code == 404
    assert AgreedTerms.objects.get().state == "proposed"


@pytest.mark.clause("217/4.1")
def test_the_clerk_sees_the_terms_in_place_of_the_missing_signature(world: World, visit: Visit) -> None:
    reference = "05-TT/VPTW, 02/03/2026"
    found = world.arrived(blank(), terms_id=new_id(), terms_reference=reference)
    clerk = visit(PROVINCE_CLERK)
    shown = words(clerk.get(f"/tiep-nhan/{found}"))
    assert "Bản gốc điện tử theo biện pháp các bên đã thống nhất." in shown and reference in shown
    assert clerk.post(f"/tiep-nhan/{found}/vao-so", {}).status_code == 303
    for address in (f"/van-ban/{found}", f"/van-ban/{found}/kiem-tra"):
        assert "theo biện pháp các bên đã thống nhất" in words(clerk.get(address)), address
    status = clerk.get(f"/api/v1/documents/{found}/status").json()["legal_effect"]
    assert status["verdict"] == "original_agreed" and reference in status["why"]
