"""A queryset whose SQL is made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connection, models
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")

# What stands for a parameter while the text is made: a value of its type that nothing else has.
_STANDS_FOR: dict[type, Callable[[int], Any]] = {
    UUID: lambda _: uuid4(),
    str: lambda _: f"parameter {uuid4().hex}",
    int: lambda place: -2_000_000_000 - place,
    datetime: lambda place: datetime(1, 1, 2, microsecond=place + 1, tzinfo=UTC),
}


@dataclass(frozen=True, slots=True)
class _Text:
    """The SQL, its parameters (a place among those given, or a constant), and how a row of the answer becomes one."""

    sql: str
    places: tuple[tuple[int | None, Any], ...]
    columns: list[str] | None
    convert: Callable[[list[Any]], Any]
    locks: bool


class CompiledQuery(Generic[Row]):
    """`make` builds the queryset from parameters of the types `kinds`; its shape must not depend on their values.

    Answers model instances, or tuples for a queryset of `values_list`. No `select_related`, no `prefetch_related`.
    """

    def __init__(self, make: Callable[..., models.QuerySet[Any, Row]], *kinds: type) -> None:
        self._make = make
        self._kinds = kinds
        self._text: _Text | None = None

    def all(self, *given: Any) -> list[Row]:
        """The rows for these parameters; TransactionManagementError for a locking query outside a transaction."""
        text = self._text
        if text is None:
            text = self._text = self._compiled()
        if text.locks and not connection.in_atomic_block:
            raise TransactionManagementError("a query that locks belongs into a transaction")
        parameters = [constant if place is None else given[place] for place, constant in text.places]
        with connection.cursor() as cursor:
            cursor.execute(text.sql, parameters)
            found = cursor.fetchall()
        return [text.convert(list(row)) for row in found]

    def first(self, *given: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self.all(*given)), None)

    def _compiled(self) -> _Text:
        stand_ins = [_STANDS_FOR[kind](place) for place, kind in enumerate(self._kinds)]
        queryset = self._make(*stand_ins)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places = tuple((stand_ins.index(p), None) if p in stand_ins else (None, p) for p in parameters)
        if {place for place, _ in places} - {None} != set(range(len(stand_ins))):
            raise ValueError("a parameter did not reach the SQL as it was given")
        converters = compiler.get_converters(column for column, _, _ in compiler.select)
        is_model = queryset._iterable_class is ModelIterable  # type: ignore[attr-defined]
        columns = [column.target.attname for column, _, _ in compiler.select] if is_model else None
        convert = _converter(queryset.model, columns, converters)
        return _Text(sql, places, columns, convert, bool(queryset.query.select_for_update))


def _converter(
    model: type[models.Model], columns: list[str] | None, converters: dict[int, tuple[list[Any], Any]]
) -> Callable[[list[Any]], Any]:
    steps = [(at, functions, expression) for at, (functions, expression) in converters.items()]

    def convert(row: list[Any]) -> Any:
        for at, functions, expression in steps:
            for function in functions:
                row[at] = function(row[at], expression, connection)
        return tuple(row) if columns is None else model.from_db(connection.alias, columns, row)

    return convert
