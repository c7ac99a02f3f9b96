"""What lies on the desks of the demonstration world: in form, invented and marked so, sent to those who await it."""

from __future__ import annotations

import tomllib
import unicodedata
from datetime import date
from importlib.resources import files

import pytest

from antin.documents.adapters.typst_layout import TypstLayout
from antin.documents.ports import Sheet
from antin.house.demo.cast import INSTALLATIONS, OrganisationSpec
from antin.house.demo.office import Office, Outgoing, Round, Said, office
from antin.rulebook import queries as rulebook
from antin.rulebook.rules import FormFacts
from antin.values import Office as Mandate
from antin.values import Urgency

TODAY = date(2026, 11, 26)
CENTRE, PROVINCE = office("trung-uong", TODAY), office("lac-giang", TODAY)
OUTGOING = (*CENTRE.outgoing, *PROVINCE.outgoing)
FINISHED = [one for one in OUTGOING if one.signatory]
BODIES = {one.code: one for spec in INSTALLATIONS for one in spec.organisations}
PEOPLE = {person.login: person for body in BODIES.values() for person in body.people}


def body_of(item: Outgoing) -> OrganisationSpec:
    return BODIES[item.organisation]


def named(item: Outgoing) -> set[str]:
    said = {one.by for turn in item.rounds for one in turn.said}
    seats = {login for turn in item.rounds for step in turn.steps for login in step}
    return {item.drafter, item.signatory, item.approver, item.clerk, *said, *seats} - {""}


@pytest.mark.clause("379/13.1", "217/6.1")
@pytest.mark.parametrize("item", FINISHED, ids=lambda one: one.key)
def test_finished_texts_pass_the_check_of_form(item: Outgoing) -> None:
    facts = FormFacts(
        body_name=body_of(item).body,
        place=body_of(item).place,
        abstract=item.fields.abstract,
        body=item.fields.body,
        salutation=item.fields.salutation,
        addressees=item.fields.addressees,
        signing_capacity=item.fields.signing_capacity,
        signer_position=item.fields.signer_position,
        signer_name=PEOPLE[item.signatory].name,
    )
    assert rulebook.form_findings(facts, item.fields.type_code, TODAY) == ()


def test_texts_are_of_many_party_types_and_one_is_immediate() -> None:
    kinds = {rulebook.document_type(one.fields.type_code, TODAY) for one in OUTGOING}
    assert len(kinds) >= 15
    assert all(kind.family != "paper" for kind in kinds)
    assert [one.key for one in OUTGOING if one.fields.urgency is Urgency.IMMEDIATE] == ["bao_so_12"]


def test_texts_are_composed_distinct_and_marked_as_samples() -> None:
    for spec in INSTALLATIONS:
        raw = files("antin.house.demo").joinpath("desks", f"{spec.name}.toml").read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", raw) and tomllib.loads(raw)
    assert len({one.fields.abstract for one in OUTGOING}) == len(OUTGOING)
    assert len({one.fields.body for one in OUTGOING}) == len(OUTGOING)
    for item in FINISHED:
        words = " ".join((*item.fields.addressees, *item.fields.salutation, item.fields.abstract, item.fields.body))
        assert "(mẫu)" in words, item.key
        assert "{+" not in words, item.key


def test_people_of_a_document_belong_to_its_body_and_hold_the_offices_they_use() -> None:
    for item in OUTGOING:
        people = {person.login: person for person in body_of(item).people}
        assert named(item) <= set(people), item.key
        assert Mandate.DRAFTER in people[item.drafter].offices
        assert Mandate.CLERK in people[item.clerk].offices
        if item.signatory:
            assert Mandate.SIGNATORY in people[item.signatory].offices
            assert Mandate.APPROVER in people[item.approver or item.signatory].offices
            assert item.fields.signing_capacity == people[item.signatory].capacity


@pytest.mark.parametrize("day", [CENTRE, PROVINCE], ids=["centre", "province"])
def test_arrivals_are_issued_elsewhere_to_the_body_that_treats_them(day: Office) -> None:
    issued = {one.fields.abstract: one for one in OUTGOING if one.until == "issued"}
    for arrival in day.incoming:
        assert arrival.organisation in issued[arrival.abstract].fields.recipients
        people = {person.login for body in BODIES.values() for person in body.people}
        assert {arrival.leader, arrival.lead, *arrival.supporting} - {""} <= people
        assert (arrival.due_on is None) == (arrival.lead == "")
        if arrival.until in {"reported", "completed"}:
            assert set(arrival.reports or {}) == {arrival.lead, *arrival.supporting}


def test_dates_in_texts_are_working_days_after_the_day_of_reading() -> None:
    friday = office("trung-uong", date(2026, 11, 27))
    words = next(one for one in friday.outgoing if one.key == "so_lieu_nam_2026")
    assert "trước ngày 10/12/2026" in words.fields.body
    assert words.fields.due_on == date(2026, 12, 10)


def test_plan_had_a_round_with_an_opinion_and_now_waits_for_two() -> None:
    plan = next(one for one in CENTRE.outgoing if one.key == "ke_hoach_2027")
    first, second = plan.rounds
    assert [(one.by, one.kind) for one in first.said] == [("dung.pham", "opinion"), ("binh.tran", "send_back")]
    assert isinstance(first, Round) and all(isinstance(one, Said) and len(one.text) > 40 for one in first.said)
    assert first.added and first.added not in plan.fields.body
    assert (second.steps, second.said) == ((("binh.tran", "dung.pham"),), ())


def test_each_text_lays_out_in_the_party_form() -> None:
    layout = TypstLayout()
    for item in FINISHED:
        kind = rulebook.document_type(item.fields.type_code, TODAY)
        sheet = Sheet(
            body_name=body_of(item).body,
            superior_name=body_of(item).superior,
            type_name=kind.name,
            prints_name=kind.prints_name,
            number=7,
            notation=f"{kind.notation}/{body_of(item).notation}",
            place=body_of(item).place,
            on=TODAY,
            abstract=item.fields.abstract,
            body=item.fields.body,
            salutation=item.fields.salutation,
            addressees=item.fields.addressees,
            signing_capacity=item.fields.signing_capacity,
            signer_position=item.fields.signer_position,
            signer_name=PEOPLE[item.signatory].name,
            sample=True,
        )
        laid = layout.lay_out(sheet)
        assert laid.pages in (range(18, 26) if item.key == "ke_hoach_2027" else range(1, 4)), (item.key, laid.pages)
