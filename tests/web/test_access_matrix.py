"""Every address × every role × objects that are foreign or sealed off: default deny, and no address without a class.

A new address fails here until it is put into one of the classes below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.automation.conftest import Machine

from antin.automation import follow
from antin.automation.models import Notice, Run
from antin.casework import acts as casework
from antin.documents import acts, rules
from antin.documents.facts import DecisionFacts
from antin.documents.route_templates import Seat, TemplateFields, TemplateStep
from antin.identity import acts as identity
from antin.identity.queries.organisations import today
from antin.reports import acts as reports
from antin.reports import queries as figures
from antin.reports.rules import Period
from antin.signing import queries as signing
from antin.values import Office
from world import CLERK, DRAFTER, PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, REVIEWER, SIGNATORY, World

from .conftest import Visit

LAST_YEAR = Period("year", date(2025, 1, 1))
MARK = "Hải đăng xanh"
ROLES = (DRAFTER, REVIEWER, SIGNATORY, CLERK, "kiem.tra.tw", "quan.tri.tw")
OF_THE_PROVINCE = (PROVINCE_CLERK, PROVINCE_LEADER, "hoa.ly", "viet.duong", "tam.ho")

FOR_EVERYBODY = {
    "suc-khoe", "k", "k/<str:code>", "vao", "vao/ma", "vao/ung-dung", "vao/mat", "vao/quoc-gia", "vao/quoc-gia/ve", "vao/mau", "ra", "kiem-tra", "tro-giup", "favicon.ico",
    "quy-dinh", "quy-dinh/<str:law>/<str:number>", "giao-dien/nen/<str:theme>", "giao-dien/tieng/<str:language>",
    "giao-dien/phim/<str:state>",
}  # fmt: skip
"""Open without signing in: the door, help, the regulations, the public check of a file."""

FOR_THE_SIGNED_IN = {
    "", "toi", "toi/phien", "toi/mat-khau", "toi/quoc-gia", "toi/quoc-gia/go", "toi/du-lieu", "toi/du-lieu/dinh-chinh", "toi/tep/du-lieu.json", "dinh-chinh", "toi/vang-mat", "toi/vang-mat/ghi", "toi/uy-quyen/ghi", "uy-quyen", "sao-luu", "dau-thoi-gian", "chung-thu", "kho-tin-cay", "kho-tin-cay/tep/kho-tin-cay.zip", "su-co", "su-co/moi", "vi-pham", "vi-pham/moi", "thong-ke", "thong-ke/tep", "thong-ke/cong-bo", "tu-dong", "tu-dong/moi", "chung-thu/bao-cao", "chung-thu/bao-cao/xuat", "chung-thu/de-nghi", "mau-luong",
    "mau-luong/moi", "nhip", "danh-ba", "du-thao", "du-thao/moi", "du-thao/moi/xem-truoc", "gop-y",
    "quyet", "tiep-nhan", "phat-hanh", "han-gui", "theo-doi", "so", "so/co-yeu", "so/ban-giay", "giay", "so-hoa", "so-hoa/moi", "viec", "giao-viec", "van-ban-den", "van-ban-di", "tim",
    "niem-phong", "niem-phong/moi", "luu-tru", "luu-tru/de-nghi", "luu-tru/goi/kiem-tra", "luu-tru/dieu-kien", "danh-muc-huy", "lien-thong", "lien-thong/noi/moi", "lien-thong/bao-tri", "lien-thong/bao-tri/bo", "lien-thong/truc/co-quan", "thu-cong-vu", "thu-cong-vu/noi", "ho-so", "ho-so/danh-muc", "ho-so/dua-vao", "api/v1/openapi.json", "api/v1/docs", "api/v1/me", "api/v1/documents", "api/v1/search",
    "api/v1/",
}  # fmt: skip
"""Pages of one's own desk: what they list is filtered, which other tests prove."""

BY_TICKET = {
    "api/v1/device/task", "api/v1/device/page", "api/v1/device/answer", "api/v1/device/file/<str:secret>",
    "api/v1/device/file/<str:secret>/<str:name>",
}  # fmt: skip
"""For a person's own device: opened by a one-time ticket, by no session and no role (see test_device_door)."""

KINDS = (
    "attachment",
    "assignment",
    "dispatch",
    "register",
    "order",
    "case_file",
    "destruction",
    "hold",
    "partner",
    "parcel",
    "statement",
    "template",
    "absence",
    "delegation",
    "output",
    "message",
    "enclosure",
    "certificate",
    "request",
    "scan",
    "contact",
    "letter",
    "trust",
    "report",
    "violation",
    "correction",
    "terms",
    "incident",
    "outage",
    "block",
    "rule",
    "run",
    "notice",
    "package",
)
OF_AN_OBJECT = re.compile(
    r"<(?:uuid:)?(document|attachment|assignment|dispatch|register|order|case_file|destruction|hold|partner|parcel|statement|template|absence|delegation|output|message|enclosure|certificate|request|scan|contact|letter|trust|report|violation|correction|terms|incident|outage|block|rule|run|notice|package)_id>"
)
"""All others name an object: for whom it is foreign there is no such page."""


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    for one in (resolver or get_resolver()).url_patterns:
        here = before + str(one.pattern)
        yield from addresses(one, here) if isinstance(one, URLResolver) else [_bare(one, here)]


