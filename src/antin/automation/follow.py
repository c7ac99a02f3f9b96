"""Follows the ledger: a registered document is met by the rules of its body; what was assigned otherwise lapses (379/27.1).

Each entry's effects and the cursor's step share a transaction, so each happens once. A rule that fails counts its own error
and hinders neither the other rules nor the follower. Reminders go by the calendar, once for each work and day.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from antin.automation import acts, queries, rules
from antin.automation.acts import Cause
from antin.automation.faults import reach
from antin.casework import queries as work
from antin.casework.views import AssignmentView
from antin.ledger import acts as ledger_acts
from antin.ledger import queries as ledger
from antin.ledger.queries import EntryRow
from antin.rulebook import queries as rulebook

log = logging.getLogger("antin.automation.follow")

FOLLOWER = "automation"
BATCH = 200
REGISTERED = "registry.document.registered"
DESTROYED = "archive.document.destroyed"
SETTLED = {
    "casework.work.assigned",
    "casework.document.completed",
    "registry.document.returned",
    "registry.document.discarded",
}


def follow_once() -> int:
    """Handles the entries that wait, in leaf order; answers how many."""
    count = 0
    for entry in ledger.following(FOLLOWER, limit=BATCH):
        assert entry.leaf_index is not None
        try:
            with transaction.atomic():
                ledger_acts.follow_to(FOLLOWER, entry.leaf_index)
                _take(entry)
                reach("follow.before_commit")
        except ledger_acts.AlreadyFollowed:
            break
        reach("follow.after_commit")
        count += 1
    return count


def _take(entry: EntryRow) -> None:
    if entry.object_id is None or entry.organisation_id is None:
        return
    if entry.act == REGISTERED:
        cause = Cause(f"entry:{entry.id}", entry.at, entry.object_id)
        for rule_id in queries.enabled(entry.organisation_id, rules.ROUTE):
            _met(rule_id, cause, lambda one: acts.route(one, cause))
    elif entry.act in SETTLED:
        acts.lapse_proposals(document_id=entry.object_id)
    elif entry.act == DESTROYED:
        acts.forget(document_id=entry.object_id)


def _met(rule_id: UUID, cause: Cause, act: Callable[[UUID], None]) -> None:
    """One rule on one cause, in a savepoint of its own. The database's own faults rise: then all is tried again."""
    try:
        with transaction.atomic():
            act(rule_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("rule %s broke off on %s", rule_id, cause.key)
        acts.note_failure(rule_id, cause)


def remind_due() -> int:
    """Tells whoever has work that falls due within a rule's days, once for each work and day; answers 0."""
    for rule_id, organisation_id, days in queries.reminding():
        for piece in _near(organisation_id, days):
            key = f"due:{piece.id}:{piece.due_on.isoformat()}"
            if not queries.met(rule_id, key):
                _remind(rule_id, Cause(key, timezone.now(), piece.document_id), piece)
    return 0


def _remind(rule_id: UUID, cause: Cause, piece: AssignmentView) -> None:
    with transaction.atomic():
        _met(rule_id, cause, lambda one: acts.remind(one, cause, piece))


def _near(organisation_id: UUID, days: int) -> Iterable[AssignmentView]:
    """Open work with that many working days left or fewer, a page at a time."""
    after: UUID | None = None
    while ids := work.falling_due([organisation_id], _horizon(days), after=after):
        yield from (piece for piece in work.pieces(ids) if rules.due_for_reminder(piece.days_left, days))
        after = ids[-1]


def _horizon(days: int) -> date:
    day = rulebook.today()
    for _ in range(days):
        day = rulebook.next_working_day(day)
    return day


__all__ = ["FOLLOWER", "follow_once", "remind_due"]
