"""Packages by the pages: built, handed out by a code, taken away, signed for; one from elsewhere looked through."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from tests.archive.made import FOLDER, altered, made
from tests.archive.shelf import OTHER_ARCHIVE, archived, signed_by
from tests.archive.test_packages import impounded

from antin.identity import authenticators
from antin.ledger import queries as ledger
from world import CLERK, PROVINCE_CLERK, PROVINCE_LEADER, World

from .conftest import Visit

ARCHIVIST, AUTHORITY = "quy.mai", "son.ngo"
TO = {"name": OTHER_ARCHIVE, "body_code": "A97.01", "basis": "Kế hoạch 12 (mẫu)"}


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def bytes_of(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def hidden(answer: HttpResponse) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(challenge|digest)" value="([^"]*)"', words(answer)))


def pdf(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("bien-ban.pdf", data, "application/pdf")


def handed(world: World, visit: Visit, here: str, **typed: str) -> HttpResponse:
    world.clock.leap()
    client = visit(ARCHIVIST)
    shown = client.get(here)
    code = authenticators.fresh_code(world.people[ARCHIVIST].account_id)
    return client.post(here, {**hidden(shown), "code": code, **TO, **typed})


@pytest.fixture
def document(world: World) -> UUID:
    return world.registered(world.original())


@pytest.fixture
def case(world: World, document: UUID) -> UUID:
    return archived(world, document)


@pytest.fixture
def here(visit: Visit, case: UUID) -> str:
    made_of = visit(ARCHIVIST).post(f"/luu-tru/{case}/goi", {"kind": "AIP"})
    assert made_of.status_code == 303, words(made_of)
    return made_of["Location"]


@pytest.mark.clause("379/23.2.c", "379/23.2.đ", "379/5.6")
def test_from_the_shelf_to_the_signed_receipt(world: World, visit: Visit, case: UUID, here: str) -> None:
    archivist = visit(ARCHIVIST)
    assert f"/luu-tru/{case}/goi" in words(archivist.get("/luu-tru"))
    listed = words(archivist.get(f"/luu-tru/{case}/goi"))
    assert here in listed and "đã lập gói" in listed
    for early in ("/tep/goi.zip", "/tep/bien-ban.pdf", "/tep/bien-nhan.pdf"):
        assert archivist.get(here + early).status_code == 404
    refused = archivist.post(here, {**hidden(archivist.get(here)), "code": "000000", **TO})
    assert refused.status_code == 422 and OTHER_ARCHIVE in words(refused), "what was typed stays"
    done = handed(world, visit, here)
    assert done.status_code == 303, words(done)
    shown = words(archivist.get(here))
    digest = re.search(r"[0-9a-f]{64}", shown).group()  # type: ignore[union-attr]
    assert "đã giao" in shown and OTHER_ARCHIVE in shown and "Kế hoạch 12 (mẫu)" in shown
    taken = archivist.get(f"{here}/tep/goi.zip")
    assert "attachment" in taken["Content-Disposition"]
    data = bytes_of(taken)
    assert hashlib.sha256(data).hexdigest() == digest and len(data) == int(taken["Content-Length"])
    record = bytes_of(archivist.get(f"{here}/tep/bien-ban.pdf"))
    unsigned = archivist.post(f"{here}/bien-nhan", {"file": pdf(record)})
    assert unsigned.status_code == 422 and "379/23.2.c" in words(unsigned)
    signed = signed_by(world, record, "Trần Mẫu Nhận", "MAU-7001")
    assert archivist.post(f"{here}/bien-nhan", {"file": pdf(signed)}).status_code == 303
    shown = words(archivist.get(here))
    assert "Bên nhận đã ký nhận" in shown and "Trần Mẫu Nhận" in shown
    assert bytes_of(archivist.get(f"{here}/tep/bien-nhan.pdf")) == signed
    package = UUID(here.rsplit("/", 1)[1])
    assert [one.facts["act"] for one in ledger.history(package)] == ["receipt", "hand_out", "build"]


@pytest.mark.clause("379/23.2.c", "379/23.2.d")
def test_a_package_for_use_is_given_to_a_chosen_reader(world: World, visit: Visit, case: UUID) -> None:
    archivist = visit(ARCHIVIST)
    refused = archivist.post(f"/luu-tru/{case}/goi", {"kind": "DIP", "purpose": ""})
    assert refused.status_code == 422 and "selected>Gói sử dụng" in words(refused)
    made_of = archivist.post(f"/luu-tru/{case}/goi", {"kind": "DIP", "purpose": "Tra cứu (mẫu)"})
    here = made_of["Location"]
    stranger, reader = (str(world.person(login)) for login in ("nga.dang", PROVINCE_LEADER))
    refused = handed(world, visit, here, reader=stranger)
    assert refused.status_code == 422 and "quyền đọc" in words(refused)
    assert handed(world, visit, here, reader=reader).status_code == 303
    assert "Đỗ Mẫu Khánh" in words(archivist.get(here))


@pytest.mark.clause("379/4.4", "379/23.2.d", "379/12.2.b")
def test_packages_are_the_archivists_and_seen_by_the_competent_authority(
    world: World, visit: Visit, case: UUID, here: str
) -> None:
    assert handed(world, visit, here).status_code == 303
    for login in (PROVINCE_CLERK, PROVINCE_LEADER, "luu.phan", CLERK, "quan.tri.tw"):
        for address in (f"/luu-tru/{case}/goi", here, f"{here}/tep/goi.zip", f"{here}/tep/bien-ban.pdf"):
            assert visit(login).get(address).status_code == 404, (login, address)
        for address in (f"/luu-tru/{case}/goi", here, f"{here}/bien-nhan"):
            assert visit(login).post(address, {"kind": "AIP"}).status_code in (404, 422), (login, address)
    authority = visit(AUTHORITY)
    assert OTHER_ARCHIVE in words(authority.get(here)) and "/tep/goi.zip" not in words(authority.get(here))
    assert authority.get(f"{here}/tep/goi.zip").status_code == 404
    assert authority.post(f"/luu-tru/{case}/goi", {"kind": "AIP"}).status_code == 404


@pytest.mark.clause("379/21.3", "379/21.2.c")
def test_an_impounded_document_locks_its_packages(
    world: World, visit: Visit, document: UUID, case: UUID, here: str
) -> None:
    assert handed(world, visit, here).status_code == 303
    impounded(world, document)
    for address in (f"{here}/tep/goi.zip", f"{here}/tep/bien-ban.pdf"):
        answer = visit(ARCHIVIST).get(address)
        assert answer.status_code == 423 and not answer.streaming
    assert visit(ARCHIVIST).post(f"/luu-tru/{case}/goi", {"kind": "AIP"}).status_code == 423


@pytest.mark.clause("379/23.2.c", "379/5.4")
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (made, "Gói đầy đủ, nguyên vẹn, đúng mẫu"),
        (lambda: altered(lambda f: f.pop(f"{FOLDER}/representations/rep1/data/0000001-van-ban.pdf")), "Thiếu tệp"),
        (lambda: b"%PDF-1.7", "Không phải tệp ZIP"),
        (lambda: b"", "Chọn tệp gói cần kiểm tra."),
    ],
    ids=["good", "missing", "no zip", "empty"],
)
def test_a_package_from_elsewhere_is_told_of_in_words(visit: Visit, data: object, told: str) -> None:
    client, content = visit(ARCHIVIST), data()  # type: ignore[operator]
    assert "Kiểm tra gói lưu trữ" in words(client.get("/luu-tru/goi/kiem-tra"))
    sent = SimpleUploadedFile("goi.zip", content, "application/zip")
    answer = client.post("/luu-tru/goi/kiem-tra", {"file": sent})
    assert answer.status_code == (200 if content else 400) and told in words(answer)
    if content:
        assert hashlib.sha256(content).hexdigest() in words(answer)


@pytest.mark.clause("379/5.4")
def test_too_large_a_package_is_left_to_the_command(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    from antin.web.views import packages

    monkeypatch.setattr(packages, "CHECKED_MOST", 1000)
    answer = visit(ARCHIVIST).post("/luu-tru/goi/kiem-tra", {"file": SimpleUploadedFile("goi.zip", made())})
    assert answer.status_code == 413 and "antin package check" in words(answer)


@pytest.mark.clause("379/23.2.c")
def test_the_pages_are_told_in_english_too(world: World, visit: Visit, case: UUID, here: str) -> None:
    client = visit(ARCHIVIST)
    client.get("/giao-dien/tieng/en")
    for address in (f"/luu-tru/{case}/goi", here, "/luu-tru/goi/kiem-tra"):
        shown = words(client.get(address))
        assert "ackage" in shown and "Lập gói" not in shown and "Kiểm tra gói" not in shown, address
