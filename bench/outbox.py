"""What a full outbox costs: each message beside a long history, urgent post beside a long queue for somebody else.

`history`: three outboxes of one body with 1,000, 100,000 and 1,000,000 messages that were delivered long ago (dispatch,
clock, parcel, receipt) queue and send the same letters in turn; asked are messages per second and the database's time
for each (what its backends were active) within 1.25 of those with the shortest history. Pages are what it touched.

`urgent`: 100,000 parcels wait for one partner, every tenth of them urgent; that partner refuses connections, then takes
everything and answers nothing, then two more (1,000 parcels each) do the same. Urgent letters go to another partner
meanwhile, five a second: from the commit of the dispatch to that of its verified receipt, asked is p95 below 1 s. What
the same takes with nothing waiting stands beside.

Usage: python bench/outbox.py [--part history|urgent] [--kept 1000,100000,1000000] [--messages 120] [--rounds 5]
[--waiting 100000] [--urgent 100] [--json]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import _outbox_rows as rows
import _two_homes as two_homes
import psycopg
from _outbox_roles import LATE_S, OFFLINE, ROLES
from _silent_node import SilentNode
from _two_homes import CENTRE, PROVINCE

from antin.house import config as configuration
from antin.house import postgres
from antin.signing.pki import DemoAuthority

FLAT_WITHIN = 1.25
URGENT_P95_S = 1.0


def main() -> int:
    if (code := two_homes.played(ROLES)) is not None:
        return code
    arguments = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="antin-bench-"))
    cluster = postgres.start(folder, extra_settings={"max_connections": "120", "max_wal_size": "4GB"})
    server = None
    try:
        homes = two_homes.prepare(folder, cluster)
        outboxes = {kept: two_homes.twin(homes[CENTRE], cluster, f"bench-kept-{kept}") for kept in arguments.kept}
        two_homes.run(__file__, "found", homes[PROVINCE])
        server = two_homes.start(__file__, "serve", homes[PROVINCE])
        two_homes.await_port(configuration.load(homes[PROVINCE]).exchange.port)
        figures: dict[str, Any] = {"name": "outbox"}
        if arguments.part in ("", "history"):
            figures |= _history(cluster, outboxes, arguments.messages, arguments.rounds)
        if arguments.part in ("", "urgent"):
            figures |= _urgent(folder, cluster, homes[CENTRE], arguments.waiting, arguments.urgent)
    finally:
        if server is not None:
            two_homes.stop(server)
        cluster.stop()
        postgres.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures) if arguments.json else _sentences(figures))
    return 0 if _is_reached(figures) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="what a full outbox costs")
    parser.add_argument("--part", choices=("history", "urgent"), default="")
    parser.add_argument(
        "--kept", type=lambda text: [int(one) for one in text.split(",")], default="1000,100000,1000000"
    )
    parser.add_argument("--messages", type=int, default=120, help="of each round and history")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--urgent", type=int, default=100, help="urgent letters of each kind")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _is_reached(figures: dict[str, Any]) -> bool:
    flat = all(max(one["slower"], one["dearer"]) <= FLAT_WITHIN for one in figures.get("history", ()))
    return flat and all(one["p95_s"] < URGENT_P95_S and not one["lost"] for one in figures.get("urgent", ()))


def _sentences(figures: dict[str, Any]) -> str:
    said = [
        f"outbox: {one['kept']} kept: {one['messages_per_s']} messages/s, database {one['database_ms']} ms and "
        f"{one['pages']} pages a message; {one['slower']} times the time, {one['dearer']} times the database's time "
        f"of {figures['history'][0]['kept']} kept (target {FLAT_WITHIN})"
        for one in figures.get("history", ())
    ]
    said += [
        f"outbox: urgent beside {one['waiting']} waiting for {one['others']}: p50 {one['p50_s']} s, "
        f"p95 {one['p95_s']} s, longest {one['longest_s']} s of {one['letters']}, lost {one['lost']} (target p95 {URGENT_P95_S} s)"
        for one in figures.get("urgent", ())
    ]
    return "\n".join(said)


# a long history


def _history(cluster: postgres.Cluster, outboxes: dict[int, Path], messages: int, rounds: int) -> dict[str, Any]:
    """The rounds go through the outboxes in turn; told is the least of each, for a neighbour's load only adds."""
    measured: dict[int, list[dict[str, float]]] = {kept: [] for kept in outboxes}
    for kept, home in outboxes.items():
        two_homes.run(__file__, "found", home)
        two_homes.run(__file__, "deliver", home)
        begun = time.monotonic()
        rows.keep_history(_address(cluster, home), kept)
        print(f"{kept} kept after {time.monotonic() - begun:.0f} s", file=sys.stderr)
    for number in range(rounds):
        order = list(outboxes.items())
        for kept, home in order if number % 2 else reversed(order):
            measured[kept].append(_round(cluster, home, messages))
            print(f"{kept} kept, round {number + 1}: {measured[kept][-1]}", file=sys.stderr)
    figures = [
        {name: min(one[name] for one in found) for name in ("seconds", "database_ms", "pages")}
        for found in measured.values()
    ]
    least = figures[0]
    return {
        "history": [
            {
                "kept": kept,
                "messages_per_s": round(1 / one["seconds"], 1),
                "database_ms": round(one["database_ms"], 2),
                "pages": round(one["pages"]),
                "slower": round(one["seconds"] / least["seconds"], 2),
                "dearer": round(one["database_ms"] / least["database_ms"], 2),
            }
            for kept, one in zip(outboxes, figures, strict=True)
        ]
    }


