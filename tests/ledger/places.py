"""Entries for tests, and the parts that several of them need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from antin.ledger import acts
from antin.ledger.queries import EntryRow
from antin.values import Actor, Method, Office, new_id

GROWS_ONLY = ("ledger_entry", "ledger_leaf", "ledger_tile", "ledger_checkpoint")


def person(name: str = "Nguyễn Văn Mẫu") -> Actor:
    return Actor(new_id(), name, Method.PASSWORD_TOTP, session="a1" * 32, office=Office.CLERK, organisation_id=new_id())


def append(object_id: UUID | None = None, actor: Actor | None = None, **changes: Any) -> EntryRow:
    given: dict[str, Any] = {"object_kind": "document", "object_id": object_id or new_id(), **changes}
    with transaction.atomic():
        return acts.append("documents.draft.created", actor or person(), **given)


def append_many(count: int) -> list[EntryRow]:
    with transaction.atomic():
        return [append() for _ in range(count)]


def run(query: str, *parameters: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def as_intruder(table: str) -> Iterator[None]:
    """What a database owner could do: the protection off, the past changed."""
    run(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change")
    yield
    run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change")
