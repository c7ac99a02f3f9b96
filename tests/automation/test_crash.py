"""kill -9 between the effect and its cursor, and after both: each cause has its effect once (217/13.1, 379/27.2.b)."""

from __future__ import annotations

import os
import signal

import pytest
from django.db import connection

from antin.automation import follow
from antin.automation.models import Run
from antin.casework.models import Assignment
from antin.house import wiring
from antin.ledger import acts as ledger_acts
from antin.ledger import queries as ledger
from world import World

from .conftest import Machine


def killed_at(world: World, point: str) -> None:
    """Follows in a forked process that dies at the point, with connections of its own."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            os.environ["ANTIN_FAULT"] = point
            wiring.wire(world.authority.config)
            follow.follow_once()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"{point} was never reached"


@pytest.mark.clause("379/27.2.b", "217/13.1")
@pytest.mark.parametrize("point", ["follow.before_commit", "follow.after_commit"])
def test_a_follower_killed_again_and_again_assigns_once(committed_world: World, point: str) -> None:
    machine = Machine(committed_world)
    rule = machine.enabled()
    machine.follow()
    found = machine.registered()
    while ledger_acts.integrate():
        pass
    registered = next(row for row in ledger.history(found) if row.act == "registry.document.registered")
    assert registered.leaf_index is not None
    for entry in ledger.following(follow.FOLLOWER):  # up to the cause itself nothing is done
        if entry.id < registered.id:
            killed_at(committed_world, "follow.after_commit")
    killed_at(committed_world, point)
    done = Run.objects.filter(rule_id=rule).count()
    assert done == Assignment.objects.filter(document_id=found).count() == (1 if point.endswith("after_commit") else 0)
    machine.follow()
    assert Run.objects.filter(rule_id=rule).count() == Assignment.objects.filter(document_id=found).count() == 1
    acts = [row.act for row in ledger.history(found)]
    assert acts.count("casework.work.assigned") == acts.count("automation.act.run") == 1
