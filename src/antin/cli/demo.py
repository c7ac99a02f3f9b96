"""`antin demo`: the demonstration world, open to use; with --check, the whole journey proven and timed."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from antin.house.demo import world as worlds
from antin.house.demo.cast import INSTALLATIONS
from antin.house.demo.processes import StartError
from antin.house.postgres import PostgresError

DEFAULT_HOME = Path("var/demo")


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("ANTIN_DEMO_HOME", DEFAULT_HOME)))
    parser.add_argument("--reset", action="store_true", help="start anew: what was there is removed")
    parser.add_argument("--check", action="store_true", help="run the whole journey through the public doors and stop")
    parser.add_argument("--json", action="store_true", help="with --check: the steps as JSON")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="with --check: leave document, anchors and proofs in DIR"
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        return _check(arguments) if arguments.check else _open(arguments)
    except (StartError, PostgresError) as error:
        print(error, file=sys.stderr)
        return 1


def _check(arguments: argparse.Namespace) -> int:
    from antin.house.demo import journey

    with tempfile.TemporaryDirectory(prefix="antin-check-") as folder:
        home = Path(folder)
        try:
            return journey.prove(home, keep=arguments.keep, as_json=arguments.json)
        finally:
            worlds.reset(home)


def _open(arguments: argparse.Namespace) -> int:
    home = arguments.home.absolute()
    if arguments.reset:
        worlds.reset(home)
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    world = worlds.start(home)
    try:
        _print(world, time.monotonic() - begun)
        while (ended := world.processes.ended()) is None:
            time.sleep(0.5)
        print(f"{ended} ended:\n{world.processes.tail(ended)}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, SystemExit):
        print("\nĐang dừng, dữ liệu được giữ lại. / Stopping; the data is kept.", flush=True)
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        world.stop()


def _print(world: worlds.World, seconds: float) -> None:
    print(f"Ấn Tín, thế giới mẫu, sẵn sàng sau {seconds:.1f} s. Dừng bằng Ctrl-C.")
    print(f"A sample world, ready after {seconds:.1f} s. Stop it with Ctrl-C; `make demo RESET=1` starts anew.\n")
    for spec in INSTALLATIONS:
        print(f"{world.url(spec.name)}  {spec.title}")
        for organisation in spec.organisations:
            for person in organisation.people:
                print(f"  {person.login:14} {person.name}, {person.position}, {organisation.short_name}")
    for name in world.unseeded:
        print(f"\nVăn bản mẫu chưa bày đủ, lần mở sau làm tiếp. / Sample documents are incomplete: {name}-seed.log")
    print(
        "\nTrang đăng nhập có sẵn nút cho từng người mẫu. / The sign-in page has a button for each of them.", flush=True
    )
