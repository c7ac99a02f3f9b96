"""A query whose SQL is made once answers as Django's own queryset does, whatever it is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from antin.sql import CompiledQuery, insert
from antin.values import new_id
from antin.vault.models import DataKey, StoredContent

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def key(owner: UUID, version: int = 1, at: datetime = NOW) -> DataKey:
    row = DataKey(owner=owner, version=version, wrapped=b"wrapped", created_at=at)
    insert(row)
    return row


def of_owner(owner: UUID) -> QuerySet[DataKey]:
    return DataKey.objects.filter(owner=owner, destroyed_at__isnull=True).order_by("-version")


def test_all_answers_as_the_queryset_for_each_parameter():
    ask, owners = CompiledQuery(of_owner, UUID), [new_id() for _ in range(3)]
    for number, owner in enumerate(owners):
        for version in range(number + 1):
            key(owner, version + 1)
    for owner in [*owners, new_id()]:
        assert ask.all(owner) == list(of_owner(owner))
        assert [row.wrapped for row in ask.all(owner)] == [row.wrapped for row in of_owner(owner)]


def test_first_is_the_newest_or_none():
    ask, owner = CompiledQuery(of_owner, UUID), new_id()
    assert ask.first(owner) is None
    key(owner, 1), key(owner, 2)
    found = ask.first(owner)
    assert found is not None and found.version == 2


def test_a_row_found_can_be_changed_and_saved_like_any_other():
    owner = new_id()
    key(owner)
    row = CompiledQuery(of_owner, UUID).first(owner)
    assert row is not None
    row.version = 7
    row.save(update_fields=["version"])
    assert DataKey.objects.get(owner=owner).version == 7


def test_columns_left_out_are_fetched_when_they_are_wanted():
    owner = new_id()
    key(owner)
    row = CompiledQuery(lambda owner: DataKey.objects.defer("wrapped").filter(owner=owner), UUID).first(owner)
    assert row is not None and row.get_deferred_fields() == {"wrapped"}
    assert bytes(row.wrapped) == b"wrapped"


def test_values_list_gives_tuples_and_every_type_of_parameter_is_filled_in():
    owner, later = new_id(), NOW + timedelta(days=1)
    kept = key(owner, 3)
    insert(StoredContent(key=kept, digest="ab", size=12, media_type="a/b", sealed_digest="cd", stored_at=later))

    def make(kind: str, size: int, at: datetime) -> QuerySet[StoredContent, tuple[str, int]]:
        wanted = StoredContent.objects.filter(media_type=kind, size__lte=size, stored_at__gte=at)
        return wanted.values_list("digest", "size")

    ask = CompiledQuery(make, str, int, datetime)
    assert ask.all("a/b", 12, later) == [("ab", 12)]
    assert ask.all("a/b", 11, later) == ask.all("a/c", 12, later) == ask.all("a/b", 12, later + timedelta(1)) == []


def test_the_text_is_made_once(django_assert_num_queries):
    made = []
    ask = CompiledQuery(lambda owner: made.append(owner) or of_owner(owner), UUID)
    with django_assert_num_queries(3):
        for _ in range(3):
            ask.all(new_id())
    assert len(made) == 1


def test_a_parameter_that_does_not_reach_the_sql_is_refused():
    with pytest.raises(ValueError, match="parameter"):
        CompiledQuery(lambda _: DataKey.objects.all(), UUID).all(new_id())


@pytest.mark.django_db(transaction=True)
def test_a_locking_query_belongs_into_a_transaction():
    ask, owner = CompiledQuery(lambda owner: of_owner(owner).select_for_update(), UUID), new_id()
    with transaction.atomic():
        key(owner)
        assert ask.first(owner) is not None
    with pytest.raises(TransactionManagementError):
        ask.first(owner)
    connection.close()
