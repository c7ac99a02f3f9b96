"""Out of force: recalled, declared void, replaced; never rewritten, never back (379/17.2, 379/19, 217/9.2)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from antin.documents import acts, queries
from antin.documents.facts import ChangeKind
from antin.documents.worth import LegalEffect
from antin.ledger import queries as ledger
from antin.registry import acts as registry
from antin.registry import queries as registry_queries
from antin.regulation import RuleViolation
from antin.values import Office, Validity
from world import CENTRE, CLERK, DRAFTER, PROVINCE_CLERK, REVIEWER, SIGNATORY, World, refused

WHY = "Có sai sót về số liệu, sẽ ban hành văn bản khác."


def recall(world: World, document_id: UUID, *, login: str = SIGNATORY, reason: str = WHY) -> None:
    digest = world.digest(document_id)
    world.confirm(login, "recall", digest)
    acts.recall(actor=world.actor(login), document_id=document_id, digest=digest, reason=reason)


def invalidate(world: World, document_id: UUID, *, login: str = SIGNATORY, **changed: str) -> None:
    digest = world.digest(document_id)
    world.confirm(login, "invalidate", digest)
    words = {"reason": WHY, "basis": "Quyết định số 12-QĐ/VPTW (mẫu)", "form": "Thông báo bằng văn bản", **changed}
    acts.invalidate(actor=world.actor(login), document_id=document_id, digest=digest, **words)


def effect(world: World, document_id: UUID) -> LegalEffect:
    return registry_queries.legal_effect(world.actor(CLERK), document_id)


def acts_on(document_id: UUID) -> list[str]:
    return [entry.act for entry in ledger.history(document_id)]


@pytest.mark.clause("217/9.2", "379/17.2")
def test_a_recalled_document_is_out_of_force_and_its_bytes_are_what_they_were(world: World) -> None:
    document = world.issued()
    before = world.pdf(document)
    recall(world, document)
    assert queries.document(world.actor(CLERK), document).validity is Validity.RECALLED
    assert effect(world, document).verdict == "not_in_force"
    (ending,) = queries.endings(world.actor(CLERK), document)
    assert (ending.validity, ending.reason, ending.by_name) == (Validity.RECALLED, WHY, "Hoàng Mẫu Giang")
    assert world.pdf(document) == before
    assert acts_on(document)[0] == "documents.document.recalled"


@pytest.mark.clause("217/9.2", "379/17.3")
def test_recall_wants_a_reason_its_signatory_and_the_page_that_was_shown(world: World) -> None:
    document = world.issued()
    digest = world.digest(document)
    with refused("379/17.3"):
        recall(world, document, reason=" ")
    with refused("379/17.2"):
        recall(world, document, login=CLERK)
    with refused("379/17.2"):
        acts.recall(actor=world.actor(SIGNATORY), document_id=document, digest="0" * 64, reason=WHY)
    with refused("379/4.4"):
        acts.recall(actor=world.actor(PROVINCE_CLERK), document_id=document, digest=digest, reason=WHY)
    assert queries.document(world.actor(CLERK), document).validity is Validity.IN_FORCE


@pytest.mark.clause("379/5.6")
def test_recall_wants_a_fresh_confirmation_of_this_very_act(world: World) -> None:
    document = world.issued()
    digest = world.digest(document)
    with pytest.raises(RuleViolation):
        acts.recall(actor=world.actor(SIGNATORY), document_id=document, digest=digest, reason=WHY)
    world.confirm(SIGNATORY, "invalidate", digest)
    with pytest.raises(RuleViolation):
        acts.recall(actor=world.actor(SIGNATORY), document_id=document, digest=digest, reason=WHY)


@pytest.mark.clause("217/9.2")
def test_whoever_signs_for_the_organisation_now_may_recall_what_it_issued(world: World) -> None:
    document = world.issued()
    world.confer(REVIEWER, Office.SIGNATORY, organisation=CENTRE)
    recall(world, document, login=REVIEWER)
    assert queries.document(world.actor(CLERK), document).validity is Validity.RECALLED


@pytest.mark.clause("217/9.2", "217/10.2.p2")
def test_what_is_not_issued_or_not_ones_own_is_not_recalled(world: World) -> None:
    with refused("217/9.2"):
        recall(world, world.sealed())
    received = world.arrived(world.original())
    with refused("217/9.2"):
        acts.recall(actor=world.actor(PROVINCE_CLERK), document_id=received, digest="0" * 64, reason=WHY)


def test_nothing_is_recalled_twice(world: World) -> None:
    document = world.issued()
    recall(world, document)
    with refused("379/17.2"):
        recall(world, document)


@pytest.mark.clause("379/19.1", "379/19.2.a", "379/19.3", "379/19.4")
def test_a_void_document_says_by_whom_why_on_what_basis_and_in_which_form(world: World) -> None:
    document = world.issued()
    with refused("379/19.2.a"):
        invalidate(world, document, basis="")
    with refused("379/19.3"):
        invalidate(world, document, form="")
    invalidate(world, document)
    assert effect(world, document).clauses == ("379/19.1", "379/19.4")
    (ending,) = queries.endings(world.actor(CLERK), document)
    assert ending.basis.startswith("Quyết định số 12") and ending.form == "Thông báo bằng văn bản"
    found = queries.search(world.actor(CLERK), text="chuyển đổi số").rows
    assert document in {row.id for row in found}, "a void document stays searchable for its organisation"


@pytest.mark.clause("379/19.2.a")
def test_only_the_competent_authority_declares_void(world: World) -> None:
    document = world.issued()
    with refused("379/19.1"):
        invalidate(world, document, login=CLERK)


@pytest.mark.clause("379/17.2")
def test_a_replacement_puts_the_earlier_document_out_of_force_as_it_is_issued(world: World) -> None:
    old = world.issued()
    new = world.sealed(change=ChangeKind.REPLACE.value, changes_id=old, abstract="về việc thay thế kế hoạch (mẫu)")
    assert queries.document(world.actor(CLERK), old).validity is Validity.IN_FORCE
    issue(world, new)
    assert queries.document(world.actor(CLERK), old).validity is Validity.REPLACED
    assert [(k.kind, k.is_later, k.other and k.other.id) for k in queries.links(world.actor(CLERK), old)] == [
        (ChangeKind.REPLACE, True, new)
    ]
    (earlier,) = queries.links(world.actor(CLERK), new)
    assert (earlier.is_later, earlier.other and earlier.other.id) == (False, old)
    assert "documents.change.applied" in acts_on(old)
    assert queries.parcel_contents(new).replaces == (queries.document(world.actor(CLERK), old).document_code,)


@pytest.mark.clause("379/17.2")
@pytest.mark.parametrize("kind", [ChangeKind.CORRECT, ChangeKind.AMEND])
def test_a_correction_leaves_the_corrected_document_in_force(world: World, kind: ChangeKind) -> None:
    old = world.issued()
    new = world.sealed(change=kind.value, changes_id=old)
    issue(world, new)
    assert queries.document(world.actor(CLERK), old).validity is Validity.IN_FORCE
    assert [k.kind for k in queries.links(world.actor(CLERK), old)] == [kind]
    assert queries.parcel_contents(new).replaces == ()


@pytest.mark.clause("379/17.2")
def test_what_is_no_longer_in_force_is_not_replaced_and_the_replacement_is_not_issued(world: World) -> None:
    old = world.issued()
    new = world.sealed(change="replace", changes_id=old)
    recall(world, old)
    with refused("379/17.2"):
        issue(world, new)
    assert queries.document(world.actor(CLERK), new).state == "sealed"


@pytest.mark.clause("379/17.2", "379/4.4")
def test_a_draft_names_only_documents_of_its_own_organisation_that_its_author_may_see(world: World) -> None:
    theirs = world.arrived(world.original(), organisation=CENTRE)
    with refused("379/4.4"):
        world.drafted(change="replace", changes_id=theirs)
    with refused("217/9.2"):
        world.drafted(change="replace", changes_id=world.drafted())
    with refused("379/17.2"):
        world.drafted(change="void", changes_id=world.issued())


@pytest.mark.clause("379/17.1")
def test_the_change_is_part_of_what_is_approved(world: World) -> None:
    old = world.issued()
    draft = world.drafted(change="replace", changes_id=old)
    fields = queries.fields(world.actor(DRAFTER), draft)
    assert (fields.change, fields.changes_id) == ("replace", old)
    before = queries.document(world.actor(DRAFTER), draft).digest
    acts.revise_draft(
        actor=world.actor(DRAFTER),
        document_id=draft,
        fields=replace(fields, change="", changes_id=None),
        expected_revision=1,
    )
    assert queries.document(world.actor(DRAFTER), draft).digest != before


@pytest.mark.clause("217/10.2", "379/17.2")
@pytest.mark.parametrize("new_first", [False, True])
def test_a_received_copy_is_replaced_whichever_of_the_two_comes_first(world: World, new_first: bool) -> None:
    code = "000.00.01.A99,2026/11/24,01/QĐ/VPTW"
    new = {"document_code": "000.00.01.A99,2026/11/25,02/QĐ/VPTW", "replaces": (code,)}
    first = world.arrived(world.original(), **(new if new_first else {"document_code": code}))
    second = world.arrived(world.original(), **({"document_code": code} if new_first else new))
    old, later = (second, first) if new_first else (first, second)
    clerk = world.actor(PROVINCE_CLERK)
    assert queries.document(clerk, old).validity is Validity.REPLACED
    assert queries.document(clerk, later).validity is Validity.IN_FORCE
    assert [k.other and k.other.id for k in queries.links(clerk, old)] == [later]
    assert [k.other and k.other.id for k in queries.links(clerk, later)] == [old]


@pytest.mark.clause("379/17.2", "217/6.2")
def test_nobody_replaces_what_another_body_issued(world: World) -> None:
    code = "000.00.01.A99,2026/11/24,01/QĐ/VPTW"
    victim = world.arrived(world.original(), document_code=code)
    world.arrived(
        world.original(),
        document_code="X,2026/11/25,9/QĐ",
        sender_code="B11.01",
        issuing_code="B11.01",
        replaces=(code,),
    )
    assert queries.document(world.actor(PROVINCE_CLERK), victim).validity is Validity.IN_FORCE


@pytest.mark.clause("379/17.2")
def test_the_database_keeps_endings_and_links_as_they_were_written(world: World) -> None:
    document = world.issued()
    recall(world, document)
    for statement in ("update documents_ending set reason = 'khác'", "delete from documents_ending"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def issue(world: World, document_id: UUID) -> None:
    world.confirm(CLERK, "issue", world.digest(document_id))
    registry.issue(actor=world.actor(CLERK), document_id=document_id)
