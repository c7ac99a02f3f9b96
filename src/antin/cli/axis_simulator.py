"""`antin axis-simulator`: a stand-in for the national axis, for trials of the connection. Never for real documents."""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

from antin.exchange.axis.simulator.office import Office
from antin.exchange.axis.simulator.server import AxisServer
from antin.exchange.axis.simulator.store import Store

WRONG_USE = 2


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--home", type=Path, required=True, help="folder with systems.json and agencies.json")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--answers", action="append", default=[], metavar="CODE", help="a body whose software is played here too"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="VERB=FAULT",
        help="for one request, such as sendEdoc=drop_after",
    )
    parser.add_argument("--pause", type=float, default=1.5, metavar="S", help="between the statuses it tells")


def run(arguments: argparse.Namespace) -> int:
    if not (arguments.home / "systems.json").exists():
        print(f"{arguments.home}: no systems.json there", file=sys.stderr)
        return WRONG_USE
    server = AxisServer(Store(arguments.home), arguments.port)
    for one in arguments.fault:
        verb, _, fault = one.partition("=")
        server.faults[f"/{verb}"].append(fault)
    offices = [Office(server.store, code, pause_s=arguments.pause).start() for code in arguments.answers]
    signal.signal(signal.SIGTERM, lambda *_: Thread(target=server.shutdown).start())
    with suppress(KeyboardInterrupt):
        server.serve_forever(poll_interval=0.2)
    for office in offices:
        office.stop()
    server.server_close()
    return 0