def _bare(one: URLPattern, here: str) -> str:
    return here.removeprefix("^").removesuffix("$")


def of_objects() -> list[str]:
    return [one for one in addresses() if OF_AN_OBJECT.search(one)]


def at(pattern: str, objects: dict[str, UUID]) -> str:
    filled = OF_AN_OBJECT.sub(lambda found: str(objects[found.group(1)]), pattern)
    return "/" + re.sub(r"<int:\w+>", "1", filled)


def both(client: Client, address: str) -> Iterator[tuple[str, int, bytes]]:
    body = {"data": {"reason": "x"}, **({"content_type": "application/json"} if address.startswith("/api/") else {})}
    for method, given in (("get", {}), ("post", body)):
        answer = getattr(client, method)(address, **given)
        yield method, answer.status_code, b"".join(answer) if answer.streaming else answer.content


@pytest.mark.clause("379/4.4", "379/5.3")
def test_every_address_is_of_a_known_class() -> None:
    known = FOR_EVERYBODY | FOR_THE_SIGNED_IN | BY_TICKET
    unknown = [one for one in addresses() if one not in known and not OF_AN_OBJECT.search(one)]
    assert not unknown, "say who may open it"
    assert not known - set(addresses()) - {"vao/mau"}, "no longer there"
    assert len(of_objects()) > 40


@pytest.mark.clause("379/4.4", "379/5.3")
@pytest.mark.django_db
def test_without_signing_in_nothing_opens_but_the_door_and_what_is_for_everybody() -> None:
    objects = dict.fromkeys((*KINDS, "document"), uuid4())
    for pattern in addresses():
        if pattern in FOR_EVERYBODY:
            continue
        for method, status, content in both(Client(), at(pattern, objects)):
            assert status in (302, 401, 403, 405), (method, pattern, status)
            assert status != 302 or not content, pattern


def province_objects(world: World) -> dict[str, UUID]:
    """One of each kind at the province, at work there; no business of anybody at the centre."""
    document = world.assigned(world.original(), abstract=f"{MARK} (mẫu)")
    with connection.cursor() as cursor:
        cursor.execute("select id from registry_register where organisation_id = %s", [world.organisation(PROVINCE)])
        register = cursor.fetchone()[0]
    return {
        "document": document,
        "attachment": uuid4(),
        "assignment": world.piece(document, "minh.bui"),
        "dispatch": uuid4(),
        "partner": uuid4(),
        "terms": uuid4(),
        "destruction": uuid4(),
        "package": uuid4(),  # who sees which: tests/web/test_package_pages.py
        "hold": uuid4(),
        "parcel": uuid4(),
        "statement": uuid4(),
        "message": uuid4(),
        "contact": uuid4(),
        "letter": uuid4(),
        "certificate": signing.certificates_of("organisation", world.organisation(PROVINCE))[0].id,
        "request": uuid4(),
        "output": uuid4(),
        "enclosure": uuid4(),
        "scan": uuid4(),
        "violation": _suspicion_of_the_province(world),
        "correction": _correction_of_the_province(world),
        **dict.fromkeys(
            ("incident", "outage", "block"), uuid4()
        ),  # the installation's: tests/web/test_incident_pages.py
        "report": _report_of_the_province(world),
        **_machine_of_the_province(world),
        "trust": uuid4(),  # the store is the installation's, not a body's: tests/web/test_trust_pages.py
        **_ways_of_the_province(world),
        "register": register,
        "case_file": _case_file(world, document),
        "order": _sealed_off(world, "tam.ho", PROVINCE, world.registered(world.original())),
    }


def _suspicion_of_the_province(world: World) -> UUID:
    told = reports.Suspicion("379/5.3", f"{MARK} (mẫu)", file_name="anh.png", file=b"mau")
    return reports.report_violation(actor=world.actor("minh.bui"), suspicion=told)


def _correction_of_the_province(world: World) -> UUID:
    wish = identity.Wish("name", MARK, "mẫu")
    return identity.ask_correction(actor=world.actor("minh.bui"), wish=wish)


def _report_of_the_province(world: World) -> UUID:
    """Figures that its head of office has frozen."""
    world.confirm(PROVINCE_LEADER, "publish_report", figures.draw(world.organisation(PROVINCE), LAST_YEAR).digest)
    return reports.publish_report(
        actor=world.actor(PROVINCE_LEADER), organisation_id=world.organisation(PROVINCE), period=LAST_YEAR.name
    )


def _machine_of_the_province(world: World) -> dict[str, UUID]:
    """A rule with a proposal that waits, and one with a reminder that was given."""
    machine = Machine(world, administrator="minh.bui")
    proposing, reminding = (
        machine.enabled(title=MARK, mode="propose", lead=world.person("nga.dang")),
        machine.enabled(kind="remind", title=MARK, days=30, lead=None, words=()),
    )
    _found, run = machine.met(proposing, abstract=f"{MARK}, chuyển đổi số (mẫu)")
    follow.remind_due()
    assert Run.objects.filter(rule_id=reminding).exists()
    return {"rule": proposing, "run": run.pk, "notice": Notice.objects.filter(person_id=world.person("minh.bui"))[0].pk}


