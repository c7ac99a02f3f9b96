"""advance and the notes for rooms above: tables, offices, guards, renditions, obligations, arrivals."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from antin.documents import acts, lifecycle, queries
from antin.regulation import RuleViolation
from antin.values import Actor, Office, Secrecy, new_id
from antin.vault import queries as vault

from .conftest import PDF, World, refused

pytestmark = pytest.mark.django_db


@pytest.mark.clause("379/14.p1", "217/9.1")
def test_outgoing_life_walked_by_its_offices_to_issue(world: World) -> None:
    document_id = world.issued()
    seen = queries.document(world.clerk, document_id)
    assert (seen.state, seen.validity) == ("issued", "in_force")
    assert seen.approved_at and seen.signed_at and seen.issued_at
    assert [r.kind for r in queries.renditions(world.clerk, document_id)] == ["sealed", "signed"]


@pytest.mark.clause("217/10.1", "217/10.2")
def test_incoming_life_walked_by_its_offices_to_completion(world: World) -> None:
    document_id = world.arrived()
    seen = queries.document(world.clerk, document_id)
    assert (seen.number, seen.number_text, seen.validity, seen.attachment_count) == (12, "12", "in_force", 1)
    step = {"document_id": document_id, "life": "incoming"}
    acts.advance(actor=world.clerk, act="verify", **step)
    with refused("217/5.2"):
        acts.advance(actor=world.leader, act="register_incoming", **step)
    acts.advance(actor=world.clerk, act="register_incoming", **step)
    acts.note_arrival_number(document_id=document_id, number=7, register_id=new_id())
    acts.advance(actor=world.leader, act="assign", **step)
    acts.grant_access(document_id=document_id, person_id=world.reviewer.person_id, why="assignee")
    with refused("217/10.2"):
        acts.advance(actor=world.reviewer, act="take_up", **step)
    acts.advance(actor=world.reviewer, act="take_up", as_office=Office.ASSIGNEE, **step)
    acts.advance(actor=world.reviewer, act="complete", as_office=Office.ASSIGNEE, **step)
    acts.advance(actor=world.leader, act="reopen", **step)
    done = acts.advance(actor=world.leader, act="complete", **step)
    assert (done.state, done.arrival_number) == ("completed", 7)


@pytest.mark.clause("379/13.1")
def test_prepare_signature_before_the_form_check_is_refused(world: World) -> None:
    document_id = world.approved()
    with refused("379/13.1"):
        acts.advance(actor=world.leader, document_id=document_id, act="prepare_signature")
    acts.advance(actor=world.clerk, document_id=document_id, act="check_form")
    acts.advance(actor=world.leader, document_id=document_id, act="prepare_signature")


@pytest.mark.clause("379/13.2")
def test_issue_without_the_seal_it_needs_is_refused(world: World) -> None:
    document_id = world.signed()
    with refused("379/13.2"):
        acts.advance(actor=world.clerk, document_id=document_id, act="issue")
    assert queries.facts(document_id).state == "signed"


def test_every_act_out_of_place_or_office_is_refused_and_changes_nothing(world: World) -> None:
    documents = {"outgoing": world.approved(), "incoming": world.arrived()}
    for direction, document_id in documents.items():
        before = queries.facts(document_id)
        for name, table in lifecycle.LIVES.items():
            for act in {row.act for row in table.rows.values()}:
                if act.startswith("apply_notice") or name == "custody":
                    continue
                for actor in (world.auditor, world.stranger, world.administrator):
                    with refused("379/4.4"):
                        acts.advance(actor=actor, document_id=document_id, act=act, life=name)
                with pytest.raises(RuleViolation):  # the drafter holds none of the offices of these rows
                    acts.advance(actor=world.drafter, document_id=document_id, act=act, life=name)
        assert queries.facts(document_id) == before, direction


@pytest.mark.clause("217/10.2.p2", "379/19.1")
def test_recalled_copy_can_be_discarded_or_completed_but_not_begun(world: World) -> None:
    document_id = world.arrived()
    step = {"document_id": document_id, "life": "incoming"}
    acts.advance(actor=world.clerk, act="verify", **step)
    acts.advance(actor=Actor.peer("mẫu"), document_id=document_id, act="apply_notice(recall)", life="validity")
    with refused("217/10.2.p2"):
        acts.advance(actor=world.clerk, act="register_incoming", **step)
    with refused("217/10.2.p2"):
        acts.guard(actor=world.clerk, document_id=document_id)
    assert acts.advance(actor=world.clerk, act="discard", **step).state == "discarded"
    with refused("217/10.2.p2"):
        acts.advance(actor=Actor.peer("mẫu"), document_id=document_id, act="apply_notice(recall)", life="validity")


def test_peer_and_system_rows_are_closed_to_persons(world: World) -> None:
    document_id = world.arrived()
    with refused("217/10.2.p2"):
        acts.advance(actor=world.clerk, document_id=document_id, act="apply_notice(recall)", life="validity")


def test_note_number_can_be_taken_back(world: World) -> None:
    document_id = world.approved()
    note = {"document_id": document_id}
    acts.note_number(
        number=5,
        notation="QĐ/TU",
        reference_number="05-QĐ/TU",
        issued_on=date(2026, 11, 24),
        document_code="X.1",
        **note,
    )
    assert queries.facts(document_id).reference_number == "05-QĐ/TU"
    acts.note_number(number=None, notation="", reference_number="", issued_on=None, document_code="", **note)
    assert queries.facts(document_id).number is None
    acts.note_send_due(send_due_at=datetime(2026, 11, 25, 4, 30, tzinfo=UTC), **note)
    acts.note_due_on(due_on=date(2026, 12, 1), **note)
    acts.note_sent(sent_at=datetime(2026, 11, 24, tzinfo=UTC), **note)
    acts.note_sent(sent_at=datetime(2026, 11, 30, tzinfo=UTC), **note)
    seen = queries.facts(document_id)
    assert (seen.due_on, seen.sent_at) == (date(2026, 12, 1), datetime(2026, 11, 24, tzinfo=UTC))
    with refused("379/4.4"):
        acts.note_due_on(document_id=new_id(), due_on=None)


def test_obligations_hang_once_and_come_down(world: World) -> None:
    document_id = world.arrived()
    owed = {"document_id": document_id, "kind": "defect", "key": "1"}
    for _ in range(2):
        acts.hang_obligation(**owed)
    assert acts.obligations(document_id) == (("defect", "1"),)
    for _ in range(2):
        acts.take_down_obligation(**owed)
    assert acts.obligations(document_id) == ()


@pytest.mark.parametrize("secrecy", [Secrecy.CONFIDENTIAL, Secrecy.SECRET])
@pytest.mark.clause("217/5.1")
def test_take_in_of_secret_matter_is_refused(world: World, secrecy: Secrecy) -> None:
    with refused("217/5.1"):
        world.arrived(secrecy=secrecy)


def test_take_in_by_a_person_is_refused(world: World) -> None:
    with refused("217/10.1"):
        from antin.documents.facts import IncomingFacts

        acts.take_in(actor=world.clerk, organisation_id=world.body, facts=IncomingFacts("cong_van", "x"), pdf=PDF)


def test_parcel_contents_hold_the_final_page_and_the_files(world: World) -> None:
    document_id = world.issued()
    parcel = queries.parcel_contents(document_id)
    assert vault.read(parcel.pdf.content_id) == PDF + b"seal"
    assert parcel.fields.recipients == ("A01.02",)
    found = queries.rendition_bytes(document_id, "signed")
    assert found is not None and found[0] == PDF
    with refused("379/4.4"):
        queries.parcel_contents(world.draft())


@pytest.mark.clause("217/11.p1", "217/11.9")
def test_card_shows_the_fourteen_facts(world: World) -> None:
    document_id = world.arrived()
    items = queries.card(world.clerk, document_id)
    assert [i.clause for i in items] == ["217/" + f"11.{n}" for n in range(1, 15)]
    values = {i.clause: i.value for i in items}
    assert values["217/11.2"] == ("12", "CV/VPTW")
    assert values["217/11.7"] == ("phu-luc.pdf",)
    assert values["217/11.10"] == "Văn phòng Trung ương (mẫu)"
