"""Looks for words that must stand nowhere in clear: every text, JSON and byte column, every stored object, given bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from antin.values import fold


def forms(mark: str) -> list[bytes]:
    """The ways a text could stand: as it is, without diacritics, escaped, in UTF-16, in base64 at each shift."""
    plain = mark.encode()
    shifted = [base64.b64encode(b"\0" * shift + plain)[4:-4] for shift in range(3)]
    return [plain, fold(mark).encode(), json.dumps(mark)[1:-1].encode(), mark.encode("utf-16-be"), *shifted]


def in_columns(marks: Iterable[str]) -> list[str]:
    """table.column of every column that holds one of the marks in any form."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'"
            " and data_type in ('text', 'character varying', 'jsonb', 'json', 'bytea', 'tsvector', 'ARRAY')"
        )
        for table, column, kind in cursor.fetchall():
            value = f'"{column}"' if kind == "bytea" else f"convert_to(lower({_text(column)}), 'UTF8')"
            for mark in marks:
                for form in forms(mark) if kind == "bytea" else [one.lower() for one in forms(mark)]:
                    cursor.execute(f'select 1 from "{table}" where position(%s::bytea in {value}) > 0 limit 1', [form])
                    if cursor.fetchone():
                        found.append(f"{table}.{column}")
    return sorted(set(found))


def _text(column: str) -> str:
    return f'"{column}"::text'


def in_files(marks: Iterable[str], *folders: Path) -> list[str]:
    """Names of files under the folders (the blob store among them) that hold one of the marks."""
    wanted = [form for mark in marks for form in forms(mark)]
    places = (settings.ANTIN.path("blobs"), *folders)
    return [str(file) for place in places for file in _files(place) if _holds(file.read_bytes(), wanted)]


def in_bytes(marks: Iterable[str], pieces: Iterable[bytes]) -> bool:
    wanted = [form for mark in marks for form in forms(mark)]
    return any(_holds(piece, wanted) for piece in pieces)


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


def _holds(data: bytes, wanted: Iterable[bytes]) -> bool:
    return any(form in data for form in wanted)
