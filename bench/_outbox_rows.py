"""Rows of an outbox by the hundred thousand, multiplied in the server from one real message.

The message went through the product's own doors before; a copy differs from it only in ids, times and codes, so sizes
of rows and indexes are those of real ones. Ids are UUIDv7 of the copy's time. Foreign keys are not asked row by row.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

MINUTE_MS = 50_000
"""A year and a half for a million messages."""
OLDEST = "extract(epoch from now() - interval '2 years') * 1000"
LATEST = "extract(epoch from now() - interval '1 day') * 1000"


def keep_history(address: str, kept: int) -> None:
    """So many messages that were delivered long ago: dispatch, clock, parcel, receipt. One delivered one must be there."""
    at = f"to_timestamp(({OLDEST} + g * {MINUTE_MS}) / 1000)"

    def own(kind: str) -> str:
        return _id(kind, f"{OLDEST} + g * {MINUTE_MS}")

    code = "t.document_code || '-' || g"
    with _unasked(address) as connection:
        (template,) = _one(connection, "select id from exchange_dispatch where state = 'arrived'")
        _multiply(connection, "exchange_dispatch", f"id = '{template}'", kept,
            {"id": own("d"), "document_id": own("o"), "document_code": code, "queued_at": at, "expires_at": f"{at} + interval '7 days'"})  # fmt: skip
        _multiply(connection, "exchange_send_clock", f"document_id = (select document_id from exchange_dispatch where id = '{template}')", kept,
            {"document_id": own("o"), "state": "'stopped'", "look_at": "null", "due_at": at})  # fmt: skip
        _multiply(connection, "exchange_parcel_out", f"dispatch_id = '{template}'", kept,
            {"id": own("p"), "dispatch_id": own("d"), "head": own("h"), "built_at": at})  # fmt: skip
        _multiply(connection, "exchange_evidence", f"dispatch_id = '{template}'", kept,
            {"id": own("e"), "document_id": own("o"), "dispatch_id": own("d"), "at": at, "digest": "encode(sha256(g::text::bytea), 'hex')"})  # fmt: skip
    _settle(address)


def keep_waiting(address: str, recipient: str, waiting: int) -> None:
    """So many parcels that wait for a recipient, every tenth of them urgent, each of a document of its own.

    One that waits must be there.
    """

    def own(kind: str) -> str:
        return _id(kind + recipient, f"{LATEST} + g")

    code, urgency = "t.document_code || '-' || g", "(g % 10 = 0)::int"
    with _unasked(address) as connection:
        template, document = _one(
            connection, "select id, document_id from exchange_dispatch where recipient_code = %s", recipient
        )
        _multiply(connection, "documents_document", f"id = '{document}'", waiting,
            {"id": own("o"), "document_code": code, "urgency": urgency})  # fmt: skip
        _multiply(connection, "exchange_dispatch", f"id = '{template}'", waiting,
            {"id": own("d"), "document_id": own("o"), "document_code": code, "urgency": urgency})  # fmt: skip
        _multiply(connection, "exchange_parcel_out", f"dispatch_id = '{template}'", waiting,
            {"id": own("p"), "dispatch_id": own("d")})  # fmt: skip
    _settle(address)


def _unasked(address: str) -> psycopg.Connection:
    """A superuser's connection on which triggers, those of foreign keys among them, stay silent."""
    connection = psycopg.connect(address)
    connection.execute("set session_replication_role = replica")
    connection.execute("set synchronous_commit = off")
    return connection


def _settle(address: str) -> None:
    """What the server would do in its own time is done before anything is measured."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
        connection.execute("checkpoint")


def _one(connection: psycopg.Connection, query: str, *values: str) -> tuple[object, ...]:
    found = connection.execute(query.encode(), values or None).fetchone()
    assert found is not None, "the message to multiply is not there"
    return found


def _multiply(connection: psycopg.Connection, table: str, which: str, count: int, own: Mapping[str, str]) -> None:
    """Copies of a row, numbered g = 1 … count; `own` gives SQL for the columns that are each copy's own."""
    name = sql.Identifier(table)
    described = connection.execute(sql.SQL("select * from {} limit 0").format(name)).description
    columns = [column.name for column in described or ()]
    values = [sql.SQL(own[one]) if one in own else sql.Identifier("t", one) for one in columns]
    connection.execute(
        sql.SQL("insert into {} ({}) select {} from {} as t, generate_series(1::bigint, {}::bigint) as g where {}").format(
            name, sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(values),
            name, sql.Literal(count), sql.SQL(which),
        )
    )  # fmt: skip


def _id(kind: str, at_ms: str) -> str:
    """SQL for the UUIDv7 of copy g, the same wherever it is referred to in one transaction."""
    noise = f"md5('{kind}' || g)"
    return f"(lpad(to_hex(({at_ms})::bigint), 12, '0') || '7' || substr({noise}, 1, 3) || '8' || substr({noise}, 4, 15))::uuid"
