"""`antin compliance`: the matrix clause → code → tests."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

import antin
from antin.regulation.matrix import Matrix, matrix


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--json", action="store_true", help="the whole matrix as JSON")
    parser.add_argument("--check", action="store_true", help="only the verdict: every cited clause must exist")
    parser.add_argument("--tests", default="tests", help="the folder of the tests (default: tests)")


def run(arguments: argparse.Namespace) -> int:
    found = matrix(Path(antin.__file__).parent, Path(arguments.tests))
    if arguments.json:
        print(_json(found))
    else:
        _print(found, brief=arguments.check)
    return 1 if found.unknown else 0


def _json(found: Matrix) -> str:
    rows = [{**asdict(row), "state": row.state} for row in found.rows]
    return json.dumps(
        {"counts": found.counts(), "unknown": found.unknown, "clauses": rows}, ensure_ascii=False, indent=1
    )


def _print(found: Matrix, *, brief: bool) -> None:
    if not brief:
        for row in found.rows:
            print(f"{row.id:14} {row.state:8} {row.statement_vi}")
    counts = found.counts()
    print(", ".join(f"{state}: {number}" for state, number in counts.items()), "(clauses that bind the system)")
    for clause_id, places in found.unknown.items():
        print(f"unknown clause {clause_id}: {', '.join(places)}", file=sys.stderr)
