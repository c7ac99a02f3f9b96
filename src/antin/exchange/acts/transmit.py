"""One attempt: through the gate with a parcel built once, and back with what the partner's answer proves.

`pass_gate` commits before a byte leaves, `settle` commits what came back; killed in between, the next attempt sends
the same bytes under the same id and gets the same receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from antin.documents import acts as documents
from antin.exchange import channels, directory, irregularities, ports, rules, wire
from antin.exchange.acts.building import build_parcel
from antin.exchange.acts.outbox import OBLIGATION, fail_dispatch, locked, tell
from antin.exchange.answers import Asked, Judged
from antin.exchange.apart.moving import Part
from antin.exchange.apart.rules import apart_of
from antin.exchange.durable import certain_commit
from antin.exchange.lifecycle import DELIVERY, OPEN_DELIVERY
from antin.exchange.messages import Receipt, Refusal
from antin.exchange.models import Dispatch, Evidence, ParcelOut, Partner, StatementOut
from antin.exchange.ports import Destination
from antin.exchange.rules import Outcome
from antin.exchange.sheets import answering
from antin.regulation import RuleViolation
from antin.sql import CompiledQuery, insert_once, update
from antin.values import N_, Actor, iso, sha256_hex

HOLD_S = 60.0
_PARCEL = CompiledQuery(lambda dispatch_id: ParcelOut.objects.filter(dispatch_id=dispatch_id), UUID)
SETTLED = ["state", "times", "reason", "last_error", "next_attempt_at", "open_claims", "holder"]
TOO_LARGE = N_("Gói tin {size} byte, lớn hơn giới hạn {limit} byte của nơi nhận. Tách tệp kèm hoặc gửi giấy.")
RELAY_REFUSED, RELAY_FAILED = "RelayRejection", "RelayFailure"


@dataclass(frozen=True, slots=True)
class Ready:
    """What leaves: vault contents of the parcel in order, where to, and what a true answer must repeat."""

    dispatch_id: UUID
    parcel: UUID
    partner_id: UUID
    destination: Destination
    head: UUID
    parts: tuple[UUID, ...]
    size: int
    asked: Asked
    link_good: bool = False
    apart: tuple[Part, ...] = ()


def pass_gate(*, actor: Actor, dispatch_id: UUID) -> Ready | None:
    """The gate, asked as the bytes leave, the document locked: in use, not impounded (217/9.2, 379/21.3).

    The parcel was built and signed as it was queued, or is now when it could not be then. None when there is nothing to send: the dispatch is past,
    expired, parked, or held for now.
    """
    try:
        with certain_commit():
            return _pass_gate(actor, dispatch_id)
    except RuleViolation as violation:
        with transaction.atomic():
            _hold(dispatch_id, violation.message())
        return None


def settle(*, actor: Actor, ready: Ready, judged: Judged) -> None:
    """Records what one attempt came to: evidence and the next state, or when to try again."""
    with certain_commit():
        dispatch = locked(ready.dispatch_id)
        dispatch.open_claims, dispatch.holder = 0, None
        if judged.outcome is Outcome.ACKNOWLEDGED:
            _acknowledged(actor, dispatch, judged)
        elif judged.outcome is Outcome.REFUSED:
            _refused(actor, dispatch, judged)
        else:
            _undecided(actor, dispatch, judged)


def note_link(partner_id: UUID, *, reached: bool, error: str = "") -> None:
    """The breaker of a destination: failures in a row open it, one success closes it (217/13.1)."""
    now = ports.bound().clock.now()
    directory.forget_partner(partner_id)
    if reached:
        changed = Q(failures__gt=0) | ~Q(link="up")
        recovered = Partner.objects.filter(changed, id=partner_id).update(
            failures=0, retry_at=None, link="up", link_at=now, last_error=""
        )
        if recovered:
            _wait_no_longer(partner_id, now)
        return
    Partner.objects.filter(id=partner_id).update(failures=F("failures") + 1, last_error=error[:300])
    failures = Partner.objects.values_list("failures", flat=True).get(id=partner_id)
    pause_s = rules.breaker_pause_s(failures, random())  # noqa: S311 (jitter, not a secret)
    if pause_s:
        Partner.objects.filter(id=partner_id).update(
            retry_at=now + timedelta(seconds=pause_s), link="down", link_at=now
        )


def _wait_no_longer(partner_id: UUID, now: datetime) -> None:
    """The way is open again: what waits because earlier tries failed is due now, so that the wire alone limits catching up."""
    for waiting in (Dispatch.objects.filter(state__in=OPEN_DELIVERY), StatementOut.objects.filter(state="queued")):
        waiting.filter(partner_id=partner_id, holder=None, next_attempt_at__gt=now).update(next_attempt_at=now)


def _pass_gate(actor: Actor, dispatch_id: UUID) -> Ready | None:
    dispatch = locked(dispatch_id)
    now = ports.bound().clock.now()
    partner = directory.partner(dispatch.partner_id)
    if partner is None or not channels.in_a_lane(dispatch):
        return None
    if now >= dispatch.expires_at:
        fail_dispatch(
            actor=actor,
            dispatch=dispatch,
            reason=N_("Hết thời hạn gửi qua mạng mà chưa tới nơi nhận."),
            why="expired",
        )
        return None
    if rules.is_poison(dispatch.open_claims):
        _park(dispatch)
        return None
    document = documents.guard(actor=actor, document_id=dispatch.document_id, guards=("in_use",))
    answering.fresh(partner)
    parcel = _PARCEL.first(dispatch.id)
    if parcel is None:
        try:
            with transaction.atomic():
                parcel = build_parcel(dispatch)
        except RuleViolation as violation:
            fail_dispatch(actor=actor, dispatch=dispatch, reason=violation.message(), why="not_buildable")
            return None
    if (most := answering.too_large(partner, parcel.size, is_bulk=dispatch.is_bulk)) is not None:
        reason = TOO_LARGE.format(size=parcel.size, limit=most)
        fail_dispatch(actor=actor, dispatch=dispatch, reason=reason, why="too_large")
        return None
    if dispatch.state == "queued":
        dispatch.state = DELIVERY.step(dispatch.state, "transmit").to
        dispatch.times = {**dispatch.times, dispatch.state: iso(now)}
        update(dispatch, ["state", "times"])
        if document.sent_at is None:
            documents.note_sent(document_id=dispatch.document_id, sent_at=now)
    return ready(dispatch, partner, parcel)


def ready(dispatch: Dispatch, partner: Partner, parcel: ParcelOut) -> Ready:
    """What leaves of a dispatch whose parcel was built."""
    return Ready(
        dispatch_id=dispatch.id,
        parcel=parcel.id,
        partner_id=partner.id,
        destination=directory.destination(partner),
        head=parcel.head,
        parts=tuple(UUID(part) for part in parcel.parts),
        size=parcel.size,
        link_good=partner.link == "up" and partner.failures == 0,
        asked=Asked(
            subject=parcel.id,
            sender=dispatch.sender_code,
            recipient=dispatch.recipient_code,
            digest=sha256_hex(bytes(parcel.manifest)),
            signature_digest=parcel.signature_digest,
            document_digest=parcel.document_digest,
        ),
        apart=_apart(parcel) if dispatch.is_bulk else (),
    )


def _apart(parcel: ParcelOut) -> tuple[Part, ...]:
    """Of the parcel's contents the document is the first, in its manifest the envelope stands before it."""
    parts = wire.read_manifest(bytes(parcel.manifest)).parts
    return tuple(
        Part(place, UUID(parcel.parts[place - 1]), parts[place].size, parts[place].sha256)
        for place in apart_of([part.size for part in parts])
    )


