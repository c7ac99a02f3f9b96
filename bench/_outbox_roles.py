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
from typing import Any
from uuid import UUID

import _two_homes as two_homes

from antin.values import Actor, Urgency

OFFLINE = ("A97.01", "A97.02", "A97.03")
"""Bodies that letters wait for, each at an installation of its own."""
LETTERS = "letters.json"
LATE_S = 90.0
PACE_S = 0.2


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
    arrivals = Arrivals()
    with _sending():
        assert arrivals.all_within(LATE_S, dispatches), "a letter was lost"
    print(json.dumps({"seconds": max(arrivals.at[one] for one in dispatches) - begun}))
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
        print(json.dumps(_taken_s(letters)), flush=True)
        os._exit(0)  # what still waits for a silent partner is left as by a cut of power


def _taken_s(letters: list[UUID]) -> list[float]:
    """The next is queued when its time has come, whether those before have arrived or not."""
    arrivals, begun, pace = Arrivals(), dict[UUID, float](), threading.Event()
    first = time.perf_counter()
    for number, letter in enumerate(letters):
        pace.wait(max(0.0, first + number * PACE_S - time.perf_counter()))  # never set: the pace itself
        begun[_queue(letter)] = time.perf_counter()
    arrivals.all_within(LATE_S, list(begun))
    return [arrivals.at[one] - since if one in arrivals.at else LATE_S for one, since in begun.items()]


class Arrivals:
    """When each dispatch's verified receipt was noted by the sender of this process, by its own clock."""

    def __init__(self) -> None:
        from antin.exchange.acts import transmit
        from antin.exchange.rules import Outcome

        self.at: dict[UUID, float] = {}
        self._changed = threading.Condition()
        settle = transmit.settle

        def and_note(*, actor: Actor, ready: transmit.Ready, judged: Any) -> None:
            settle(actor=actor, ready=ready, judged=judged)
            if judged.outcome is Outcome.ACKNOWLEDGED:
                with self._changed:
                    self.at[ready.dispatch_id] = time.perf_counter()
                    self._changed.notify_all()

        transmit.settle = and_note

    def all_within(self, seconds: float, wanted: list[UUID]) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: all(one in self.at for one in wanted), seconds)


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
