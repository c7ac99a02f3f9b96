"""`antin`: one command, its parts loaded only when asked for.

Exit codes: 0 good, 1 the answer is no, 2 wrong use, 3 cannot decide yet.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

PARTS = {
    "demo": ("antin.cli.demo", "two organisations on this machine, or with --check the whole journey proven"),
    "serve": ("antin.cli.serve", "web pages, API and the receiving endpoint of one installation"),
    "work": ("antin.cli.serve", "background processes of one installation"),
    "init": ("antin.cli.init", "make the home and database of an installation"),
    "doctor": ("antin.cli.doctor", "check that an installation is complete and healthy"),
    "validate": ("antin.cli.validate", "validate the signatures of a PDF, CMS, XML file or proof bundle, offline"),
    "signer": ("antin.cli.signer", "sign on this computer, with a token or key file, what an installation prepared"),
    "axis-simulator": ("antin.cli.axis_simulator", "a stand-in for the national axis, for trials of the connection"),
    "identity-simulator": (
        "antin.cli.identity_simulator",
        "a stand-in for the provider of national identity accounts, for trials",
    ),
    "mail-simulator": ("antin.cli.mail_simulator", "a mail server of our own, for trials of official mail"),
    "edxml": ("antin.cli.edxml", "check an edXML envelope, offline"),
    "package": ("antin.cli.package", "check an archival package of whomever, offline"),
    "ledger": ("antin.cli.ledger", "verify or export the ledger; verify a proof bundle, offline"),
    "backup": ("antin.cli.backup", "make a sealed backup set at every configured place, or list them"),
    "restore": ("antin.cli.restore", "restore a backup set into a new home, or put a restored one into service"),
    "drill": ("antin.cli.drill", "rehearse a restore on the side, timed, with a signed report"),
    "renew": ("antin.cli.renew", "renew archive timestamps that end soon, or list when how many do"),
    "compliance": ("antin.cli.compliance", "every clause, where it is enforced and which tests prove it"),
    "bench": ("antin.cli.bench", "the figures, with their peers in the same run"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one part; answers its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="antin", description="Ấn Tín: official documents between public bodies")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, text) in PARTS.items():
        commands.add_parser(name, help=text, add_help=False)
    chosen, rest = parser.parse_known_args(given[:1])[0].command, given[1:]
    module = import_module(PARTS[chosen][0])
    part = argparse.ArgumentParser(prog=f"antin {chosen}", description=PARTS[chosen][1])
    module.options(part, chosen)
    return int(module.run(part.parse_args(rest)))


if __name__ == "__main__":
    raise SystemExit(main())
