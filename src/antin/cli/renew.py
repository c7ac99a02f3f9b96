"""`antin renew`: archive timestamps that end within the margin are renewed, a bounded number at a time; or only listed."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from antin.cli.django_setup import database, installation

USUAL_LIMIT = 500


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--home", help="the installation's folder (else $ANTIN_HOME)")
    parser.add_argument("--list", action="store_true", help="only say when how many end, and what stands in the way")
    parser.add_argument("--limit", type=int, default=USUAL_LIMIT, help="renew at most so many (default %(default)s)")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    """0 when nothing is left that failed, 1 when something could not be renewed."""
    config = installation(arguments.home)
    with database(config):
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from antin.signing.archival import follow, queries, renewing, surveying

    tried = renewed = 0
    if not arguments.list:
        while follow.follow_once():
            pass
        while surveying.survey_due():
            pass
        tried, renewed = renewing.renew_up_to(arguments.limit)
    found = queries.summary()
    if arguments.json:
        print(json.dumps({"tried": tried, "renewed": renewed, **asdict(found)}, ensure_ascii=False, default=str))
        return 1 if renewed < tried else 0
    if not arguments.list:
        print(f"{renewed} of {tried} renewed")
    print(
        f"{found.watched} watched, {found.waiting} not surveyed yet, {found.unproven} with nothing to renew;"
        f" {found.due} end within {found.margin.days} days, {found.ended} have ended"
    )
    for year, count in found.by_year:
        print(f"  {year}: {count}")
    for one in found.troubles:
        print(f"  ✗ {one.document_id} ({one.state}, {one.tries} tries): {one.trouble.format(**one.facts)}")
    return 1 if renewed < tried else 0
