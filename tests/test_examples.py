"""The examples in docstrings hold: every module that shows one is asked."""

from __future__ import annotations

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

import antin

ROOT = Path(antin.__file__).parent
EXAMPLE = re.compile(r"^\s*>>> (?!.*\+SKIP)", re.MULTILINE)
SHOWING = sorted(path for path in ROOT.rglob("*.py") if EXAMPLE.search(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SHOWING, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_of_a_module_hold(path: Path) -> None:
    name = ".".join(("antin", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    found = doctest.testmod(import_module(name))
    assert (found.failed, found.attempted > 0) == (0, True)
