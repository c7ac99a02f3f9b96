"""Transactions whose commit is certain before a word leaves this installation.

With synchronous replication, a commit whose wait is cancelled reports success though it may not be replicated
(SQLSTATE 01000). Then no receipt may be given: the outcome is Indeterminate, the partner asks again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, models, transaction

from antin.regulation import Indeterminate
from antin.values import N_

UNCERTAIN_STATE = "01000"
UNCERTAIN_TEXT = "might not have been replicated"


@contextmanager
def certain_commit() -> Iterator[None]:
    """`atomic()`, and Indeterminate when the server can't say that the commit will last."""
    connection.ensure_connection()
    raw = connection.connection
    doubts: list[str] = []

    def note(diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.sqlstate == UNCERTAIN_STATE and UNCERTAIN_TEXT in (diagnostic.message_detail or ""):
            doubts.append(diagnostic.message_primary or "")

    raw.add_notice_handler(note)
    try:
        with transaction.atomic():
            yield
    finally:
        raw.remove_notice_handler(note)
    if doubts:
        connection.close()
        raise Indeterminate("217/13.1", N_("Chưa chắc dữ liệu đã được ghi bền vững."), N_("Bên gửi sẽ tự gửi lại."))


def insert_once(row: models.Model) -> bool:
    """Inserts the row unless one with the same key stands there already; waits for a rival still at it.

    The answer is True for exactly one of any number of writers at once.
    """
    fields = row._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(row._meta.db_table)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING", values)  # noqa: S608
        inserted = bool(cursor.rowcount == 1)
    if inserted:
        row._state.adding, row._state.db = False, connection.alias
    return inserted
