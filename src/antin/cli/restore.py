"""`antin restore SET --keys DIR --home NEW`, then `antin restore --release`.

A set is proven before anything of it is believed, laid out in a new home, compared with the ledger's signed head, and what
was ended after it (impoundments, destructions, accounts, mandates, delegations) ends again. Then it waits in quarantine.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from antin.cli.django_setup import database, installation
from antin.continuity.rules import SYSTEM
from antin.house import restoring
from antin.vault.ports import KeyRefused

WRONG_USE = 2


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("set", type=Path, nargs="?", help="the folder of a backup set: PLACE/sets/NAME")
    parser.add_argument("--keys", type=Path, help="the installation's keys folder, kept apart from its backups")
    parser.add_argument("--home", type=Path, help="the new home (or, with --release, the restored one)")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; without it, a cluster of our own")
    parser.add_argument("--release", action="store_true", help="put a restored installation into service")
    parser.add_argument("--by", default="", help="with --release: who decides, name and position")
    parser.add_argument("--basis", default="", help="with --release: the decision it rests on")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    if arguments.release:
        return _release(arguments)
    if not (arguments.set and arguments.keys and arguments.home):
        print("Give a set, --keys and --home (or --release).", file=sys.stderr)
        return WRONG_USE
    return _restore(arguments)


def _restore(arguments: argparse.Namespace) -> int:
    home = arguments.home.absolute()
    try:
        laid = restoring.lay_out(arguments.set.absolute(), arguments.keys.absolute(), home, arguments.database)
    except (restoring.CannotRestore, KeyRefused, OSError) as error:
        return _failed(arguments, f"{type(error).__name__}: {error}")
    try:
        return _compared(arguments, laid)
    finally:
        if laid.cluster:
            laid.cluster.stop()


def _compared(arguments: argparse.Namespace, laid: restoring.Laid) -> int:
    installation(str(laid.config.home))
    from antin.continuity import acts
    from antin.continuity.adapters.directory_target import DirectoryTarget
    from antin.regulation import RuleViolation

    place = DirectoryTarget(arguments.set.absolute().parent.parent)
    try:
        found = acts.begin_restored(
            actor=SYSTEM, made=laid.manifest, set_name=arguments.set.name, journal=place.journal()
        )
    except RuleViolation as violation:
        return _failed(arguments, str(violation))
    (laid.config.home / restoring.MARK).unlink()
    if arguments.json:
        faults = [f"{found.damaged} contents were damaged before the set was made"] if found.damaged else []
        print(json.dumps({"home": str(laid.config.home), "faults": faults, **asdict(found)}, ensure_ascii=False))
    else:
        print(f"{laid.config.home}: {found.contents} contents and {found.entries} ledger entries are what was signed.")
        for act, outcome, count in found.endings:
            print(f"  since then {act}: {count} {outcome}")
        if found.damaged:
            print(f"  {found.damaged} contents are missing: they were damaged before the set was made")
        if found.lost or found.unread_endings:
            print(
                f"  at least {found.lost} entries made after the set are lost; {found.unread_endings} endings can't be read"
            )
        print(f"It waits in quarantine. Next: antin restore --release --home {laid.config.home} --by … --basis …")
    return 0


def _failed(arguments: argparse.Namespace, why: str) -> int:
    if arguments.json:
        print(json.dumps({"entries": 0, "contents": 0, "faults": [why]}, ensure_ascii=False))
    else:
        print(why, file=sys.stderr)
    return 1


def _release(arguments: argparse.Namespace) -> int:
    config = installation(str(arguments.home.absolute()) if arguments.home else None)
    from antin.continuity import acts
    from antin.regulation import RuleViolation

    try:
        with database(config):
            acts.release_restored(actor=SYSTEM, by=arguments.by, basis=arguments.basis)
    except RuleViolation as violation:
        print(f"{violation} ({violation.next_step})", file=sys.stderr)
        return 1
    print(json.dumps({"released": True}) if arguments.json else "In service. Compare with each partner on /lien-thong.")
    return 0
