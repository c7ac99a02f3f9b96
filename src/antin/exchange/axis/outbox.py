"""Messages on their way to the axis: claimed one by one, handed over once, settled by what the axis clearly said.

sendEdoc knows no key of ours, so a message whose attempt has an unknown outcome may lie at the axis already. It is left
alone until the axis can no longer be storing it, then looked for there (by sender, recipient, time and, at last, by its
very bytes); only when the axis surely has it not, it goes again. What can't be decided waits for the exchange operator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random
from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange import faults, irregularities, ports, rules
from antin.exchange.acts.outbox import OBLIGATION, fail_dispatch, locked, tell
from antin.exchange.axis.lifecycle import AXIS_OUT, CARRIES
from antin.exchange.axis.lookup import Found, Lookup
from antin.exchange.claims import claim_next
from antin.exchange.durable import certain_commit
from antin.exchange.lifecycle import DELIVERY, OPEN_DELIVERY
from antin.exchange.models import AxisOut, Dispatch
from antin.regulation import RuleViolation
from antin.sql import update
from antin.values import N_, Actor, iso

HOLD_S = 60.0
BYTES_PER_S_LEAST = 200_000


@dataclass(frozen=True, slots=True)
class Ready:
    """What is to be done for one message: handed over, or first looked for among what left us at `tried_at`."""

    id: UUID
    kind: str
    sender: str
    recipient: str
    content: UUID
    digest: str
    size: int
    tried_at: datetime | None


def claim() -> UUID | None:
    """The message whose turn it is, leased."""
    return claim_next("exchange_axis_out", bytes_per_s_least=BYTES_PER_S_LEAST)


def pass_gate(*, actor: Actor, message_id: UUID, absent: bool = False) -> Ready | None:
    """The gate, asked as the bytes leave: in use, not impounded, not expired (217/9.2, 379/21.3). None: nothing to send.

    `absent`: what was tried before is surely not at the axis, so it may go again as if for the first time.
    """
    try:
        with certain_commit():
            if absent:
                AxisOut.objects.filter(id=message_id).update(tried_at=None)
            return _pass_gate(actor, message_id)
    except RuleViolation as violation:
        with transaction.atomic():
            _later(message_id, violation.message(), HOLD_S)
        return None


def settle(*, actor: Actor, message_id: UUID, doc_id: str = "", refused: str = "", error: str = "") -> None:
    """What the attempt came to: the axis' id of it, or its no, or, with `error`, nothing certain."""
    with certain_commit():
        dispatch, row = _locked(message_id)
        if row.state != "queued":
            return
        row.open_claims = 0
        if doc_id:
            _taken(actor, dispatch, row, doc_id)
        elif refused:
            _refused(actor, dispatch, row, refused)
        else:
            _undecided(dispatch, row, error)


def settle_lookup(*, actor: Actor, message_id: UUID, lookup: Lookup) -> None:
    """The axis holds it under this id, or it can't be told; an absent one passes the gate again instead."""
    if lookup.found is Found.HELD:
        settle(actor=actor, message_id=message_id, doc_id=lookup.doc_id)
    else:
        settle(actor=actor, message_id=message_id, error=lookup.error)


def _pass_gate(actor: Actor, message_id: UUID) -> Ready | None:
    dispatch, row = _locked(message_id)
    now = ports.bound().clock.now()
    if row.state != "queued" or not _is_wanted(dispatch, row):
        return _drop(row) if row.state == "queued" else None
    if rules.is_poison(row.open_claims):
        return _park(row)
    if (
        dispatch is not None
        and row.purpose in CARRIES
        and dispatch.state in OPEN_DELIVERY
        and now >= dispatch.expires_at
    ):
        _expire(actor, dispatch, row)
    if row.tried_at is not None:
        return _look_up(row, now)
    if row.state != "queued":
        return None
    if dispatch is not None and row.purpose in CARRIES:
        document = documents.guard(actor=actor, document_id=dispatch.document_id, guards=("in_use",))
        if dispatch.state == "queued":
            dispatch.state = DELIVERY.step(dispatch.state, "transmit").to
            dispatch.times = {**dispatch.times, dispatch.state: iso(now)}
            update(dispatch, ["state", "times"])
            if document.sent_at is None:
                documents.note_sent(document_id=dispatch.document_id, sent_at=now)
    AxisOut.objects.filter(id=row.id).update(tried_at=now)
    return _ready(row, None)


def _is_wanted(dispatch: Dispatch | None, row: AxisOut) -> bool:
    """A document that is past and never left any more doesn't leave; everything else is owed."""
    return dispatch is None or row.purpose not in CARRIES or row.tried_at is not None or dispatch.state in OPEN_DELIVERY


