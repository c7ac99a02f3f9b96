"""kill -9 at every named point of the axis' worker: one message at the axis, one document here, everybody told."""

from __future__ import annotations

import pytest
from tests.exchange.axis_scene import AxisIn, AxisOut, AxisScene
from tests.exchange.mortal import mortal, until
from tests.exchange.test_crash import _died

from antin.exchange import faults, ports
from antin.exchange.axis import worker
from antin.exchange.follow import follow_once
from antin.exchange.models import Dispatch
from antin.ledger import acts as ledger
from antin.ledger import queries as ledger_queries

POINTS = [point for point in faults.POINTS if point.startswith("axis.")]
OUT = [
    p
    for p in POINTS
    if p in ("axis.built", "axis.claimed", "axis.gate_passed", "axis.handed_over", "axis.told", "axis.noted")
]
IN = [p for p in POINTS if p in ("axis.fetched", "axis.read", "axis.taken_in", "axis.committed")]
LOOKING = ["axis.looked_up"]

pytestmark = pytest.mark.clause("217/13.1", "217/6.2")


def test_every_point_is_killed_here() -> None:
    assert {*OUT, *IN, *LOOKING} == set(POINTS)


@pytest.mark.parametrize("point", OUT)
def test_worker_killed_while_sending_hands_over_once(axis: AxisScene, point: str) -> None:
    document_id = axis.scene.issue("H98")
    assert _died(mortal(point, _work))
    _finish()
    _at_the_axis_once(axis)
    assert "relayed" in Dispatch.objects.get(document_id=document_id).times


def test_worker_killed_while_looking_hands_over_once(axis: AxisScene) -> None:
    axis.scene.issue("H98")
    axis.server.faults["/sendEdoc"].append("drop_after")
    assert _died(mortal("axis.looked_up", _work))
    _finish()
    _at_the_axis_once(axis)


@pytest.mark.parametrize("point", IN)
def test_worker_killed_while_receiving_takes_in_once(axis: AxisScene, point: str) -> None:
    axis.hand_in(axis.letter())
    assert _died(mortal(point, _work))
    _finish()
    assert axis.taken_in() == 1
    assert list(AxisIn.objects.values_list("state", "verdict")) == [("admitted", "done")]
    assert axis.theirs().sent("edoc")[0].status == "done"
    assert len(axis.arrived("status")) == 1


def _at_the_axis_once(axis: AxisScene) -> None:
    assert len(axis.arrived()) == 1
    assert list(AxisOut.objects.values_list("purpose", "state")) == [("new", "taken")]
    told = [row.facts.get("outcome") for row in ledger_queries.history(Dispatch.objects.get().document_id)]
    assert told.count("relayed") == 1


def _work() -> None:
    while ledger.integrate():
        pass
    follow_once()
    worker.send_due()
    worker.receive_due()


def _finish() -> None:
    """A fresh worker goes on; leases of the dead one run out."""
    until(_all_told, _work_on)


def _all_told() -> bool:
    sent = AxisOut.objects.exists() and not AxisOut.objects.filter(state="queued").exists()
    return sent and not AxisIn.objects.filter(told_at=None).exists()


def _work_on() -> None:
    AxisOut.objects.filter(state="queued").update(next_attempt_at=ports.bound().clock.now())
    _work()
