"""What the acts of a founding wrote, kept as rows and written again for the next test: founding costs most of a second.

founded = keep(found)      runs `found` in this test's transaction and keeps the rows it wrote
founded.write()            the same rows in another test, with the same ids; entries of the ledger bear this transaction
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

TRANSACTION = ("ledger_entry", "xid")
"""The one column that says in which transaction a row was written."""
MARK = "@xid@"
_OURS = "xmin::text::bigint >= pg_current_xact_id()::text::bigint %% 4294967296"


@dataclass(frozen=True, slots=True)
class Founded:
    """Rows by table, in PostgreSQL's own text of `COPY`."""

    rows: tuple[tuple[str, bytes], ...]

    def write(self) -> None:
        """IntegrityError when some of them stand there already."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            now = cursor.fetchone()[0].encode()
            for statement, text in self.rows:
                with cursor.copy(statement) as copy:
                    copy.write(text.replace(MARK.encode(), now))


def keep(found: Callable[[], None]) -> Founded | None:
    """None, and `found` has run all the same, where others wrote in this transaction before: whose rows are whose?"""
    clean = connection.in_atomic_block and not _written()
    found()
    return Founded(tuple(map(_copied, _written()))) if clean else None


def _written() -> list[str]:
    """The tables with rows of this transaction, those that others refer to among them: such references are checked at its end."""
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)})
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\" WHERE {_OURS})" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked.replace("%%", "%"))
        return [table for (table,) in cursor.fetchall()]


def _copied(table: str) -> tuple[str, bytes]:
    columns = [column.name for column in connection.introspection.get_table_description(connection.cursor(), table)]
    read = ", ".join(f"'{MARK}'" if (table, column) == TRANSACTION else f'"{column}"' for column in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY (SELECT {read} FROM "{table}" WHERE {_OURS.replace("%%", "%")}) TO STDOUT') as copy,
    ):
        text = b"".join(bytes(block) for block in copy)
    written = ", ".join(f'"{column}"' for column in columns)
    return f'COPY "{table}" ({written}) FROM STDIN', text
