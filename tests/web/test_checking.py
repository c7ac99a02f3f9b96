"""`/kiem-tra`: anyone checks a file; what is proven is said plainly, nothing is kept, limits hold (379/13.4, 379/5.4)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from antin.ledger.models import Entry as LedgerEntry
from antin.signing.models import ValidationReport
from antin.web import pace
from antin.web.views import checking
from world import World


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    checking.pace.forget()
    yield
    checking.pace.forget()


@pytest.fixture
def sealed(world: World) -> bytes:
    return world.pdf(world.issued())


def send(data: bytes, name: str = "van-ban.pdf", client: Client | None = None, **more: object) -> HttpResponse:
    given = {"file": SimpleUploadedFile(name, data), **more}
    answer: HttpResponse = (client or Client()).post("/kiem-tra", given)
    return answer


def blank() -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(made)
    return made.getvalue()


def words(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_form_is_open_to_anyone_and_linked_from_door_and_help(world: World):
    client = Client()
    assert client.get("/kiem-tra").status_code == 200
    for path in ("/vao", "/tro-giup"):
        assert 'href="/kiem-tra"' in client.get(path).content.decode()


@pytest.mark.clause("379/13.4")
def test_sealed_document_tells_who_signed_as_what_when_and_by_which_anchor(sealed: bytes):
    answer = send(sealed)
    told = words(answer)
    assert answer.status_code == 200
    for part in (
        "Chữ ký hợp lệ, nội dung nguyên vẹn",
        "Người có thẩm quyền",
        "Cơ quan (con dấu)",
        "Đã ký muộn nhất lúc",
        "Nội dung nguyên vẹn từ khi ký",
        "chưa bị thu hồi vào lúc ký",
        "mốc tin cậy mà hệ thống này công nhận",
        "MẪU",
    ):
        assert part in told, part
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script>" not in answer.content.decode() and " style=" not in answer.content.decode()


@pytest.mark.clause("379/5.11")
def test_document_with_a_byte_changed_is_told_so(sealed: bytes):
    at = sealed.index(b"stream\n") + 40
    told = words(send(sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :]))
    assert "Không hợp lệ" in told
    assert "Không xác nhận được nội dung" in told


def test_document_with_something_added_asks_for_a_person(sealed: bytes):
    told = words(send(sealed + b"\n"))
    assert "Bị thay đổi sau khi ký" in told
    assert "phải có người xem" in told


@pytest.mark.clause("217/4.2")
def test_unsigned_document_is_for_reference_only(world: World):
    told = words(send(blank()))
    assert "Tệp không có chữ ký số" in told
    assert "chỉ để tham khảo" in told


@pytest.mark.parametrize("data", [b"hello", b"%PDF-1.7\nrubbish", b"<a/>", b"PK\x03\x04", b"\x30\x80"])
def test_rubbish_of_any_kind_is_answered(world: World, data: bytes):
    answer = send(data)
    assert answer.status_code == 200
    assert "big-verdict bad" in answer.content.decode()


def test_name_of_a_file_is_shown_as_text(world: World):
    page = send(b"hello", name="<script>alert(1)</script>.pdf").content.decode()
    assert "<script>alert" not in page


@pytest.mark.clause("379/20.3")
def test_nothing_is_kept_of_a_checked_file(sealed: bytes):
    before = ValidationReport.objects.count(), LedgerEntry.objects.count()
    answer = send(sealed)
    assert (ValidationReport.objects.count(), LedgerEntry.objects.count()) == before
    assert all("csrf" in name for name in answer.cookies)


@pytest.mark.clause("379/5.4")
def test_file_beyond_the_limit_is_refused_while_it_comes_in(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "MAX_BYTES", 1 << 20)
    for size in ((1 << 20) + 1, 6 << 20):
        answer = send(b"\0" * size)
        assert answer.status_code == 413
        assert "nặng quá 1 MB" in words(answer)
    assert send(b"\0" * (1 << 20)).status_code == 200


def test_both_files_together_count_against_the_limit(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "MAX_BYTES", 1 << 20)
    half = b"\0" * (600 << 10)
    assert send(half, content=SimpleUploadedFile("b", half)).status_code == 413


@pytest.mark.clause("379/5.4")
def test_one_address_asks_only_so_often(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "pace", pace.Pace(most=2, period_s=60))
    assert [send(b"x").status_code for _ in range(3)] == [200, 200, 429]
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert send(b"x", client=other).status_code == 200


def test_busy_house_says_so_at_once(world: World, monkeypatch: pytest.MonkeyPatch):
    import threading

    monkeypatch.setattr(checking, "_places", threading.BoundedSemaphore(1))
    checking._places.acquire()
    assert send(b"x").status_code == 503
    checking._places.release()
    assert send(b"x").status_code == 200


def test_no_file_is_a_fault_of_the_form(world: World):
    for answer in (Client().post("/kiem-tra", {}), send(b"")):
        assert answer.status_code == 400
        assert "Chọn tệp cần kiểm tra" in words(answer)


@pytest.mark.clause("379/5.3")
def test_form_of_another_site_is_refused(world: World):
    strict = Client(enforce_csrf_checks=True)
    assert send(b"x", client=strict).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get("/kiem-tra").content.decode())
    assert token is not None
    assert send(b"x", client=strict, csrfmiddlewaretoken=token.group(1)).status_code == 200


def test_answer_in_english_is_english(sealed: bytes):
    client = Client()
    client.cookies["antin_lang"] = "en"
    told = words(send(sealed, client=client))
    for part in (
        "The signatures are valid and the content is intact",
        "Signed at the latest on",
        "What this page does not say",
    ):
        assert part in told, part


def test_pace_lets_go_after_its_period():
    found = pace.Pace(most=2, period_s=10)
    assert [found.admits("10.0.0.1", now_s=t) for t in (0, 1, 2, 10.5, 11.5, 12)] == [
        True,
        True,
        False,
        True,
        True,
        False,
    ]


def test_pace_counts_a_network_of_one_subscriber_as_one():
    found = pace.Pace(most=1, period_s=10)
    assert found.admits("2001:db8:1:2::1", now_s=0)
    assert not found.admits("2001:db8:1:2:ffff::9", now_s=1)
    assert found.admits("2001:db8:1:3::1", now_s=1)
    assert pace.neighbourhood("unix") == "unix"
