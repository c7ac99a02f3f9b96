"""`antin drill`: the newest set at each place (or `--to`) restored on the side, compared, timed, reported."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from antin.cli.django_setup import database, installation
from antin.continuity.rules import SYSTEM


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--home", help="the installation's folder (else $ANTIN_HOME)")
    parser.add_argument("--to", type=Path, help="the place to take a set from, instead of the configured ones")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    config = installation(arguments.home)
    with database(config):
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from antin.continuity import acts, ports
    from antin.continuity.adapters.directory_target import DirectoryTarget

    targets = (DirectoryTarget(arguments.to.absolute()),) if arguments.to else ports.bound().targets
    if not targets:
        print("No place for backups: give --to FOLDER or set [backup] targets in antin.toml.", file=sys.stderr)
        return 2
    held = [acts.drill(actor=SYSTEM, target=target) for target in targets]
    for one in held:
        if arguments.json:
            print(json.dumps(asdict(one), ensure_ascii=False, default=str))
            continue
        print(
            f"{one.place}/sets/{one.set_name}: {'restored' if not one.faults else 'NOT RESTORED'} in {one.recovery_s:.1f} s;"
            f" a failure now would lose {one.loss_s / 60:.0f} minutes; {one.contents} contents, {one.entries} entries"
        )
        for fault in one.faults:
            print(f"  ✗ {fault}")
    return 1 if any(one.faults for one in held) else 0
