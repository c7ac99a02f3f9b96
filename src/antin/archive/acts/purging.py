"""After a destruction: the old versions of what was blanked leave the database's files (379/20.2, 379/3.4).

Asked for in the transaction that destroys, done in the background once every room has followed, at an hour when a table
may be closed for a moment.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from antin.archive import remains, rules
from antin.archive.models import Purge
from antin.ledger import acts as ledger
from antin.ledger import queries as ledger_queries
from antin.values import Actor, to_vietnam

SYSTEM = Actor.system("archive")


def ask(entry_id: int) -> Purge:
    """Into the caller's transaction: what the ledger's entry tells of is still to leave the files."""
    standing = Purge.objects.select_for_update().filter(begun_at__isnull=True).first()
    if standing is None:
        return Purge.objects.create(asked_at=timezone.now(), entry_id=entry_id)
    standing.entry_id = max(standing.entry_id, entry_id)
    standing.save(update_fields=["entry_id"])
    return standing


def purge_due() -> int:
    """One try, if something was asked for and now is the time; answers how many requests came to their end."""
    waiting = Purge.objects.filter(done_at__isnull=True)
    if not waiting.exists() or not rules.may_purge_now(remains.size_bytes(), to_vietnam(timezone.now())):
        return 0
    if waiting.filter(begun_at__isnull=True).exists():  # what is asked for from here on is a request of its own
        waiting.update(begun_at=timezone.now(), tables_left=None)
    begun = list(waiting.filter(begun_at__isnull=False))
    return _purge(begun) if all(ledger_queries.followed_by_all(one.entry_id) for one in begun) else 0


def _purge(requests: list[Purge]) -> int:
    left = remains.rewrite(requests[0].tables_left)
    if left is None:
        return 0
    if left:
        Purge.objects.filter(pk__in=[one.pk for one in requests]).update(tables_left=left)
        return 0
    return _done(requests, log_begun_anew=remains.begin_log_anew())


@transaction.atomic
def _done(requests: list[Purge], *, log_begun_anew: bool) -> int:
    now = timezone.now()
    for one in requests:
        one.done_at, one.tables_left, one.log_begun_anew = now, None, log_begun_anew
        one.save(update_fields=["done_at", "tables_left", "log_begun_anew"])
        ledger.append(
            "archive.purge.done",
            SYSTEM,
            object_kind="purge",
            object_id=one.pk,
            facts={"entry": one.entry_id, "log": log_begun_anew},
            clause="379/20.2",
        )
    return len(requests)
