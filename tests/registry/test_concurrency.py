"""Two clerks at once, fifty clerks at once: no number twice, none missing, nothing done twice."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction

from antin.documents import queries as documents
from antin.ledger import queries as ledger
from antin.registry import acts, books, rules
from antin.registry.models import Number, SignatureRequest
from antin.regulation import RuleViolation
from antin.values import new_id, to_vietnam
from world import CENTRE, CLERK, PROVINCE_CLERK, SIGNATORY, World


def at_once(jobs: Iterable[Callable[[], object]]) -> list[object]:
    """Runs every job in a thread of its own, all released at the same instant; results or exceptions in order."""
    work = list(jobs)
    gate = threading.Barrier(len(work))
    found: list[object] = [None] * len(work)

    def run(place: int, job: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=30)
            found[place] = job()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return found


class Changed(Exception):
    """A clerk changes their mind: the transaction rolls back."""


@pytest.mark.clause("217/11.2")
def test_allot_fifty_threads_leave_a_gapless_series(transactional_db: None) -> None:
    """Half of fifty threads commit, the others roll back or give back: 1..n without gap, each once (I07)."""
    organisation, moments = uuid4(), random.Random(379)
    plans = [moments.choice(("keep", "keep", "roll back", "give back")) for _ in range(50)]

    def take(plan: str) -> int | None:
        now = datetime.now(UTC)
        with transaction.atomic():
            register = books.locked_register(
                organisation, books.INCOMING, "", on=to_vietnam(now).date(), now=now, opened_by=None
            )
            number = books.allot(register, "prepare_signature", document_id=new_id(), now=now)
            if plan == "roll back":
                raise Changed
        if plan == "give back":
            with transaction.atomic():
                books.move(number, "lapse_signature", now=now)
            return None
        return number.number

    found = at_once([lambda plan=plan: take(plan) for plan in plans])  # type: ignore[misc]
    assert not [e for e in found if isinstance(e, Exception) and not isinstance(e, Changed)]
    kept = [n for n in found if isinstance(n, int)]
    assert len(set(kept)) == len(kept) == plans.count("keep")
    rows = dict(Number.objects.values_list("number", "state"))
    assert rules.gaps(rows) == ()
    assert Counter(rows.values())["reserved"] == len(kept) and set(rows.values()) <= {"reserved", "free"}


@pytest.mark.clause("217/5.2", "217/11.2")
def test_register_many_clerks_at_once_number_one_to_n(committed_world: World) -> None:
    world = committed_world
    pdf = world.original()
    found = [world.verified(pdf) for _ in range(12)]
    clerk = world.actor(PROVINCE_CLERK)
    views = at_once(
        [lambda one=one: acts.register_incoming(actor=clerk, document_id=one) for one in found]  # type: ignore[misc]
    )
    assert sorted(view.number for view in views) == list(range(1, 13)), views  # type: ignore[attr-defined]


@pytest.mark.clause("217/11.2")
def test_prepare_many_documents_at_once_reserve_each_its_own(committed_world: World) -> None:
    world = committed_world
    found = [world.checked() for _ in range(6)]
    signatory = world.actor(SIGNATORY)
    requests = at_once(
        [lambda one=one: acts.prepare_signature(actor=signatory, document_id=one) for one in found]  # type: ignore[misc]
    )
    assert sorted(r.number for r in requests) == [1, 2, 3, 4, 5, 6], requests  # type: ignore[attr-defined]
    assert len({r.document_code for r in requests}) == 6  # type: ignore[attr-defined]


@pytest.mark.clause("217/11.2", "379/5.6")
def test_sign_and_issue_clicked_many_times_happen_once(committed_world: World) -> None:
    world = committed_world
    found = world.prepared()
    signatory, clerk = world.actor(SIGNATORY), world.actor(CLERK)
    views = at_once([lambda: acts.sign(actor=signatory, document_id=found)] * 4)
    assert all(isinstance(v, RuleViolation) or v.state == "signed" for v in views), views  # type: ignore[attr-defined]
    assert any(not isinstance(v, Exception) for v in views)
    world.confirm(CLERK, "seal", world.digest(found))
    sealed = at_once([lambda: acts.seal(actor=clerk, document_id=found)] * 3)
    assert any(not isinstance(v, Exception) for v in sealed), sealed
    world.confirm(CLERK, "issue", world.digest(found))
    issued = at_once([lambda: acts.issue(actor=clerk, document_id=found)] * 4)
    assert all(not isinstance(v, Exception) and v.state == "issued" for v in issued), issued  # type: ignore[attr-defined]
    done = Counter(row.act for row in ledger.history(found))
    for act in ("signed", "sealed", "issued"):
        assert done[f"registry.document.{act}"] == 1
    assert documents.document(clerk, found).number == 1 and SignatureRequest.objects.get().state == "done"


@pytest.mark.clause("217/11.2")
def test_prepare_clicked_many_times_reserves_one_number(committed_world: World) -> None:
    world = committed_world
    found = world.checked()
    signatory = world.actor(SIGNATORY)
    requests = at_once([lambda: acts.prepare_signature(actor=signatory, document_id=found)] * 5)
    assert len({r.id for r in requests}) == 1, requests  # type: ignore[attr-defined]
    assert list(Number.objects.values_list("number", "state")) == [(1, "reserved")]
    assert world.organisation(CENTRE) == SignatureRequest.objects.get().organisation_id
