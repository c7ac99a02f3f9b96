"""“My data” on its pages: told, taken away, disputed, settled by somebody else (379/4.1)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from antin.identity import authenticators, queries
from antin.identity.models import Correction
from antin.ledger import acts as ledger
from antin.ledger import ports
from antin.ledger import queries as log
from antin.values import FixedClock
from world import CLERK, DRAFTER, PROVINCE_CLERK, PROVINCE_LEADER, REVIEWER, SIGNATORY, World

from .conftest import Visit

pytestmark = pytest.mark.clause("379/4.1")
OWN, COPY, REQUESTS, SETTLER = "/toi/du-lieu", "/toi/tep/du-lieu.json", "/dinh-chinh", SIGNATORY
RIGHT = "Tên Mẫu Đúng"


def minute_over() -> int:
    """What the background process does once the minute of a reading is over."""
    before = ports.bound()
    ports.bind(replace(before, clock=FixedClock(datetime.now(UTC) + timedelta(minutes=3))))
    try:
        return ledger.flush_readings()
    finally:
        ports.bind(before)


def ask(client: Client, **given: str) -> HttpResponse:
    return client.post(f"{OWN}/dinh-chinh", {"field": "name", "proposed": RIGHT, "reason": "Căn cước mẫu"} | given)


def asked(world: World, client: Client, login: str = DRAFTER) -> UUID:
    assert ask(client).status_code == 303
    return Correction.objects.get(person_id=world.person(login), state="open").id


def rectify(world: World, client: Client, row: UUID, evidence: str = "Thẻ căn cước (mẫu)") -> HttpResponse:
    found = re.search(r'name="challenge" value="([^"]+)"', client.get(f"{REQUESTS}/{row}").content.decode())
    assert found is not None
    world.clock.leap()
    code = authenticators.fresh_code(world.people[SETTLER].account_id)
    given = {"decision": "rectify", "challenge": found[1], "code": code, "evidence": evidence}
    return client.post(f"{REQUESTS}/{row}", given)


def test_everybody_reads_what_is_kept_about_them_and_why(world: World, visit: Visit) -> None:
    for login in (DRAFTER, SIGNATORY, CLERK, "kiem.tra.tw", "quan.tri.tw"):
        client, person = visit(login), queries.person(world.person(login))
        assert f'href="{OWN}"' in client.get("/toi").content.decode()
        page = client.get(OWN).content.decode()
        assert person.name in page and person.code in page and person.organisation_name in page
        assert "Để biết ai thực hiện mỗi giao dịch." in page and "lập tài khoản" in page.lower()


def test_the_copy_is_ones_own_without_secrets_and_the_log_says_that_it_was_taken(world: World, visit: Visit) -> None:
    client, person = visit(SIGNATORY), queries.person(world.person(SIGNATORY))
    answer = client.get(COPY)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="du-lieu-cua-toi.json"'
    groups = json.loads(answer.content)["groups"]
    assert groups["person"]["data"]["code"] == person.code
    certificate = groups["certificates"]["data"][0]
    assert certificate["serial"] and set(certificate) == {
        *("purpose", "state", "subject", "issuer", "serial", "not_before", "not_after", "fingerprint"),
    }
    text = answer.content.decode()
    assert not re.search(r"pbkdf2|argon2|PRIVATE|key_ref|secret", text)
    assert queries.person(world.person(DRAFTER)).code not in text
    assert log.history(person.id)[0].act == "identity.person.exported"
    assert "Tải dữ liệu của mình" in client.get(OWN).content.decode()


def test_asked_settled_and_told_with_who_looked(world: World, visit: Visit) -> None:
    client, settler = visit(DRAFTER), visit(SETTLER)
    row = asked(world, client)
    assert "chờ quyết định" in client.get(OWN).content.decode()
    assert f'href="{REQUESTS}"' in settler.get("/toi").content.decode()
    assert f"{REQUESTS}/{row}" in settler.get(REQUESTS).content.decode()
    assert rectify(world, settler, row, " ").status_code == 422
    assert rectify(world, settler, row).status_code == 303
    assert minute_over() >= 1
    page = client.get(OWN).content.decode()
    assert RIGHT in page and "đã đính chính" in page and "Thẻ căn cước (mẫu)" in page
    settled_by = queries.person(world.person(SETTLER)).name
    assert "xem để quyết định đính chính" in page and page.count(settled_by) >= 3
    assert queries.person(world.person(DRAFTER)).name == RIGHT


def test_refused_with_its_reason_the_person_reads_it(world: World, visit: Visit) -> None:
    client, settler = visit(DRAFTER), visit(SETTLER)
    row, name = asked(world, client), queries.person(world.person(DRAFTER)).name
    answer = settler.post(f"{REQUESTS}/{row}", {"decision": "refuse", "reason": ""})
    assert answer.status_code == 422 and Correction.objects.get(pk=row).state == "open"
    assert settler.post(f"{REQUESTS}/{row}", {"decision": "refuse", "reason": "Hồ sơ gốc ghi khác"}).status_code == 303
    page = client.get(OWN).content.decode()
    assert "giữ nguyên" in page and "Hồ sơ gốc ghi khác" in page
    assert queries.person(world.person(DRAFTER)).name == name
    assert settler.post(f"{REQUESTS}/{row}", {"decision": "refuse", "reason": "lần nữa"}).status_code == 422


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"proposed": ""}, {"field": "login_name"}, {"field": "code"}])
def test_what_cannot_be_asked_is_refused_and_what_was_typed_stays(
    world: World, visit: Visit, wrong: dict[str, str]
) -> None:
    answer = ask(visit(DRAFTER), **wrong)
    assert answer.status_code == 422 and not Correction.objects.exists()
    page = answer.content.decode()
    assert ("reason" in wrong or "Căn cước mẫu" in page) and ("proposed" in wrong or RIGHT in page)


def test_a_datum_that_stands_so_already_is_refused(world: World, visit: Visit) -> None:
    present = queries.person(world.person(DRAFTER)).name
    assert ask(visit(DRAFTER), proposed=present).status_code == 422
    assert not Correction.objects.exists()


@pytest.mark.clause("379/5.6")
def test_the_own_request_is_shown_without_a_decision_and_decided_by_nobody_of_that_name(
    world: World, visit: Visit
) -> None:
    settler = visit(SETTLER)
    row = asked(world, settler, SETTLER)
    page = settler.get(f"{REQUESTS}/{row}").content.decode()
    assert "người khác quyết định" in page and 'name="evidence"' not in page and 'name="decision"' not in page
    for decision in ("rectify", "refuse"):
        answer = settler.post(f"{REQUESTS}/{row}", {"decision": decision, "reason": "x", "evidence": "x"})
        assert answer.status_code == 422 and "379/5.6" in answer.content.decode()
    assert Correction.objects.get(pk=row).state == "open"


@pytest.mark.clause("379/4.4")
def test_foreign_data_is_not_there_for_colleagues_nor_for_another_bodys_authority(world: World, visit: Visit) -> None:
    row = asked(world, visit(DRAFTER))
    for login in (DRAFTER, REVIEWER, CLERK, PROVINCE_CLERK, PROVINCE_LEADER, "quan.tri.tw"):
        client = visit(login)
        assert client.get(f"{REQUESTS}/{row}").status_code == 404, login
        answer = client.post(f"{REQUESTS}/{row}", {"decision": "refuse", "reason": "x"})
        assert answer.status_code == 404, login
        assert str(row) not in client.get(REQUESTS).content.decode(), login
    assert visit(CLERK).get(REQUESTS).status_code == 404
    assert Correction.objects.get(pk=row).state == "open"


def test_a_correction_leaves_what_was_issued_as_it_was(world: World, visit: Visit) -> None:
    document = world.issued()
    before = [(one.act, one.actor_name) for one in log.history(document)]
    client = visit(DRAFTER)
    assert rectify(world, visit(SETTLER), asked(world, client)).status_code == 303
    assert [(one.act, one.actor_name) for one in log.history(document)] == before
    assert RIGHT not in {name for _act, name in before}
