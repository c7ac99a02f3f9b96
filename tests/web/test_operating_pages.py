"""The exchange operator's page, by the web doors: shown to operators, absent for everybody else, its acts on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.http import HttpResponse

from antin.exchange import acts, directory, ports, wire
from antin.exchange.acts import OrganisationEntry
from antin.exchange.models import Dispatch, Irregularity, ParcelIn, Partner
from antin.ledger import queries as ledger
from antin.signing import acts as signing
from antin.values import Actor, Secrecy, new_id, sha256_hex
from world import CLERK, LEAD, PROVINCE, PROVINCE_LEADER, World

from .conftest import Visit
from .reading import Words

OPERATOR, SECOND = "quan.tri.tw", "nga.dang"
pytestmark = [pytest.mark.django_db, pytest.mark.clause("217/13.1", "379/4.4")]


@pytest.fixture
def partner(world: World) -> UUID:
    """A partner whose node listens nowhere, a parcel of it held back, a dispatch that stands still, something odd."""
    directory.forget()
    issued, _ref = world.authority.certificate("exchange", "Tỉnh ủy Sơn Đoài (mẫu)", "A97.01")
    partner_id = acts.found_partner(
        actor=Actor.system(),
        name="Tỉnh ủy Sơn Đoài (mẫu)",
        url="https://127.0.0.1:1",
        node_certificate_der=issued.certificate_der,
        host_code="A97.01",
        organisations=[OrganisationEntry("A97.01", "Tỉnh ủy Sơn Đoài (mẫu)", issued.certificate_der)],
    )
    now = datetime.now(UTC)
    common = {"partner_id": partner_id, "urgency": 1, "document_code": "A97.01,2026/03/02,7-CV/TU"}
    manifest = wire.Manifest(
        new_id(), "A97.01", PROVINCE, common["document_code"], now.replace(microsecond=0), 1, Secrecy.OPEN, "0" * 64,
        (
            wire.Part("envelope", "application/edxml+xml", 10, sha256_hex(b"e")),
            wire.Part("document", "application/pdf", 2_000, sha256_hex(b"d")),
        ),
    )  # fmt: skip
    ParcelIn.objects.create(
        **common, sender_code="A97.01", parcel=manifest.parcel, recipient_code=PROVINCE, state="quarantined",
        digest="0" * 64, manifest=manifest.to_bytes(), signature=b"x", answer_status=422, answer=b"x",
        certificate=directory.keep_certificate(issued.certificate_der, "A97.01"), received_at=now,
        reason="Tệp PDF hỏng.",
    )  # fmt: skip
    Dispatch.objects.create(
        **common, document_id=new_id(), organisation_id=world.organisation(PROVINCE), sender_code=PROVINCE,
        recipient_code="A97.01", recipient_name="Tỉnh ủy Sơn Đoài (mẫu)", state="sent", digest="0" * 64,
        queued_at=now, expires_at=now, attempts=5, last_error="TimeoutError: timed out",
    )  # fmt: skip
    Irregularity.objects.create(kind="unknown_node", source="ab" * 32, day=now.date(), first_at=now, last_at=now)
    return partner_id


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_operator_sees_partners_what_waits_and_what_is_odd(world: World, visit: Visit, partner: UUID) -> None:
    said = words(visit(OPERATOR).get("/lien-thong"))
    for word in ("Tỉnh ủy Sơn Đoài (mẫu)", "chưa thử", "Tệp PDF hỏng.", "đứng yên 1", "Máy lạ gõ cửa", "KHẨN"):
        assert word in said, word


def test_first_page_of_the_administrator_is_the_exchange(world: World, visit: Visit, partner: UUID) -> None:
    assert visit(OPERATOR).get("/")["Location"] == "/lien-thong"
    assert 'href="/lien-thong"' in words(visit(SECOND).get("/viec"))


def test_for_others_there_is_no_such_page(world: World, visit: Visit, partner: UUID) -> None:
    for login in (CLERK, LEAD, PROVINCE_LEADER, "kiem.tra.tw"):
        client = visit(login)
        assert client.get("/lien-thong").status_code == 404
        assert client.post(f"/lien-thong/noi/{partner}/thu").status_code == 404
        assert 'href="/lien-thong"' not in words(client.get("/danh-ba"))
    assert Partner.objects.get().link == "unknown"


@pytest.mark.clause("217/6.5")
def test_probe_answers_in_words_and_stands_in_the_ledger(world: World, visit: Visit, partner: UUID) -> None:
    operator = visit(OPERATOR)
    assert operator.post(f"/lien-thong/noi/{partner}/thu")["Location"] == "/lien-thong"
    assert "Tỉnh ủy Sơn Đoài (mẫu): không kết nối được." in words(operator.get("/lien-thong"))
    assert [e.facts["state"] for e in ledger.history(partner) if e.act == "exchange.link.noted"] == ["down"]
    assert operator.post(f"/lien-thong/noi/{new_id()}/thu").status_code == 404


@pytest.mark.clause("217/6.2")
def test_comparison_that_gets_no_answer_says_so(world: World, visit: Visit, partner: UUID) -> None:
    issued, ref = world.authority.certificate("exchange", "Văn phòng Trung ương (mẫu)", "A99.01")
    signing.note_certificate(
        actor=Actor.system(), holder_kind="organisation", holder_id=world.organisation("A99.01"), purpose="exchange",
        certificate_der=issued.certificate_der, chain_der=issued.chain_ders, key_ref=ref,
    )  # fmt: skip
    bound = ports.bound()
    ports.bind(replace(bound, organisation_code="A99.01"))
    answer = visit(OPERATOR).post(f"/lien-thong/noi/{partner}/doi-chieu")
    ports.bind(bound)
    assert answer.status_code == 503
    assert "chưa trả lời đối chiếu" in words(answer)


@pytest.mark.clause("379/5.4", "217/10.1.p2")
def test_held_parcel_is_refused_with_a_reason_only(world: World, visit: Visit, partner: UUID) -> None:
    operator, held = visit(OPERATOR), ParcelIn.objects.get()
    address = f"/lien-thong/goi/{held.id}/tu-choi"
    answer = operator.post(address, {"reason": " "})
    assert answer.status_code == 422 and "Nêu lý do trả lại." in words(answer)
    assert operator.post(address, {"reason": "Tệp hỏng"}).status_code == 303
    held.refresh_from_db()
    assert held.state == "refused"
    assert operator.post(address, {"reason": "Tệp hỏng"}).status_code == 422
    assert operator.post(f"/lien-thong/goi/{new_id()}/tu-choi", {"reason": "x"}).status_code == 404


def test_what_stands_still_is_set_going_once(world: World, visit: Visit, partner: UUID) -> None:
    operator, still = visit(OPERATOR), Dispatch.objects.get()
    address = f"/lien-thong/gui/{still.id}/thu-lai"
    assert operator.post(address).status_code == 303
    still.refresh_from_db()
    assert still.next_attempt_at is not None
    answer = operator.post(address)
    assert answer.status_code == 422 and "không đứng yên" in words(answer)


def test_the_page_speaks_english_throughout(world: World, visit: Visit, partner: UUID) -> None:
    from .test_english import left_in, source_words

    operator = visit(OPERATOR)
    operator.post(f"/lien-thong/noi/{partner}/thu")
    operator.get("/lien-thong")  # the toast of the act was said in the language of the act
    operator.cookies["antin_lang"] = "en"
    page = Words(words(operator.get("/lien-thong")))
    assert page.language == "en"
    assert not left_in(page, source_words())
