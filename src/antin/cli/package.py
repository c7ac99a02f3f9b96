"""`antin package check FILE`: is this archival package whole, unchanged and in the form, whoever made it."""

from __future__ import annotations

import argparse
from pathlib import Path

from antin.archive.packages.command import check_file


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("what", choices=["check"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    code, text = check_file(arguments.file, json=arguments.json)
    print(text)
    return code
