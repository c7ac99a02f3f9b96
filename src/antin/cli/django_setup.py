"""Loads Django for the commands that need an installation."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

from antin.house import config as configuration


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
