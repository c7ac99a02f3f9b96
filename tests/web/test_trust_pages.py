"""The trust store by its pages: read, compared, confirmed, ended, taken away as files (379/7.p1, 379/9.1)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import UUID
from zipfile import ZipFile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from antin.identity import authenticators
from antin.signing import certificates
from antin.signing.models import TrustedCertificate
from antin.signing.pki import DemoAuthority
from antin.signing.trust import Trust
from antin.signing.trusting import acts
from world import CLERK, World

from .conftest import Visit

pytestmark = pytest.mark.clause("379/7.p1", "379/9.1")
OFFICER, PAGE = "dung.pham", "/kho-tin-cay"
FILES = f"{PAGE}/tep/kho-tin-cay.zip"
WISH = {"domain": "public", "since": "2026-01-01T00:00", "basis": "Công văn số 9 (mẫu)"}


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The root of another authority."""
    made = DemoAuthority.create(tmp_path_factory.mktemp("other") / "ca")
    (root,) = Trust.from_dir(made.trust_dir).anchors
    return x509.load_der_x509_certificate(root).public_bytes(Encoding.PEM)


def fingerprint(pem: bytes) -> str:
    return certificates.facts(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).fingerprint


def read(client: Client, pem: bytes, **wrong: str) -> HttpResponse:
    return client.post(PAGE, {"step": "read", "file": SimpleUploadedFile("goc.pem", pem), **WISH, **wrong})


def test_what_a_form_leaves_out_is_asked_for_or_without_bound(visit: Visit, pem: bytes) -> None:
    client, sent = visit(OFFICER), {"step": "read", "domain": "own", "basis": "x"}
    answer = client.post(PAGE, {**sent, "file": SimpleUploadedFile("goc.pem", pem)})
    assert answer.status_code == 200 and hidden(answer)["since"] == ""
    for nothing in ({}, {"step": "adopt"}, sent, {"step": "read", "content": "%%%"}):
        assert client.post(PAGE, nothing).status_code == 422


def hidden(answer: HttpResponse) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode()))


def confirmed(world: World, client: Client, address: str, form: dict[str, str], **typed: str) -> HttpResponse:
    world.clock.leap()
    code = authenticators.fresh_code(world.people[OFFICER].account_id)
    form.pop("csrfmiddlewaretoken", None)
    return client.post(address, {**form, **typed, "code": code})


def test_a_certificate_is_read_compared_adopted_and_ended(world: World, visit: Visit, pem: bytes) -> None:
    client = visit(OFFICER)
    shown = read(client, pem)
    assert shown.status_code == 200 and "Đối chiếu rồi xác nhận" in shown.content.decode()
    assert fingerprint(pem) not in shown.content.decode(), "it must come from elsewhere, so the page does not tell it"
    wrong = confirmed(world, client, PAGE, hidden(shown), compared="ab" * 32)
    assert (
        wrong.status_code == 422 and "không khớp" in wrong.content.decode() and WISH["basis"] in wrong.content.decode()
    )
    answer = confirmed(world, client, PAGE, hidden(wrong), compared=fingerprint(pem).upper())
    assert answer.status_code == 303, answer.content.decode()
    line = answer.headers["Location"]
    page = client.get(line).content.decode()
    assert "đang tin cậy" in page and "công cộng" in page and "đưa vào kho tin cậy" in page and fingerprint(pem) in page
    assert WISH["basis"] in client.get(PAGE).content.decode()

    tomorrow = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    form = hidden(client.get(line))
    late = confirmed(world, client, line, form, until=tomorrow, basis="Thôi (mẫu)")
    assert late.status_code == 422 and "tương lai" in late.content.decode()
    for nothing in ("", "hôm qua"):
        assert confirmed(world, client, line, hidden(client.get(line)), until=nothing, basis="x").status_code == 422
    ended = confirmed(world, client, line, hidden(client.get(line)), until="2026-02-01T00:00", basis="Thôi (mẫu)")
    assert ended.status_code == 303
    page = client.get(line).content.decode()
    assert "thôi tin cậy" in page and "Thôi (mẫu)" in page and 'name="until"' not in page


@pytest.mark.parametrize(
    ("given", "wrong"),
    [(b"", {}), (b"%PDF-1.7", {}), (None, {"basis": ""}), (None, {"since": "xưa"}), (None, {"domain": "x"})],
)
def test_what_can_not_be_read_is_told_and_nothing_typed_is_lost(
    visit: Visit, pem: bytes, given: bytes | None, wrong: dict[str, str]
) -> None:
    answer = read(visit(OFFICER), pem if given is None else given, **wrong)
    assert answer.status_code == 422
    assert all(
        value in answer.content.decode() for name, value in WISH.items() if name == "basis" and name not in wrong
    )
    assert "Đối chiếu rồi xác nhận" not in answer.content.decode()


@pytest.mark.clause("379/4.4", "379/31.p1")
def test_others_read_it_or_do_not_even_that(visit: Visit, world: World, pem: bytes) -> None:
    acts.follow_folder()
    line = TrustedCertificate.objects.values_list("id", flat=True)[0]
    auditor = visit("kiem.tra.tw")
    assert "Thêm đơn vị chứng thực" not in auditor.get(PAGE).content.decode()
    assert "Có trong thư mục tin cậy" in auditor.get(f"{PAGE}/{line}").content.decode()
    refused = read(auditor, pem)
    assert refused.status_code == 422 and "379/31.p1" in refused.content.decode()
    with ZipFile(io.BytesIO(auditor.get(FILES).content)) as archive:
        assert "trust.toml" in archive.namelist() and any(name.endswith(".pem") for name in archive.namelist())
    for address in (PAGE, FILES, f"{PAGE}/{line}", f"{PAGE}/{UUID(int=7)}"):
        assert visit(CLERK).get(address).status_code in (403, 404), address
    auditor.get("/giao-dien/tieng/en")
    english = auditor.get(PAGE).content.decode()
    assert "Trust store" in english and "lies in the trust folder" in english and "Kho tin cậy" not in english
