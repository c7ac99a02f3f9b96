"""Paper becomes electronic by the pages: scanned, described, compared, sealed by another person; void with its paper (379/15, 379/19.6)."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.conversion.test_digitising import scanned

from antin.conversion import queries
from antin.conversion.views import ScanView
from antin.documents import queries as documents
from antin.identity import authenticators
from antin.registry import queries as books
from antin.values import Office, Validity
from world import CENTRE, CLERK, DRAFTER, PROVINCE_CLERK, World

from .conftest import Visit
from .test_withdrawing_pages import hidden, words

pytestmark = pytest.mark.clause("379/15.1", "379/15.2")
CONVERTER = DRAFTER
FIELDS = {
    "type_code": "quyet_dinh", "abstract": "về việc thành lập tổ công tác (mẫu)", "number_text": "12", "notation": "QĐ/VPTW",
    "issued_on": "2019-05-06", "issued_here": "1", "signer_name": "Trần Mẫu Cũ", "kept_at": "Kho 1, hộp 7",
}  # fmt: skip


@pytest.fixture
def office(world: World) -> World:
    world.confer(CONVERTER, Office.CONVERTER)
    return world


def upload(world: World, client: Client, data: bytes = b"", **typed: str) -> HttpResponse:
    file = SimpleUploadedFile("quet.pdf", data or scanned(), content_type="application/pdf")
    body = {"body": str(world.organisation(CENTRE)), "device": "Máy quét mẫu", "file": file}
    return client.post("/so-hoa/moi", {**body, **typed})


def only(world: World, login: str = CONVERTER) -> ScanView:
    (found,) = queries.scans(world.actor(login))
    return found


def coded(world: World, client: Client, login: str, address: str, **typed: object) -> HttpResponse:
    """The open sheet sent with a code that is good now."""
    world.clock.leap()
    sheet = client.get(address)
    assert sheet.status_code == 200, words(sheet)
    challenge = hidden(sheet)["challenge"]
    code = authenticators.fresh_code(world.people[login].account_id)
    return client.post(address, {**typed, "challenge": challenge, "code": code})


def certified(world: World, visit: Visit) -> str:
    """The way to the document by the pages; its address."""
    converter, keeper = visit(CONVERTER), visit(CLERK)
    assert upload(world, converter).status_code == 303
    here = f"/so-hoa/{only(world).id}"
    assert converter.post(here, {"do": "describe", **FIELDS}).status_code == 303
    assert coded(world, converter, CONVERTER, here, do="whole", seen=["1", "2"]).status_code == 303
    assert coded(world, keeper, CLERK, here, do="certify").status_code == 303
    return f"/van-ban/{only(world, CLERK).document_id}"


@pytest.mark.clause("379/15.1.a", "379/15.1.b", "379/15.2.a", "379/15.2.b", "379/12.5")
def test_from_the_scan_to_the_register_of_arrivals(office: World, visit: Visit) -> None:
    converter, keeper = visit(CONVERTER), visit(CLERK)
    blunt = upload(office, converter, scanned(1, 100))
    assert blunt.status_code == 422 and "200 dpi" in words(blunt) and "Máy quét mẫu" in words(blunt)
    assert upload(office, converter, b"no pdf").status_code == 422
    assert upload(office, converter).status_code == 303
    scan = only(office)
    here = f"/so-hoa/{scan.id}"
    assert here in words(converter.get("/so-hoa")) and "Số hoá" in words(converter.get("/du-thao"))
    assert converter.get(f"{here}/trang/2.png").content.startswith(b"\x89PNG")
    assert converter.get(f"{here}/trang/3.png").status_code == 404

    short = converter.post(here, {"do": "describe", **FIELDS, "signer_name": ""})
    assert short.status_code == 422 and "Nhập người ký." in words(short) and FIELDS["abstract"] in words(short)
    assert converter.post(here, {"do": "describe", **FIELDS}).status_code == 303
    assert "12-QĐ/VPTW" in words(converter.get("/so-hoa"))
    one_page = coded(office, converter, CONVERTER, here, do="whole", seen=["1"])
    assert one_page.status_code == 422 and "379/15.2.a" in words(one_page)
    wrong = converter.post(here, {"do": "whole", "seen": ["1", "2"], "challenge": hidden(converter.get(here))["challenge"], "code": "000000"})  # fmt: skip
    assert wrong.status_code == 422
    assert coded(office, converter, CONVERTER, here, do="whole", seen=["1", "2"]).status_code == 303
    assert "Ký số bản số hoá" not in words(converter.get(here))
    assert only(office, CLERK).state == "confirmed"

    sheet = html.unescape(words(keeper.get(here)))
    assert "Ký số bản số hoá" in sheet and "Kho 1, hộp 7" in sheet
    assert keeper.post(here, {"do": "back", "reason": ""}).status_code == 422
    assert coded(office, keeper, CLERK, here, do="certify").status_code == 303
    assert keeper.post(here, {"do": "certify"}).status_code == 303, "a second click finds it sealed"
    document = only(office, CLERK).document_id
    assert document is not None
    arrived = words(keeper.get("/tiep-nhan"))
    assert FIELDS["abstract"] in html.unescape(arrived) and "Hợp lệ" in words(keeper.get(f"/tiep-nhan/{document}"))
    assert keeper.post(f"/tiep-nhan/{document}/vao-so", {}).status_code == 303
    assert books.legal_effect(office.actor(CLERK), document).verdict == "original_sealed"
    assert "bản gốc" in words(keeper.get(f"/van-ban/{document}")).lower()
    assert "ký số bản số hoá" in words(keeper.get(f"/van-ban/{document}/qua-trinh"))


@pytest.mark.clause("379/15.2.a")
def test_sent_back_scanned_again_and_dropped(office: World, visit: Visit) -> None:
    converter, keeper = visit(CONVERTER), visit(CLERK)
    upload(office, converter)
    here = f"/so-hoa/{only(office).id}"
    converter.post(here, {"do": "describe", **FIELDS})
    coded(office, converter, CONVERTER, here, do="whole", seen=["1", "2"])
    assert keeper.post(here, {"do": "back", "reason": "Mờ trang 2."}).status_code == 303
    assert "Mờ trang 2." in words(converter.get(here))
    assert "Bản quét mới thay" in words(converter.get(f"/so-hoa/moi?lai={only(office).id}"))
    assert upload(office, converter, scanned(3), again=str(only(office).id)).status_code == 303
    assert (only(office).pages, only(office).state) == (3, "captured")
    assert converter.post(here, {"do": "drop", "reason": "Quét nhầm văn bản."}).status_code == 303
    assert only(office).state == "dropped" and "trang/1.png" not in words(converter.get(here))


@pytest.mark.clause("379/4.4")
def test_nobody_else_sees_or_moves_it(office: World, visit: Visit) -> None:
    upload(office, visit(CONVERTER))
    here = f"/so-hoa/{only(office).id}"
    stranger = visit(PROVINCE_CLERK)
    assert stranger.get(here).status_code == 404 and stranger.get(f"{here}/trang/1.png").status_code == 404
    assert stranger.post(here, {"do": "drop", "reason": "x"}).status_code == 404
    assert upload(office, stranger).status_code == 422, "not for another body"
    assert here not in words(stranger.get("/so-hoa"))


@pytest.mark.clause("379/19.6", "379/19.3")
def test_the_clerk_records_that_the_paper_is_void(office: World, visit: Visit) -> None:
    here, clerk = certified(office, visit), visit(CLERK)
    assert f"{here}/ban-goc-giay" in words(clerk.get(here))
    address = f"{here}/ban-goc-giay"
    assert "Kho 1, hộp 7" in html.unescape(words(clerk.get(address)))
    bare = coded(office, clerk, CLERK, address, basis="", reason="Sai.")
    assert bare.status_code == 422 and "379/19.3" in words(bare)
    done = coded(office, clerk, CLERK, address, basis="QĐ 3/2026 (mẫu)", reason="Sai thẩm quyền (mẫu).")
    assert done.status_code == 303, words(done)
    assert clerk.post(address, {}).status_code == 303, "a second click"
    page = html.unescape(words(clerk.get(here)))
    assert "Sai thẩm quyền (mẫu)." in page and "QĐ 3/2026 (mẫu)" in page
    document = only(office, CLERK).document_id
    assert documents.document(office.actor(CLERK), document).validity is Validity.INVALIDATED  # type: ignore[arg-type]
    other = office.issued()
    assert clerk.get(f"/van-ban/{other}/ban-goc-giay").status_code == 422
