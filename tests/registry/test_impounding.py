"""Impoundment: carried out on a decision, seen by nobody, tried by some, lifted by the same authority alone (379/21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction

from antin.documents import acts, queries, rules
from antin.documents.facts import DecisionFacts
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Actor, Office
from world import CENTRE, CLERK, SIGNATORY, World, refused

INSPECTOR = "kiem.tra.tw"
DECISION = DecisionFacts("Uỷ ban Kiểm tra Trung ương (mẫu)", "15-QĐ/UBKTTW", date(2026, 3, 1))
LIFTING = DecisionFacts("Uỷ ban Kiểm tra  trung ương (mẫu)", "28-QĐ/UBKTTW", date(2026, 3, 2))
WHY = "Phục vụ kiểm tra."


def impound(world: World, *ids: UUID, decision: DecisionFacts = DECISION, login: str = INSPECTOR) -> UUID:
    world.confirm(login, "impound", rules.scope_digest(decision, ids))
    return acts.impound(
        actor=world.actor(login),
        owner_id=world.organisation(CENTRE),
        decision=decision,
        document_ids=ids,
        reason=WHY,
        term_ends_on=date(2027, 1, 1),
    )


def lift(world: World, order_id: UUID, decision: DecisionFacts = LIFTING) -> None:
    inspector = world.actor(INSPECTOR)
    world.confirm(INSPECTOR, "lift_impoundment", queries.impoundment(inspector, order_id).scope_digest)
    acts.lift_impoundment(actor=inspector, order_id=order_id, decision=decision)


@pytest.mark.clause("379/21.1", "379/21.2.d", "379/21.3", "379/21.4", "379/21.2.b")
def test_what_is_impounded_is_gone_for_everybody_and_comes_back_as_it_was(world: World) -> None:
    document, neighbour = world.issued(), world.issued()
    clerk = world.actor(CLERK)
    before, page = queries.document(clerk, document), world.pdf(document)
    order = impound(world, document)
    with refused("379/21.3"):
        queries.document(clerk, document)
    assert queries.document(clerk, neighbour).state == "issued", "other work goes on"
    (register,) = queries.impoundments(world.actor(INSPECTOR))
    assert (register.id, register.documents, register.decision) == (order, 1, DECISION)
    assert register.begun_by_name == "Vũ Mẫu Kiểm" and register.term_ends_on == date(2027, 1, 1)
    lift(world, order)
    assert queries.document(clerk, document) == before and world.pdf(document) == page
    (register,) = queries.impoundments(world.actor(INSPECTOR))
    assert register.lifting_decision == "28-QĐ/UBKTTW" and register.lifted_by_name == "Vũ Mẫu Kiểm"
    told = [entry.act for entry in ledger.history(order)]
    assert told == ["documents.impoundment.lifted", "documents.impoundment.begun"]


@pytest.mark.clause("379/21.1")
def test_only_a_person_who_carries_out_decisions_and_handles_no_documents_impounds(world: World) -> None:
    document = world.issued()
    with refused("379/21.1"):
        impound(world, document, login=CLERK)
    world.confer(CLERK, Office.IMPOUNDING_AUTHORITY, organisation=CENTRE)
    with refused("379/21.1"):
        impound(world, document, login=CLERK)
    assert queries.document(world.actor(CLERK), document)


@pytest.mark.clause("379/21.1", "379/21.2.d", "379/5.6")
def test_a_decision_is_named_in_full_its_scope_listed_its_code_bound_to_both(world: World) -> None:
    document = world.issued()
    tomorrow = world.today() + timedelta(days=1)
    for wrong in (
        DecisionFacts("", "15-QĐ", DECISION.decided_on),
        DecisionFacts("Uỷ ban", " ", DECISION.decided_on),
        DecisionFacts("Uỷ ban", "15-QĐ", None),
        DecisionFacts("Uỷ ban", "15-QĐ", tomorrow),
    ):
        with refused("379/21.1"):
            impound(world, document, decision=wrong)
    with refused("379/21.2.d"):
        impound(world)
    other = world.issued()
    world.confirm(INSPECTOR, "impound", rules.scope_digest(DECISION, [document]))
    with pytest.raises(RuleViolation):  # the code was for one document, the act is over two
        acts.impound(
            actor=world.actor(INSPECTOR),
            owner_id=world.organisation(CENTRE),
            decision=DECISION,
            document_ids=[document, other],
            reason=WHY,
        )
    assert queries.impoundments(world.actor(INSPECTOR)) == ()


@pytest.mark.clause("379/21.4")
def test_another_authority_lifts_nothing_and_each_authority_keeps_its_own_interval(world: World) -> None:
    document = world.issued()
    first = impound(world, document)
    with refused("379/21.2.d"):
        impound(world, document)
    police = DecisionFacts("Cơ quan điều tra (mẫu)", "07/QĐ-CSĐT", date(2026, 3, 2))
    second = impound(world, document, decision=police)
    with refused("379/21.4"):
        lift(world, first, police)
    lift(world, first)
    with refused("379/21.3"):
        queries.document(world.actor(CLERK), document)
    lift(world, second, police)
    assert queries.document(world.actor(CLERK), document)
    with pytest.raises(RuleViolation):
        lift(world, first)


@pytest.mark.clause("379/21.2.c")
def test_content_that_differs_from_what_was_sealed_off_is_not_given_back(world: World) -> None:
    document = world.issued()
    order = impound(world, document)
    with transaction.atomic():
        acts.keep_rendition(document_id=document, kind="draft", data=world.original(), pages=1)
    with refused("379/21.2.c"):
        lift(world, order)


@pytest.mark.clause("379/21.2.c", "379/21.3")
def test_each_attempt_is_on_record_with_person_time_and_what_was_tried(world: World) -> None:
    document = world.issued()
    order = impound(world, document)
    acts.note_refused_access(actor=world.actor(CLERK), document_id=document, tried=f"/van-ban/{document}/goc")
    (attempt,) = queries.attempts(world.actor(INSPECTOR), order)
    assert attempt.actor_name == "Lê Mẫu Chi" and attempt.detail["tried"].endswith("/goc")
    with refused("379/4.4"):
        queries.attempts(world.actor(CLERK), order)


@pytest.mark.clause("379/21.2.d", "379/21.3")
def test_decisions_name_documents_by_number_code_or_time_and_learn_nothing_of_their_content(world: World) -> None:
    document = world.issued()
    facts = queries.document(world.actor(CLERK), document)
    inspector, body = world.actor(INSPECTOR), world.organisation(CENTRE)
    for name in (facts.reference_number, facts.reference_number.lower(), facts.document_code):
        (found,), missing = queries.named_documents(inspector, body, [name, "99-XX/YY"])
        assert (found.id, missing) == (document, ("99-XX/YY",))
        assert facts.abstract not in repr(found)
    found, _missing = queries.named_documents(inspector, body, [], type_code=facts.type_code, since=facts.issued_on)
    assert [one.id for one in found] == [document]
    with refused("379/21.1"):
        queries.named_documents(world.actor(CLERK), body, [facts.reference_number])


@pytest.mark.clause("379/21.2.d")
def test_the_register_is_for_its_watchers_and_the_list_for_those_who_carry_it_out(world: World) -> None:
    document = world.issued()
    order = impound(world, document)
    assert [one.id for one in queries.impounded_documents(world.actor(INSPECTOR), order)] == [document]
    assert queries.impoundments(world.actor(CLERK)) == ()
    with refused("379/4.4"):
        queries.impoundment(world.actor(SIGNATORY), order)
    world.confer(SIGNATORY, Office.SECURITY_OFFICER, organisation=CENTRE)
    assert queries.impoundment(world.actor(SIGNATORY), order).documents == 1
    assert queries.impounded_documents(world.actor(SIGNATORY), order) == ()


@pytest.mark.clause("379/21.2.c")
def test_the_database_keeps_orders_and_intervals_as_they_were_written(world: World) -> None:
    impound(world, world.issued())
    for statement in (
        "update documents_impoundment set digest = ''",
        "delete from documents_impoundment",
        "update documents_impoundment_order set decision = 'khác'",
        "delete from documents_impoundment_order",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.clause("379/21.3")
def test_acts_and_impoundment_at_once_end_with_the_act_done_before_or_refused(committed_world: World) -> None:
    """Whatever the order, nothing is done to the document once its interval stands."""
    world = committed_world
    document = world.issued()
    world.confirm(INSPECTOR, "impound", rules.scope_digest(DECISION, [document]))
    start, outcomes = Barrier(9), []

    def run(act) -> None:  # type: ignore[no-untyped-def]
        start.wait()
        try:
            act()
            outcomes.append("done")
        except RuleViolation as violation:
            outcomes.append(violation.clause)
        finally:
            connections.close_all()

    def grant() -> None:
        with transaction.atomic():
            acts.guard(actor=Actor.system(), document_id=document, guards=())

    def seal_off() -> None:
        acts.impound(
            actor=world.actor(INSPECTOR),
            owner_id=world.organisation(CENTRE),
            decision=DECISION,
            document_ids=[document],
            reason=WHY,
        )

    threads: Sequence[Thread] = [Thread(target=run, args=(act,)) for act in (seal_off, *[grant] * 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {"done", "379/21.3"} and len(outcomes) == len(threads)
    with refused("379/21.3"):
        grant()
