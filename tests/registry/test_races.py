"""Two hundred threads at once on the acts that must happen once or not at all: what stands afterwards is lawful."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from antin.archive import acts as archive
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents import rules as document_rules
from antin.documents.facts import DecisionFacts
from antin.ledger import queries as ledger
from antin.registry import acts, books, rules
from antin.registry.models import Number
from antin.regulation import RuleViolation
from antin.values import new_id, to_vietnam
from antin.vault import queries as vault
from antin.vault.rules import ContentDestroyed
from disposal import AUTHORITY, EXECUTOR, approved, confirmed
from world import CENTRE, CLERK, PROVINCE, SIGNATORY, World

from .test_concurrency import at_once

THREADS = 200
INSPECTOR, PROVINCE_INSPECTOR = "kiem.tra.tw", "tam.ho"
DECISION = DecisionFacts("Uỷ ban Kiểm tra Trung ương (mẫu)", "15-QĐ/UBKTTW", date(2026, 3, 1))
WHY = "Có sai sót về số liệu."


def storm(*jobs: Callable[[], object], seed: int = 379) -> list[object]:
    """Two hundred calls of these jobs, mixed, all let go at the same instant. Nothing but lawful refusals may come out."""
    mixed = [jobs[n % len(jobs)] for n in range(THREADS)]
    random.Random(seed).shuffle(mixed)
    found = at_once(mixed)
    amiss = [one for one in found if isinstance(one, Exception) and not isinstance(one, RuleViolation)]
    assert not amiss, amiss[:3]
    return found


def done(document_id: UUID) -> Counter[str]:
    return Counter(row.act for row in ledger.history(document_id, limit=500))


def impounding(world: World, document_id: UUID, *, login: str = INSPECTOR, owner: str = CENTRE) -> Callable[[], object]:
    world.confirm(login, "impound", document_rules.scope_digest(DECISION, [document_id]))
    return lambda: documents.impound(
        actor=world.actor(login),
        owner_id=world.organisation(owner),
        decision=DECISION,
        document_ids=[document_id],
        reason=WHY,
    )


@pytest.mark.clause("217/11.2")
def test_two_hundred_take_numbers_and_none_is_missing_or_twice(transactional_db: None) -> None:
    organisation = uuid4()

    def take(gives_back: bool) -> int | None:
        now = datetime.now(UTC)
        with transaction.atomic():
            register = books.locked_register(
                organisation, books.INCOMING, "", on=to_vietnam(now).date(), now=now, opened_by=None
            )
            number = books.allot(register, "prepare_signature", document_id=new_id(), now=now)
        if gives_back:
            with transaction.atomic():
                books.move(number, "lapse_signature", now=now)
            return None
        return number.number

    found = storm(lambda: take(False), lambda: take(False), lambda: take(True))
    kept = [one for one in found if isinstance(one, int)]
    rows = dict(Number.objects.values_list("number", "state"))
    assert len(set(kept)) == len(kept) and rules.gaps(rows) == ()
    assert sorted(n for n, state in rows.items() if state == "reserved") == sorted(kept)


@pytest.mark.clause("217/11.2", "379/13.2", "379/5.6")
def test_sign_seal_and_issue_pressed_two_hundred_times_happen_once_and_in_order(committed_world: World) -> None:
    world = committed_world
    found = world.prepared()
    signatory, clerk = world.actor(SIGNATORY), world.actor(CLERK)
    sign = lambda: acts.sign(actor=signatory, document_id=found)  # noqa: E731
    seal = lambda: acts.seal(actor=clerk, document_id=found)  # noqa: E731
    issue = lambda: acts.issue(actor=clerk, document_id=found)  # noqa: E731
    storm(sign, seal, issue)
    assert done(found)["registry.document.signed"] == 1
    world.confirm(CLERK, "seal", world.digest(found))
    storm(sign, seal, issue, seed=217)
    assert done(found)["registry.document.sealed"] == 1
    world.confirm(CLERK, "issue", world.digest(found))
    storm(sign, seal, issue, seed=19)
    view = documents_queries.document(clerk, found)
    assert (view.state, view.number) == ("issued", 1)
    order = [row.act for row in reversed(ledger.history(found, limit=500)) if row.act.startswith("registry.document.")]
    assert [act for act in order if act.rsplit(".", 1)[1] in ("signed", "sealed", "issued")] == [
        "registry.document.signed",
        "registry.document.sealed",
        "registry.document.issued",
    ]
    assert dict(Number.objects.values_list("number", "state")).keys() == {1}


@pytest.mark.clause("379/21.3", "217/9.2", "379/21.1")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_recall_against_impoundment_ends_in_one_of_two_lawful_ways(committed_world: World, seed: int) -> None:
    """Whoever comes first: a recall that stood before the seal stays behind it, none happens after."""
    world = committed_world
    found = world.issued()
    digest = world.digest(found)
    world.confirm(SIGNATORY, "recall", digest)
    signatory = world.actor(SIGNATORY)
    recall = lambda: documents.recall(actor=signatory, document_id=found, digest=digest, reason=WHY)  # noqa: E731
    impound = impounding(world, found)
    outcomes = storm(recall, impound, seed=seed)
    orders = [one for one in outcomes if isinstance(one, UUID)]
    assert len(orders) == 1
    assert documents_queries.impounded_among([found]) == {found}
    recalls = [row for row in ledger.history(found, limit=500) if row.act == "documents.document.recalled"]
    begun = next(row for row in ledger.history(orders[0]) if row.act == "documents.impoundment.begun")
    assert len(recalls) <= 1
    assert all(row.id < begun.id for row in recalls)
    facts = documents_queries.facts(found)
    assert facts.validity == ("recalled" if recalls else "in_force")


@pytest.mark.clause("379/20.1", "379/20.2", "379/21.3")
@pytest.mark.parametrize("seed", [1, 2])
def test_destruction_against_impoundment_and_hold_never_does_both(committed_world: World, seed: int) -> None:
    world = committed_world
    document = world.registered(world.original())
    list_id, case = approved(world, document)
    digest = confirmed(world, EXECUTOR, "execute_destruction", list_id)
    executor, keeper = world.actor(EXECUTOR), world.actor(AUTHORITY)
    destroy = lambda: archive.execute(actor=executor, destruction_id=list_id, digest=digest)  # noqa: E731
    hold = lambda: archive.hold(actor=keeper, case_file_id=case, basis="Đang có đơn thư (mẫu)")  # noqa: E731
    impound = impounding(world, document, login=PROVINCE_INSPECTOR, owner=PROVINCE)
    outcomes = storm(destroy, impound, hold, seed=seed)
    orders = [one for one in outcomes if isinstance(one, UUID) and _impounds(one)]
    destroyed = documents_queries.facts(document).custody == "destroyed"
    gone = [row for row in ledger.history(document, limit=500) if row.act == "archive.document.destroyed"]
    assert len(gone) == int(destroyed) and len(orders) == 1
    begun = ledger.history(orders[0])[-1]
    assert all(row.id < begun.id for row in gone)  # nothing sealed off is destroyed
    for content in documents_queries.stored_contents(document):
        assert (_readable(content)) is not destroyed


def _impounds(object_id: UUID) -> bool:
    return any(row.act == "documents.impoundment.begun" for row in ledger.history(object_id))


def _readable(content_id: UUID) -> bool:
    try:
        return bool(vault.read(content_id))
    except ContentDestroyed:
        return False
