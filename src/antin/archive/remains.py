"""What PostgreSQL's own files still hold of words that were blanked, and how they lose it (379/20.2, 379/3.4).

A changed row leaves its old version in the table's file until that room is written over, whatever VACUUM does; samples of
columns stand in `pg_statistic`; the write-ahead log holds whole pages. So every table that can hold such words is written
anew, its statistics with it, and the log is begun anew. What the file system keeps of deleted files is its own matter
(docs/operating.md). The ledger's tables that only grow have no old versions and hold no words; they are left alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, OperationalError, connection

log = logging.getLogger("antin.archive")

ONLY_GROW = ("ledger_entry", "ledger_leaf", "ledger_tile", "ledger_checkpoint")
STATISTICS = "pg_statistic"
LOCK_WAIT_MS = 2000
"""How long a table's readers may queue behind us; a busier table is tried again the next time."""
READERS_WAIT_S = 10.0
OLD_READERS = """
    select count(*) from (
        select backend_xmin as xmin from pg_stat_activity
        where pid <> pg_backend_pid() and (datname = current_database() or backend_type = 'walsender')
        union all select xmin from pg_replication_slots
        union all select pg_snapshot_xmin(pg_current_snapshot())::xid
    ) as held
    where xmin is not null and age(xmin) > age(%s::text::xid)
"""
"""Who still sees a state from before. The last line is ourselves: no snapshot of ours is newer than the oldest transaction that
writes, in whichever database of the server."""


def size_bytes() -> int:
    """How large the whole database is: what it takes to write it anew."""
    return int(_value("select pg_database_size(current_database())"))


def rewrite(tables: list[str] | None = None) -> list[str] | None:
    """Writes the tables anew (all that can hold words, or those left by an earlier try); the names of those that were too busy.

    None, with nothing done, while somebody still reads a state from before: their versions would be carried over.
    Outside of any transaction.
    """
    with _patient_session():
        if not _nobody_reads_the_past():
            return None
        wanted = [name for name in (_tables() if tables is None else tables) if name != STATISTICS]
        if left := [name for name in wanted if not _rewritten(name)]:
            return left
        if wanted:
            _forget_empty_columns()
        # What ANALYZE has just replaced is old only now: again nobody may read from before.
        return [] if _nobody_reads_the_past() and _rewritten(STATISTICS, "full") else [STATISTICS]


def begin_log_anew() -> bool:
    """Every segment of the write-ahead log up to now is closed and removed; False where our role may not (a server of
    others), or where the server keeps them for an archive or a standby: it then drops them in its own time and manner."""
    try:
        last = _value("select pg_walfile_name(pg_current_wal_lsn())")
        ahead = "select count(*) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$' and name > pg_walfile_name(pg_current_wal_lsn())"
        for _ in range(int(_value(ahead)) + 1):  # segments that were recycled under an earlier setting are used up too
            _value("select pg_logical_emit_message(true, 'antin', '')")
            _value("select pg_switch_wal()")
        _run("checkpoint")
        kept = "select count(*) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$' and name <= %s"
        if _value(kept, [last]):
            log.info("the server keeps segments of the write-ahead log for others")
            return False
    except DatabaseError as error:
        log.info("the write-ahead log is the server's own: %s", type(error).__name__)
        return False
    return _value("select current_setting('wal_recycle')") == "off"


def _tables() -> list[str]:
    found = _rows(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " and pg_get_userbyid(relowner) = current_user order by pg_relation_size(oid)"
    )
    return [str(name) for (name,) in found if name not in ONLY_GROW]


def _rewritten(table: str, how: str = "full, analyze") -> bool:
    try:
        _run(f"vacuum ({how}) {connection.ops.quote_name(table)}")
    except OperationalError as error:  # the lock was not to be had in time
        log.info("%s is busy and keeps its old file for now: %s", table, type(error.__cause__).__name__)
        return False
    return True


def _forget_empty_columns() -> None:
    """ANALYZE keeps what it knew of a table that has become empty; to give a column its type again drops that."""
    quoted = connection.ops.quote_name
    for table, column, kind in _rows(
        "select s.tablename, s.attname, format_type(a.atttypid, a.atttypmod) from pg_stats s"
        " join pg_attribute a on a.attrelid = format('%I.%I', s.schemaname, s.tablename)::regclass and a.attname = s.attname"
        " where s.schemaname = 'public' and a.attgenerated = ''"
    ):
        if table in ONLY_GROW or _rows(f"select 1 from {quoted(table)} limit 1"):  # noqa: S608 (the catalogue's name, quoted)
            continue
        _run(f"alter table {quoted(table)} alter column {quoted(column)} type {kind}")


def _nobody_reads_the_past() -> bool:
    boundary = _value("select pg_snapshot_xmax(pg_current_snapshot())::xid::text")
    deadline = time.monotonic() + READERS_WAIT_S
    while _value(OLD_READERS, [boundary]):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def _patient_session() -> Iterator[None]:
    _run(f"set lock_timeout = {LOCK_WAIT_MS}")
    try:
        yield
    finally:
        _run("reset lock_timeout")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _value(statement: str, parameters: list[object] | None = None) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        (value,) = cursor.fetchone()
        return value
