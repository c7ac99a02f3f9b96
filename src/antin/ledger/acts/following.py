"""The cursors of those who follow the ledger."""

from __future__ import annotations

from django.db import connection

_MOVE = """
INSERT INTO ledger_cursor (follower, leaf_index) VALUES (%s, %s)
ON CONFLICT (follower) DO UPDATE SET leaf_index = excluded.leaf_index
WHERE ledger_cursor.leaf_index < excluded.leaf_index
"""


class AlreadyFollowed(RuntimeError):
    """Another process of the same follower has committed this leaf's effect: give this transaction up."""


def follow_to(follower: str, leaf_index: int) -> None:
    """Moves the cursor to a leaf, in the transaction of that leaf's effect, so each effect happens once.

    A second process waits here for the first and then gets AlreadyFollowed. RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a cursor moves in the transaction of the follower's effect")
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, (follower, leaf_index))
        if cursor.rowcount != 1:
            raise AlreadyFollowed(f"{follower} is at leaf {leaf_index} or beyond")
