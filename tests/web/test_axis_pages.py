"""The national axis on the pages: the operator's line and what it holds back, the envelope's signature told as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.http import HttpResponse

from antin.exchange import ports
from antin.exchange.adapters.axis_http import AxisHttp
from antin.exchange.axis import agencies
from antin.exchange.axis.protocol import AgencyRow, Credentials
from antin.exchange.models import AxisIn, AxisLine, AxisOut
from antin.values import new_id
from world import CLERK, DRAFTER, PROVINCE, PROVINCE_CLERK, World

from .conftest import Visit

OPERATOR = "quan.tri.tw"
STATE = "H98"
pytestmark = [pytest.mark.django_db, pytest.mark.clause("217/7.3", "217/13.1")]


@pytest.fixture
def axis(tmp_path: Path) -> Iterator[None]:
    """An installation connected to an axis that is down, with one body listed there."""
    before = list(ports._bound)
    base = before[0] if before else ports.Ports("mau", "A99.01", "https://127.0.0.1:1", tmp_path)
    ports.bind(replace(base, axis=AxisHttp("http://127.0.0.1:1", Credentials("mau", "bi-mat"))))
    now = datetime.now(UTC)
    agencies.take_list([AgencyRow(STATE, "000.00.00.H98", "Ủy ban nhân dân tỉnh Lạc Giang (mẫu)")], now)
    AxisLine.objects.create(id=1, state="down", at=now, last_error="ConnectionRefusedError", listed_at=now)
    yield
    ports._bound[:] = before


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def held(**changed: object) -> AxisIn:
    row = AxisIn(
        doc_id=str(new_id()), recipient_code="A99.01", kind="edoc", purpose="new", sender_code=STATE,
        sender_name="Ủy ban nhân dân tỉnh Lạc Giang (mẫu)", state="quarantined", digest="0" * 64, size=5,
        verdict="fail", received_at=datetime.now(UTC), reason="Văn bản gửi qua Trục không có tệp PDF nào.",
    )  # fmt: skip
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def parked() -> AxisOut:
    now = datetime.now(UTC)
    return AxisOut.objects.create(
        subject=new_id(), document_id=new_id(), organisation_id=new_id(), purpose="status", code="03", urgency=0,
        sender_code="A99.01", recipient_code=STATE, content=new_id(), digest="0" * 64, size=1, state="queued",
        built_at=now, attempts=5, tried_at=now, last_error="TimeoutError: timed out",
    )  # fmt: skip


def test_operator_sees_the_line_what_is_held_and_what_stands_still(world: World, visit: Visit, axis: None) -> None:
    held()
    parked()
    said = words(visit(OPERATOR).get("/lien-thong"))
    for word in (
        "Trục liên thông văn bản quốc gia", "đang mất nối", "Máy bên đó không mở cổng kết nối", "không có tệp PDF nào",
        "chưa rõ Trục đã nhận: 1", "qua Trục",
    ):  # fmt: skip
        assert word in said, word


def test_operator_settles_both(world: World, visit: Visit, axis: None) -> None:
    row, still = held(), parked()
    operator = visit(OPERATOR)
    assert operator.post(f"/lien-thong/truc/{row.id}/tu-choi", {"reason": ""}).status_code == 422
    assert operator.post(f"/lien-thong/truc/{row.id}/tu-choi", {"reason": "Đã gọi điện."}).status_code == 303
    assert operator.post(f"/lien-thong/truc/{still.id}/thu-lai").status_code == 303
    row.refresh_from_db()
    still.refresh_from_db()
    assert row.state == "refused"
    assert still.next_attempt_at is not None


@pytest.mark.clause("379/4.4")
def test_for_others_there_is_no_such_act(world: World, visit: Visit, axis: None) -> None:
    row, still = held(), parked()
    for address in (f"{row.id}/tu-choi", f"{still.id}/thu-lai", "co-quan"):
        body = {"reason": "x", "code": STATE}
        assert visit(CLERK).post(f"/lien-thong/truc/{address}", body).status_code == 404


def test_body_of_the_axis_is_offered_to_those_who_draft(world: World, visit: Visit, axis: None) -> None:
    assert "Lạc Giang (mẫu)</" not in _axis_group(words(visit(DRAFTER).get("/du-thao/moi")))
    operator = visit(OPERATOR)
    assert operator.post("/lien-thong/truc/co-quan", {"code": "H77"}).status_code == 422
    assert operator.post("/lien-thong/truc/co-quan", {"code": "000.00.00.H98"}).status_code == 303
    assert "Ủy ban nhân dân tỉnh Lạc Giang (mẫu)" in _axis_group(words(visit(DRAFTER).get("/du-thao/moi")))
    assert "Ủy ban nhân dân tỉnh Lạc Giang (mẫu)" in words(visit(CLERK).get("/danh-ba?q=uy+ban+nhan+dan"))


def _axis_group(page: str) -> str:
    return page.partition("Trục liên thông văn bản quốc gia")[2][:2000]


@pytest.mark.clause("217/6.2", "379/13.4")
@pytest.mark.parametrize(
    ("signature", "said"),
    [("valid", "Chữ ký phong bì hợp lệ"), ("unproven", "chưa chứng minh được"), ("invalid", "không khớp nội dung"),
     ("legacy", "không coi là xác thực"), ("absent", "Phong bì không có chữ ký")],
)  # fmt: skip
def test_signature_of_the_envelope_is_told_on_the_report(
    world: World, visit: Visit, axis: None, signature: str, said: str
) -> None:
    document_id = world.arrived(world.original())
    held(state="admitted", document_id=document_id, signature=signature, verdict="done", recipient_code=PROVINCE)
    page = words(visit(PROVINCE_CLERK).get(f"/van-ban/{document_id}/kiem-tra"))
    assert said in page
    assert "do chữ ký số trong tệp PDF quyết định" in page


def test_document_that_came_otherwise_says_nothing_of_an_envelope(world: World, visit: Visit) -> None:
    document_id = world.arrived(world.original())
    assert "Phong bì" not in words(visit(PROVINCE_CLERK).get(f"/van-ban/{document_id}/kiem-tra"))
