"""One installation's page, by the web doors: proposed, confirmed by another person, its sheet, its end; our own closures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from antin.exchange import acts, directory, ports
from antin.exchange import queries as exchange
from antin.exchange.acts import OrganisationEntry
from antin.exchange.models import DirectoryEntry, Partner
from antin.exchange.ports import Answer, Destination, Request, Unreached
from antin.exchange.sheets import own
from antin.exchange.sheets.form import Organ, Sheet, SignedSheet
from antin.signing import acts as signing
from antin.signing import cms, envelope
from antin.signing import ports as signing_ports
from antin.values import Actor, sha256_hex, to_vietnam
from world import CENTRE, CLERK, World

from .conftest import Visit
from .test_withdrawing_pages import words

OPERATOR, SECOND = "quan.tri.tw", "nga.dang"
HOST, NAME, URL = "A97.01", "Tỉnh ủy Sơn Đoài (mẫu)", "https://son-doai.mau"
pytestmark = [pytest.mark.django_db, pytest.mark.clause("379/26.2", "217/15.2")]


class There:
    """Another installation as it answers: its sheet under its own key; what is shown to it is kept."""

    def __init__(self, world: World) -> None:
        self.issued, self.key_ref = world.authority.certificate("exchange", NAME, HOST)
        self.node = sha256_hex(b"node of Son Doai")
        self.introduced: list[bytes] = []
        self.silent = False
        self.sheet = Sheet(
            host=HOST, version=1, issued_at=ports.bound().clock.now().replace(microsecond=0),
            until=ports.bound().clock.now().replace(microsecond=0) + timedelta(days=7), url=URL, node=self.node, next_node="",
            parcel_bytes=1_000_000, closures=(), organisations=(Organ(HOST, "", NAME, "Tỉnh", (self.issued.certificate_der,)),),
        )  # fmt: skip

    def signed(self) -> bytes:
        payload, der = self.sheet.to_bytes(), self.issued.certificate_der
        made = signing_ports.bound().signer.sign(self.key_ref, payload, cms.algorithm_of(der))
        return SignedSheet(payload, ((sha256_hex(der), made),)).to_bytes()

    def exchange(self, destination: Destination, request: Request) -> Answer:
        if self.silent or destination.node_certificates != {self.node}:
            raise Unreached("the node shows a certificate that the directory does not name")
        if request.method == "POST":
            self.introduced.append(b"".join(request.pieces()))
            return Answer(202, b"{}")
        return Answer(200, self.signed())


@pytest.fixture
def there(world: World) -> Iterator[There]:
    here = ports.bound()
    found = There(world)
    name, code = "Văn phòng Trung ương (mẫu)", CENTRE
    ports.bind(replace(here, channel=found, organisation_code=code, limits=replace(here.limits, directory_s=0.0)))
    issued, key_ref = world.authority.certificate("exchange", name, code)
    signing.note_certificate(
        actor=Actor.system(), holder_kind="organisation", holder_id=world.organisation(CENTRE), key_ref=key_ref,
        certificate_der=issued.certificate_der, chain_der=issued.chain_ders, purpose="exchange",
    )  # fmt: skip
    acts.found_partner(
        actor=Actor.system(), name=name, url="https://tw.mau", node_certificate_der=issued.certificate_der,
        host_code=code, is_self=True,
        organisations=[OrganisationEntry(code, name, issued.certificate_der)],
    )  # fmt: skip
    directory.forget()
    envelope.forget()
    yield found
    ports.bind(here)
    directory.forget()


def proposed(visit: Visit, there: There) -> str:
    answer = visit(OPERATOR).post(
        "/lien-thong/noi/moi", {"url": URL, "fingerprint": there.node.upper(), "agreement": "Công văn 01 (mẫu)"}
    )
    assert answer.status_code == 303, words(answer)
    return str(answer["Location"])


@pytest.mark.clause("379/2.3", "379/26.1", "217/2.2")
def test_new_installation_is_proposed_by_one_and_confirmed_by_another(world: World, visit: Visit, there: There) -> None:
    first, second = visit(OPERATOR), visit(SECOND)
    assert "/lien-thong/noi/moi" in words(first.get("/lien-thong"))
    ours = exchange.in_groups(Partner.objects.get(is_self=True).node_certificate)
    assert ours in words(first.get("/lien-thong/noi/moi"))
    here = proposed(visit, there)
    assert (
        len(there.introduced) == 1
        and SignedSheet.parse(there.introduced[0]).open().host == ports.bound().organisation_code
    )
    shown = words(first.get(here))
    assert "một quản trị liên thông khác" in shown and NAME in shown and exchange.in_groups(there.node) in shown
    assert first.post(f"{here}/xac-nhan", {"fingerprint": there.node}).status_code == 422
    assert second.post(f"{here}/xac-nhan", {"fingerprint": "00" * 32}).status_code == 422
    assert second.post(f"{here}/gioi-thieu").status_code == 303
    assert directory.entry(HOST) is None
    assert second.post(f"{here}/xac-nhan", {"fingerprint": exchange.in_groups(there.node)}).status_code == 303
    assert directory.entry(HOST) is not None
    assert NAME in words(visit(CLERK).get("/danh-ba"))


def test_what_is_wrong_with_an_address_is_said_and_nothing_is_kept(world: World, visit: Visit, there: There) -> None:
    for typed in (
        {"url": "http://son-doai.mau", "fingerprint": there.node},
        {"url": URL, "fingerprint": "12"},
        {"url": URL, "fingerprint": "ab" * 32},
        {},
    ):
        answer = visit(OPERATOR).post("/lien-thong/noi/moi", typed)
        assert answer.status_code in (422, 503), typed
        assert typed.get("url", "") in words(answer)
    assert not Partner.objects.filter(host_code=HOST).exists()


def test_sheet_is_fetched_and_a_new_organisation_waits_for_a_person(world: World, visit: Visit, there: There) -> None:
    here = proposed(visit, there)
    operator = visit(SECOND)
    operator.post(f"{here}/xac-nhan", {"fingerprint": there.node})
    more = Organ("A97.05", "", "Ban mẫu Sơn Đoài", "", (there.issued.certificate_der,))
    there.sheet = replace(there.sheet, version=2, organisations=(*there.sheet.organisations, more))
    assert operator.post(f"{here}/danh-ba").status_code == 303
    assert "Đưa vào danh bạ" in words(operator.get(here)) and directory.entry("A97.05") is None
    assert operator.post(f"{here}/co-quan", {"code": "A97.99"}).status_code == 404
    assert operator.post(f"{here}/co-quan", {"code": "A97.05"}).status_code == 303
    assert directory.entry("A97.05") is not None
    there.sheet = replace(there.sheet, version=1)
    assert operator.post(f"{here}/danh-ba").status_code in (422, 502)
    assert "danh bạ chưa cập nhật được" in words(operator.get("/lien-thong"))
    there.silent = True
    assert operator.post(f"{here}/danh-ba").status_code == 503


def test_connection_is_suspended_confirmed_again_and_ended(world: World, visit: Visit, there: There) -> None:
    here = proposed(visit, there)
    operator = visit(SECOND)
    operator.post(f"{here}/xac-nhan", {"fingerprint": there.node})
    assert operator.post(f"{here}/dung", {"how": "suspend", "reason": " "}).status_code == 422
    assert operator.post(f"{here}/dung", {"how": "suspend", "reason": "Nghi lộ khoá"}).status_code == 303
    assert "tạm dừng" in words(operator.get(here))
    assert operator.post(f"{here}/xac-nhan", {"fingerprint": there.node}).status_code == 303
    assert operator.post(f"{here}/dung", {"how": "end", "reason": "Sáp nhập"}).status_code == 303
    assert "đã kết thúc" in words(operator.get(here))


@pytest.mark.clause("217/13.1")
def test_closure_is_announced_in_our_sheet_and_withdrawn(world: World, visit: Visit, there: There) -> None:
    operator, now = visit(OPERATOR), to_vietnam(ports.bound().clock.now())
    start = (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    end = (now + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    for wrong in ({"start": "x", "end": end, "reason": "Thay máy"}, {"start": end, "end": start, "reason": "Thay máy"}):
        assert operator.post("/lien-thong/bao-tri", wrong).status_code == 422
    told = operator.post("/lien-thong/bao-tri", {"start": start, "end": end, "reason": "Thay máy (mẫu)"})
    assert told.status_code == 303
    assert "Thay máy (mẫu)" in words(operator.get(told["Location"]))
    (closure,) = SignedSheet.parse(own.own_sheet()).open().closures
    assert closure.reason == "Thay máy (mẫu)"
    assert operator.post("/lien-thong/bao-tri/bo", {"start": closure.start.isoformat()}).status_code == 303
    assert SignedSheet.parse(own.own_sheet()).open().closures == ()


@pytest.mark.clause("379/4.4")
def test_for_others_there_is_no_such_page(world: World, visit: Visit, there: There) -> None:
    here = proposed(visit, there)
    clerk = visit(CLERK)
    for address in ("/lien-thong/noi/moi", here):
        assert clerk.get(address).status_code == 404
    for address in ("xac-nhan", "gioi-thieu", "danh-ba", "co-quan", "dung"):
        assert clerk.post(f"{here}/{address}", {"reason": "x"}).status_code == 404
    assert clerk.post("/lien-thong/bao-tri", {}).status_code == 404
    assert Partner.objects.get(host_code=HOST).state == "proposed"
    assert not DirectoryEntry.objects.filter(code=HOST).exists()
