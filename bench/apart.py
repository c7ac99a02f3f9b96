"""One attachment of 1 GiB between two installations: how long it takes, what the processes hold, what a cut costs.

The sender is ended in the middle once; what it sent before is not sent again.
Usage: python bench/apart.py [--megabytes 1024] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

import _two_homes as two_homes

from antin.house import config as configuration
from antin.house import postgres

MB = 1024 * 1024
TARGET_MB = 100
WAIT_S = 600


def main() -> int:
    if (code := two_homes.played(ROLES)) is not None:
        return code
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="antin-bench-"))
    cluster = postgres.start(folder, extra_settings={"max_connections": "120"})
    server = None
    try:
        homes = two_homes.prepare(folder, cluster)
        for home in homes.values():
            two_homes.run(__file__, "found", home)
        server = two_homes.start(__file__, "serve", homes[two_homes.PROVINCE])
        two_homes.await_port(configuration.load(homes[two_homes.PROVINCE]).exchange.port)
        document = two_homes.run(__file__, "attach", homes[two_homes.CENTRE], str(arguments.megabytes)).strip()
        first = json.loads(
            two_homes.run(__file__, "move", homes[two_homes.CENTRE], document, str(arguments.megabytes * MB // 2))
        )
        second = json.loads(two_homes.run(__file__, "move", homes[two_homes.CENTRE], document, "0"))
        receiver_mb = _peak_mb_of_children(server.pid)
    finally:
        if server is not None:
            two_homes.stop(server)
        cluster.stop()
        postgres.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)
    figures = {
        "name": "apart",
        "megabytes": arguments.megabytes,
        "seconds": round(first["seconds"] + second["seconds"], 1),
        "cut_at_mb": first["moved"] // MB,
        "after_the_cut_mb": arguments.megabytes - first["moved"] // MB,
        "sender_swells_mb": max(first["swells_mb"], second["swells_mb"]),
        "receiver_peak_mb": receiver_mb,
        "state": second["state"],
    }
    print(json.dumps(figures) if arguments.json else _sentence(figures))
    good = figures["state"] == "arrived" and figures["sender_swells_mb"] <= TARGET_MB
    return 0 if good else 1


def _sentence(f: dict[str, object]) -> str:
    return (
        f"large attachment: {f['megabytes']} MiB in {f['seconds']} s, cut at {f['cut_at_mb']} MiB and gone on from there: {f['state']}; "
        f"sender's memory +{f['sender_swells_mb']} MiB (target {TARGET_MB}), receiver's largest process {f['receiver_peak_mb']} MiB"
    )


# roles, each in a process of its own


def _attach_role() -> int:
    import django

    django.setup()
    from antin.exchange import acts
    from antin.values import Actor

    block = os.urandom(MB)
    size = int(sys.argv[1]) * MB
    pieces = (block[n % MB :] + block[: n % MB] for n in range(int(sys.argv[1])))
    document_id = two_homes.issue(attachment=("so-lieu.bin", size, pieces))
    acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    print(document_id)
    return 0


def _move_role() -> int:
    """Sends until the document has arrived, or until that many bytes are over there."""
    import django

    django.setup()
    from antin.exchange import sender
    from antin.exchange.models import Dispatch

    document_id, most = sys.argv[1], int(sys.argv[2])
    stop = threading.Event()
    Path("/proc/self/clear_refs").write_text("5")
    before, begun = _peak_mb(os.getpid()), time.monotonic()
    thread = threading.Thread(target=sender.run, args=(stop,), daemon=True)
    thread.start()
    while time.monotonic() - begun < WAIT_S:
        row = Dispatch.objects.get(document_id=document_id)
        if row.state == "arrived" or 0 < most <= row.moved_bytes:
            break
        time.sleep(0.02)
    told = {
        "state": row.state,
        "moved": row.moved_bytes,
        "seconds": time.monotonic() - begun,
        "swells_mb": round(_peak_mb(os.getpid()) - before),
    }
    print(json.dumps(told), flush=True)
    os._exit(0)  # in the middle of whatever it does


def _peak_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def _peak_mb_of_children(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return round(max(_peak_mb(int(child)) for child in [str(pid), *children]))


ROLES = {"attach": _attach_role, "move": _move_role}

if __name__ == "__main__":
    raise SystemExit(main())
