"""`antin identity-simulator`: a stand-in for the provider of national identity accounts. Never for real people."""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

from antin.identity.simulator.provider import CLIENTS, ProviderServer

WRONG_USE = 2


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--home", type=Path, required=True, help=f"folder with {CLIENTS} and people.json")
    parser.add_argument("--port", type=int, required=True)


def run(arguments: argparse.Namespace) -> int:
    if not (arguments.home / CLIENTS).exists():
        print(f"{arguments.home}: no {CLIENTS} there", file=sys.stderr)
        return WRONG_USE
    server = ProviderServer(arguments.home, arguments.port)
    signal.signal(signal.SIGTERM, lambda *_: Thread(target=server.shutdown).start())
    with suppress(KeyboardInterrupt):
        server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0
