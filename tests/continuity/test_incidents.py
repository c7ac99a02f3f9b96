"""Incidents and work on paper by the acts: told, taken in hand, numbers set aside and all accounted for (379/4.6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.conversion.test_digitising import CONVERTER, FIELDS, certified

from antin.continuity import acts, queries
from antin.continuity.acts import Look, Place
from antin.continuity.incident_models import PaperCase
from antin.documents import queries as documents
from antin.ledger import queries as ledger
from antin.registry import acts as registry
from antin.registry import queries as books
from antin.values import Actor, Office
from world import CENTRE, CLERK, DRAFTER, PROVINCE, PROVINCE_CLERK, SIGNATORY, World, authority, refused, world

__all__ = ["authority", "world"]
OFFICER, OWNER, LEADER = "dung.pham", "giang.hoang", "binh.tran"
PAPER_OF_ANOTHER = replace(FIELDS, issued_here=False, issuing_name="Sở Mẫu", number_text="5", notation="CV/SM")


@pytest.fixture
def office(world: World) -> World:
    """The centre with a converter; its leader keeps the books too, so that a second person is there."""
    world.confer(CONVERTER, Office.CONVERTER)
    return world


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def told(world: World, kind: str = "outage") -> UUID:
    return acts.report_incident(
        actor=world.actor(DRAFTER), kind=kind, words="Mất điện cả toà nhà (mẫu).", began_at=an_hour_ago()
    )


def looked_at(world: World, incident: UUID, cause: str = "Máy phát hỏng (mẫu)") -> None:
    look = Look("high", cause, "Gọi đơn vị điện lực, làm việc trên giấy.")
    acts.assess_incident(actor=world.actor(OFFICER), incident_id=incident, look=look)


def declared(world: World, incident: UUID, *bodies: str) -> UUID:
    return acts.declare_outage(
        actor=world.actor(OWNER), incident_id=incident, began_at=an_hour_ago(),
        organisation_ids=[world.organisation(code) for code in bodies or (CENTRE,)], scope="Mọi việc trừ xem văn bản.",
    )  # fmt: skip


def allotted(world: World, outage: UUID, kind: str = "outgoing", count: int = 2, by: str = CLERK) -> UUID:
    series = "quyet_dinh" if kind == "outgoing" else ""
    return acts.allot_paper_block(
        actor=world.actor(by), outage_id=outage, organisation_id=world.organisation(CENTRE), kind=kind, series=series,
        count=count,
    )  # fmt: skip


def scan(world: World, number: int) -> UUID:
    return certified(world, replace(FIELDS, number_text=str(number)))


def entered(world: World, block: UUID, number: int, document: UUID, at: datetime | None = None) -> UUID:
    return acts.enter_paper_case(
        actor=world.actor(CLERK), place=Place(block, number), document_id=document,
        acted_at=at or datetime.now(UTC) - timedelta(minutes=20),
    )  # fmt: skip


def closed(world: World, outage: UUID, by: str = CLERK) -> None:
    world.confirm(by, "close_outage", acts.reconciliation_digest(outage))
    acts.close_outage(actor=world.actor(by), outage_id=outage)


def numbers(actor: Actor, outage: UUID) -> dict[int, str]:
    return {one.number: one.state for block in queries.blocks(actor, outage) for one in block.numbers}


# incidents


@pytest.mark.clause("379/4.6", "379/5.8", "379/5.10", "379/29.1")
def test_incident_is_told_taken_in_hand_and_closed_with_a_report(world: World) -> None:
    incident = told(world)
    assert queries.open_incidents(world.actor(OFFICER)) == 1
    assert queries.incident(world.actor(OWNER), incident).words.startswith("Mất điện")
    looked_at(world, incident, cause="")
    looked_at(world, incident)
    assert queries.open_incidents(world.actor(OWNER)) == 1
    world.confirm(OWNER, "close_incident", acts.closing_digest(incident))
    acts.close_incident(actor=world.actor(OWNER), incident_id=incident, report="Đã thay máy phát; kiểm tra hằng tháng.")
    row = queries.incident(world.actor(DRAFTER), incident)
    assert (row.state, row.grade, row.cause, len(row.assessments)) == ("closed", "high", "Máy phát hỏng (mẫu)", 2)
    assert queries.open_incidents(world.actor(OFFICER)) == 0
    kept = [one.act for one in ledger.history(incident)]
    assert kept[0] == "continuity.incident.closed" and kept[-1] == "continuity.incident.opened"


@pytest.mark.clause("379/4.4")
def test_incident_is_seen_by_its_reporter_and_by_those_who_watch(world: World) -> None:
    incident = told(world)
    assert queries.incidents(world.actor(DRAFTER))
    assert not queries.incidents(world.actor(CLERK))
    with refused("379/4.4"):
        queries.incident(world.actor(CLERK), incident)


@pytest.mark.clause("379/4.6")
def test_incident_without_words_kind_or_past_is_refused(world: World) -> None:
    for kind, words, began_at in (
        ("outage", "  ", an_hour_ago()),
        ("weather", "mưa", an_hour_ago()),
        ("outage", "x" * 4_001, an_hour_ago()),
        ("outage", "mưa", datetime.now(UTC) + timedelta(hours=1)),
    ):
        with refused("379/4.6"):
            acts.report_incident(actor=world.actor(DRAFTER), kind=kind, words=words, began_at=began_at)
    assert not queries.incidents(world.actor(DRAFTER))


@pytest.mark.clause("379/29.1", "379/4.6")
def test_each_step_is_for_its_office_and_in_its_order(world: World) -> None:
    incident = told(world)
    with refused("379/31.p1"):
        acts.assess_incident(actor=world.actor(DRAFTER), incident_id=incident, look=Look("low", "", "x"))
    with refused("379/4.6"):
        acts.close_incident(actor=world.actor(OWNER), incident_id=incident, report="x")
    looked_at(world, incident, cause="")
    with refused("379/4.6"):
        acts.close_incident(actor=world.actor(OWNER), incident_id=incident, report="x")
    looked_at(world, incident)
    with refused("379/5.6"):
        acts.close_incident(actor=world.actor(OWNER), incident_id=incident, report="không có mã")
    with refused("379/31.p1"):
        acts.close_incident(actor=world.actor(OFFICER), incident_id=incident, report="x")


# work on paper


@pytest.mark.clause("379/4.6", "217/7.4", "379/15.2.b")
def test_paper_of_an_outage_comes_back_number_by_number_and_nothing_is_missing(office: World) -> None:
    incident = told(office)
    looked_at(office, incident)
    outage = declared(office, incident)
    assert queries.running_outage(office.actor(CLERK)) == outage
    block = allotted(office, outage, count=3)
    assert numbers(office.actor(CLERK), outage) == {1: "", 2: "", 3: ""}
    document = scan(office, 1)
    case = entered(office, block, 1, document)
    acts.void_paper_number(actor=office.actor(CLERK), place=Place(block, 2), reason="Viết hỏng.")
    acts.void_paper_number(actor=office.actor(CLERK), place=Place(block, 3), reason="Không dùng.")
    acts.end_outage(actor=office.actor(OWNER), outage_id=outage, checks="Đã ký, gửi thử một văn bản.")
    assert queries.running_outage(office.actor(CLERK)) is None
    with refused("379/4.6"):
        acts.close_outage(actor=office.actor(CLERK), outage_id=outage)
    acts.check_paper_case(actor=office.actor(LEADER), case_id=case, agrees=True)
    closed(office, outage, by=CLERK)
    row = queries.outage(office.actor(OWNER), outage)
    assert row.counts == {"used": 1, "voided": 2, "unchecked": 0, "untouched": 0}
    assert row.digest == ledger.history(outage)[0].facts["list"]
    (book,) = [one for one in books.registers(office.actor(CLERK)) if one.series == "quyet_dinh"]
    lines = books.register_rows(office.actor(CLERK), book.id).rows
    assert [(one.number, one.state, one.reference_number) for one in lines] == [
        (1, "used", "01-QĐ/VPTW"), (2, "voided", ""), (3, "voided", ""),
    ]  # fmt: skip
    (seen,) = [one for one in queries.blocks(office.actor(CLERK), outage)[0].numbers if one.number == 1]
    assert seen.acted_at is not None and seen.entered_by and seen.checked_by
    office.confirm(OWNER, "close_incident", acts.closing_digest(incident))
    acts.close_incident(actor=office.actor(OWNER), incident_id=incident, report="Đủ cả.")


@pytest.mark.clause("379/4.6")
def test_incident_stays_open_while_its_paper_is_not_back(office: World) -> None:
    incident = told(office)
    looked_at(office, incident)
    outage = declared(office, incident)
    with refused("379/4.6"):
        acts.close_incident(actor=office.actor(OWNER), incident_id=incident, report="x")
    acts.end_outage(actor=office.actor(OWNER), outage_id=outage, checks="thử")
    with refused("379/5.6"):
        acts.close_outage(actor=office.actor(CLERK), outage_id=outage)
    closed(office, outage)
    office.confirm(OWNER, "close_incident", acts.closing_digest(incident))
    acts.close_incident(actor=office.actor(OWNER), incident_id=incident, report="Không dùng số nào.")


@pytest.mark.clause("379/4.6", "217/11.2")
def test_electronic_numbers_go_on_behind_the_block(office: World) -> None:
    outage = declared(office, told(office))
    allotted(office, outage, count=4)
    issued = office.signed()
    assert documents.document(office.actor(CLERK), issued).number == 5


@pytest.mark.clause("379/4.6", "217/5.2", "217/10.1")
def test_arrival_on_paper_is_registered_under_its_paper_number_once_verified(office: World) -> None:
    outage = declared(office, told(office))
    block = allotted(office, outage, kind="incoming")
    document = certified(office, PAPER_OF_ANOTHER)
    case = entered(office, block, 1, document)
    with refused("217/10.1"):
        acts.check_paper_case(actor=office.actor(second(office)), case_id=case, agrees=True)
    assert PaperCase.objects.get(id=case).state == "entered"
    registry.verify(actor=office.actor(CLERK), document_id=document)
    acts.check_paper_case(actor=office.actor(second(office)), case_id=case, agrees=True)
    view = documents.document(office.actor(CLERK), document)
    assert (view.state, view.arrival_number) == ("registered", 1)
    assert books.registration(office.actor(CLERK), document) is not None


def second(world: World) -> str:
    """Another clerk of the centre, who checks what the first one entered."""
    if Office.CLERK not in {one.office for one in world.actor(LEADER).mandates}:
        world.confer(LEADER, Office.CLERK)
    return LEADER


@pytest.mark.clause("379/15.2.b", "379/4.6")
def test_second_person_checks_and_may_send_back(office: World) -> None:
    outage = declared(office, told(office))
    block = allotted(office, outage)
    case = entered(office, block, 1, scan(office, 1))
    with refused("379/15.2.b"):
        acts.check_paper_case(actor=office.actor(CLERK), case_id=case, agrees=True)
    acts.check_paper_case(actor=office.actor(LEADER), case_id=case, agrees=False, reason="Sai giờ.")
    assert numbers(office.actor(CLERK), outage)[1] == ""
    with refused("379/4.6"):
        acts.check_paper_case(actor=office.actor(LEADER), case_id=case, agrees=True)
    again = entered(office, block, 1, PaperCase.objects.get(id=case).document_id or uuid4())
    acts.check_paper_case(actor=office.actor(LEADER), case_id=again, agrees=True)
    assert numbers(office.actor(CLERK), outage)[1] == "used"


@pytest.mark.clause("379/4.6", "217/11.2", "379/15.2")
def test_what_does_not_fit_the_number_is_not_entered(office: World) -> None:
    outage = declared(office, told(office))
    block = allotted(office, outage)
    document = scan(office, 2)
    with refused("217/11.2"):
        entered(office, block, 1, document)
    with refused("379/4.6"):
        entered(office, block, 7, document)
    with refused("379/4.6"):
        entered(office, block, 2, document, at=datetime.now(UTC) - timedelta(days=2))
    with refused("379/15.2"):
        entered(office, block, 2, office.signed())
    entered(office, block, 2, document)
    with refused("379/4.6"):
        entered(office, block, 2, document)
    with refused("379/4.6"):
        acts.void_paper_number(actor=office.actor(CLERK), place=Place(block, 2), reason="x")
    assert PaperCase.objects.count() == 1


@pytest.mark.clause("379/4.6")
def test_only_clerks_of_the_bodies_in_scope_get_numbers(office: World) -> None:
    outage = declared(office, told(office), PROVINCE)
    with refused("379/4.6"):
        allotted(office, outage)
    with refused("379/31.p1"):
        acts.allot_paper_block(
            actor=office.actor(CLERK), outage_id=outage, organisation_id=office.organisation(PROVINCE),
            kind="incoming", series="", count=1,
        )  # fmt: skip
    with refused("379/4.4"):
        queries.outage(office.actor(CLERK), outage)
    assert queries.outages(office.actor(PROVINCE_CLERK))


@pytest.mark.clause("379/4.6")
@pytest.mark.parametrize(("kind", "count"), [("outgoing", 0), ("outgoing", 201), ("secret", 1)])
def test_block_of_no_use_is_refused(office: World, kind: str, count: int) -> None:
    outage = declared(office, told(office))
    with refused("379/4.6"):
        allotted(office, outage, kind=kind, count=count)


@pytest.mark.clause("379/4.6", "217/7.4")
def test_outage_is_the_owners_to_declare_once_for_a_body(office: World) -> None:
    incident = told(office)
    with refused("379/31.p1"):
        acts.declare_outage(
            actor=office.actor(CLERK), incident_id=incident, organisation_ids=[office.organisation(CENTRE)],
            scope="x", began_at=an_hour_ago(),
        )  # fmt: skip
    declared(office, incident)
    with refused("379/4.6"):
        declared(office, incident)
    with refused("379/4.6"):
        acts.declare_outage(
            actor=office.actor(OWNER), incident_id=incident, organisation_ids=[uuid4()], scope="x",
            began_at=an_hour_ago(),
        )  # fmt: skip


@pytest.mark.clause("379/4.6")
def test_reconciled_outage_takes_no_more_numbers(office: World) -> None:
    outage = declared(office, told(office))
    block = allotted(office, outage, count=1)
    acts.void_paper_number(actor=office.actor(CLERK), place=Place(block, 1), reason="Không dùng.")
    acts.end_outage(actor=office.actor(OWNER), outage_id=outage, checks="thử")
    closed(office, outage, by=SIGNATORY)
    with refused("379/4.6"):
        allotted(office, outage)
