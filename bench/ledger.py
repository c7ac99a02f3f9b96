"""What the ledger costs: the same small business transaction with and without an entry, in one run.

A throw-away PostgreSQL with durable commits (fsync on), 16 writers as threads of 4 processes, a sequencer process
beside them in both phases; phases alternate, so that a neighbour's load hits both alike.
Usage: python bench/ledger.py [--seconds 3] [--rounds 2] [--writers 16] [--json]
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
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from antin.house import postgres

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
        address = cluster.ensure_database("bench")
        _in_child(_make_tables, address)
        figures = _measure(address, arguments)
    finally:
        cluster.stop()
        postgres.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures) if arguments.json else _sentence(figures))
    return 0 if figures["cost_percent"] <= TARGET_PERCENT else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="the ledger's cost")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each phase")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measure(address: str, arguments: argparse.Namespace) -> dict[str, Any]:
    stop = multiprocessing.Event()
    sequencer = multiprocessing.Process(target=_sequence, args=(address, stop))
    sequencer.start()
    phases = [
        _phase(address, ledger, arguments.seconds, arguments.writers)
        for _ in range(arguments.rounds)
        for ledger in (False, True)
    ]
    waited = time.monotonic()
    stop.set()
    sequencer.join()
    rates = {ledger: statistics.median(p.rate for p in phases if p.ledger is ledger) for ledger in (False, True)}
    p99 = {ledger: max(p.p99_ms for p in phases if p.ledger is ledger) for ledger in (False, True)}
    return {
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
        f"{figures['writers']} writers: {figures['entries_per_s']} entries/s (p99 {figures['p99_with_ms']} ms),"
        f" the same work without ledger {figures['without_per_s']}/s (p99 {figures['p99_without_ms']} ms):"
        f" cost {figures['cost_percent']} % (target ≤ {TARGET_PERCENT:.0f} %);"
        f" {figures['entries']} entries in the tree {figures['drained_after_s']} s after the last commit"
    )


def _in_child(work: Any, *given: Any) -> None:
    child = multiprocessing.Process(target=work, args=given)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(child.exitcode)


def _set_up(address: str) -> None:
    """Django with the ledger alone, in a fresh process."""
    parts = conninfo_to_dict(address)
    database = {"NAME": parts["dbname"], "USER": parts["user"], "HOST": parts["host"], "CONN_MAX_AGE": None}
    settings.configure(
        INSTALLED_APPS=["antin.ledger"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **database}},
        USE_TZ=True,
    )
    django.setup()
    from antin.ledger import ports

    ports.bind(ports.Ports("bench.example", Ed25519PrivateKey.from_private_bytes(bytes(32))))


def _make_tables(address: str) -> None:
    _set_up(address)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE business (id uuid PRIMARY KEY, content text NOT NULL)")


def _sequence(address: str, stop: Any) -> None:
    _set_up(address)
    from antin.ledger import acts

    while True:
        ending = stop.is_set()
        if not acts.integrate() and ending:
            return
        stop.wait(0.1)


def _phase(address: str, ledger: bool, seconds: float, writers: int) -> Phase:
    results: Any = multiprocessing.Queue()
    barrier = multiprocessing.Barrier(PROCESSES + 1)
    children = [
        multiprocessing.Process(target=_write, args=(address, ledger, seconds, writers // PROCESSES, barrier, results))
        for _ in range(PROCESSES)
    ]
    for child in children:
        child.start()
    barrier.wait()
    times = sorted(took for _ in children for took in results.get())
    for child in children:
        child.join()
    return Phase(ledger, len(times), seconds, 1000 * times[int(len(times) * 0.99)])


def _write(address: str, ledger: bool, seconds: float, threads: int, barrier: Any, results: Any) -> None:
    _set_up(address)
    times: list[float] = []
    workers = [threading.Thread(target=_writer, args=(ledger, seconds, times, barrier, n == 0)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    results.put(times)


def _writer(ledger: bool, seconds: float, times: list[float], barrier: Any, speaks: bool) -> None:
    from django.db import connection, transaction

    from antin.ledger import acts
    from antin.values import Actor, Method, Office, new_id

    connection.ensure_connection()
    actor = Actor(new_id(), "Nguyễn Văn Mẫu", Method.PASSWORD_TOTP, session="a1" * 32, office=Office.CLERK)
    organisation = new_id()
    if speaks:
        barrier.wait()
    until = time.perf_counter() + seconds
    while (start := time.perf_counter()) < until:
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
        times.append(time.perf_counter() - start)
    connection.close()


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    raise SystemExit(main())