def _ways_of_the_province(world: World) -> dict[str, UUID]:
    """Its head of office's template of routes, absence and delegation."""
    head, deputy = world.actor(PROVINCE_LEADER), world.person("minh.bui")
    since, until = today(), today() + timedelta(days=3)
    steps = (TemplateStep(1, (Seat(person_id=deputy),)),)
    template = acts.adopt_route_template(
        actor=head,
        organisation_id=world.organisation(PROVINCE),
        fields=TemplateFields(f"{MARK} (mẫu)", (), steps),
        valid_from=since,
        reason="mẫu",
    )
    away = identity.Away(deputy, since, until, f"{MARK} (mẫu)")
    world.confirm(PROVINCE_LEADER, "state_absence", away.digest)
    absence = identity.state_absence(actor=world.actor(PROVINCE_LEADER), away=away)
    lent = identity.Lending(
        Office.APPROVER, world.organisation(PROVINCE), deputy, since, until, basis=f"{MARK} (mẫu)", reason="mẫu"
    )
    world.confirm(PROVINCE_LEADER, "grant_delegation", lent.digest)
    delegation = identity.grant_delegation(actor=world.actor(PROVINCE_LEADER), lending=lent)
    return {"template": template, "absence": absence, "delegation": delegation}


def _case_file(world: World, document: UUID) -> UUID:
    clerk, body = world.actor(PROVINCE_CLERK), world.organisation(PROVINCE)
    heading = casework.open_file_class(
        actor=clerk, organisation_id=body, code="TH", title="Tổng hợp", retention="06", basis="mẫu"
    )
    case = casework.open_case_file(actor=clerk, class_id=heading, title=f"{MARK} (mẫu)").id
    casework.place_in_case_file(actor=clerk, case_file_id=case, document_id=document)
    return case


def _sealed_off(world: World, login: str, body: str, *ids: UUID) -> UUID:
    decision = DecisionFacts("Uỷ ban Kiểm tra (mẫu)", f"{len(ids)}-QĐ/UBKT", date(2026, 3, 1))
    world.confirm(login, "impound", rules.scope_digest(decision, ids))
    return acts.impound(
        actor=world.actor(login),
        owner_id=world.organisation(body),
        decision=decision,
        document_ids=ids,
        reason="Phục vụ kiểm tra.",
    )


@pytest.mark.clause("379/4.4", "379/5.6")
def test_what_a_ticket_opens_is_shut_to_every_role_without_one(world: World, visit: Visit) -> None:
    for login in ROLES:
        for address in BY_TICKET:
            assert {status for _m, status, _c in both(visit(login), f"/{address}")} <= {401, 405}, (login, address)


@pytest.mark.clause("379/4.4", "379/23.2.d")
def test_what_is_foreign_does_not_exist_for_any_role(world: World, visit: Visit) -> None:
    foreign = province_objects(world)
    for login in ROLES:
        client = visit(login)
        for pattern in of_objects():
            for method, status, content in both(client, at(pattern, foreign)):
                assert status in (404, 405), (login, method, pattern, status)
                assert MARK.encode() not in content, (login, method, pattern)


@pytest.mark.clause("379/4.4", "379/17.1")
def test_a_draft_of_one_organisation_does_not_exist_for_another(world: World, visit: Visit) -> None:
    foreign = dict.fromkeys(KINDS, uuid4())
    foreign["document"] = world.drafted(abstract=f"{MARK} (mẫu)")
    for login in OF_THE_PROVINCE:
        client = visit(login)
        for pattern in of_objects():
            for method, status, content in both(client, at(pattern, foreign)):
                assert status in (404, 405), (login, method, pattern, status)
                assert MARK.encode() not in content, (login, method, pattern)


@pytest.mark.clause("379/21.3", "379/21.2.c")
def test_what_is_sealed_off_opens_for_no_role_at_any_address(world: World, visit: Visit) -> None:
    objects = province_objects(world)
    _sealed_off(world, "tam.ho", PROVINCE, objects["document"])
    seen = 0
    for login in OF_THE_PROVINCE:
        client = visit(login)
        for pattern in of_objects():
            if "document_id" not in pattern and "assignment_id" not in pattern:
                continue
            for method, status, content in both(client, at(pattern, objects)):
                assert status in (404, 405, 423), (login, method, pattern, status)
                assert MARK.encode() not in content, (login, method, pattern)
                seen += status == 423
    assert seen > 50


@pytest.mark.clause("379/4.4")
def test_own_pages_answer_without_failing(world: World, visit: Visit) -> None:
    """The other half: the same addresses are not shut for those whose work they are."""
    objects = province_objects(world)
    opened = 0
    for login in OF_THE_PROVINCE:
        client = visit(login)
        for pattern in of_objects():
            status = client.get(at(pattern, objects)).status_code
            assert status < 500, (login, pattern)
            opened += status == 200
    assert opened > 20
