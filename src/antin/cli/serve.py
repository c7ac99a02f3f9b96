"""`antin serve` and `antin work`."""

from __future__ import annotations

import argparse
import sys

from django.db import OperationalError, connection

from antin.cli.django_setup import installation
from antin.house import postgres
from antin.house.config import Config
from antin.house.restoring import MARK

INDETERMINATE = 3


def options(parser: argparse.ArgumentParser, command: str) -> None:
    parser.set_defaults(which=command)
    parser.add_argument("--home", help="the installation's folder (else $ANTIN_HOME)")
    if command == "serve":
        parser.add_argument("--work", action="store_true", help="run the background processes as well")


def run(arguments: argparse.Namespace) -> int:
    config = installation(arguments.home)
    from antin.house import serve  # after Django is set up: it loads the product once for all children

    if arguments.which == "work":
        return _released(config) or _work(config) or 0
    parts = {"web": serve.run_web, "exchange": serve.run_exchange}
    if arguments.work:
        parts["work"] = _work
    cluster = postgres.start(config.home) if config.own_database else None
    try:
        if not (code := _released(config)):
            _preload()
            code = serve.run(config, parts)
        return code
    finally:
        if cluster:
            cluster.stop()


def _released(config: Config) -> int:
    """0, or 3 with the way to go while this installation is a restored one that nobody has released (379/5.9)."""
    from antin.continuity import queries

    try:
        waits = config.path(MARK).exists() or queries.in_quarantine()
    except OperationalError as error:
        print(f"The database does not answer, so nothing is started: {error}", file=sys.stderr)
        return INDETERMINATE
    if waits:
        print(
            "Restored and not yet released: nothing is sent or received. Check it, then: antin restore --release.",
            file=sys.stderr,
        )
        return INDETERMINATE
    connection.close()
    return 0


def _work(_: Config) -> None:
    from antin.worker import loop

    loop.run()


def _preload() -> None:
    """Everything the children need is imported before the fork, so that they share it."""
    import antin.exchange.receiver
    import antin.house.urls
    import antin.house.wsgi
    import antin.worker.loop  # noqa: F401
