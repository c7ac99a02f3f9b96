"""The matrix clause → code → tests, generated from the citations; nothing in it is kept by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from antin.regulation.citations import citations
from antin.regulation.clauses import clauses

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Row:
    """One clause and where it is answered. `state`: proven, built, open, or support for clauses binding people."""

    id: str
    kind: str
    statement_vi: str
    statement_en: str
    code: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def state(self) -> str:
        if self.code and self.tests:
            return "proven"
        if self.code:
            return "built"
        return "open" if self.kind == SYSTEM else "support"


@dataclass(frozen=True, slots=True)
class Matrix:
    rows: tuple[Row, ...]
    unknown: Mapping[str, tuple[str, ...]]

    def counts(self) -> Mapping[str, int]:
        """How many clauses of kind `system` stand in each state."""
        states = [row.state for row in self.rows if row.kind == SYSTEM]
        return {state: states.count(state) for state in ("proven", "built", "open")}


def matrix(code: Path, tests: Path) -> Matrix:
    """Reads both folders. `unknown` holds ids cited anywhere that the regulations don't know."""
    in_code, in_tests = citations(code), citations(tests) if tests.is_dir() else {}
    rows = tuple(
        Row(c.id, c.kind, c.statement_vi, c.statement_en, in_code.get(c.id, ()), in_tests.get(c.id, ()))
        for c in clauses().values()
    )
    cited = {**in_tests, **in_code}
    return Matrix(rows, {found: places for found, places in cited.items() if found not in clauses()})
