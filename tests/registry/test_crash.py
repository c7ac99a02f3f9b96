"""kill -9 at every named point: what is found afterwards is before or after, never between (217/13.1)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from antin.documents import queries as documents
from antin.house import config as configuration
from antin.house import wiring
from antin.ledger import queries as ledger
from antin.registry import acts, faults, queries, rules
from antin.registry.models import DeviceTicket, Number
from world import CLERK, PROVINCE_CLERK, SIGNATORY, World

from . import device as devices

Act = Callable[[], object]


def killed_at(world: World, point: str, act: Act) -> None:
    """Runs the act in a forked process that dies at the point, with connections of its own."""
    connection.close()  # so that the child inherits no session
    child = os.fork()
    if child == 0:
        try:
            os.environ["ANTIN_FAULT"] = point
            wiring.wire(world.authority.config)
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"{point} was never reached"


def killed_alone(world: World, point: str, *words: str) -> None:
    """The same in a process of its own (act_once.py): what lays pages out can't be forked."""
    config = world.authority.config
    here = make_conninfo(config.database_url, dbname=connection.settings_dict["NAME"])
    configuration.save(replace(config, database_url=here))
    environment = {**os.environ, configuration.HOME_VARIABLE: str(config.home), "ANTIN_FAULT": point}
    script = Path(__file__).with_name("act_once.py")
    done = subprocess.run([sys.executable, str(script), *words], env=environment, capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, f"{point} was never reached: {done.stderr.decode()[-800:]}"


def done(found: UUID) -> Counter[str]:
    return Counter(row.act for row in ledger.history(found))


def test_points_reached_by_name_only() -> None:
    with pytest.raises(KeyError):
        faults.reach("sign.somewhere")
    for point in faults.POINTS:
        faults.reach(point)


@pytest.mark.clause("217/13.1", "217/11.2")
@pytest.mark.parametrize("point", [p for p in faults.POINTS if p.startswith("sign.")])
def test_sign_killed_is_before_or_after(committed_world: World, point: str) -> None:
    world = committed_world
    found = world.prepared()
    signatory = world.actor(SIGNATORY)
    killed_at(world, point, lambda: acts.sign(actor=signatory, document_id=found))
    after = point == "sign.after_commit"
    view = documents.document(signatory, found)
    assert view.state == ("signed" if after else "approved") and (view.number == 1) == after
    assert list(Number.objects.values_list("number", "state")) == [(1, "used" if after else "reserved")]
    assert done(found)["registry.document.signed"] == after
    assert (documents.rendition_bytes(found, "signed") is not None) == after
    assert acts.sign(actor=signatory, document_id=found).state == "signed"  # the same challenge finishes it
    assert done(found)["registry.document.signed"] == 1
    assert list(Number.objects.values_list("number", "state")) == [(1, "used")]


@pytest.mark.clause("217/13.1", "379/13.5")
@pytest.mark.parametrize("point", [p for p in faults.POINTS if p.startswith("device.")])
def test_answer_of_the_device_killed_is_before_or_after(committed_world: World, point: str) -> None:
    world = committed_world
    mine = devices.given(world)
    found = devices.prepared(world)
    ticket, signatory = devices.opened(world, found), world.actor(SIGNATORY)
    value = mine.value(world, ticket)

    def answer() -> object:
        return acts.take_device_signature(actor=signatory, ticket_id=ticket.id, origin=devices.ORIGIN, value=value)

    killed_at(world, point, answer)
    after = point == "device.after_commit"
    assert documents.document(signatory, found).state == ("signed" if after else "approved")
    assert list(Number.objects.values_list("number", "state")) == [(1, "used" if after else "reserved")]
    assert DeviceTicket.objects.get().state == ("used" if after else "open")
    if not after:
        answer()  # the device sends the same again
    assert documents.document(signatory, found).state == "signed"
    assert done(found)["registry.document.signed"] == 1


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize("point", [p for p in faults.POINTS if p.startswith("seal.")])
def test_seal_killed_is_before_or_after(committed_world: World, point: str) -> None:
    world = committed_world
    found = world.signed()
    clerk = world.actor(CLERK)
    world.confirm(CLERK, "seal", world.digest(found))
    killed_at(world, point, lambda: acts.seal(actor=clerk, document_id=found))
    after = point == "seal.after_commit"
    assert documents.document(clerk, found).state == ("sealed" if after else "signed")
    assert (documents.rendition_bytes(found, "sealed") is not None) == after
    assert acts.seal(actor=clerk, document_id=found).state == "sealed"
    assert done(found)["registry.document.sealed"] == 1


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize("point", [p for p in faults.POINTS if p.startswith("issue.")])
def test_issue_killed_is_before_or_after(committed_world: World, point: str) -> None:
    world = committed_world
    found = world.sealed()
    clerk = world.actor(CLERK)
    world.confirm(CLERK, "issue", world.digest(found))
    killed_at(world, point, lambda: acts.issue(actor=clerk, document_id=found))
    after = point == "issue.after_commit"
    view = documents.document(clerk, found)
    assert (view.state, view.validity) == (("issued", "in_force") if after else ("sealed", ""))
    assert (queries.issue_of(found) is not None) == after == (done(found)["registry.document.issued"] == 1)
    assert acts.issue(actor=clerk, document_id=found).state == "issued"
    assert done(found)["registry.document.issued"] == 1


@pytest.mark.clause("217/13.1", "217/11.2")
def test_prepare_killed_reserves_nothing(committed_world: World) -> None:
    world = committed_world
    found = world.checked()
    killed_alone(world, "prepare.before_commit", "prepare_signature", SIGNATORY, str(found))
    assert Number.objects.count() == 0 and documents.rendition_bytes(found, "prepared") is None
    assert acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found).number == 1


@pytest.mark.clause("217/13.1", "217/5.2")
@pytest.mark.parametrize("point", [p for p in faults.POINTS if p.startswith("register.")])
def test_register_killed_is_before_or_after(committed_world: World, point: str) -> None:
    world = committed_world
    found = world.verified(world.original())
    clerk = world.actor(PROVINCE_CLERK)
    killed_at(world, point, lambda: acts.register_incoming(actor=clerk, document_id=found))
    after = point == "register.after_commit"
    view = documents.document(clerk, found)
    assert view.state == ("registered" if after else "verified") and (view.arrival_number is not None) == after
    if not after:
        assert acts.register_incoming(actor=clerk, document_id=found).number == 1
    arrivals = Number.objects.filter(register__kind="incoming").values_list("number", flat=True)
    assert list(arrivals) == [1] and rules.gaps(arrivals) == ()
    assert done(found)["registry.document.registered"] == 1
