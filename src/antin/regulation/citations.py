"""Where each clause is cited: string literals in code, `@pytest.mark.clause` and literals in tests.

A literal counts when it is exactly a clause id (`"379/17.2"`) or a run of ids separated by spaces, as in the
last column of a table of life.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

WHOLE_STRING = re.compile(r'"((?:379|217)/\d+(?:\.(?:\d+|p\d+|[a-zđ]))*)"')
CLAUSE_ID = re.compile(r"(?<![\w/])(?:379|217)/\d+(?:\.(?:\d+|p\d+|[a-zđ]))*(?![\w/])")


def cited_in(source: str) -> Iterable[tuple[str, int]]:
    """(clause id, line) for each id in a string literal of the Python source; docstrings don't count."""
    tree = ast.parse(source)
    docstrings = {id(text) for text in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            for found in CLAUSE_ID.findall(node.value):
                yield found, node.lineno


def cited_in_data(source: str) -> Iterable[tuple[str, int]]:
    """The same of a table of dated data: ids that stand alone in a string, as in `clauses = ["217/8.1"]` or a row of it."""
    for number, line in enumerate(source.splitlines(), 1):
        for found in WHOLE_STRING.findall("" if line.lstrip().startswith("#") else line):
            yield found, number


def citations(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Clause id → places `path:line`, over every Python file below the folder, migrations left out, and the dated data (TOML)."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for clause_id, line in cited_in(path.read_text(encoding="utf-8")):
            places[clause_id].append(f"{path.relative_to(folder)}:{line}")
    for path in sorted(folder.rglob("data/*.toml")):
        for clause_id, line in cited_in_data(path.read_text(encoding="utf-8")):
            places[clause_id].append(f"{path.relative_to(folder)}:{line}")
    return {clause_id: tuple(found) for clause_id, found in places.items()}


def _docstrings(tree: ast.Module) -> Iterable[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value
