"""What arrives: verified by the real report, registered gaplessly, passed on, returned, discarded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.ledger import queries as ledger
from antin.registry import acts, queries
from antin.registry.models import Number
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import Actor, Urgency
from world import (
    CENTRE,
    CLERK,
    LEAD,
    PROVINCE,
    PROVINCE_CLERK,
    PROVINCE_LEADER,
    SIGNATORY,
    WARD,
    World,
    refused,
)


@pytest.fixture
def final(world: World) -> bytes:
    """The bytes of a document issued by the centre."""
    return world.original()


def seen(world: World, found: object, login: str = PROVINCE_CLERK) -> DocumentView:
    return documents.document(world.actor(login), found)


def tampered(pdf: bytes) -> bytes:
    """One byte of the signed range flipped."""
    at = len(pdf) // 8
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


@pytest.mark.clause("217/10.1", "217/5.2", "379/13.4", "217/4.1", "379/12.4")
def test_register_verified_original_takes_the_next_number(world: World, final: bytes) -> None:
    clerk = world.actor(PROVINCE_CLERK)
    numbers = []
    for _ in range(2):
        found = world.arrived(final)
        report = acts.verify(actor=clerk, document_id=found)
        assert report.verdict == "valid" and {s.role for s in report.report.signatures} == {"person", "seal"}
        registration = acts.register_incoming(actor=clerk, document_id=found)
        numbers.append(registration.number)
        assert registration.legal_effect == "original_sealed"
        assert queries.registration(clerk, found) == registration
        assert queries.legal_effect(clerk, found).verdict == "original_sealed"
        view = seen(world, found)
        assert (view.state, view.arrival_number, view.register_id) == (
            "registered",
            registration.number,
            registration.register_id,
        )
    assert numbers == [1, 2]
    book = queries.registers(clerk)[0]
    assert (book.kind, book.period, book.last) == ("incoming", str(world.today().year), 2)
    assert [row.number for row in queries.register_rows(clerk, book.id).rows] == [1, 2]


@pytest.mark.clause("217/10.1", "379/5.11")
def test_register_tampered_copy_refused(world: World, final: bytes) -> None:
    found = world.arrived(tampered(final))
    clerk = world.actor(PROVINCE_CLERK)
    assert acts.verify(actor=clerk, document_id=found).verdict in {"invalid", "changed"}
    with refused("217/10.1"):
        acts.register_incoming(actor=clerk, document_id=found)
    assert seen(world, found).state == "verified" and not Number.objects.filter(document_id=found).exists()
    assert queries.legal_effect(clerk, found).verdict == "reference_only"


@pytest.mark.clause("217/10.1")
@pytest.mark.parametrize("rubbish", [b"%PDF-1.7 nothing", b"", b"\x00" * 4096])
def test_register_rubbish_is_never_valid(world: World, rubbish: bytes) -> None:
    found = world.arrived(rubbish)
    assert acts.verify(actor=world.actor(PROVINCE_CLERK), document_id=found).verdict == "invalid"
    with refused("217/10.1"):
        acts.register_incoming(actor=world.actor(PROVINCE_CLERK), document_id=found)


@pytest.mark.clause("217/4.2", "379/13.2")
def test_register_unsealed_copy_is_at_most_for_reference(world: World) -> None:
    """The seal cut off: the person's signature alone remains, which is no original of a sealed type."""
    found = world.verified(world.pdf(world.signed()))
    clerk = world.actor(PROVINCE_CLERK)
    assert queries.legal_effect(clerk, found).verdict in {"reference_only", "undecided"}
    with refused("217/10.1"):
        acts.register_incoming(actor=clerk, document_id=found)


@pytest.mark.clause("217/5.2")
def test_register_unverified_or_twice_refused(world: World, final: bytes) -> None:
    clerk = world.actor(PROVINCE_CLERK)
    found = world.arrived(final)
    with pytest.raises(RuleViolation):
        acts.register_incoming(actor=clerk, document_id=found)
    acts.verify(actor=clerk, document_id=found)
    acts.register_incoming(actor=clerk, document_id=found)
    with pytest.raises(RuleViolation):
        acts.register_incoming(actor=clerk, document_id=found)
    assert Number.objects.filter(register__kind="incoming").count() == 1


@pytest.mark.clause("379/4.4", "217/5.2")
def test_verify_and_register_by_another_office_or_body_refused(world: World, final: bytes) -> None:
    found = world.verified(final)
    with pytest.raises(RuleViolation):
        acts.register_incoming(actor=world.actor(PROVINCE_LEADER), document_id=found)
    for login in (CLERK, LEAD):
        with refused("379/4.4"):
            acts.verify(actor=world.actor(login), document_id=found)


@pytest.mark.clause("217/11.13", "217/6.3.p2")
def test_register_proposes_a_deadline_by_urgency_and_keeps_an_earlier_one(world: World, final: bytes) -> None:
    clerk = world.actor(PROVINCE_CLERK)
    today = world.today()

    def due(**facts: object) -> object:
        found = world.verified(final, **facts)
        registration = acts.register_incoming(actor=clerk, document_id=found)
        assert seen(world, found).due_on == registration.due_on
        return registration.due_on

    routine, urgent = due(), due(urgency=Urgency.IMMEDIATE)
    assert rulebook.working_days_between(today, routine) == 7  # type: ignore[arg-type]
    assert rulebook.working_days_between(today, urgent) == 1  # type: ignore[arg-type]
    soon = today + timedelta(days=1)
    assert due(due_on=soon) == soon


