"""The pages' English catalogue for commands, read without the pages."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

import antin


def english() -> Callable[[str], str]:
    """Translates a sentence; where there is no catalogue, sentences stay as written."""
    catalogue = Path(antin.__file__).parent / "web" / "locale"
    return gettext.translation("django", catalogue, ["en"], fallback=True).gettext
