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

OFFLINE = ("A97.01", "A97.02", "A97.03")
"""Bodies that letters wait for, each at an installation of its own."""
LETTERS = "letters.json"
LATE_S = 90.0
SETTLE_S = 3.0
PACE_S = 0.2
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
    begun = time.perf_counter()
    dispatches = [_queue(one) for one in letters]
    with _sending():
        for one in dispatches:
            while not _has_arrived(one):
                assert time.perf_counter() - begun < LATE_S, "a letter was lost"
                time.sleep(COUNT_S)
    print(json.dumps({"seconds": time.perf_counter() - begun}))
    return 0


def _befriend_role() -> int:
    """Enters an installation, by its body's code, at that port; its certificates lie in the folder. One letter waits for it."""
    _begin()
    from antin.exchange import acts as exchange

    folder, code, port = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    entry = exchange.OrganisationEntry(code, f"Cơ quan mẫu {code}", (folder / f"{code}.der").read_bytes())
    exchange.found_partner(
        actor=Actor.system(), name=code, url=f"https://127.0.0.1:{port}", host_code=code,
        node_certificate_der=(folder / f"{code}.node").read_bytes(), organisations=[entry],
    )  # fmt: skip
    _queue(two_homes.issue(recipient=code))
    return 0


def _hurry_role() -> int:
    """Urgent letters at a steady pace while the sender runs; tells the seconds that each took to its receipt."""
    _begin()
    from antin.exchange.acts import note_link
    from antin.exchange.models import Partner

    letters = [two_homes.issue(urgency=Urgency.URGENT) for _ in range(int(sys.argv[1]))]
    for partner_id in Partner.objects.filter(host_code__in=OFFLINE).values_list("id", flat=True):
        note_link(partner_id, reached=True)  # as if its trouble began now
    with _sending():
        time.sleep(SETTLE_S)
        print(json.dumps(_taken_s(letters)), flush=True)
        os._exit(0)  # what still waits for a silent partner is left as by a cut of power


def _taken_s(letters: list[UUID]) -> list[float]:
    """The next is queued when its time has come, whether those before have arrived or not."""
    begun, taken = {}, {}
    first = time.perf_counter()
    while len(taken) < len(letters) and time.perf_counter() - first < LATE_S:
        if len(begun) < len(letters) and time.perf_counter() - first >= len(begun) * PACE_S:
            dispatch_id = _queue(letters[len(begun)])
            begun[dispatch_id] = time.perf_counter()
        for dispatch_id in begun.keys() - taken.keys():
            if _has_arrived(dispatch_id):
                taken[dispatch_id] = time.perf_counter() - begun[dispatch_id]
        time.sleep(LOOK_S)
    return [taken.get(one, LATE_S) for one in begun]


def _has_arrived(dispatch_id: UUID) -> bool:
    from antin.exchange.models import Dispatch

    return bool(Dispatch.objects.values_list("state", flat=True).get(id=dispatch_id) == "arrived")


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
    "hurry": _hurry_role,
}
