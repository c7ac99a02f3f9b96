"""What the ledger costs: the same work with and without its entry, in one run.

Two kinds of work. `act`: the product's own smallest act, a draft created through the room's door (row, revision, grant,
sealed text); without the ledger its `append` is left out. `row`: one row inserted and nothing else, the hardest measure,
since an entry is itself two rows, a digest and a place in the tree. The target is asked of the act (ADR 13).

A throw-away PostgreSQL with durable commits (fsync on), 16 writers as threads of 4 processes, a sequencer process
beside them in both phases; phases alternate, so that a neighbour's load hits both alike.
Usage: python bench/ledger.py [--seconds 3] [--rounds 2] [--writers 16] [--work act|row] [--json]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

from antin.house import config as configuration
from antin.house import install, postgres

PROCESSES = 4
TARGET_PERCENT = 35.0
CONTENT = os.urandom(400).hex()  # 800 characters, as a small document row


@dataclass(frozen=True)
class Phase:
    ledger: bool
    transactions: int
    seconds: float
    p99_ms: float

    @property
    def rate(self) -> float:
        return self.transactions / self.seconds


def main() -> int:
    arguments = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="antin-bench-"))
    cluster = postgres.start(folder, extra_settings={"max_connections": "100"})
    try:
        home = folder / "home"
        install.create(configuration.Config(home=home, name="bench", database_url=cluster.ensure_database("bench")))
        os.environ[configuration.HOME_VARIABLE] = str(home)
        os.environ["DJANGO_SETTINGS_MODULE"] = "antin.house.settings"
        _in_child(_make_tables)
        figures = [_measure(work, arguments) for work in ([arguments.work] if arguments.work else ["act", "row"])]
    finally:
        cluster.stop()
        postgres.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(map(json.dumps if arguments.json else _sentence, figures)))
    return 0 if all(one["cost_percent"] <= TARGET_PERCENT for one in figures if one["work"] == "act") else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="the ledger's cost")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each phase")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--work", choices=("act", "row"))
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measure(work: str, arguments: argparse.Namespace) -> dict[str, Any]:
    stop = multiprocessing.Event()
    sequencer = multiprocessing.Process(target=_sequence, args=(stop,))
    sequencer.start()
    phases = [
        _phase(work, ledger, arguments.seconds, arguments.writers)
        for _ in range(arguments.rounds)
        for ledger in (False, True)
    ]
    waited = time.monotonic()
    stop.set()
    sequencer.join()
    rates = {ledger: statistics.median(p.rate for p in phases if p.ledger is ledger) for ledger in (False, True)}
    p99 = {ledger: max(p.p99_ms for p in phases if p.ledger is ledger) for ledger in (False, True)}
    return {
        "work": work,
        "writers": arguments.writers,
        "without_per_s": round(rates[False]),
        "entries_per_s": round(rates[True]),
        "cost_percent": round(100 * (1 - rates[True] / rates[False]), 1),
        "p99_without_ms": round(p99[False], 1),
        "p99_with_ms": round(p99[True], 1),
        "entries": sum(p.transactions for p in phases if p.ledger),
        "drained_after_s": round(time.monotonic() - waited, 2),
    }


def _sentence(figures: dict[str, Any]) -> str:
    return (
        f"{figures['work']}, {figures['writers']} writers: {figures['entries_per_s']} entries/s"
        f" (p99 {figures['p99_with_ms']} ms), the same work without ledger {figures['without_per_s']}/s"
        f" (p99 {figures['p99_without_ms']} ms): cost {figures['cost_percent']} %"
        f"{f' (target ≤ {TARGET_PERCENT:.0f} %)' if figures['work'] == 'act' else ''};"
        f" {figures['entries']} entries in the tree {figures['drained_after_s']} s after the last commit"
    )


def _in_child(work: Any, *given: Any) -> None:
    child = multiprocessing.Process(target=work, args=given)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(child.exitcode)


def _make_tables() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from antin.identity import acts as identity
    from antin.values import Actor

    call_command("migrate", verbosity=0)
    identity.found_organisation(
        actor=Actor.system(), name="Văn phòng mẫu", short_name="VP", kind="organisation", level="central",
        place="Hà Nội", notation="VP", body_name="VĂN PHÒNG MẪU", codes={"party": "A99.01"}, basis="Mẫu",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE business (id uuid PRIMARY KEY, content text NOT NULL)")


def _sequence(stop: Any) -> None:
    django.setup()
    from antin.ledger import acts

    while True:
        ending = stop.is_set()
        if not acts.integrate() and ending:
            return
        stop.wait(0.1)


def _phase(work: str, ledger: bool, seconds: float, writers: int) -> Phase:
    results: Any = multiprocessing.Queue()
    barrier = multiprocessing.Barrier(PROCESSES + 1)
    given = (work, ledger, seconds, writers // PROCESSES, barrier, results)
    children = [multiprocessing.Process(target=_write, args=given) for _ in range(PROCESSES)]
    for child in children:
        child.start()
    barrier.wait()
    times = sorted(took for _ in children for took in results.get())
    for child in children:
        child.join()
    return Phase(ledger, len(times), seconds, 1000 * times[int(len(times) * 0.99)])


def _write(work: str, ledger: bool, seconds: float, threads: int, barrier: Any, results: Any) -> None:
    django.setup()
    times: list[float] = []
    once = {"act": _draft, "row": _row}[work]
    workers = [
        threading.Thread(target=_writer, args=(once, ledger, seconds, times, barrier, n == 0)) for n in range(threads)
    ]
    if not ledger:
        _leave_out()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    results.put(times)


def _leave_out() -> None:
    """The same work without the ledger: only here may an act go without its entry."""
    from antin.ledger import acts

    acts.append = lambda *_, **__: None  # type: ignore[assignment]


def _writer(once: Any, ledger: bool, seconds: float, times: list[float], barrier: Any, speaks: bool) -> None:
    from django.db import connection

    from antin.identity import queries as identity
    from antin.values import Actor, MandateView, Method, Office, new_id

    organisation = identity.organisations()[0].id
    actor = Actor(
        new_id(), "Nguyễn Văn Mẫu", Method.PASSWORD_TOTP, session="a1" * 32, office=Office.CLERK,
        mandates=(MandateView(Office.DRAFTER, organisation),), organisation_id=organisation,
    )  # fmt: skip
    if speaks:
        barrier.wait()
    until = time.perf_counter() + seconds
    while (start := time.perf_counter()) < until:
        once(actor, organisation, ledger)
        times.append(time.perf_counter() - start)
    connection.close()


def _draft(actor: Any, organisation: Any, _ledger: bool) -> None:
    from antin.documents import acts
    from antin.documents.facts import DraftFields

    fields = DraftFields(type_code="cong_van", abstract="Về việc mẫu", body=CONTENT)
    acts.create_draft(actor=actor, organisation_id=organisation, fields=fields)


def _row(actor: Any, organisation: Any, ledger: bool) -> None:
    from django.db import connection, transaction

    from antin.ledger import acts
    from antin.values import new_id

    document = new_id()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO business (id, content) VALUES (%s, %s)", (document, CONTENT))
        if ledger:
            acts.append(
                "documents.draft.created",
                actor,
                object_kind="document",
                object_id=document,
                organisation_id=organisation,
                facts={"digest": "ab" * 32, "revision": 1},
                detail={"abstract": "Về việc mẫu"},
            )


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    raise SystemExit(main())
