"""Rows written column by column are what Django would have written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from antin.documents import rows
from antin.documents.models import Document, Obligation
from antin.exchange.models import Certificate
from antin.sql import connections as connections_
from antin.sql import insert, insert_once, renew_connection, update
from antin.values import new_id
from antin.vault.models import DataKey

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def key(owner: UUID | None = None) -> DataKey:
    return DataKey(owner=owner or new_id(), wrapped=b"\x00\xff", created_at=NOW)


def test_insert_writes_every_column_and_the_row_counts_as_saved():
    row = key()
    insert(row)
    assert not row._state.adding
    kept = DataKey.objects.get(id=row.id)
    assert (kept.owner, bytes(kept.wrapped), kept.created_at, kept.version) == (row.owner, b"\x00\xff", NOW, 1)


def test_insert_of_what_stands_there_is_refused_by_the_database():
    row = key()
    insert(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(key(row.owner))


def test_insert_once_says_whether_it_was_the_one():
    row = key()
    assert insert_once(row)
    again = key(row.owner)
    assert not insert_once(again)
    assert again._state.adding
    assert DataKey.objects.filter(owner=row.owner).count() == 1


def test_insert_leaves_a_number_to_the_database_and_takes_an_expression():
    document = Document(
        direction="incoming", state="arrived", validity="in_force", custody="current", owner_id=new_id(),
        created_at=NOW, updated_at=NOW, words=rows.word_vector(["Nghị quyết"]),
    )  # fmt: skip
    insert(document)
    insert(Obligation(document_id=document.id, kind="dispatch", key="a", hung_at=NOW))
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM documents_document WHERE id = %s", [document.id])
        assert "nghi" in cursor.fetchone()[0]
    assert Obligation.objects.get(document_id=document.id).pk > 0


def test_update_writes_the_named_columns_alone():
    row = key()
    insert(row)
    row.version, row.wrapped = 5, b"other"
    update(row, ["version"])
    kept = DataKey.objects.get(id=row.id)
    assert (kept.version, bytes(kept.wrapped)) == (5, b"\x00\xff")


def test_update_of_what_is_not_there_is_an_error():
    with pytest.raises(LookupError):
        update(key(), ["version"])


@pytest.mark.django_db(transaction=True)
def test_insert_once_has_one_winner_of_many_at_once():
    digest, won = "ab" * 32, []

    def write() -> None:
        won.append(insert_once(Certificate(sha256=digest, der=b"x", code="A", since=NOW)))
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


@pytest.fixture
def checked(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A connection as the product has it: kept, and checked before it is used again."""
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 600)
    connection.close()
    yield
    connection.close()


def test_a_connection_that_worked_a_moment_ago_is_not_asked_whether_it_lives(
    checked: None, monkeypatch: pytest.MonkeyPatch
):
    asked = []
    monkeypatch.setattr(connection, "is_usable", lambda: asked.append(1) or True)
    for _ in range(5):
        renew_connection()
        DataKey.objects.count()
    assert len(asked) <= 1


def test_a_connection_left_alone_that_was_cut_is_made_anew(checked: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections_, "TRUSTED_S", 0.0)
    renew_connection()
    DataKey.objects.count()
    connection.connection.close()
    renew_connection()
    assert DataKey.objects.count() == 0
