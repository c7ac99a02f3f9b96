"""kill -9 at every named point of either side: nothing is lost, nothing is doubled, both sides end up saying the same.

Whoever works here is a process of its own: one sends and follows the ledger as `antin work` does, one answers at a
port of its own as the receiving endpoint does. The one under test dies at the point; a fresh one then goes on.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connections
from tests.exchange.node import Endpoint
from tests.exchange.scene import Scene, pdf

from antin.documents.models import Document
from antin.exchange import faults, receiver, sender
from antin.exchange.apart.rules import PIECE_BYTES
from antin.exchange.follow import follow_once
from antin.exchange.models import Dispatch, Evidence, ParcelIn, ParcelOut, Partner, StatementIn, StatementOut
from antin.ledger import acts as ledger
from antin.ledger import queries as ledger_queries

SECONDS = 20.0
SENDS = [point for point in faults.POINTS if point.startswith(("send.", "follow.queued"))]
RECEIVES = [point for point in faults.POINTS if point.startswith("receive.")]
TELLS = [point for point in faults.POINTS if point.startswith(("state.", "follow.stated"))]
LISTENS = [point for point in faults.POINTS if point.startswith("listen.")]

pytestmark = pytest.mark.clause("217/13.1", "217/6.2")


def test_every_point_is_killed_here() -> None:
    others = {point for point in faults.POINTS if point.startswith(("axis.", "mail."))}  # in tests of their own
    assert {*SENDS, *RECEIVES, *TELLS, *LISTENS} | others == set(faults.POINTS)


@pytest.mark.parametrize("point", SENDS)
def test_sender_killed_sends_once(scene: Scene, point: str) -> None:
    large = _large_for(point)
    document_id = scene.issue(
        data=pdf(300_000), attachments=large
    )  # several reads on the wire, so that half of it can be sent
    assert _died(_worker(point))
    _finish(lambda: _state(document_id) == "arrived")
    _delivered_once(document_id)


@pytest.mark.parametrize("point", RECEIVES)
def test_receiver_killed_takes_in_once(scene: Scene, point: str) -> None:
    document_id = scene.issue(attachments=_large_for(point))
    with _receiver(scene, point) as process:
        worker = _worker("", until=lambda: False)
        assert _died(process)
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    _finish(lambda: _state(document_id) == "arrived")
    _delivered_once(document_id)


@pytest.mark.clause("217/11.14", "217/6.4")
@pytest.mark.parametrize("point", TELLS)
def test_teller_killed_tells_once(scene: Scene, point: str) -> None:
    document_id = _registered(scene)
    assert _died(_worker(point))
    _finish(lambda: _state(document_id) == "accepted" and _told())
    _told_once(document_id)


@pytest.mark.clause("217/11.14", "217/6.4")
@pytest.mark.parametrize("point", LISTENS)
def test_listener_killed_hears_once(scene: Scene, point: str) -> None:
    document_id = _registered(scene)
    with _receiver(scene, point) as process:
        worker = _worker("", until=lambda: False)
        assert _died(process)
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    _finish(lambda: _state(document_id) == "accepted" and _told())
    _told_once(document_id)


def _large_for(point: str) -> tuple[tuple[str, str, bytes], ...]:
    """An attachment that travels apart, in three pieces, where a piece is to be killed."""
    large = bytes(2 * PIECE_BYTES + 1)
    return (("so-lieu.bin", "application/octet-stream", large),) if "piece" in point else ()


# what must be true afterwards


def _delivered_once(document_id: UUID) -> None:
    dispatch = Dispatch.objects.get(document_id=document_id)
    assert (dispatch.state, ParcelOut.objects.count()) == ("arrived", 1)
    (taken,) = ParcelIn.objects.all()
    assert taken.parcel == dispatch.parcel.id
    assert list(Document.objects.filter(direction="incoming").values_list("id", flat=True)) == [taken.document_id]
    ours, theirs = Evidence.objects.get(side="ours"), Evidence.objects.get(side="theirs")
    assert bytes(ours.message) == bytes(theirs.message) == bytes(taken.answer)
    acts = [row.act for row in ledger_queries.history(taken.document_id)]
    assert acts.count("exchange.parcel.received") == 1
    sent = [row for row in ledger_queries.history(document_id) if row.facts.get("outcome") == "acknowledged"]
    assert len(sent) == 1


def _told_once(document_id: UUID) -> None:
    assert (StatementOut.objects.count(), StatementIn.objects.count()) == (1, 1)
    told, heard = StatementOut.objects.get(), StatementIn.objects.get()
    assert heard.applied and heard.statement == told.id
    assert bytes(told.answer) == bytes(heard.answer)
    acts = [row.act for row in ledger_queries.history(document_id)]
    assert acts.count("exchange.dispatch.progressed") == 1


def _state(document_id: UUID) -> str:
    return Dispatch.objects.filter(document_id=document_id).values_list("state", flat=True).first() or ""


def _told() -> bool:
    return StatementOut.objects.filter(state="acknowledged").exists()


# processes


def _registered(scene: Scene) -> UUID:
    """A document that arrived and was registered; its sender has not been told yet."""
    document_id = scene.issue()
    _finish(lambda: _state(document_id) == "arrived")
    scene.enter("registry.document.registered", scene.incoming(Dispatch.objects.get(document_id=document_id)))
    return document_id


def _finish(until: Callable[[], bool]) -> None:
    """A healthy worker goes on until that is true."""
    _, status = os.waitpid(_worker("", until=until), 0)
    assert status == 0, "the fresh worker did not bring it to its end"
    connections.close_all()


def _worker(point: str, *, until: Callable[[], bool] = lambda: False) -> int:
    """`antin work` in a child: it sends and follows; exits with 0 as soon as `until` holds, with 3 when it never does."""

    def work() -> int:
        stop = threading.Event()
        thread = threading.Thread(target=sender.run, args=(stop,))
        thread.start()
        ends_at = time.monotonic() + SECONDS
        while not (held := until()) and time.monotonic() < ends_at:
            while ledger.integrate():
                pass
            follow_once()
            stop.wait(0.05)
        stop.set()
        thread.join()
        return 0 if held else 3

    return _child(point, work)


@contextmanager
def _receiver(scene: Scene, point: str) -> Iterator[int]:
    """The receiving endpoint in a child at a port of its own, found there by the directory for as long as this lasts."""
    out, into = os.pipe()

    def serve() -> int:
        endpoint = Endpoint(receiver.application, scene.node)
        os.write(into, endpoint.url.encode() + b"\n")
        threading.Event().wait(SECONDS)
        return 3

    process = _child(point, serve)
    url = os.read(out, 200).decode().strip()
    Partner.objects.filter(id=scene.self_id).update(url=url)
    yield process
    Partner.objects.filter(id=scene.self_id).update(url=scene.endpoint.url, retry_at=None, failures=0)
    os.close(out)
    os.close(into)


def _child(point: str, task: Callable[[], int]) -> int:
    connections.close_all()  # so that the child inherits no session
    child = os.fork()
    if child:
        return child
    status = 4
    try:
        os.environ[faults.VARIABLE] = point
        status = task()
    finally:
        os._exit(status)


def _died(process: int) -> bool:
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