def _round(cluster: postgres.Cluster, home: Path, messages: int) -> dict[str, float]:
    two_homes.run(__file__, "issue", home, str(messages))
    before = _spent(cluster, home)
    told = json.loads(two_homes.run(__file__, "send", home))
    after = _spent(cluster, home)
    return {
        "seconds": told["seconds"] / messages,
        "database_ms": (after[0] - before[0]) / messages,
        "pages": (after[1] - before[1]) / messages,
    }


def _spent(cluster: postgres.Cluster, home: Path) -> tuple[float, int]:
    """Milliseconds in which backends of the database were active, and pages that they touched; they tell as they go."""
    name = _database(home)
    with psycopg.connect(cluster.url("postgres", cluster.owner.pw_name), autocommit=True) as connection:
        connection.execute(  # their process has ended; each is waited for, up to 60 s
            "select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = %s", [name]
        )
        found = connection.execute(
            "select active_time, blks_hit + blks_read from pg_stat_database where datname = %s", [name]
        ).fetchone()
    assert found is not None
    return float(found[0]), int(found[1])


def _database(home: Path) -> str:
    return configuration.load(home).database_url.split("///")[1].split("?")[0]


def _address(cluster: postgres.Cluster, home: Path) -> str:
    return cluster.url(_database(home), cluster.owner.pw_name)


# a long queue for somebody else


def _urgent(folder: Path, cluster: postgres.Cluster, home: Path, waiting: int, letters: int) -> dict[str, Any]:
    two_homes.run(__file__, "found", home)
    told = [{"others": "nobody", "waiting": 0} | _hurried(home, letters)]
    nodes = [_befriended(folder, cluster, home, OFFLINE[0], waiting)]
    told.append({"others": "one that refuses connections", "waiting": waiting} | _hurried(home, letters))
    silent = [SilentNode(*nodes[0])]
    told.append({"others": "one that never answers", "waiting": waiting} | _hurried(home, letters))
    silent += [SilentNode(*_befriended(folder, cluster, home, code, waiting // 100)) for code in OFFLINE[1:]]
    told.append({"others": "three that never answer", "waiting": waiting} | _hurried(home, letters))
    assert all(one.heard for one in silent), "nobody called a silent partner"
    return {"urgent": told}


def _befriended(folder: Path, cluster: postgres.Cluster, home: Path, code: str, waiting: int) -> tuple[int, Path, Path]:
    """An installation for which so many parcels wait: the port where nobody listens yet, certificate and key of its node."""
    port, pki = two_homes.free_port(), DemoAuthority.open(folder / "pki")
    node = pki.issue_tls(f"bench-{code.lower().replace('.', '-')}")
    (folder / f"{code}.pem").write_bytes(two_homes.pem(node.certificate_der, node.chain_ders[0]))
    (folder / f"{code}.node").write_bytes(node.certificate_der)
    (folder / f"{code}.key").write_bytes(node.key_pem)
    (folder / f"{code}.der").write_bytes(pki.issue_exchange(f"Cơ quan mẫu {code}", code, key="rsa2048").certificate_der)
    two_homes.run(__file__, "befriend", home, str(folder), code, str(port))
    rows.keep_waiting(_address(cluster, home), code, waiting)
    return port, folder / f"{code}.pem", folder / f"{code}.key"


def _hurried(home: Path, letters: int) -> dict[str, Any]:
    taken = json.loads(two_homes.run(__file__, "hurry", home, str(letters)))
    arrived = sorted(one for one in taken if one < LATE_S)
    taken.sort()
    return {
        "letters": letters,
        "lost": letters - len(arrived),
        "p50_s": round(statistics.median(taken), 3),
        "p95_s": round(taken[-(-len(taken) * 95 // 100) - 1], 3),
        "longest_s": round(taken[-1], 3),
    }


if __name__ == "__main__":
    raise SystemExit(main())
