"""Messages per second between two installations: 100 kB PDFs, RSA-2048, signed receipts, everything durable.

Two homes, two databases on one PostgreSQL with durable commits, the receiving endpoint as `antin serve` runs it, the
sender as `antin work` runs it, over TLS 1.3 with certificates on both sides. Counted is what the sender has recorded
as arrived by a verified receipt. Usage: python bench/exchange.py [--messages 400] [--in-flight 16] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import _two_homes as two_homes
from _two_homes import CENTRE, PDF_BYTES, PROVINCE

from antin.house import config as configuration
from antin.house import postgres

TARGET_PER_S = 60.0


def main() -> int:
    if (code := two_homes.played(ROLES)) is not None:
        return code
    arguments = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="antin-bench-"))
    cluster = postgres.start(folder, extra_settings={"max_connections": "120"})
    server: subprocess.Popen[bytes] | None = None
    try:
        homes = two_homes.prepare(folder, cluster)
        for home in homes.values():
            two_homes.run(__file__, "found", home)
        server = two_homes.start(__file__, "serve", homes[PROVINCE])
        two_homes.await_port(configuration.load(homes[PROVINCE]).exchange.port)
        figures = json.loads(
            two_homes.run(__file__, "send", homes[CENTRE], str(arguments.messages), str(arguments.in_flight))
        )
    finally:
        if server is not None:
            figures_server = two_homes.stop(server)
        cluster.stop()
        postgres.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)
    figures["receiver_cpu_ms"] = round(figures_server / arguments.messages * 1000, 1)
    print(json.dumps({"name": "exchange", **figures}) if arguments.json else _sentence(figures))
    return 0 if figures["messages_per_s"] >= TARGET_PER_S else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _sentence(figures: dict[str, Any]) -> str:
    return (
        f"exchange: {figures['messages_per_s']} messages/s end to end ({figures['messages']} of {PDF_BYTES // 1000} kB, "
        f"{figures['in_flight']} in flight; "
        f"CPU queueing with the signed parcel {figures['queue_cpu_ms']} ms, sender {figures['sender_cpu_ms']} ms, receiver {figures['receiver_cpu_ms']} ms a message; "
        f"target {TARGET_PER_S:.0f}/s); received {figures['received']}, lost {figures['lost']}"
    )


# roles, each in a process of its own


def _send_role() -> int:
    import django

    django.setup()
    from antin.exchange import acts, ports, sender
    from antin.values import Actor

    messages, in_flight = int(sys.argv[1]), int(sys.argv[2])
    here = ports.bound()
    ports.bind(replace(here, limits=replace(here.limits, in_flight=in_flight, per_destination=in_flight)))
    warm = [two_homes.issue() for _ in range(in_flight)]
    documents = [two_homes.issue() for _ in range(messages)]
    for document_id in warm:
        acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    sender.send_due()
    queued = time.process_time()
    for document_id in documents:
        acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    queue_cpu_ms = round((time.process_time() - queued) / messages * 1000, 1)
    figures = _measure(sender, documents)
    print(json.dumps({"messages": messages, "in_flight": in_flight, "queue_cpu_ms": queue_cpu_ms, **figures}))
    return 0


def _measure(sender: Any, documents: list[UUID]) -> dict[str, object]:
    expected = _arrived() + len(documents)
    stop = threading.Event()
    before = os.times()
    started = time.perf_counter()
    thread = threading.Thread(target=sender.run, args=(stop,))
    thread.start()
    while _arrived() < expected and time.perf_counter() - started < 120:
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    stop.set()
    thread.join()
    after = os.times()
    received = len(documents) - (expected - _arrived())
    return {
        "messages_per_s": round(received / seconds, 1),
        "seconds": round(seconds, 2),
        "received": received,
        "lost": len(documents) - received,
        "sender_cpu_ms": round(
            ((after.user - before.user) + (after.system - before.system)) / len(documents) * 1000, 1
        ),
    }


def _arrived() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from exchange_dispatch where state = 'arrived'")
        return int(cursor.fetchone()[0])


ROLES = {"send": _send_role}

if __name__ == "__main__":
    raise SystemExit(main())