def _acknowledged(actor: Actor, dispatch: Dispatch, judged: Judged) -> None:
    payload = judged.payload
    assert isinstance(payload, Receipt)
    is_new = keep_answer(dispatch, judged, payload.event, payload.at)
    step = DELIVERY.rows.get((dispatch.state, "note_progress(arrived)"))
    if step is not None:
        dispatch.state = step.to
        dispatch.times = {**dispatch.times, step.to: iso(payload.at)}
    dispatch.reason = dispatch.last_error = ""
    dispatch.next_attempt_at = None
    update(dispatch, SETTLED)
    documents.take_down_obligation(document_id=dispatch.document_id, kind=OBLIGATION, key=str(dispatch.id))
    if is_new:
        _tell_transmitted(actor, dispatch, "acknowledged", evidence=sha256_hex(judged.message))


def _refused(actor: Actor, dispatch: Dispatch, judged: Judged) -> None:
    payload = judged.payload
    assert isinstance(payload, Refusal)
    is_new = keep_answer(dispatch, judged, payload.event, payload.at)
    if is_new:
        _tell_transmitted(actor, dispatch, "refused", evidence=sha256_hex(judged.message), code=payload.code)
    dispatch.last_error = payload.code
    if channels.in_a_lane(dispatch):  # a letter on its way instead has an answer of its own
        dispatch.state = DELIVERY.step(dispatch.state, "fail_dispatch").to
        dispatch.times = {**dispatch.times, dispatch.state: iso(ports.bound().clock.now())}
        dispatch.reason = payload.reason
    dispatch.next_attempt_at = None
    dispatch.save()
    if dispatch.state not in OPEN_DELIVERY:
        documents.take_down_obligation(document_id=dispatch.document_id, kind=OBLIGATION, key=str(dispatch.id))


