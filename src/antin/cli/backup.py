"""`antin backup`: a sealed set at every configured place (or `--to`), or the list of what stands there."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from antin.cli.django_setup import database, installation
from antin.continuity.ports import Target
from antin.continuity.rules import SYSTEM
from antin.house.config import Config


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--home", help="the installation's folder (else $ANTIN_HOME)")
    parser.add_argument("--to", type=Path, help="a folder on another medium, instead of the configured places")
    parser.add_argument("--list", action="store_true", help="what stands at the configured places")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    config = installation(arguments.home)
    with database(config):
        return _run(config, arguments)


def _run(config: Config, arguments: argparse.Namespace) -> int:
    from antin.continuity import ports, queries
    from antin.continuity.adapters.directory_target import DirectoryTarget

    if arguments.list:
        shown = [asdict(place) for place in queries.places()]
        print(json.dumps(shown, ensure_ascii=False, indent=1, default=str) if arguments.json else _listed(shown))
        return 1 if any(place["due"] for place in shown) else 0
    targets = (DirectoryTarget(arguments.to.absolute()),) if arguments.to else ports.bound().targets
    if not targets:
        print(
            f"No place for backups: give --to FOLDER or set [backup] targets in {config.home}/antin.toml.",
            file=sys.stderr,
        )
        return 2
    return max(_one(target, arguments.json) for target in targets)


def _one(place: Target, as_json: bool) -> int:
    """A set at one place; 1 when it failed or lacks damaged contents."""
    from antin.continuity import acts

    try:
        made = acts.run_backup(actor=SYSTEM, target=place)
    except Exception as error:
        said = {"place": place.place, "good": False, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said, ensure_ascii=False) if as_json else f"{place.place}: FAILED: {error}")
        return 1
    said = {
        "place": place.place,
        "good": not made.damaged,
        "set": made.name,
        "entries": made.entries,
        "objects": made.objects_count,
        "damaged": made.damaged,
        "bytes": made.size,
        "seconds": round(made.took_s, 2),
    }
    text = (
        f"{place.place}/sets/{made.name}: {made.objects_count} contents, {made.entries} ledger entries,"
        f" {made.size:,} bytes written in {made.took_s:.1f} s; {made.damaged} damaged"
    )
    print(json.dumps(said, ensure_ascii=False) if as_json else text)
    return 1 if made.damaged else 0


def _listed(shown: list[dict[str, object]]) -> str:
    lines = []
    for place in shown:
        lines.append(
            f"{place['place']}: {'DUE' if place['due'] else 'fresh'}{' · ' + str(place['failure']) if place['failure'] else ''}"
        )
        sets: object = place["sets"]
        assert isinstance(sets, tuple)
        lines += [
            f"  {one['name']}  {one['state']}  {one['size']:,} bytes  {one['entries']} entries"
            f"{'' if one['opens'] else '  closed by a destruction'}"
            for one in sets
        ]
    return "\n".join(lines) or "No place for backups is configured."
