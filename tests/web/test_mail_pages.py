"""Official mail on the pages: the account's state, letters held back for clerk and operator, bodies entered by two persons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from antin.exchange import acts, directory, ports
from antin.exchange.adapters.mail_servers import Account, MailServers
from antin.exchange.mail import worker
from antin.exchange.models import MailContact, MailIn, MailLine, MailOut
from antin.values import Actor, new_id
from antin.vault import acts as vault
from world import CLERK, DRAFTER, World

from .conftest import Visit

OPERATOR = "quan.tri.tw"
BODY = "A96.07"
pytestmark = [pytest.mark.django_db, pytest.mark.clause("217/7.2", "217/6.4")]


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[None]:
    """An installation whose mail servers are down, with one body entered."""
    before = list(ports._bound)
    base = before[0] if before else ports.Ports("mau", "A99.01", "https://127.0.0.1:1", tmp_path)
    account = Account("van-thu@tw.mau", "van-thu", "bi-mat", "localhost", 1, "tls", "localhost", 1, "tls")
    ports.bind(replace(base, organisation_code="A99.01", mail=MailServers(account, answer_s=1.0)))
    directory.forget()
    system = Actor.system()
    found = acts.propose_mail_contact(actor=system, code=BODY, name="Đảng uỷ Khối Mẫu", address="van-thu@dang-uy.mau")
    MailContact.objects.filter(id=found).update(state="active")
    yield
    ports._bound[:] = before
    directory.forget()


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def held(data: bytes = b"Subject: x\r\n\r\nx") -> MailIn:
    row = MailIn(
        id=new_id(), box=1, uid=7, said="0" * 64, mail_from="ai-do@noi-khac.mau", mail_subject="Gửi công văn", state="quarantined",
        signature="absent", digest="0" * 64, size=len(data), received_at=datetime.now(UTC),
        reason="Thư không có chữ ký số của cơ quan nào đã được xác nhận ở đây.",
    )  # fmt: skip
    row.organisation_id = directory.own_organisation("A99.01")
    row.content = vault.store(data, owner=row.id, media_type="message/rfc822").id
    row.save(force_insert=True)
    return row


def pdf_letter() -> bytes:
    from tests.exchange.scene import pdf

    from antin.exchange.mail import mime

    head = mime.headers([("From", "ai-do@noi-khac.mau"), ("Subject", "Gửi công văn số 9")])
    return head + mime.written("Kính gửi.", [mime.File("Công văn số 9.pdf", "application/pdf", pdf())])


def test_operator_sees_how_both_servers_stand(world: World, visit: Visit, mail: None) -> None:
    worker.receive_due()
    MailLine.objects.update(state="down")
    said = words(visit(OPERATOR).get("/lien-thong"))
    for word in ("Thư điện tử công vụ", "van-thu@tw.mau", "Nhận (IMAP)", "Máy bên đó không mở cổng kết nối"):
        assert word in said, word


@pytest.mark.clause("217/10.1", "217/6.2")
def test_clerk_takes_in_what_nobody_signed_and_the_report_says_so(world: World, visit: Visit, mail: None) -> None:
    row = held(pdf_letter())
    clerk = visit(CLERK)
    assert "/thu-cong-vu" in words(clerk.get("/tiep-nhan"))
    said = words(clerk.get("/thu-cong-vu"))
    assert "Thư không có chữ ký số; không coi là xác thực." in said
    assert "ai-do@noi-khac.mau" in said
    assert "Từ chối hẳn" not in said
    assert clerk.post(f"/thu-cong-vu/thu/{row.id}/nhan", {"reason": ""}).status_code == 422
    assert clerk.post(f"/thu-cong-vu/thu/{row.id}/nhan", {"reason": "Đã gọi điện xác nhận"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "admitted"
    page = words(clerk.get(f"/van-ban/{row.document_id}/kiem-tra"))
    assert "Thư không có chữ ký số; không coi là xác thực." in page
    assert "Đã gọi điện xác nhận" in page


def test_operator_refuses_a_letter_for_good(world: World, visit: Visit, mail: None) -> None:
    row = held()
    operator = visit(OPERATOR)
    assert "Nhận văn bản trong thư" not in words(operator.get("/thu-cong-vu"))
    assert operator.post(f"/thu-cong-vu/thu/{row.id}/tu-choi", {"reason": "Không rõ ai gửi"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "refused"


@pytest.mark.clause("379/26.2", "379/5.6", "217/15.2")
def test_body_is_proposed_by_one_and_confirmed_by_another(world: World, visit: Visit, mail: None) -> None:
    operator = visit(OPERATOR)
    given = {"code": "A96.08", "name": "Đảng uỷ Sông Mẫu", "address": "vt@song.mau"}
    assert operator.post("/thu-cong-vu/noi", {**given, "address": "không phải"}).status_code == 422
    spoilt = SimpleUploadedFile("a.cer", b"x")
    assert operator.post("/thu-cong-vu/noi", {**given, "signing": spoilt}).status_code == 422
    assert operator.post("/thu-cong-vu/noi", given).status_code == 303
    row = MailContact.objects.get(code="A96.08")
    assert "Chờ quản trị liên thông thứ hai" in words(operator.get("/thu-cong-vu"))
    refused = operator.post(f"/thu-cong-vu/noi/{row.id}/xac-nhan", {"compared": "vt@song.mau"})
    assert refused.status_code == 422
    acts.confirm_mail_contact(actor=Actor.system(), contact_id=row.id, compared="vt@song.mau")
    assert "Chưa có chứng thư" in words(operator.get("/thu-cong-vu"))
    assert operator.post(f"/thu-cong-vu/noi/{row.id}/thoi", {"reason": "Đã nối mạng của Đảng"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "ended"


def test_letter_that_stands_still_goes_on(world: World, visit: Visit, mail: None) -> None:
    now = datetime.now(UTC)
    row = MailOut.objects.create(
        subject=new_id(), contact=MailContact.objects.get(code=BODY), document_id=new_id(), organisation_id=new_id(),
        purpose="status", code="03", sender_code="A99.01", recipient_code=BODY, address="van-thu@dang-uy.mau", content=new_id(),
        signed_digest="0" * 64, size=1, state="queued", built_at=now, attempts=5, last_error="TimeoutError: timed out",
    )  # fmt: skip
    operator = visit(OPERATOR)
    assert f"/lien-thong/thu/{row.id}/thu-lai" in words(operator.get("/lien-thong"))
    assert operator.post(f"/lien-thong/thu/{row.id}/thu-lai").status_code == 303
    row.refresh_from_db()
    assert row.next_attempt_at is not None


@pytest.mark.clause("379/4.4")
def test_for_others_there_is_no_such_page(world: World, visit: Visit, mail: None) -> None:
    row = held()
    for address in ("/thu-cong-vu", f"/thu-cong-vu/thu/{row.id}/nhan"):
        answer = (
            visit(DRAFTER).get(address) if address == "/thu-cong-vu" else visit(DRAFTER).post(address, {"reason": "x"})
        )
        assert answer.status_code in (403, 404), address
