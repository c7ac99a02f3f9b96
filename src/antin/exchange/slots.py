"""What runs in this sender and what may start beside it: who keeps silent never holds what others wait for (217/6.3.p2).

- A destination that answered lately has all slots that a lane gives one destination; any other, and one that is
  overdue with an answer, has one in each lane until it answers.
- An attempt whose answer is overdue counts no more against its lane, only against its destination: its slot is lent
  to others, up to `lent` at once.
- Large parcels take their time; their lane neither lends nor waits to be answered.

>>> slots = Slots({URGENT: 2}, {URGENT: 2}, lent=2)
>>> slots.free(URGENT, [(UUID(int=1), 0)])
{UUID('00000000-0000-0000-0000-000000000001'): 1}
>>> slots.end(slots.begin(URGENT, UUID(int=1)), heard=True)
True
>>> slots.free(URGENT, [(UUID(int=1), 0)])
{UUID('00000000-0000-0000-0000-000000000001'): 2}
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from antin.exchange.rules import free_slots

DISPATCH, URGENT, BULK, STATEMENT = "dispatch", "urgent", "bulk", "statement"
PATIENCE_S = 3.0
"""After so long an answer is overdue. It may still come: the attempt goes on."""
HEARD_S = 30.0
"""So long an answer shows that a destination is there."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One attempt that runs: in which lane, towards whom, since when."""

    kind: str
    partner: UUID
    began: float


class Slots:
    """Shared by the sender's loop and its threads. `room` in all and `each` destination's share, by lane."""

    def __init__(
        self,
        room: Mapping[str, int],
        each: Mapping[str, int],
        *,
        lent: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room, self._each, self._lent = room, each, lent
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._running: list[Attempt] = []
        self._heard: dict[UUID, float] = {}

    def begin(self, kind: str, partner: UUID) -> Attempt:
        attempt = Attempt(kind, partner, self._monotonic())
        with self._lock:
            self._running.append(attempt)
        return attempt

    def end(self, attempt: Attempt, *, heard: bool | None) -> bool:
        """`heard`: whether an answer came, None when nothing was asked. True when its destination has more slots now."""
        with self._lock:
            self._running.remove(attempt)
            if heard is None:
                return False
            was_trusted = attempt.partner in self._trusted()
            if heard:
                self._heard[attempt.partner] = self._monotonic()
            else:
                self._heard.pop(attempt.partner, None)
            return not was_trusted and attempt.partner in self._trusted()

    def left(self, kind: str) -> int:
        """How many may start in this lane."""
        with self._lock:
            lent = self._overdue()[: self._lent]
            return self._room[kind] - sum(one.kind == kind and one not in lent for one in self._running)

    def free(self, kind: str, partners: Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
        """Of destinations (id, failures in a row) those that may have more in this lane, and how many."""
        with self._lock:
            trusted = self._trusted()
            in_flight = Counter(one.partner for one in self._running if one.kind == kind)
        found = {
            partner: free_slots(
                failures=failures,
                in_flight=in_flight[partner],
                cap=self._each[kind] if kind == BULK or partner in trusted else 1,
            )
            for partner, failures in partners
        }
        return {partner: slots for partner, slots in found.items() if slots}

    def is_idle(self) -> bool:
        with self._lock:
            return not self._running

    def _overdue(self) -> list[Attempt]:
        """Oldest first."""
        before = self._monotonic() - PATIENCE_S
        return [one for one in self._running if one.kind != BULK and one.began < before]

    def _trusted(self) -> set[UUID]:
        since = self._monotonic() - HEARD_S
        return {partner for partner, at in self._heard.items() if at > since} - {one.partner for one in self._overdue()}
