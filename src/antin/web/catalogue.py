"""Compiles the English catalogue: `locale/en/LC_MESSAGES/django.po` to `.mo`, with Babel, no system tool needed.

    python -m antin.web.catalogue

The source language is Vietnamese: a message without a translation is shown as written.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES"


def compile_catalogue(folder: Path = FOLDER) -> int:
    """Writes `django.mo` beside `django.po`; answers how many messages are translated. 0 without a catalogue."""
    source, target = folder / "django.po", folder / "django.mo"
    if not source.exists():
        return 0
    with source.open("rb") as file:
        catalogue = read_po(file, locale="en", domain="django")
    draft = target.with_suffix(".new")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(target)
    return sum(1 for message in catalogue if message.id and message.string)


if __name__ == "__main__":
    sys.stdout.write(f"{compile_catalogue()} messages\n")
