"""When what was destroyed leaves the database's files: not before all have followed, not past a reader, not table by table in the
way of others (379/20.2, 379/3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from antin.archive import acts, remains, rules
from antin.archive.models import Purge
from antin.house import postgres
from antin.ledger import acts as ledger
from antin.ledger import queries as ledger_queries
from antin.values import VIETNAM
from disposal import destroy, purged, until
from world import World


@contextmanager
def somebody_else(database: str = "") -> Iterator[psycopg.Connection]:
    """Another connection to the test's database, or to another one of the server."""
    facts = connection.settings_dict
    with psycopg.connect(
        f"postgresql:///{database or facts['NAME']}?host={facts['HOST']}&user={facts['USER']}"
    ) as other:
        yield other


@pytest.fixture
def destroyed(committed_world: World) -> World:
    """A world in which one document was destroyed; nobody has followed yet."""
    destroy(committed_world, committed_world.registered(committed_world.original()))
    return committed_world


def left_after() -> list[str] | None:
    """The tables that a try left, once one could be made; it purged nothing."""

    def tried() -> int:
        assert acts.purge_due() == 0
        return len(Purge.objects.get().tables_left or ())

    until(tried)
    return Purge.objects.get().tables_left


def integrate() -> None:
    while ledger.integrate():
        pass


@pytest.mark.clause("379/20.2")
def test_it_waits_for_the_last_of_those_who_follow(destroyed: World) -> None:
    assert acts.purge_due() == 0, "the entry is not integrated"
    integrate()
    (last,) = ledger_queries.following("nobody", limit=200)[-1:]
    assert last.leaf_index is not None
    with transaction.atomic():
        ledger.follow_to("somebody", 0)
    assert acts.purge_due() == 0
    with transaction.atomic():
        ledger.follow_to("somebody", last.leaf_index)
    assert purged() == 1


@pytest.mark.clause("379/20.2")
@pytest.mark.parametrize(
    ("database", "begun"),
    [
        ("", ["set transaction isolation level repeatable read", "select count(*) from documents_document"]),
        ("", ["select pg_current_xact_id()"]),  # it writes, and reads nothing at the moment
        ("postgres", ["select pg_current_xact_id()"]),
    ],
    ids=["reads", "writes", "writes in another database"],
)
def test_it_waits_for_who_reads_the_past(
    destroyed: World, monkeypatch: pytest.MonkeyPatch, database: str, begun: list[str]
) -> None:
    """Their versions of the rows would be carried over into the new files."""
    monkeypatch.setattr(remains, "READERS_WAIT_S", 0.3)
    integrate()
    with somebody_else(database) as reader:
        for statement in begun:
            reader.execute(statement)
        assert acts.purge_due() == 0
        reader.rollback()
        assert purged() == 1


@pytest.mark.clause("379/20.2")
def test_a_table_in_use_is_left_for_the_next_time_and_nobody_waits_long(
    destroyed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remains, "LOCK_WAIT_MS", 100)
    integrate()
    with somebody_else() as writer:
        writer.execute("lock table casework_instruction in row exclusive mode")
        assert left_after() == ["casework_instruction"]
        writer.rollback()
    assert purged() == 1
    assert Purge.objects.get().tables_left is None


@pytest.mark.clause("379/20.2")
def test_samples_that_were_just_replaced_wait_for_their_readers_too(
    destroyed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who begins to read while the tables are written anew still sees the former statistics."""
    monkeypatch.setattr(remains, "READERS_WAIT_S", 0.3)
    integrate()
    write = remains._rewritten
    with somebody_else() as reader:

        def with_a_reader(table: str, how: str = "full, analyze") -> bool:
            if reader.info.transaction_status == TransactionStatus.IDLE:
                reader.execute("set transaction isolation level repeatable read")
                reader.execute("select 1")
            return write(table, how)

        monkeypatch.setattr(remains, "_rewritten", with_a_reader)
        assert left_after() == ["pg_statistic"]
        reader.rollback()
        monkeypatch.setattr(remains, "_rewritten", write)
        assert purged() == 1


@pytest.mark.clause("379/20.2")
def test_what_is_destroyed_while_a_purge_is_under_way_asks_for_one_of_its_own(destroyed: World) -> None:
    integrate()
    Purge.objects.update(begun_at=datetime(2026, 1, 1, tzinfo=VIETNAM))
    destroy(destroyed, destroyed.registered(destroyed.original()), about="Hồ sơ thứ hai (mẫu)")
    assert Purge.objects.count() == 2
    integrate()
    assert purged() == 2
    assert acts.purge_due() == 0


@pytest.mark.clause("379/20.2")
def test_on_a_server_of_others_the_log_is_theirs_and_the_record_says_so(destroyed: World) -> None:
    integrate()
    with psycopg.connect(_as_owner(), autocommit=True) as owner:
        role = connection.settings_dict["USER"]
        owner.execute(f"revoke execute on function pg_switch_wal() from {role}")
        try:
            assert purged() == 1
        finally:
            owner.execute(f"grant execute on function pg_switch_wal() to {role}")
    assert Purge.objects.get().log_begun_anew is False


def _as_owner() -> str:
    facts = connection.settings_dict
    return f"postgresql:///{facts['NAME']}?host={facts['HOST']}&user={postgres._owner().pw_name}"


@pytest.mark.parametrize(
    ("size", "hour", "now"),
    [(10**6, 10, True), (10**12, 10, False), (10**12, 21, True), (10**12, 4, True), (10**12, 5, False)],
)
def test_a_large_database_is_written_anew_at_night(size: int, hour: int, now: bool) -> None:
    assert rules.may_purge_now(size, datetime(2026, 11, 27, hour, 30, tzinfo=VIETNAM)) is now
