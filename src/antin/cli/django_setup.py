"""Loads Django for the commands that need an installation."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg

from antin.house import config as configuration
from antin.house import postgres


def installation(home: str | None = None) -> configuration.Config:
    """Sets Django up for the home given or named by $ANTIN_HOME. SystemExit 2 with a sentence when there is none."""
    if home:
        os.environ[configuration.HOME_VARIABLE] = str(Path(home).absolute())
    folder = configuration.home()
    if folder is None or not (folder / configuration.CONFIG_NAME).exists():
        print(
            f"No installation: give --home FOLDER or set {configuration.HOME_VARIABLE} (made by `antin init`).",
            file=sys.stderr,
        )
        raise SystemExit(2)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antin.house.settings")
    django.setup()
    return configuration.load(folder)


@contextmanager
def database(config: configuration.Config) -> Iterator[None]:
    """The installation's database, answering: a cluster of our own that nobody runs now is run meanwhile."""
    cluster = None if _answers(config) or not config.own_database else postgres.start(config.home)
    try:
        yield
    finally:
        if cluster:
            cluster.stop()


def _answers(config: configuration.Config) -> bool:
    try:
        psycopg.connect(config.database_url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True
