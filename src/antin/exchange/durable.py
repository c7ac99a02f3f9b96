"""Transactions whose commit is certain before a word leaves this installation.

With synchronous replication, a commit whose wait is cancelled reports success though it may not be replicated
(SQLSTATE 01000). Then no receipt may be given: the outcome is Indeterminate, the partner asks again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, transaction

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
