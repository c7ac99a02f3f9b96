"""A suspected breach: reported with evidence, hidden from who is meant, settled by another (379/32.p1, 379/5.2, 379/5.5)."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from antin.documents import queries as documents
from antin.identity import authenticators
from antin.ledger import acts as ledger
from antin.ledger import queries as ledger_queries
from antin.ledger.models import Entry
from antin.reports import queries
from antin.reports.models import Violation
from antin.values import sha256_hex
from world import CLERK, DRAFTER, PROVINCE_CLERK, REVIEWER, SIGNATORY, World

from .conftest import Visit

pytestmark = pytest.mark.clause("379/32.p1", "379/5.2", "379/5.5")
PAGE, AUDITOR, JUDGE = "/vi-pham", "kiem.tra.tw", SIGNATORY
WORDS = "Văn bản bị chụp lại và gửi qua mạng xã hội (mẫu)"
FILE = b"\x89PNG chung cu"


def report(client: Client, **given: object) -> HttpResponse:
    form: dict[str, object] = {"clause": "379/5.3", "words": WORDS, "file": SimpleUploadedFile("anh.png", FILE)}
    return client.post(f"{PAGE}/moi", {name: value for name, value in (form | given).items() if value is not None})


def case_of(answer: HttpResponse) -> UUID:
    assert answer.status_code == 303, answer.content.decode()
    return UUID(answer.headers["Location"].rsplit("/", 1)[-1])


def settle(
    world: World, client: Client, case: UUID, outcome: str = "Đã nhắc nhở (mẫu)", login: str = JUDGE
) -> HttpResponse:
    found = re.search(r'name="challenge" value="([^"]+)"', client.get(f"{PAGE}/{case}").content.decode())
    assert found is not None
    world.clock.leap()
    code = authenticators.fresh_code(world.people[login].account_id)
    return client.post(f"{PAGE}/{case}", {"challenge": found[1], "code": code, "outcome": outcome})


def test_reported_read_by_auditor_settled_by_the_competent_authority(world: World, visit: Visit) -> None:
    reporter = visit(DRAFTER)
    case = case_of(report(reporter))
    page = reporter.get(f"{PAGE}/{case}").content.decode()
    assert WORDS in page and sha256_hex(FILE) in page and 'name="outcome"' not in page
    auditor = visit(AUDITOR)
    assert "Nghi vấn trái 379/5.3" in auditor.get(PAGE).content.decode()
    assert WORDS in auditor.get(f"{PAGE}/{case}").content.decode()
    assert b"".join([auditor.get(f"{PAGE}/tep/{case}").content]) == FILE
    judge = visit(JUDGE)
    assert settle(world, judge, case, outcome=" ").status_code == 422
    assert settle(world, judge, case).status_code == 303
    assert "Đã nhắc nhở (mẫu)" in reporter.get(f"{PAGE}/{case}").content.decode()
    assert [one.act for one in Entry.objects.filter(object_id=case).order_by("id")] == [
        "reports.violation.reported",
        "reports.violation.settled",
    ]
    assert judge.post(f"{PAGE}/{case}", {"outcome": "x"}).status_code == 422


def test_a_document_is_evidence_by_its_digest_of_that_moment_with_the_logs_head(world: World, visit: Visit) -> None:
    document = world.drafted()
    ledger.integrate()
    client = visit(DRAFTER)
    assert "Văn bản liên quan" in client.get(f"{PAGE}/moi", {"van-ban": str(document)}).content.decode()
    case = case_of(report(client, file=None, **{"van-ban": str(document)}))
    row = Violation.objects.get(id=case)
    assert row.evidence[0]["digest"] == documents.document(world.actor(DRAFTER), document).digest
    assert row.log_head == ledger_queries.checkpoint() and queries.violation(world.actor(DRAFTER), case).log_size > 0
    assert f'"{row.evidence[0]["digest"]}"' in Entry.objects.get(object_id=case).payload


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": "  "},
        {"file": None},
        {"clause": "379"},
        {"clause": ""},
        {"words": None},
        {"suspect": str(UUID(int=7))},
    ],
)
def test_without_words_evidence_or_clause_nothing_is_opened_and_nothing_lost(
    world: World, visit: Visit, wrong: dict[str, object]
) -> None:
    answer = report(visit(DRAFTER), **wrong)
    assert answer.status_code == 422 and not Violation.objects.exists()
    assert "words" in wrong or WORDS in answer.content.decode()


@pytest.mark.clause("379/4.4")
def test_a_document_one_may_not_see_is_no_evidence(world: World, visit: Visit) -> None:
    document = world.drafted()
    assert report(visit(PROVINCE_CLERK), **{"van-ban": str(document)}).status_code == 404
    assert not Violation.objects.exists()


@pytest.mark.clause("379/4.4", "379/5.3")
def test_nobody_else_and_least_of_all_the_suspect_sees_it(world: World, visit: Visit) -> None:
    case = case_of(report(visit(DRAFTER), suspect=str(world.person(JUDGE))))
    for login in (CLERK, REVIEWER, PROVINCE_CLERK, "tam.ho", JUDGE):
        client = visit(login)
        assert client.get(f"{PAGE}/{case}").status_code == 404, login
        assert client.get(f"{PAGE}/tep/{case}").status_code == 404, login
        assert str(case) not in client.get(PAGE).content.decode(), login
        assert client.post(f"{PAGE}/{case}", {"outcome": "x"}).status_code == 404, login
    assert queries.open_violations(world.actor(AUDITOR)) == 1 and queries.open_violations(world.actor(JUDGE)) == 0


def test_who_reported_it_does_not_judge_it(world: World, visit: Visit) -> None:
    client = visit(JUDGE)
    case = case_of(report(client))
    assert 'name="outcome"' not in client.get(f"{PAGE}/{case}").content.decode()
    auditor = visit(AUDITOR)
    assert (
        'name="outcome"' not in auditor.get(f"{PAGE}/{case}").content.decode()
    )  # an auditor reads, and judges nothing


def test_without_a_code_of_this_case_nothing_is_settled(world: World, visit: Visit) -> None:
    first, second = (case_of(report(visit(DRAFTER))) for _turn in range(2))
    judge = visit(JUDGE)
    found = re.search(r'name="challenge" value="([^"]+)"', judge.get(f"{PAGE}/{first}").content.decode())
    assert found is not None
    world.clock.leap()
    given = {"challenge": found[1], "code": authenticators.fresh_code(world.people[JUDGE].account_id), "outcome": "x"}
    assert judge.post(f"{PAGE}/{second}", given).status_code == 422
    assert set(Violation.objects.values_list("state", flat=True)) == {"open"}


@pytest.mark.clause("379/4.5")
def test_what_was_said_stands_nowhere_in_the_clear(world: World, visit: Visit) -> None:
    case = case_of(report(visit(DRAFTER)))
    assert settle(world, visit(JUDGE), case).status_code == 303
    with connection.cursor() as cursor:
        cursor.execute("SELECT v::text FROM reports_violation v UNION ALL SELECT payload FROM ledger_entry")
        everything = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT words FROM ledger_opening")
        everything += "\n".join(row[0] for row in cursor.fetchall())
    assert WORDS not in everything and "Đã nhắc nhở" not in everything
