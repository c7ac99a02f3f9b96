"""Follows the ledger: what is issued here is queued, what happens to received documents is told to their senders.

Each entry's effect and the cursor's step share a transaction, so an effect happens once; an entry whose effect keeps
failing is set aside as an irregularity after some tries, so that one bad entry never stops the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

from django.db import DatabaseError, transaction

from antin.exchange import faults, irregularities
from antin.exchange.acts import News, ask_recall, queue_dispatches, report_progress, tell_invalidated
from antin.exchange.acts.agreeing import tell_agreed, tell_word
from antin.exchange.acts.forgetting import forget
from antin.exchange.axis import statuses
from antin.exchange.mail import statuses as mail_statuses
from antin.exchange.models import Dispatch
from antin.exchange.rules import CODE_OF_ACT
from antin.identity import queries as identity
from antin.ledger import acts as ledger_acts
from antin.ledger import queries as ledger
from antin.ledger.queries import EntryRow
from antin.regulation import RuleViolation
from antin.values import Actor

log = logging.getLogger("antin.exchange.follow")

FOLLOWER = "exchange"
BATCH = 200
TRIES = 5
SYSTEM = Actor.system("exchange")

_failed: dict[int, int] = {}


def follow_once() -> int:
    """Handles the entries that wait, in leaf order; answers how many. Stops at one that failed, to try it again."""
    count = 0
    for entry in ledger.following(FOLLOWER, limit=BATCH):
        if not _handled(entry):
            break
        count += 1
    return count


def _handled(entry: EntryRow) -> bool:
    effect = EFFECTS.get(entry.act)
    assert entry.leaf_index is not None
    try:
        with transaction.atomic():
            ledger_acts.follow_to(FOLLOWER, entry.leaf_index)
            if effect is not None and entry.object_id is not None:
                effect(entry)
    except ledger_acts.AlreadyFollowed:
        return False
    except DatabaseError:
        raise
    except Exception:
        return _set_aside(entry)
    _failed.pop(entry.id, None)
    return True


def _set_aside(entry: EntryRow) -> bool:
    """False to try again, True once the entry was given up and is on record."""
    log.exception("entry %s (%s) could not be followed", entry.id, entry.act)
    _failed[entry.id] = _failed.get(entry.id, 0) + 1
    if _failed[entry.id] < TRIES:
        return False
    with transaction.atomic():
        assert entry.leaf_index is not None
        ledger_acts.follow_to(FOLLOWER, entry.leaf_index)
        irregularities.note(
            irregularities.NOT_FOLLOWED, source=str(entry.id), subject=entry.object_id, detail={"act": entry.act}
        )
    del _failed[entry.id]
    return True


def _issued(entry: EntryRow) -> None:
    assert entry.object_id is not None
    try:
        with transaction.atomic():
            queue_dispatches(actor=SYSTEM, document_id=entry.object_id)
    except RuleViolation as violation:
        log.warning("nothing queued for %s: %s", entry.object_id, violation)
    faults.reach("follow.queued")


def _progressed(entry: EntryRow) -> None:
    assert entry.object_id is not None
    news = News(
        act=entry.act,
        document_id=entry.object_id,
        reason=entry.reason or str(entry.detail.get("reason", "")),
        person=entry.actor_name,
        unit=_unit(entry),
        number=str(entry.facts.get("number", "")),
    )
    report_progress(actor=SYSTEM, news=news)
    statuses.report(actor=SYSTEM, news=news)
    mail_statuses.report(actor=SYSTEM, news=news)
    faults.reach("follow.stated")


def _withdrawn(entry: EntryRow) -> None:
    """A recalled document: every dispatch of it is withdrawn, or its return asked for (217/9.2)."""
    for dispatch_id in Dispatch.objects.filter(document_id=entry.object_id).values_list("id", flat=True):
        try:
            with transaction.atomic():
                ask_recall(actor=SYSTEM, dispatch_id=dispatch_id, reason=entry.reason or "thu hồi")
        except RuleViolation as violation:
            log.info("recall of dispatch %s not asked: %s", dispatch_id, violation)


def _voided(entry: EntryRow) -> None:
    """A document declared void: every recipient is told, the sides of an agreement that all consented (379/19.3)."""
    assert entry.object_id is not None
    if agreement := entry.facts.get("agreement"):
        tell_agreed(document_id=entry.object_id, agreement=UUID(str(agreement)))
        return
    for dispatch_id in Dispatch.objects.filter(document_id=entry.object_id).values_list("id", flat=True):
        tell_invalidated(actor=SYSTEM, dispatch_id=dispatch_id, reason=entry.reason)


def _agreeing(entry: EntryRow) -> None:
    """What a side said about an agreement: the issuer learns it from that side, the other sides from the issuer."""
    assert entry.object_id is not None
    tell_word(
        document_id=entry.object_id,
        agreement=UUID(str(entry.facts["agreement"])),
        side=str(entry.facts["side"]),
    )


def _changed(entry: EntryRow) -> None:
    """A replaced document: copies that never left stay here, the others are told by the document that replaces it."""
    if entry.facts.get("kind") != "replace":
        return
    waiting = Dispatch.objects.filter(document_id=entry.object_id, state="queued")
    for dispatch_id in waiting.values_list("id", flat=True):
        ask_recall(actor=SYSTEM, dispatch_id=dispatch_id, reason=entry.reason or "thay thế")


def _destroyed(entry: EntryRow) -> None:
    """The archive destroyed a document: what was written about it here goes too (379/20.2)."""
    assert entry.object_id is not None
    forget(document_id=entry.object_id)


def _unit(entry: EntryRow) -> str:
    if entry.organisation_id is None:
        return ""
    try:
        return identity.organisation(entry.organisation_id).name
    except (LookupError, RuleViolation):
        return ""


EFFECTS: Mapping[str, Callable[[EntryRow], None]] = MappingProxyType(
    {
        "registry.document.issued": _issued,
        "documents.document.recalled": _withdrawn,
        "documents.document.invalidated": _voided,
        "documents.invalidation.proposed": _agreeing,
        "documents.invalidation.answered": _agreeing,
        "documents.change.applied": _changed,
        "archive.document.destroyed": _destroyed,
        **dict.fromkeys(CODE_OF_ACT, _progressed),
    }
)

__all__ = ["FOLLOWER", "follow_once"]
