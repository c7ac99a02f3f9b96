"""The exchange operator looks after the ways: tries a partner's node now, sets going again what stands still (217/13.1).

Both are put into the ledger. Nothing of a document is shown or changed: a released parcel leaves as it was built.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from antin.exchange import channels, directory, irregularities, ports, rules, troubles
from antin.exchange.acts.outbox import locked, tell, wake
from antin.exchange.acts.transmit import note_link
from antin.exchange.axis.lifecycle import AXIS_OUT
from antin.exchange.lifecycle import DELIVERY, PARTNER, STATEMENT
from antin.exchange.mail.lifecycle import MAIL_OUT
from antin.exchange.models import AxisOut, Dispatch, MailOut, Partner, StatementOut
from antin.exchange.ports import Answer, Request, Unreached
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.steps import Life
from antin.values import N_, Actor

PING = Request("GET", "/exchange/v1/ping")
PROTOCOL = 1
RELEASED = "exchange.dispatch.released"
Waiting = TypeVar("Waiting", StatementOut, AxisOut, MailOut)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a partner's node said: `trouble` "" when it answered as it should, else a code of `troubles`.

    `clock_offset_s`: its clock less ours, None when it did not say; `milliseconds` from asking to the answer.
    """

    reached: bool
    trouble: str
    milliseconds: int
    clock_offset_s: int | None = None
    error: str = ""


def note_link_state(*, actor: Actor, partner_id: UUID) -> Probe:
    """Asks the partner's node now, over TLS with both certificates; the link and the ledger take the answer.

    RuleViolation 379/4.4 when there is no such partner; an ended one is not asked.
    """
    partner = Partner.objects.filter(id=partner_id).first()
    if partner is None:
        raise RuleViolation("379/4.4", N_("Không có nơi kết nối này."), N_("Mở lại trang liên thông."))
    rules.require_operator(actor, PARTNER.step(partner.state, "note_link_state"))
    probe = _ask(partner)
    with transaction.atomic():
        note_link(partner.id, reached=probe.reached, error=probe.error)
        if probe.clock_offset_s is not None:
            note_clock(partner.id, probe.clock_offset_s, code=partner.host_code)
        facts = {"state": "up" if probe.reached else "down", "trouble": probe.trouble, "ms": probe.milliseconds}
        ledger.append(
            "exchange.link.noted",
            actor,
            object_kind="partner",
            object_id=partner.id,
            facts=facts,
            detail={"name": partner.name},
            clause="217/13.1",
        )
    return probe


def note_clock(partner_id: UUID, offset_s: int, *, code: str) -> None:
    """Keeps by how much a partner's clock is off; beyond what is allowed it is an irregularity too (217/13.2)."""
    Partner.objects.filter(id=partner_id).exclude(clock_offset_s=offset_s).update(clock_offset_s=offset_s)
    if abs(offset_s) > rules.SKEW_ALLOWED.total_seconds():
        irregularities.note(
            irregularities.CLOCK_OFF, subject=partner_id, sender_code=code, detail={"offset_s": offset_s}
        )


def release_parked_dispatch(*, actor: Actor, dispatch_id: UUID) -> None:
    """A dispatch that stands still is tried again, the same bytes under the same id."""
    with transaction.atomic():
        dispatch = locked(dispatch_id)
        rules.require_operator(actor, DELIVERY.step(dispatch.state, "release_parked"))
        _stands_still(is_open=channels.in_a_lane(dispatch), next_attempt_at=dispatch.next_attempt_at)
        _goes_on(dispatch)
        tell(RELEASED, actor, dispatch, clause="217/13.1")
        wake()


def _goes_on(row: Dispatch | StatementOut | AxisOut | MailOut) -> None:
    """Due now, its claims without an outcome forgotten."""
    row.next_attempt_at, row.open_claims, row.last_error = ports.bound().clock.now(), 0, ""
    row.save(update_fields=["next_attempt_at", "open_claims", "last_error"])


def release_parked_statement(*, actor: Actor, statement_id: UUID) -> None:
    """The same for a statement."""
    with transaction.atomic():
        row = _waiting(StatementOut, statement_id)
        _release(actor, row, STATEMENT, "exchange.statement.released", {"statement": str(row.id), "code": row.code})
        wake()


def release_parked_message(*, actor: Actor, message_id: UUID) -> None:
    """The same for a message on the axis, which is looked for there first when an attempt has no outcome."""
    with transaction.atomic():
        row = _waiting(AxisOut, message_id)
        _release(actor, row, AXIS_OUT, RELEASED, {"message": row.digest, "purpose": row.purpose})


def release_parked_letter(*, actor: Actor, letter_id: UUID) -> None:
    """The same for a letter: the same bytes under the same Message-ID."""
    with transaction.atomic():
        row = _waiting(MailOut, letter_id)
        _release(actor, row, MAIL_OUT, RELEASED, {"letter": str(row.id), "purpose": row.purpose})


def _waiting(kind: type[Waiting], row_id: UUID) -> Waiting:
    row = kind.objects.select_for_update().filter(id=row_id).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có thông báo này."), N_("Mở lại trang liên thông."))
    return row


def _release(
    actor: Actor, row: StatementOut | AxisOut | MailOut, life: Life, act: str, facts: Mapping[str, str]
) -> None:
    rules.require_operator(actor, life.step(row.state, "release_parked"))
    _stands_still(is_open=True, next_attempt_at=row.next_attempt_at)
    _goes_on(row)
    ledger.append(
        act,
        actor,
        object_kind="document",
        object_id=row.document_id,
        organisation_id=row.organisation_id,
        facts={"recipient": row.recipient_code, **facts},
        clause="217/13.1",
    )


def _ask(partner: Partner) -> Probe:
    here, started = ports.bound(), time.monotonic()
    try:
        answer = here.channel.exchange(directory.destination(partner), PING)
    except Unreached as unreached:
        return Probe(
            reached=False, trouble=troubles.of(str(unreached)), milliseconds=_since(started), error=str(unreached)
        )
    passed_ms = _since(started)
    said, error = _said(answer)
    if error:
        return Probe(reached=False, trouble=troubles.of(error), milliseconds=passed_ms, error=error)
    theirs = _instant(said.get("at"))
    offset_s = None if theirs is None else round((theirs - here.clock.now()).total_seconds())
    return Probe(reached=True, trouble="", milliseconds=passed_ms, clock_offset_s=offset_s)


def _said(answer: Answer) -> tuple[dict[str, object], str]:
    """The node's words about itself, or what is odd about them."""
    if answer.status != 200:
        return {}, f"HTTP {answer.status} to a ping"
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("protocol") != PROTOCOL:
        return {}, "the answer to a ping is not of this protocol"
    return found, ""


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _stands_still(*, is_open: bool, next_attempt_at: datetime | None) -> None:
    if not is_open or next_attempt_at is not None:
        raise RuleViolation(
            "217/13.1", N_("Lượt gửi này không đứng yên: hệ thống đang tự gửi."), N_("Tải lại trang liên thông.")
        )