def _look_up(row: AxisOut, now: datetime) -> Ready | None:
    """Not before the axis must be done with what may still be on its way."""
    assert row.tried_at is not None
    certain_at = row.tried_at + timedelta(seconds=ports.bound().limits.axis_settle_s)
    if now < certain_at:
        AxisOut.objects.filter(id=row.id).update(next_attempt_at=certain_at, open_claims=0)
        return None
    return _ready(row, row.tried_at)


def _ready(row: AxisOut, tried_at: datetime | None) -> Ready:
    kind = "status" if row.purpose == "status" else "edoc"
    return Ready(row.id, kind, row.sender_code, row.recipient_code, row.content, row.digest, row.size, tried_at)


def _taken(actor: Actor, dispatch: Dispatch | None, row: AxisOut, doc_id: str) -> None:
    _move(row, "taken", doc_id=doc_id)
    if dispatch is None:
        return
    dispatch.attempts, dispatch.last_error = row.attempts, ""
    if row.purpose in CARRIES:
        dispatch.times = {**dispatch.times, "relayed": iso(ports.bound().clock.now())}
        documents.take_down_obligation(document_id=dispatch.document_id, kind=OBLIGATION, key=str(dispatch.id))
    update(dispatch, ["attempts", "last_error", "times"])
    _tell(actor, dispatch, row, "relayed")


def _refused(actor: Actor, dispatch: Dispatch | None, row: AxisOut, why: str) -> None:
    row.tried_at = None
    _move(row, "refused", error=why)
    if dispatch is None:
        return
    _tell(actor, dispatch, row, "refused")
    dispatch.last_error = why[:300]
    update(dispatch, ["last_error"])
    if row.purpose in CARRIES and dispatch.state in OPEN_DELIVERY:
        reason = N_("Trục không nhận văn bản: {why}").format(why=why)
        fail_dispatch(actor=actor, dispatch=dispatch, reason=reason, why="axis_refused")


def _undecided(dispatch: Dispatch | None, row: AxisOut, error: str) -> None:
    now, limits = ports.bound().clock.now(), ports.bound().limits
    pause_s = rules.backoff_s(row.attempts, random())  # noqa: S311 (jitter, not a secret)
    certain_at = (row.tried_at or now) + timedelta(seconds=limits.axis_settle_s)
    row.next_attempt_at = max(now + timedelta(seconds=pause_s), certain_at)
    row.last_error = error[:300]
    update(row, ["next_attempt_at", "last_error", "open_claims"])
    if dispatch is not None:
        dispatch.attempts, dispatch.last_error = row.attempts, row.last_error
        update(dispatch, ["attempts", "last_error"])


def _expire(actor: Actor, dispatch: Dispatch, row: AxisOut) -> None:
    """The clerk decides now. What may lie at the axis all the same is looked for on, and never goes again by itself."""
    reason = N_("Hết thời hạn gửi qua mạng mà chưa tới nơi nhận.")
    if row.tried_at is None:
        _move(row, "dropped")
    else:
        reason = N_("Hết thời hạn gửi mà chưa rõ Trục đã nhận văn bản hay chưa.")
    fail_dispatch(actor=actor, dispatch=dispatch, reason=reason, why="expired")


def _drop(row: AxisOut) -> None:
    _move(row, "dropped")


def _park(row: AxisOut) -> None:
    row.next_attempt_at = None
    row.last_error = N_("Đã dừng: nhiều lần gửi không có kết quả. Quản trị liên thông kiểm tra.")
    update(row, ["next_attempt_at", "last_error"])
    irregularities.note(irregularities.PARKED, subject=row.id, sender_code=row.sender_code)


def _move(row: AxisOut, to: str, *, doc_id: str = "", error: str = "") -> None:
    row.state = AXIS_OUT.step(row.state, f"settle_axis_message({to})").to
    row.doc_id, row.last_error, row.next_attempt_at = doc_id, error[:300], None
    row.settled_at = ports.bound().clock.now()
    row.save()


def _later(message_id: UUID, reason: str, pause_s: float) -> None:
    again = ports.bound().clock.now() + timedelta(seconds=pause_s)
    rows = AxisOut.objects.filter(id=message_id, state="queued")
    rows.update(next_attempt_at=again, open_claims=0, last_error=reason[:300])


def _locked(message_id: UUID) -> tuple[Dispatch | None, AxisOut]:
    """The dispatch first, as everywhere: two acts on the same never wait for each other."""
    dispatch_id = AxisOut.objects.values_list("dispatch_id", flat=True).get(id=message_id)
    dispatch = locked(dispatch_id) if dispatch_id else None
    return dispatch, AxisOut.objects.select_for_update().get(id=message_id)


def _tell(actor: Actor, dispatch: Dispatch, row: AxisOut, outcome: str) -> None:
    faults.reach("axis.told")
    tell(
        "exchange.dispatch.transmitted",
        actor,
        dispatch,
        reason=row.last_error,
        clause="217/7.3",
        outcome=outcome,
        attempts=row.attempts,
        purpose=row.purpose,
        message=row.digest,
        axis_id=row.doc_id,
    )
