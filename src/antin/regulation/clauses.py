"""The clauses of Regulations 379-QĐ/TW (2025) and 217-QĐ/TW (2020): ids and our own statements."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: `id` such as `379/17.2`, `kind` (system, definition, organisation …), statements, acts."""

    id: str
    kind: str
    room: str
    statement_en: str
    statement_vi: str
    acts: tuple[str, ...]

    def statement(self, language: str) -> str:
        return self.statement_en if language == "en" else self.statement_vi


@cache
def clauses() -> Mapping[str, Clause]:
    """Every clause by id, in the order of the texts."""
    text = files("antin.regulation").joinpath("clauses.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType(
        {
            row["id"]: Clause(
                id=row["id"],
                kind=row["kind"],
                room=row["room"],
                statement_en=row["statement_en"],
                statement_vi=row["statement_vi"],
                acts=tuple(row["acts"].split()),
            )
            for row in rows
        }
    )


def article(law: str, number: str) -> tuple[Clause, ...]:
    """The clauses of one article, in order; empty for one that the regulations don't have."""
    return tuple(one for one in clauses().values() if one.id.startswith(f"{law}/{number}."))


def clause(clause_id: str) -> Clause:
    """The clause of that id; KeyError when the regulations know none."""
    return clauses()[clause_id]