def _undecided(actor: Actor, dispatch: Dispatch, judged: Judged) -> None:
    if channels.in_a_lane(dispatch):
        pause_s = rules.backoff_s(dispatch.attempts, random(), judged.retry_after_s)  # noqa: S311 (jitter, not a secret)
        dispatch.next_attempt_at = ports.bound().clock.now() + timedelta(seconds=pause_s)
    else:
        dispatch.next_attempt_at = None
    dispatch.last_error = judged.error[:300]
    dispatch.save(update_fields=["open_claims", "holder", "next_attempt_at", "last_error"])
    _tell_transmitted(actor, dispatch, "indeterminate")


def keep_answer(dispatch: Dispatch, judged: Judged, event: str, said_at: datetime) -> bool:
    """Keeps the partner's signed word once; False when it stood there already. Joins the transaction."""
    now = ports.bound().clock.now()
    assert judged.certificate is not None
    return insert_once(
        Evidence(
            document_id=dispatch.document_id,
            dispatch=dispatch,
            event=event,
            side="theirs",
            signer_code=judged.signer,
            message=judged.message,
            digest=sha256_hex(judged.message),
            certificate=judged.certificate,
            at=now,
            is_skewed=rules.is_skewed(said_at, now),
        )
    )


def _tell_transmitted(actor: Actor, dispatch: Dispatch, outcome: str, **facts: str) -> None:
    tell(
        "exchange.dispatch.transmitted",
        actor,
        dispatch,
        clause="217/6.2",
        outcome=outcome,
        attempt=dispatch.attempts,
        **facts,
    )


def _hold(dispatch_id: UUID, reason: str) -> None:
    """Not now: asked again after a while, told to the clerk meanwhile."""
    again = ports.bound().clock.now() + timedelta(seconds=HOLD_S)
    waiting = Dispatch.objects.filter(id=dispatch_id, state__in=OPEN_DELIVERY, channel=channels.PARTY_NETWORK)
    waiting.update(next_attempt_at=again, open_claims=0, holder=None, last_error=reason[:300])


def _park(dispatch: Dispatch) -> None:
    dispatch.next_attempt_at = None
    dispatch.last_error = N_("Đã dừng: nhiều lần gửi không có kết quả. Quản trị liên thông kiểm tra.")
    dispatch.save(update_fields=["next_attempt_at", "last_error"])
    irregularities.note(irregularities.PARKED, subject=dispatch.id, sender_code=dispatch.sender_code)
