"""Case files: opened under a heading with a retention period, filled, handed over, closed for good reason (379/25.p1)."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connections

from antin.casework import acts, queries, rules
from antin.documents import queries as documents
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Office
from world import (
    LEAD,
    PROVINCE,
    PROVINCE_CLERK,
    PROVINCE_LEADER,
    SIGNATORY,
    SUPPORTER,
    World,
    refused,
)

BASIS = "Bảng thời hạn bảo quản (mẫu)"


def heading(world: World, *, code: str = "TH.01", retention: str = "06", years: int | None = None) -> UUID:
    return acts.open_file_class(
        actor=world.actor(PROVINCE_CLERK),
        organisation_id=world.organisation(PROVINCE),
        code=code,
        title="Tổng hợp",
        retention=retention,
        basis=BASIS,
        years=years,
    )


def opened(
    world: World, *, login: str = LEAD, title: str = "Chuyển đổi số năm 2026 (mẫu)", under: UUID | None = None
) -> UUID:
    return acts.open_case_file(actor=world.actor(login), class_id=under or heading(world), title=title).id


def completed(world: World) -> UUID:
    """A document with all its work done."""
    found = world.assigned(world.original())
    for login in (LEAD, SUPPORTER):
        piece = world.piece(found, login)
        acts.take_up(actor=world.actor(login), assignment_id=piece)
        acts.report_result(actor=world.actor(login), assignment_id=piece, text="Đã xong.")
        acts.settle_result(actor=world.actor(PROVINCE_LEADER), assignment_id=piece, outcome="accept", reason="")
    acts.complete(actor=world.actor(PROVINCE_LEADER), document_id=found)
    return found


@pytest.mark.clause("379/25.p1", "379/24.2", "217/15.5", "217/11.7")
def test_a_case_file_is_opened_filled_closed_and_its_retention_begins(world: World) -> None:
    keeper = world.actor(LEAD)
    case = opened(world)
    first = queries.case_file(keeper, case)
    assert (first.code, first.state, first.documents) == (f"TH.01-01/{first.year}", "open", 0)
    with refused("379/25.p1"):
        acts.close_case_file(actor=keeper, case_file_id=case)
    document = completed(world)
    for _ in range(2):
        acts.place_in_case_file(actor=keeper, case_file_id=case, document_id=document)
    (member,) = queries.case_members(keeper, case)
    assert member.document is not None and member.document.id == document
    assert [one.id for one in queries.cases_of(keeper, document)] == [case]
    closed = acts.close_case_file(actor=keeper, case_file_id=case)
    assert closed.state == "closed" and closed.closed_at is not None and closed.members_digest
    assert closed.retained_until == date(closed.closed_at.year + 10, 12, 31)
    told = [entry.act for entry in ledger.history(case)]
    assert told == ["casework.case_file.closed", "casework.case_file.joined", "casework.case_file.opened"]


@pytest.mark.clause("379/25.p1")
def test_what_is_still_at_work_keeps_its_case_file_open_or_leaves_it_with_a_reason(world: World) -> None:
    keeper = world.actor(LEAD)
    case, waiting = opened(world), world.assigned(world.original())
    acts.place_in_case_file(actor=keeper, case_file_id=case, document_id=waiting)
    acts.place_in_case_file(actor=keeper, case_file_id=case, document_id=completed(world))
    with refused("379/25.p1") as caught:
        acts.close_case_file(actor=keeper, case_file_id=case)
    assert caught.value.facts["waiting"] == 1
    with refused("379/17.3"):
        acts.take_from_case_file(actor=keeper, case_file_id=case, document_id=waiting, reason=" ")
    acts.take_from_case_file(actor=keeper, case_file_id=case, document_id=waiting, reason="Thuộc hồ sơ khác.")
    assert queries.cases_of(keeper, waiting) == ()
    assert acts.close_case_file(actor=keeper, case_file_id=case).state == "closed"
    with pytest.raises(RuleViolation):
        acts.place_in_case_file(actor=keeper, case_file_id=case, document_id=waiting)


@pytest.mark.clause("379/17.3")
def test_only_a_leader_reopens_and_says_why(world: World) -> None:
    keeper, leader = world.actor(LEAD), world.actor(PROVINCE_LEADER)
    case = opened(world)
    acts.place_in_case_file(actor=keeper, case_file_id=case, document_id=completed(world))
    acts.close_case_file(actor=keeper, case_file_id=case)
    with refused("379/17.3"):
        acts.reopen_case_file(actor=keeper, case_file_id=case, reason="Bổ sung.")
    with refused("379/17.3"):
        acts.reopen_case_file(actor=leader, case_file_id=case, reason="")
    again = acts.reopen_case_file(actor=leader, case_file_id=case, reason="Bổ sung tài liệu.")
    assert (again.state, again.retained_until) == ("open", None)


@pytest.mark.clause("379/4.4", "379/25.p1")
def test_others_see_neither_the_case_file_nor_what_they_may_not_read_in_it(world: World) -> None:
    case = opened(world)
    document = world.registered(world.original())
    acts.place_in_case_file(actor=world.actor(PROVINCE_CLERK), case_file_id=case, document_id=document)
    for login in (SUPPORTER, SIGNATORY):
        with refused("379/4.4"):
            queries.case_file(world.actor(login), case)
        with refused("379/4.4"):
            acts.close_case_file(actor=world.actor(login), case_file_id=case)
    assert documents.document(world.actor(LEAD), document), "the keeper reads what was placed"
    with refused("379/4.4"):
        acts.place_in_case_file(
            actor=world.actor(LEAD),
            case_file_id=case,
            document_id=world.arrived(world.original(), organisation="A99.01"),
        )
    world.confer(SUPPORTER, Office.ARCHIVIST, organisation=PROVINCE)
    (member,) = queries.case_members(world.actor(SUPPORTER), case)
    assert member.document is None, "the archivist sees the place, not the document"


@pytest.mark.clause("379/6.2.p2")
def test_a_case_file_is_handed_over_with_what_is_in_it(world: World) -> None:
    case, document = opened(world), world.registered(world.original())
    acts.place_in_case_file(actor=world.actor(PROVINCE_CLERK), case_file_id=case, document_id=document)
    taker = world.person(SUPPORTER)
    with refused("379/17.3"):
        acts.hand_over_case_file(actor=world.actor(LEAD), case_file_id=case, to_person=taker, reason="")
    with refused("379/4.4"):
        acts.hand_over_case_file(
            actor=world.actor(LEAD), case_file_id=case, to_person=world.person(SIGNATORY), reason="Nghỉ"
        )
    view = acts.hand_over_case_file(
        actor=world.actor(LEAD), case_file_id=case, to_person=taker, reason="Chuyển công tác."
    )
    assert view.keeper_id == taker
    assert documents.document(world.actor(SUPPORTER), document)
    with refused("379/4.4"):
        queries.case_file(world.actor(LEAD), case)


@pytest.mark.clause("379/25.p1")
def test_case_files_refer_to_each_other(world: World) -> None:
    under = heading(world)
    one, other = opened(world, under=under), opened(world, title="Việc trước (mẫu)", under=under)
    keeper = world.actor(LEAD)
    acts.refer_case_file(actor=keeper, case_file_id=one, other_id=other, words="Tiếp theo hồ sơ năm trước.")
    assert [link.other_id for link in queries.case_links(keeper, one)] == [other]
    assert [link.other_id for link in queries.case_links(keeper, other)] == [one]
    with refused("379/4.4"):
        acts.refer_case_file(actor=keeper, case_file_id=one, other_id=one, words="x")


@pytest.mark.clause("379/24.2")
def test_a_heading_names_its_retention_and_its_basis(world: World) -> None:
    with refused("379/24.2"):
        heading(world, retention="99")
    with refused("379/24.2"):
        heading(world, retention="07")
    heading(world, code="A", retention="07", years=5)
    heading(world, code="B", retention="01")
    with refused("379/24.2"):
        heading(world, code="B", retention="01")
    assert [(one.code, one.years) for one in queries.file_plan(world.organisation(PROVINCE))] == [("A", 5), ("B", None)]
    with pytest.raises(RuleViolation):
        acts.open_file_class(
            actor=world.actor(LEAD),
            organisation_id=world.organisation(PROVINCE),
            code="C",
            title="x",
            retention="01",
            basis=BASIS,
        )
    assert rules.retained_until(date(2026, 5, 1), None) is None


@pytest.mark.clause("379/25.p1")
def test_numbers_of_case_files_have_no_gaps_when_many_open_at_once(committed_world: World) -> None:
    world = committed_world
    under, start = heading(world), Barrier(8)

    def run() -> None:
        start.wait()
        try:
            opened(world, under=under)
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = sorted(row.code for row in queries.case_files(world.actor(LEAD)).rows)
    assert [code.split("/")[0] for code in codes] == [f"TH.01-{n:02d}" for n in range(1, 9)]
