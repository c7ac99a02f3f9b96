"""What the processes of `bench/outbox.py` do, each in one of the homes."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import _two_homes as two_homes

from antin.values import Actor, Urgency

OFFLINE = "A97.01"
"""The body that letters wait for."""
LETTERS = "letters.json"
LATE_S = 90.0
SETTLE_S = 3.0
PAUSE_S = 0.1
LOOK_S = 0.002
COUNT_S = 0.05


def _deliver_role() -> int:
    """One letter, sent and received: what a history is multiplied from."""
    _begin()
    from antin.exchange import sender

    _queue(two_homes.issue())
    assert sender.send_due() == 1
    return 0


def _issue_role() -> int:
    """So many letters that are not queued yet."""
    home = _begin()
    (home / LETTERS).write_text(json.dumps([str(two_homes.issue()) for _ in range(int(sys.argv[1]))]))
    return 0


def _send_role() -> int:
    """Queues and sends them; tells the seconds from the first queued to the last receipt."""
    letters = [UUID(one) for one in json.loads((_begin() / LETTERS).read_text())]
    from antin.exchange.models import Dispatch

    begun = time.perf_counter()
    dispatches = [_queue(one) for one in letters]
    with _sending():
        open_ones = Dispatch.objects.filter(id__in=dispatches).exclude(state="arrived")
        while open_ones.exists() and time.perf_counter() - begun < LATE_S:
            time.sleep(COUNT_S)
    assert not open_ones.exists(), "a letter was lost"
    print(json.dumps({"seconds": time.perf_counter() - begun}))
    return 0


def _befriend_role() -> int:
    """Enters a third installation at that port; its certificates lie in the folder."""
    _begin()
    from antin.exchange import acts as exchange

    folder, port = Path(sys.argv[1]), sys.argv[2]
    entry = exchange.OrganisationEntry(OFFLINE, "Cơ quan thứ ba mẫu", (folder / "third.der").read_bytes())
    exchange.found_partner(
        actor=Actor.system(), name=OFFLINE, url=f"https://127.0.0.1:{port}", host_code=OFFLINE,
        node_certificate_der=(folder / "third.node").read_bytes(), organisations=[entry],
    )  # fmt: skip
    return 0


def _wait_role() -> int:
    """One letter that waits for the third body: what a queue is multiplied from."""
    _begin()
    _queue(two_homes.issue(recipient=OFFLINE))
    return 0


def _hurry_role() -> int:
    """Urgent letters one after the other while the sender runs; tells the seconds that each took to its receipt."""
    _begin()
    from antin.exchange.acts import note_link
    from antin.exchange.models import Partner

    letters = [two_homes.issue(urgency=Urgency.URGENT) for _ in range(int(sys.argv[1]))]
    for partner_id in Partner.objects.filter(host_code=OFFLINE).values_list("id", flat=True):
        note_link(partner_id, reached=True)  # as if its trouble began now
    with _sending():
        time.sleep(SETTLE_S)
        print(json.dumps([_taken_s(one) for one in letters]), flush=True)
        os._exit(0)  # what still waits for a silent partner is left as by a cut of power


def _taken_s(letter: UUID) -> float:
    from antin.exchange.models import Dispatch

    time.sleep(PAUSE_S)
    dispatch_id = _queue(letter)
    begun = time.perf_counter()
    while Dispatch.objects.values_list("state", flat=True).get(id=dispatch_id) != "arrived":
        if time.perf_counter() - begun > LATE_S:
            break
        time.sleep(LOOK_S)
    return time.perf_counter() - begun


def _begin() -> Path:
    import django

    django.setup()
    from django.conf import settings

    home: Path = settings.ANTIN.home
    return home


def _queue(letter: UUID) -> UUID:
    from antin.exchange import acts

    (dispatch_id,) = acts.queue_dispatches(actor=Actor.system(), document_id=letter)
    return dispatch_id


@contextmanager
def _sending() -> Iterator[None]:
    """The sender as the worker runs it."""
    from antin.exchange import sender

    stop = threading.Event()
    threading.Thread(target=sender.run, args=(stop,), daemon=True).start()
    yield
    stop.set()


ROLES = {
    "deliver": _deliver_role,
    "issue": _issue_role,
    "send": _send_role,
    "befriend": _befriend_role,
    "wait": _wait_role,
    "hurry": _hurry_role,
}
