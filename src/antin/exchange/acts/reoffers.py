"""Parcels offered again to a recipient that lost them: the same bytes under the same id, until it answers (217/13.1).

A recipient restored from an old backup takes the parcel in anew and says so by a fresh receipt; the delivery then
stands at "đã đến" again, and its numbers of progress begin anew, as they do there.
"""

from __future__ import annotations

from datetime import timedelta
from random import random
from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange import channels, irregularities, ports, rules
from antin.exchange.acts import transmit
from antin.exchange.acts.outbox import locked, tell
from antin.exchange.answers import Judged
from antin.exchange.durable import certain_commit
from antin.exchange.edxml import codes
from antin.exchange.lifecycle import DELIVERY
from antin.exchange.messages import Receipt, Refusal
from antin.exchange.models import Dispatch, ParcelOut, Reoffer
from antin.exchange.rules import Outcome
from antin.regulation import RuleViolation
from antin.values import Actor, iso, new_id, sha256_hex

TRIES_MOST = 20
AGAIN = "note_taken_in_again"


def queue_reoffer(dispatch: Dispatch) -> bool:
    """Puts the parcel on the list; False when its own delivery still goes on or it was withdrawn. Joins the transaction."""
    if channels.in_a_lane(dispatch) or dispatch.state == "recalled":
        return False
    now = ports.bound().clock.now()
    Reoffer.objects.update_or_create(
        dispatch=dispatch,
        defaults={"asked_at": now, "since": new_id(), "try_at": now, "attempts": 0, "last_error": ""},
    )
    return True


def due_reoffers(limit: int = 50) -> list[UUID]:
    """Claims what is due: moved behind a lease, so that no two workers offer it at once."""
    limits, now = ports.bound().limits, ports.bound().clock.now()
    with transaction.atomic():
        due = Reoffer.objects.select_for_update(skip_locked=True).filter(try_at__lte=now).order_by("try_at")
        found = list(due.values_list("dispatch_id", flat=True)[:limit])
        Reoffer.objects.filter(dispatch_id__in=found).update(try_at=now + timedelta(seconds=limits.lease_s))
    return found


def pass_reoffer_gate(*, actor: Actor, dispatch_id: UUID) -> transmit.Ready | None:
    """As `pass_gate`: in use, not impounded. None, with an irregularity on record, when it may not go again."""
    try:
        with certain_commit():
            dispatch = locked(dispatch_id)
            documents.guard(actor=actor, document_id=dispatch.document_id, guards=("in_use",))
            parcel = ParcelOut.objects.filter(dispatch=dispatch).first()
            if parcel is None or dispatch.partner is None:
                return None
            return transmit.ready(dispatch, dispatch.partner, parcel)
    except RuleViolation as violation:
        give_up(dispatch_id, violation.message())
        return None


def settle_reoffer(*, actor: Actor, ready: transmit.Ready, judged: Judged) -> None:
    """Records what one attempt came to."""
    with certain_commit():
        dispatch = locked(ready.dispatch_id)
        offer = Reoffer.objects.select_for_update().get(dispatch=dispatch)
        if judged.outcome is Outcome.ACKNOWLEDGED:
            _taken_in(actor, dispatch, offer, judged)
            offer.try_at, offer.last_error = None, ""
        elif judged.outcome is Outcome.REFUSED:
            assert isinstance(judged.payload, Refusal)
            transmit.keep_answer(dispatch, judged, judged.payload.event, judged.payload.at)
            give_up(dispatch.id, judged.payload.code)
            return
        else:
            offer.attempts += 1
            if offer.attempts >= TRIES_MOST:
                give_up(dispatch.id, judged.error)
                return
            pause_s = rules.backoff_s(offer.attempts, random())  # noqa: S311 (jitter, not a secret)
            offer.try_at = ports.bound().clock.now() + timedelta(seconds=pause_s)
            offer.last_error = judged.error[:300]
        offer.save()


def give_up(dispatch_id: UUID, why: str) -> None:
    """It can't go again: on record for the exchange operator."""
    with transaction.atomic():
        Reoffer.objects.filter(dispatch_id=dispatch_id).update(try_at=None, last_error=why[:300])
        irregularities.note(irregularities.NOT_REOFFERED, subject=dispatch_id, detail={"why": why[:200]})


def _taken_in(actor: Actor, dispatch: Dispatch, offer: Reoffer, judged: Judged) -> None:
    """A receipt that stood here already changes nothing: the recipient had the parcel all along."""
    receipt = judged.payload
    assert isinstance(receipt, Receipt)
    again = dispatch.evidence.filter(side="theirs", event=receipt.event).exists()
    if not transmit.keep_answer(dispatch, judged, receipt.event, receipt.at):
        return
    if again:
        _begin_anew(dispatch, offer)
    elif step := DELIVERY.rows.get((dispatch.state, "note_progress(arrived)")):
        dispatch.state = step.to
    dispatch.times = {**dispatch.times, "arrived": iso(receipt.at)}
    dispatch.reason = dispatch.last_error = ""
    dispatch.save()
    facts = {"outcome": "taken_in_again" if again else "acknowledged", "evidence": sha256_hex(judged.message)}
    tell("exchange.dispatch.transmitted", actor, dispatch, clause="217/6.2", attempt=dispatch.attempts, **facts)


def _begin_anew(dispatch: Dispatch, offer: Reoffer) -> None:
    """Back to "đã đến", then on with the news of the new copy that was faster than its receipt."""
    step = DELIVERY.rows.get((dispatch.state, AGAIN))
    if step is None:
        return
    dispatch.state, dispatch.sequence_seen = step.to, 0
    for told in dispatch.statements.filter(id__gt=offer.since).order_by("sequence"):
        progress = codes.progress(told.code)
        applied = rules.progress_step(dispatch.state, progress, sequence=told.sequence, seen=dispatch.sequence_seen)
        dispatch.state, dispatch.sequence_seen = applied.to, told.sequence
