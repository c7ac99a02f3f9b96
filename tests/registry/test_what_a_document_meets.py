"""Where the rules want a signature a valid digital one is it, and nothing less; form, making, sending and value are each asked
before a document leaves (379/8.1, 379/12.1)."""

from __future__ import annotations

from uuid import UUID

import pytest

from antin.documents import queries as documents
from antin.documents.facts import HandlingStep
from antin.exchange import queries as exchange
from antin.ledger import queries as ledger
from antin.registry import acts, queries
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import Method, Validity
from world import CLERK, DRAFTER, PROVINCE, PROVINCE_CLERK, REVIEWER, SIGNATORY, World, refused


def issue(world: World, document: UUID) -> None:
    world.confirm(CLERK, "issue", world.digest(document))
    acts.issue(actor=world.actor(CLERK), document_id=document)


@pytest.mark.clause("379/8.1")
def test_where_signatures_are_required_valid_digital_ones_are_enough_and_fewer_are_not(world: World) -> None:
    wanted = rulebook.signatures_required("quyet_dinh", True, world.today())
    assert (wanted.personal, wanted.seal) == (True, True)
    clerk = world.actor(CLERK)
    for so_far in (world.prepared(), world.signed()):
        with pytest.raises(RuleViolation):
            issue(world, so_far)
        assert documents.document(clerk, so_far).validity is Validity.NONE
        assert queries.legal_effect(clerk, so_far).verdict == "draft"
    found = world.sealed()
    issue(world, found)
    assert documents.document(clerk, found).validity is Validity.IN_FORCE
    assert queries.legal_effect(clerk, found).verdict == "original_sealed"


@pytest.mark.clause("379/8.1", "217/4.1")
def test_the_recipient_needs_no_other_signature_to_register_it_as_an_original(world: World) -> None:
    clerk = world.actor(PROVINCE_CLERK)
    found = world.verified(world.original())
    assert acts.register_incoming(actor=clerk, document_id=found).legal_effect == "original_sealed"
    assert queries.defects(clerk, found) == ()


@pytest.mark.clause("379/8.1", "379/13.4")
def test_a_digital_signature_that_does_not_hold_meets_nothing(world: World) -> None:
    clerk, pdf = world.actor(PROVINCE_CLERK), world.original()
    at = len(pdf) // 8
    found = world.verified(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :])
    assert queries.legal_effect(clerk, found).verdict == "reference_only"
    with refused("217/10.1"):
        acts.register_incoming(actor=clerk, document_id=found)


@pytest.mark.clause("379/12.1")
def test_a_document_out_of_form_never_gets_as_far_as_a_signature(world: World) -> None:
    for fault in ({"signing_capacity": "K/T BÍ THƯ"}, {"recipients": ()}):
        found = world.approved(**fault)
        assert not acts.check_form(actor=world.actor(CLERK), document_id=found).passed
        with pytest.raises(RuleViolation):
            acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)


@pytest.mark.clause("379/12.1")
def test_what_leaves_meets_the_rules_of_form_making_sending_and_value(world: World) -> None:
    """Of one document, each on record: its form by the rules of the day, who made it and how they proved who they are,
    what it is called by and by which way it goes, and what it is worth here and there."""
    found, clerk = world.issued(), world.actor(CLERK)
    form = queries.form_check(clerk, found)
    assert form is not None and form.passed
    assert made_by(documents.handling(found)) == {world.person(one) for one in (DRAFTER, REVIEWER, SIGNATORY)}
    assert all(Method(step.method).is_strong for step in documents.handling(found))
    view = documents.document(clerk, found)
    assert view.document_code == f"000.00.01.A99,{view.issued_on:%Y/%m/%d},01/QĐ/VPTW"
    assert view.send_due_at is not None and view.issued_at is not None and view.send_due_at > view.issued_at
    ways = exchange.channel_choices(clerk, found)
    assert [way.recipient_code for way in ways] == [PROVINCE] and all(way.choice.clause for way in ways)
    here = queries.legal_effect(clerk, found)
    assert here.verdict == "original_sealed"
    there = world.verified(world.pdf(found))
    taken = acts.register_incoming(actor=world.actor(PROVINCE_CLERK), document_id=there)
    assert taken.legal_effect == here.verdict
    done = {entry.act for entry in ledger.history(found)}
    assert {"registry.form.checked", "registry.document.signed", "registry.document.issued"} <= done


def made_by(steps: tuple[HandlingStep, ...]) -> set[UUID | None]:
    return {step.person_id for step in steps}