@pytest.mark.clause("217/5.2", "379/4.4")
def test_forward_opens_the_document_to_that_person_alone(world: World, final: bytes) -> None:
    found = world.registered(final, forward_to=None)
    clerk = world.actor(PROVINCE_CLERK)
    with refused("379/4.4"):
        documents.document(world.actor(LEAD), found)
    acts.forward(actor=clerk, document_id=found, to_person=world.person(LEAD), words="Kính chuyển.")
    assert seen(world, found, LEAD).state == "forwarded"
    assert [f.to_person for f in queries.forwardings(clerk, found)] == [world.person(LEAD)]
    for stranger in (SIGNATORY, CLERK):
        with refused("379/4.4"):
            acts.forward(actor=clerk, document_id=found, to_person=world.person(stranger))


@pytest.mark.clause("217/5.2")
def test_register_and_forward_are_two_entries(world: World, final: bytes) -> None:
    found = world.registered(final)
    assert [row.act for row in ledger.history(found)] == [
        "registry.document.forwarded",
        "registry.document.registered",
        "registry.document.verified",
    ]
    assert seen(world, found, PROVINCE_LEADER).state == "forwarded"


@pytest.mark.clause("217/10.1.p2", "379/13.4")
def test_return_keeps_the_number_with_a_note(world: World, final: bytes) -> None:
    found = world.registered(final, forward_to=None)
    clerk = world.actor(PROVINCE_CLERK)
    with refused("217/10.1.p2"):
        acts.return_document(actor=clerk, document_id=found, reason=" ")
    assert acts.return_document(actor=clerk, document_id=found, reason="Không đúng địa chỉ nhận.").state == "returned"
    number = Number.objects.get(document_id=found)
    assert (number.state, number.note) == ("used", "Không đúng địa chỉ nhận.")
    assert ledger.history(found)[0].reason == "Không đúng địa chỉ nhận."
    with pytest.raises(RuleViolation):
        acts.forward(actor=clerk, document_id=found, to_person=world.person(PROVINCE_LEADER))


@pytest.mark.clause("379/13.4", "217/4.2")
def test_defect_settled_by_the_leader_registers_for_reference_only(world: World, final: bytes) -> None:
    found = world.verified(tampered(final))
    clerk, leader = world.actor(PROVINCE_CLERK), world.actor(PROVINCE_LEADER)
    acts.refer_defect(actor=clerk, document_id=found, kind="signature", words="Chữ ký không còn toàn vẹn.")
    with refused("379/13.4"):
        acts.register_incoming(actor=clerk, document_id=found)
    with pytest.raises(RuleViolation):
        acts.settle_defect(actor=clerk, document_id=found, outcome="proceed", reason="x")
    world.confirm(PROVINCE_LEADER, "settle_defect", world.digest(found))
    acts.settle_defect(actor=leader, document_id=found, outcome="proceed", reason="Chỉ để tham khảo.")
    registration = acts.register_incoming(actor=clerk, document_id=found)
    assert registration.legal_effect == "reference_only"


@pytest.mark.clause("217/10.2.p2", "217/11.8")
def test_discard_after_a_recall_and_as_a_duplicate(world: World, final: bytes) -> None:
    clerk = world.actor(PROVINCE_CLERK)
    found = world.registered(final, forward_to=None)
    with refused("217/10.2.p2"):
        acts.discard(actor=clerk, document_id=found, reason="không cần nữa")
    documents_acts.advance(
        actor=Actor.peer("trung-uong"), document_id=found, act="apply_notice(recall)", life="validity"
    )
    with refused("217/10.2.p2"):  # nothing begins on a recalled document
        acts.forward(actor=clerk, document_id=found, to_person=world.person(PROVINCE_LEADER))
    assert acts.discard(actor=clerk, document_id=found, reason="Theo thông báo thu hồi.").state == "discarded"
    assert queries.legal_effect(clerk, found).verdict == "not_in_force"
    twice = world.arrived(final)
    assert acts.discard(actor=clerk, document_id=twice, reason="Bản trùng.", duplicate=True).state == "discarded"


@pytest.mark.clause("217/5.2")
def test_registers_of_two_bodies_count_apart(world: World, final: bytes) -> None:
    world.registered(final)
    ward = world.arrived(final, organisation=WARD)
    acts.verify(actor=world.actor("thu.cao"), document_id=ward)
    assert acts.register_incoming(actor=world.actor("thu.cao"), document_id=ward).number == 1
    assert queries.registers(world.actor("thu.cao"))[0].organisation_id == world.organisation(WARD)


@pytest.mark.clause("217/10.1.p2")
def test_verify_names_a_wrong_address(world: World, final: bytes) -> None:
    found = world.verified(final)
    check = queries.verification(world.actor(PROVINCE_CLERK), found)
    assert check and check.address_ok and check.verdict == "valid" and check.digest == world.digest(found)
    assert {CENTRE, PROVINCE} <= set(world.organisations)
