"""Rows written column by column, without what Django's `save` asks and signals; constraints are the database's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.db.models.sql import InsertQuery


def insert(row: models.Model) -> None:
    """Inserts the row as it is; IntegrityError as from `save(force_insert=True)`. Its key must be set or made by us."""
    _insert(row, "")


def insert_once(row: models.Model) -> bool:
    """Inserts the row unless one with the same key stands there already; waits for a rival still at it.

    The answer is True for exactly one of any number of writers at once.
    """
    return _insert(row, " ON CONFLICT DO NOTHING")


def update(row: models.Model, fields: Sequence[str]) -> None:
    """Writes these fields of a row that is known to stand there (it is locked); LookupError when it does not."""
    key = row._meta.pk
    assert key is not None
    named = [row._meta.get_field(name) for name in fields]
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in (*named, key)]
    with connection.cursor() as cursor:
        cursor.execute(_update_text(type(row), tuple(fields)), values)
        if cursor.rowcount != 1:
            raise LookupError(f"no {row._meta.label} {row.pk}")


def _insert(row: models.Model, otherwise: str) -> bool:
    fields = _fields(row)
    places, values = [], []
    for field in fields:
        place, given = _value(row, field)
        places.append(place)
        values.extend(given)
    with connection.cursor() as cursor:
        cursor.execute(_insert_text(type(row), fields) + f"({', '.join(places)}){otherwise}", values)
        inserted = bool(cursor.rowcount == 1)
    if inserted:
        row._state.adding, row._state.db = False, connection.alias
    return inserted


def _fields(row: models.Model) -> tuple[models.Field[Any, Any], ...]:
    """All columns but generated ones, and the key where the database is to make it."""
    fields = row._meta.concrete_fields
    return tuple(f for f in fields if not f.generated and not (f.primary_key and getattr(row, f.attname) is None))


def _value(row: models.Model, field: models.Field[Any, Any]) -> tuple[str, list[Any]]:
    """The column's place in the text and its parameters: one, or those of an SQL expression."""
    value = getattr(row, field.attname)
    if not hasattr(value, "resolve_expression"):
        return "%s", [field.get_db_prep_save(value, connection)]
    query = InsertQuery(type(row))
    compiler = query.get_compiler(connection=connection)
    sql, parameters = compiler.compile(value.resolve_expression(query, allow_joins=False, for_save=True))
    return sql, list(parameters)


@lru_cache(maxsize=256)
def _insert_text(model: type[models.Model], fields: tuple[models.Field[Any, Any], ...]) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 (names of our own models)


@lru_cache(maxsize=256)
def _update_text(model: type[models.Model], names: tuple[str, ...]) -> str:
    quote, key = connection.ops.quote_name, model._meta.pk
    assert key is not None
    columns = ", ".join(f"{quote(model._meta.get_field(name).column)} = %s" for name in names)
    return f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {quote(key.column)} = %s"  # noqa: S608
