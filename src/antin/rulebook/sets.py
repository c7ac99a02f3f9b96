"""Dated sets of rules, read from `data/*.toml` once: each version names its basis and the days it holds.

A version's digest is over its canonical content, so a form check or a bundle can say by which rules it
was judged, and anyone with the file can recompute it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from antin.values import canonical_json, sha256_hex

NAMES = (
    "document_types",
    "drill_periods",
    "review_periods",
    "automatable_acts",
    "report_periods",
    "bilateral_types",
    "state_types",
    "form_rules",
    "authority_matrix",
    "signature_catalogue",
    "paper_list",
    "urgency_levels",
    "progress_words",
    "secrecy_rules",
    "channel_policy",
    "deadlines",
    "calendar",
    "retention_schedule",
    "algorithm_policy",
)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of one set: `rows` as mappings by column, `values` the single settings."""

    name: str
    title: str
    title_en: str
    clauses: tuple[str, ...]
    note: str
    valid_from: date
    valid_to: date | None
    basis: str
    digest: str
    rows: tuple[Mapping[str, Any], ...]
    values: Mapping[str, Any]


@cache
def versions(name: str) -> tuple[RuleSet, ...]:
    """Every version of the set, oldest first; KeyError for an unknown name, ValueError when the data is wrong."""
    if name not in NAMES:
        raise KeyError(name)
    found = read(files("antin.rulebook").joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))
    if found[0].name != name:
        raise ValueError(f"{name}.toml calls itself {found[0].name}")
    return found


def in_force(name: str, on: date | None = None) -> RuleSet:
    """The version of that day (the newest for None). Days before the first version are judged by the first."""
    known = versions(name)
    if on is None:
        return known[-1]
    return next((one for one in reversed(known) if one.valid_from <= on), known[0])


def read(text: str) -> tuple[RuleSet, ...]:
    """The versions written in one TOML text; ValueError unless dates are in order and each has a basis."""
    data = tomllib.loads(text)
    rows = tuple(_rows(data.get("rows", {})))
    found = tuple(_version(data, version, rows) for version in data["version"])
    for earlier, later in pairwise(found):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            raise ValueError(f"{data['name']}: the versions from {earlier.valid_from} and {later.valid_from} overlap")
    if not found or not all(one.basis for one in found):
        raise ValueError(f"{data['name']}: every version names its basis")
    return found


def _rows(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    columns = table.get("columns", ())
    if any(len(row) > len(columns) or len(row) < len(columns) for row in table.get("data", ())):
        raise ValueError("a row has not as many cells as there are columns")
    return [MappingProxyType(dict(zip(columns, row, strict=True))) for row in table.get("data", ())]


def _version(data: Mapping[str, Any], version: Mapping[str, Any], rows: tuple[Mapping[str, Any], ...]) -> RuleSet:
    values = version.get("values", {})
    written = {
        "name": data["name"],
        "valid_from": version["valid_from"].isoformat(),
        "basis": version["basis"],
        "rows": [dict(row) for row in rows],
        "values": values,
    }
    return RuleSet(
        name=data["name"],
        title=data["title"],
        title_en=data["title_en"],
        clauses=tuple(data["clauses"]),
        note=data.get("note", ""),
        valid_from=version["valid_from"],
        valid_to=version.get("valid_to"),
        basis=version["basis"],
        digest=sha256_hex(canonical_json(_plain(written))),
        rows=rows,
        values=MappingProxyType(dict(values)),
    )


def _plain(value: Any) -> Any:
    """Numbers with a fraction (18.5 pt) as text: canonical JSON admits no floats."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
