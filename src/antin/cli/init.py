"""`antin init`: the home of an installation, its keys, its database brought up to date."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from antin.cli.django_setup import installation
from antin.house import config as configuration
from antin.house import install, postgres


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--name", default="antin", help="a short name: letters, digits, hyphens")
    parser.add_argument("--title", default="", help="the name shown on every page")
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument(
        "--database",
        default="",
        help="a PostgreSQL address; without one a cluster of our own is started for the set-up",
    )


def run(arguments: argparse.Namespace) -> int:
    home = arguments.home.absolute()
    if (home / configuration.CONFIG_NAME).exists():
        config = configuration.load(home)
    else:
        config = configuration.Config(
            home=home,
            name=arguments.name,
            title=arguments.title,
            database_url=arguments.database,
            web=configuration.Web(base_url=arguments.base_url),
        )
    cluster = None
    if config.own_database or not config.database_url:
        cluster = postgres.start(home)
        address = cluster.ensure_database(f"antin_{config.name.replace('-', '_')}")
        config = replace(config, database_url=address, own_database=True)
    try:
        install.create(config)
        installation(str(home))
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        print(f"{home}: ready. Next: antin doctor --home {home}; antin serve --work --home {home}")
        return 0
    finally:
        if cluster:
            cluster.stop()
