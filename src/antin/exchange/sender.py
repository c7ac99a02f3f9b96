"""The sender: claims what is due, lane by lane, and sends it over persistent connections from a few threads.

One loop decides what starts (`slots`: for all, two more for urgent ones, a cap per destination), threads do the work.
Nothing is remembered here: kill it anywhere and the next one sends the same bytes under the same id.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import psycopg
from django.db import connection

from antin.exchange import answers, claims, faults, ports
from antin.exchange.acts import reoffers, statements, transmit
from antin.exchange.acts.outbox import CHANNEL
from antin.exchange.answers import Judged
from antin.exchange.apart import moving
from antin.exchange.apart.rules import HEADER
from antin.exchange.claims import Claimed, Lease
from antin.exchange.messages import MEDIA_TYPE
from antin.exchange.ports import Answer, Limits, Request, Unreached
from antin.exchange.rules import Outcome
from antin.exchange.slots import BULK, DISPATCH, STATEMENT, URGENT, Attempt, Slots
from antin.regulation import RuleViolation
from antin.sql import renew_connection
from antin.values import Actor
from antin.vault import queries as vault

log = logging.getLogger("antin.exchange.sender")

SYSTEM = Actor.system("exchange")
PARCEL_TYPE = "application/vnd.antin.parcel"
POLL_S = 0.5
RELEASE_EVERY_S = 5.0
CLAIMS_PER_FILLING = 4
CLAIMS: Mapping[str, Callable[[Mapping[UUID, int], int, Lease], list[Claimed]]] = {
    DISPATCH: claims.claim_dispatches,
    URGENT: claims.claim_urgent,
    BULK: claims.claim_bulk,
    STATEMENT: claims.claim_statements,
}
"""By lane, in the order in which they take."""
LANES = frozenset(CLAIMS)


def run(stop: threading.Event) -> None:
    """Sends until told to stop; returns once what was under way has ended."""
    _Sender(stop).run()


def send_due() -> int:
    """Sends what is due now, one after the other, in this thread; answers how many attempts were made. For tests and drills."""
    return _Sender(threading.Event()).run_once()


class _Sender:
    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._slots = _slots_for(ports.bound().limits)
        self._freed = 0
        self._told = True
        self._looked_at = -POLL_S
        self._waiting = LANES
        self._holder = secrets.randbelow(2**31 - 1) + 1
        self._released_at = -RELEASE_EVERY_S

    def run(self) -> None:
        limits = ports.bound().limits
        threads = limits.in_flight + limits.urgent_in_flight + limits.bulk_in_flight + limits.statements_in_flight
        threads += limits.lent_in_flight
        listener = threading.Thread(target=self._listen, name="exchange listener", daemon=True)
        with ThreadPoolExecutor(threads, thread_name_prefix="exchange") as pool:
            listener.start()
            while not self._stop.is_set():
                self._wake.clear()
                lanes = self._due_lanes(limits.in_flight)
                started = self._start(pool, lanes) if lanes else 0
                if not started:
                    self._wake.wait(POLL_S)
        listener.join(timeout=5)
        connection.close()

    def run_once(self) -> int:
        lease = self._lease()
        limits = ports.bound().limits
        count = 0
        while True:
            standing = claims.standing(ports.bound().clock.now())
            slots = claims.lanes(
                ((one, failed) for one, failed, is_closed in standing if not is_closed), {}, limits.per_destination
            )
            closed = claims.lanes(
                ((one, failed) for one, failed, is_closed in standing if is_closed), {}, limits.urgent_in_flight
            )
            found = [(DISPATCH, row) for row in claims.claim_dispatches(slots, limits.in_flight, lease)]
            found += [(URGENT, row) for row in claims.claim_urgent(closed, limits.in_flight, lease)]
            found += [(BULK, row) for row in claims.claim_bulk(slots, limits.bulk_in_flight, lease)]
            found += [(STATEMENT, row) for row in claims.claim_statements(slots, limits.in_flight, lease)]
            for kind, (row_id, _, _) in found:
                _work(kind)(row_id)
            if not found:
                return count
            count += len(found)

    def _due_lanes(self, in_flight: int) -> frozenset[str]:
        """Where to claim now: in all lanes when new work was told or time passed; where more may wait when a good part of the
        slots came free or nothing runs.

        A claim costs the same for one row as for many; while a backlog is worked off, one for each slot is waste.
        """
        with self._lock:
            idle = self._freed > 0 and self._slots.is_idle()
            if self._told or time.monotonic() - self._looked_at >= POLL_S:
                self._told, self._looked_at, self._waiting = False, time.monotonic(), LANES
            elif not idle and self._freed * CLAIMS_PER_FILLING < in_flight:
                return frozenset()
            self._freed = 0
            return self._waiting

    def _start(self, pool: ThreadPoolExecutor, lanes: frozenset[str]) -> int:
        """Claims as much as there is room for and hands it to the threads; answers how much that was."""
        renew_connection()
        lease = self._lease()
        if time.monotonic() - self._released_at > RELEASE_EVERY_S:
            claims.release_dead(lease)
            self._released_at = time.monotonic()
        standing, started, waiting = claims.standing(lease.now), 0, set()
        for kind in (lane for lane in CLAIMS if lane in lanes):
            partners = [(one, failures) for one, failures, closed in standing if kind == URGENT or not closed]
            room, slots = self._slots.left(kind), self._slots.free(kind, partners)
            begun = self._hand_over(pool, kind, CLAIMS[kind](slots, room, lease))
            if begun or room <= 0 or len(slots) < len(partners):
                waiting.add(kind)
            started += begun
        self._waiting = frozenset(waiting)
        return started

    def _hand_over(self, pool: ThreadPoolExecutor, kind: str, found: Iterable[Claimed]) -> int:
        count = 0
        for row_id, partner_id, _ in found:
            faults.reach("send.claimed")
            pool.submit(self._do, self._slots.begin(kind, partner_id), row_id)
            count += 1
        return count

    def _do(self, attempt: Attempt, row_id: UUID) -> None:
        judged: Judged | None = None
        try:
            renew_connection()
            judged = _work(attempt.kind)(row_id)
        except Exception:
            log.exception("an attempt ended without an outcome; its lease will run out")
            connection.close()
        finally:
            has_more = self._slots.end(attempt, heard=judged.heard if judged else None)
            with self._lock:
                self._freed += 1
                self._told = self._told or has_more
            self._wake.set()

    def _lease(self) -> Lease:
        here = ports.bound()
        return Lease(self._holder, here.clock.now(), here.limits.lease_s)

    def _listen(self) -> None:
        """Waits for word of new work on a connection of its own, which also shows that this sender lives."""
        while not self._stop.is_set():
            try:
                with psycopg.connect(**_parameters(), autocommit=True) as own:
                    own.execute("SELECT pg_advisory_lock(%s, %s)", [claims.LOCK_CLASS, self._holder])
                    own.execute(f"LISTEN {CHANNEL}")
                    while not self._stop.is_set():
                        for _ in own.notifies(timeout=1.0, stop_after=1):
                            self._told = True
                            self._wake.set()
            except psycopg.Error:
                log.exception("listening failed; listening again")
                self._stop.wait(2.0)


def send_dispatch(dispatch_id: UUID) -> Judged | None:
    """One attempt for one dispatch: gate, network, outcome. None when the gate did not let it go."""
    ready = transmit.pass_gate(actor=SYSTEM, dispatch_id=dispatch_id)
    if ready is None:
        return None
    faults.reach("send.gate_passed")
    judged = _put(ready)
    faults.reach("send.answered")
    transmit.settle(actor=SYSTEM, ready=ready, judged=judged)
    faults.reach("send.noted")
    return judged


def offer_again() -> int:
    """Offers what recipients lost, one parcel after the other; answers how many. A job of the worker."""
    due = reoffers.due_reoffers()
    for dispatch_id in due:
        ready = reoffers.pass_reoffer_gate(actor=SYSTEM, dispatch_id=dispatch_id)
        if ready is None:
            continue
        try:
            judged = _put(ready)
        except RuleViolation as violation:  # its bytes are gone: destroyed in the meantime
            reoffers.give_up(dispatch_id, violation.message())
            continue
        reoffers.settle_reoffer(actor=SYSTEM, ready=ready, judged=judged)
    return len(due)


def send_statement(statement_id: UUID) -> Judged | None:
    """One attempt to tell one piece of news. None when there is nothing to tell any more."""
    ready = statements.ready_statement(statement_id=statement_id)
    if ready is None:
        return None
    request = Request("POST", "/exchange/v1/statements", MEDIA_TYPE, lambda: (ready.message,), len(ready.message))
    judged = _attempt(
        ready.partner_id,
        lambda: ports.bound().channel.exchange(ready.destination, request),
        lambda answer: answers.judge_statement(answer, ready.asked),
    )
    faults.reach("state.sent")
    statements.settle_statement(statement_id=statement_id, judged=judged)
    faults.reach("state.noted")
    return judged


def _put(ready: transmit.Ready) -> Judged:
    """The parcel over the network, its large parts first, and what the answer means."""

    def send() -> Answer:
        try:
            moved = [part for part in ready.apart if _moved(ready, part)]
        except moving.Stopped as stopped:
            return stopped.answer
        return ports.bound().channel.exchange(ready.destination, _parcel(ready, moved))

    return _attempt(
        ready.partner_id, send, lambda answer: answers.judge_parcel(answer, ready.asked), link_good=ready.link_good
    )


def _moved(ready: transmit.Ready, part: moving.Part) -> bool:
    before = sum(one.size for one in ready.apart if one.position < part.position)

    def went_on(moved: int) -> None:
        here = ports.bound()
        claims.went_on(ready.dispatch_id, before + moved, here.clock.now() + timedelta(seconds=here.limits.lease_s))

    return moving.move(ready.destination, part, went_on)


def _parcel(ready: transmit.Ready, moved: Sequence[moving.Part]) -> Request:
    """The request without the parts that were moved before; it names them by their positions."""
    gone, size = {part.content for part in moved}, sum(part.size for part in moved)
    named = ",".join(str(part.position) for part in moved)
    return Request(
        method="PUT",
        path=f"/exchange/v1/parcels/{ready.parcel}",
        media_type=PARCEL_TYPE,
        pieces=lambda: vault.stream_all((ready.head, *(part for part in ready.parts if part not in gone))),
        size=ready.size - size,
        headers=((HEADER, named),) if moved else (),
        work=size,
    )


def _attempt(
    partner_id: UUID, send: Callable[[], Answer], judge: Callable[[Answer], Judged], *, link_good: bool = False
) -> Judged:
    """Sends and judges; the destination's breaker learns whether anybody sensible answered."""
    try:
        answer = send()
    except Unreached as unreached:
        transmit.note_link(partner_id, reached=False, error=str(unreached))
        return Judged(Outcome.INDETERMINATE, str(unreached), heard=False)
    judged = judge(answer)
    is_sensible = judged.outcome is not Outcome.INDETERMINATE
    if not (is_sensible and link_good):  # a link that was good and is good needs no word
        transmit.note_link(partner_id, reached=is_sensible, error=judged.error)
    return judged


def _work(kind: str) -> Callable[[UUID], Judged | None]:
    return send_statement if kind == STATEMENT else send_dispatch


def _slots_for(limits: Limits) -> Slots:
    room = {
        DISPATCH: limits.in_flight,
        URGENT: limits.urgent_in_flight,
        BULK: limits.bulk_in_flight,
        STATEMENT: limits.statements_in_flight,
    }
    return Slots(room, {**room, DISPATCH: limits.per_destination}, lent=limits.lent_in_flight)


def _parameters() -> dict[str, object]:
    """Connection parameters of the installation's database, for a connection outside the pool."""
    wanted = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key not in ("cursor_factory", "context")
    }
    return {key: value for key, value in wanted.items() if key != "prepare_threshold"}


__all__ = ["offer_again", "run", "send_dispatch", "send_due", "send_statement"]
