"""`antin bench`: runs the measurements of the checkout's `bench/` folder, one after the other, each with its peer.

One that breaks or misses its budget doesn't keep the others from running; all such are named at the end.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import antin

FOLDER = Path(antin.__file__).parents[2] / "bench"


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("names", nargs="*", help="which measurements (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    found = {path.stem: path for path in sorted(FOLDER.glob("*.py")) if not path.stem.startswith("_")}
    if not found:
        print(f"No measurements in {FOLDER}: run from a checkout of the project.", file=sys.stderr)
        return 2
    unknown = set(arguments.names) - set(found)
    if unknown:
        print(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(found)}.", file=sys.stderr)
        return 2
    chosen = [found[name] for name in arguments.names] or list(found.values())
    flags = ["--json"] if arguments.json else []
    results = {
        path.stem: subprocess.run([sys.executable, str(path), *flags], check=False).returncode for path in chosen
    }
    failed = [f"{name} (exit code {code})" for name, code in results.items() if code]
    if failed:
        print(f"Broken, or budget missed: {', '.join(failed)}. Their last lines say which.", file=sys.stderr)
    return 1 if failed else 0
