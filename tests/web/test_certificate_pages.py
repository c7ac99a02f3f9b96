"""The subscriber manager's pages: from the request to the revocation, the report, and who sees none of it (379/10.1, 379/9.2)."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from antin.identity import authenticators
from antin.identity import queries as people
from antin.signing import queries
from signing.subscribers.conftest import MANAGER, SIGNS, asked, issuing
from world import CLERK, World

from .conftest import Visit

__all__ = ["issuing"]
CHALLENGE = re.compile(r'name="challenge" value="([0-9a-f-]{36})"')


def confirmed(world: World, client: Client, address: str, **typed: str) -> str:
    """Opens the form, gives a fresh code for its challenge, sends it; the address it leads to."""
    world.clock.leap()
    shown = client.get(address).content.decode()
    wanted = CHALLENGE.findall(shown)[0 if typed.get("step") != "revoke" else -1]
    code = authenticators.fresh_code(world.people[MANAGER].account_id)
    assert code is not None
    answer = client.post(address, {"challenge": wanted, "code": code, **typed})
    assert answer.status_code == 303, answer.content.decode()
    return str(answer.headers["Location"])


@pytest.mark.clause("379/10.1", "379/9.1", "379/9.2")
def test_from_the_request_to_the_revocation(issuing: World, visit: Visit) -> None:
    client, holder = visit(MANAGER), issuing.person(SIGNS)
    request = confirmed(
        issuing, client, f"/chung-thu/de-nghi?muc-dich=sign&chu-the={holder}", basis="Quyết định phân công (mẫu)"
    )
    assert "Đề nghị đang chờ" in client.get("/chung-thu").content.decode()
    answer = client.post(request, {"step": "issue"})
    one = answer.headers["Location"]
    shown = client.get(one).content.decode()
    assert answer.status_code == 303 and "đang dùng" in shown and "ghi nhận chứng thư số" in shown
    client.post(one, {"step": "suspend", "reason": "Nghỉ dài ngày (mẫu)"})
    shown = client.get(one).content.decode()
    assert "tạm dừng" in shown and "Nghỉ dài ngày (mẫu)" in shown
    confirmed(issuing, client, one, step="resume", reason="Đã trở lại (mẫu)")
    confirmed(issuing, client, one, step="revoke", code_of="superseded", reason="Cấp lại (mẫu)")
    assert "đã thu hồi" in client.get(one).content.decode()
    report = client.get("/chung-thu/bao-cao").content.decode()
    assert "Cấp lại (mẫu)" in report and "Ngô Mẫu Sơn" in report
    assert "Quý trước" not in report and "Quý sau" not in report, "no way to quarters that hold nothing"
    assert "Quý sau" in client.get("/chung-thu/bao-cao?quy=2001-1").content.decode()
    assert "Quý trước" in client.get("/chung-thu/bao-cao?quy=2999-4").content.decode()
    csv = client.get("/chung-thu/bao-cao/xuat")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("thoi_diem,viec,chu_the") and any("Cấp lại (mẫu)" in line for line in lines)
    assert csv.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.clause("379/10.1", "379/7.p1")
def test_a_file_is_taken_in_or_refused_on_the_page(world: World, visit: Visit) -> None:
    client, request = visit(MANAGER), asked(world)
    address = f"/chung-thu/de-nghi/{request}"
    for content in (b"", b"not a certificate"):
        answer = client.post(address, {"step": "import", "file": SimpleUploadedFile("a.cer", content)})
        assert answer.status_code == 422 and "Không đọc được chứng thư số" in answer.content.decode()
    person = people.person(world.person(SIGNS))
    made = world.authority.pki.issue_person(person.name, person.code, key="p256")
    answer = client.post(address, {"step": "import", "file": SimpleUploadedFile("a.cer", made.certificate_der)})
    assert answer.status_code == 303 and "ECDSA secp256r1" in client.get(answer.headers["Location"]).content.decode()


@pytest.mark.clause("379/10.1")
def test_a_request_is_refused_with_its_reason(world: World, visit: Visit) -> None:
    client, request = visit(MANAGER), asked(world)
    assert client.post(f"/chung-thu/de-nghi/{request}", {"step": "refuse", "reason": ""}).status_code == 422
    client.post(f"/chung-thu/de-nghi/{request}", {"step": "refuse", "reason": "Hồ sơ thiếu (mẫu)"})
    shown = client.get(f"/chung-thu/de-nghi/{request}").content.decode()
    assert "đã từ chối" in shown and "Hồ sơ thiếu (mẫu)" in shown and "Cấp chứng thư" not in shown


@pytest.mark.clause("379/10.1", "379/4.4")
def test_the_shelf_lists_filters_and_shows_the_calendar_to_managers_and_auditors_alone(
    world: World, visit: Visit
) -> None:
    shown = visit(MANAGER).get("/chung-thu").content.decode()
    assert "Lịch hết hạn" in shown and "Ngô Mẫu Sơn" in shown and "Hoàng Mẫu Giang" not in shown
    assert "Không có chứng thư nào." in visit(MANAGER).get("/chung-thu?trang-thai=revoked").content.decode()
    held = queries.certificates_of("person", world.person(SIGNS))[0]
    seen = visit("tam.ho").get(f"/chung-thu/{held.id}").content.decode()
    assert "Tạm dừng" not in seen and "Gia hạn" not in seen, "who audits changes nothing"
    for address in ("/chung-thu", "/chung-thu/bao-cao", f"/chung-thu/{held.id}", "/chung-thu/bao-cao/xuat"):
        assert visit(CLERK).get(address).status_code == 404
    assert visit("tam.ho").get(f"/chung-thu/de-nghi?muc-dich=sign&chu-the={world.person(SIGNS)}").status_code == 404
