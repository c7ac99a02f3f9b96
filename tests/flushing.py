"""What a test has committed is gone after it: Django's flush, of the tables that hold something.

Emptying a table makes new files for it and each of its indexes, so all of them together take longer than most tests.
Kinds of content and permissions stay as `migrate` made them; Django's own flush writes the same ones anew.
"""

from __future__ import annotations

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

SAME_ALWAYS = {"django_content_type", "auth_permission"}
_WITH_PAGES = (
    "SELECT relname FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
)
"""Every table that holds a row has pages; one whose rows were rolled back has them too."""


def install() -> None:
    """Transactional tests end so from now on."""
    TransactionTestCase._fixture_teardown = _flush  # type: ignore[attr-defined]


def _flush(case: TransactionTestCase) -> None:
    for name in case._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        empty(connections[name])


def empty(connection: BaseDatabaseWrapper) -> None:
    """Tables that refer to an emptied one are emptied with it."""
    ours = set(connection.introspection.django_table_names(only_existing=False, include_views=False)) - SAME_ALWAYS
    with connection.cursor() as cursor:
        cursor.execute(_WITH_PAGES)
        written = sorted(ours & {table for (table,) in cursor.fetchall()})
        if written:
            cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, written))} CASCADE")
