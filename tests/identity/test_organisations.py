"""Bodies of every level, each with its codes: a code of any scheme leads to one body, on any day (379/2.2, 379/11.4, 217/11.1)."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connections

from antin.identity import acts, queries
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from small_house import BASIS, SYSTEM, House, SignIn
from world import refused

TODAY = date(2026, 11, 20)


def founded(name: str, *, level: str, kind: str = "unit", parent: UUID | None = None, **codes: str) -> UUID:
    return acts.found_organisation(
        actor=SYSTEM,
        name=name,
        short_name=name,
        kind=kind,
        level=level,
        place="Lạc Giang",
        notation="M",
        body_name=name.upper(),
        codes=codes,
        basis=BASIS,
        parent_id=parent,
    )


@pytest.mark.clause("379/2.2")
def test_people_of_every_level_are_enrolled_and_let_in(house: House, signed_in: SignIn) -> None:
    """The centre, a province, a ward's committee and a cell below it, each in its place of the directory."""
    centre = founded("Văn phòng Trung ương (mẫu)", level="central", kind="organisation", party="A99.01")
    ward = founded("Đảng ủy phường An Mẫu", level="grassroots", parent=house.body, party="A98.01.15")
    cell = founded("Chi bộ 3 An Mẫu", level="unit", parent=ward, party="A98.01.15.03")
    here = {"tw": centre, "tinh": house.body, "phuong": ward, "chibo": cell}
    for login, organisation in here.items():
        house.enrol(login, organisation=organisation)
        client = signed_in(login)
        answer = client.get("/danh-ba")
        assert answer.status_code == 200
        name = queries.organisation(organisation).name
        assert name in answer.content.decode()
        assert name in client.get("/toi").content.decode(), "one's own page names one's own body"
        house.clock.advance(60)
    assert {queries.organisation(one).level for one in here.values()} == {"central", "provincial", "grassroots", "unit"}
    assert queries.descendants(house.body) == {house.unit, ward, cell}


@pytest.mark.clause("379/2.2")
def test_level_that_is_none_is_refused_and_nothing_is_founded(house: House) -> None:
    before = queries.organisations()
    with refused("379/2.2") as no:
        founded("Ban mẫu", level="galactic", parent=house.body, party="A98.01.09")
    assert "cơ sở" in no.value.next_step
    assert queries.organisations() == before


@pytest.mark.clause("217/2.1")
def test_a_unit_is_founded_below_the_body_it_belongs_to(house: House) -> None:
    with refused("217/2.1"):
        founded("Ban không của ai", level="provincial", party="A98.01.09")
    with refused("217/2.1"):
        founded("Nhóm", level="provincial", kind="club", parent=house.body, party="A98.01.09")
    board = founded("Ban Tuyên giáo (mẫu)", level="provincial", parent=house.body, party="A98.01.09")
    ward = founded("Đảng ủy xã Mẫu", level="grassroots", parent=house.body, party="A98.01.10")
    centre = founded("Văn phòng Trung ương (mẫu)", level="central", kind="organisation", party="A99.01")
    assert {one.id: one.parent_id for one in queries.organisations()} == {
        centre: None,
        house.body: None,
        house.unit: house.body,
        board: house.body,
        ward: house.body,
    }


@pytest.mark.clause("217/11.1.p2")
def test_body_unit_and_unit_of_a_unit_have_one_code_each(house: House) -> None:
    office = founded("Phòng Tổ chức cán bộ", level="unit", parent=house.unit, party="A98.01.02.01")
    by_code = {"A98.01": house.body, "A98.01.02": house.unit, "A98.01.02.01": office}
    for code, organisation in by_code.items():
        assert queries.organisation(organisation).code == code
        found = queries.organisation_by_code(code)
        assert found is not None and found.id == organisation


@pytest.mark.clause("217/11.1.p2")
@pytest.mark.parametrize("begin", [TODAY, TODAY - timedelta(days=1)])
def test_a_second_code_for_the_same_day_is_refused(house: House, begin: date) -> None:
    with refused("217/11.1.p2") as no:
        acts.give_code(actor=SYSTEM, organisation_id=house.unit, scheme="party", code="A98.01.77", valid_from=begin)
    assert "20/11/2026" in no.value.message()
    assert queries.organisation(house.unit).codes == {"party": "A98.01.02"}
    assert [one.act for one in ledger.history(house.unit)] == ["identity.organisation.founded"]


@pytest.mark.clause("217/11.1.p2", "379/11.4")
def test_on_every_day_of_a_change_one_code_is_in_force(house: House) -> None:
    for days, code in ((1, "A98.01.77"), (3, "A98.01.78")):
        begin = TODAY + timedelta(days=days)
        acts.give_code(actor=SYSTEM, organisation_id=house.unit, scheme="party", code=code, valid_from=begin)
    seen = []
    for _day in range(5):
        seen.append(queries.organisation(house.unit).codes["party"])
        leading = [code for code in ("A98.01.02", "A98.01.77", "A98.01.78") if queries.organisation_by_code(code)]
        assert leading == [seen[-1]]
        house.clock.advance(86_400)
    assert seen == ["A98.01.02", "A98.01.77", "A98.01.77", "A98.01.78", "A98.01.78"]


@pytest.mark.clause("379/11.4")
def test_codes_of_several_schemes_lead_to_one_body(house: House) -> None:
    acts.give_code(actor=SYSTEM, organisation_id=house.body, scheme="qd20", code="A98.01")
    acts.give_code(actor=SYSTEM, organisation_id=house.unit, scheme="qd20", code="A98.02")
    body = queries.organisation(house.body)
    assert body.codes == {"party": "A98.01", "qcvn102": "000.00.01.A98", "qd20": "A98.01"}
    for code in body.codes.values():
        assert queries.organisation_by_code(code) == body
    found = queries.organisation_by_code("A98.02")
    assert found is not None and found.id == house.unit


@pytest.mark.clause("379/11.4")
def test_what_another_body_has_under_another_scheme_is_refused_also_once_it_ended(house: House) -> None:
    with refused("379/11.4"):
        acts.give_code(actor=SYSTEM, organisation_id=house.body, scheme="qd20", code="A98.01.02")
    with refused("379/11.4"):
        founded("Ban mẫu", level="provincial", parent=house.body, party="A98.01.09", qd20="A98.01.02")
    tomorrow = TODAY + timedelta(days=1)
    acts.give_code(actor=SYSTEM, organisation_id=house.unit, scheme="party", code="A98.01.77", valid_from=tomorrow)
    house.clock.advance(2 * 86_400)
    with refused("379/11.4"):
        acts.give_code(actor=SYSTEM, organisation_id=house.body, scheme="qd20", code="A98.01.02")
    assert queries.organisation_by_code("A98.01.02") is None


@pytest.mark.clause("379/11.4")
def test_two_who_give_one_code_at_once_to_two_bodies(lasting_house: House) -> None:
    house, start, answers = lasting_house, Barrier(2), []

    def give(organisation: UUID, scheme: str) -> None:
        start.wait()
        try:
            acts.give_code(actor=SYSTEM, organisation_id=organisation, scheme=scheme, code="B01", valid_from=later)
            answers.append("given")
        except RuleViolation as no:
            answers.append(no.clause)
        finally:
            connections.close_all()

    later = TODAY + timedelta(days=1)
    both = [Thread(target=give, args=one) for one in ((house.body, "party"), (house.unit, "qd20"))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answers) == ["379/11.4", "given"]
