"""The daily comparison with each partner, asked by the side that sent: what the other lost is offered again (217/13.1).

Parcels and statements are compared apart. What the partner lacks goes again as it went; what it has of us that is
not known here, or stands there with another value, is an irregularity. One ledger entry for each run.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from antin.exchange import answers, channels, comparing, directory, irregularities, ports, rules
from antin.exchange.acts.links import note_clock
from antin.exchange.acts.outbox import wake
from antin.exchange.acts.reoffers import queue_reoffer
from antin.exchange.comparing import KINDS, STATEMENTS
from antin.exchange.edxml import codes
from antin.exchange.lifecycle import PARTNER, STATEMENT
from antin.exchange.messages import MEDIA_TYPE, Reconciled, Reconciliation
from antin.exchange.models import Dispatch, ParcelIn, ParcelOut, Partner, StatementOut
from antin.exchange.ports import Request, Unreached
from antin.exchange.rules import Outcome
from antin.ledger import acts as ledger
from antin.regulation import Indeterminate, RemoteViolation, RuleViolation
from antin.values import N_, VIETNAM, Actor, new_id, sha256_hex, to_vietnam

log = logging.getLogger("antin.exchange.reconciliation")

DAYS_BACK = 31
AFTER_MIDNIGHT = timedelta(hours=1)
RETRY = timedelta(minutes=10)
ROUND_MOST = 20
SYSTEM = Actor.system("exchange")


@dataclass
class Findings:
    """What one run came to; `evidence` are digests of the partner's signed answers, `failed` why it broke off."""

    days: int = 0
    missing: int = 0
    unknown: int = 0
    offered: int = 0
    evidence: list[str] = field(default_factory=list)

    @property
    def differences(self) -> int:
        return self.missing + self.unknown


def reconcile_due(actor: Actor = SYSTEM) -> int:
    """Runs the comparison with every partner whose turn it is; answers how many. A job of the worker."""
    now = ports.bound().clock.now()
    due = Partner.objects.filter(Q(reconcile_at=None) | Q(reconcile_at__lte=now), state="active", is_self=False)
    count = 0
    for partner_id, turn in list(due.values_list("id", "reconcile_at")[:ROUND_MOST]):
        taken = Partner.objects.filter(id=partner_id, reconcile_at=turn).update(reconcile_at=now + RETRY)
        if not taken:
            continue
        count += 1
        try:
            reconcile_partner(actor=actor, partner_id=partner_id)
        except (Indeterminate, RemoteViolation, RuleViolation) as violation:
            log.warning("no comparison with %s: %s", partner_id, violation)  # its turn comes again soon
    return count


def reconcile_partner(*, actor: Actor, partner_id: UUID, through: date | None = None) -> Findings:
    """Compares the last days with the partner and settles what differs; `through` is yesterday unless given.

    Indeterminate when the partner does not answer with its signature: what was found until then is settled.
    """
    partner = Partner.objects.filter(id=partner_id).first()
    if partner is None:
        raise RuleViolation("379/4.4", N_("Không có nơi kết nối này."), N_("Mở lại trang liên thông."))
    rules.require_operator(actor, PARTNER.step(partner.state, "reconcile_partner"))
    last = through or to_vietnam(ports.bound().clock.now()).date() - timedelta(days=1)
    found = Findings()
    for kind in KINDS:
        _compare(partner, kind, last, found)
    _conclude(actor, partner, last, found)
    return found


def _compare(partner: Partner, kind: str, last: date, found: Findings) -> None:
    """First the days' roots in one message, then the ids of each day that differs."""
    days = [last - timedelta(days=n) for n in range(DAYS_BACK)]
    held: dict[date, comparing.Held] = {day: [] for day in days}
    held.update(comparing.by_day(comparing.sent, partner, kind, days[-1], last))
    lines = tuple(comparing.day_line(day, rows) for day, rows in held.items())
    said = _ask(partner, found, kind=kind, days=lines)
    found.days += len(held)
    for day in (day for day in held if day.isoformat() in said.differing):
        for begin, end, rows in comparing.pages(day, held[day]):
            listed = tuple(comparing.lines(rows))
            told = _ask(partner, found, kind=kind, first=str(begin), last=str(end), entries=listed)
            with transaction.atomic():
                _settle(partner, kind, told, {key for key, _value in rows}, found)


def _ask(
    partner: Partner,
    found: Findings,
    *,
    kind: str,
    days: tuple[str, ...] = (),
    first: str = "",
    last: str = "",
    entries: tuple[str, ...] = (),
) -> Reconciled:
    key, now = directory.host_key(), ports.bound().clock.now()
    message = Reconciliation(
        reconciliation=new_id(),
        sender=key.code,
        recipient=partner.host_code,
        kind=kind,
        days=days,
        first=first,
        last=last,
        entries=entries,
        at=now.replace(microsecond=0),
        certificate=key.fingerprint,
    )
    signed = directory.signed(key, message)
    body = signed.to_bytes()
    asked = answers.Asked(message.reconciliation, key.code, partner.host_code, sha256_hex(signed.payload))
    request = Request("POST", "/exchange/v1/reconciliations", MEDIA_TYPE, lambda: (body,), len(body))
    try:
        answer = ports.bound().channel.exchange(directory.destination(partner), request)
    except Unreached as unreached:
        raise _unanswered(str(unreached)) from unreached
    judged = answers.judge_reconciliation(answer, asked)
    if judged.outcome is not Outcome.ACKNOWLEDGED or not isinstance(judged.payload, Reconciled):
        raise _unanswered(judged.error)
    found.evidence.append(sha256_hex(judged.message))
    note_clock(partner.id, round((judged.payload.at - now).total_seconds()), code=partner.host_code)
    return judged.payload


def _settle(partner: Partner, kind: str, told: Reconciled, listed: set[UUID], found: Findings) -> None:
    """What the partner lacks of this stretch is offered again, what it has besides is looked into."""
    lost = {UUID(text) for text in told.missing} & listed
    besides = [comparing.entry_of(line) for line in told.unknown]
    found.missing += len(lost)
    found.offered += _offer_statements(partner, lost) if kind == STATEMENTS else _offer_parcels(partner, lost)
    look_into = _statement_besides if kind == STATEMENTS else _parcel_besides
    found.unknown += sum(look_into(partner, key, value) for key, value in besides)


def _offer_parcels(partner: Partner, lost: set[UUID]) -> int:
    rows = Dispatch.objects.select_for_update(of=("self",)).filter(parcel__id__in=lost, partner=partner)
    return sum(queue_reoffer(row) for row in rows)


def _offer_statements(partner: Partner, lost: set[UUID]) -> int:
    """Statements go the way they went: queued again as they were signed."""
    to = STATEMENT.step("acknowledged", "reoffer_statement").to
    rows = StatementOut.objects.filter(id__in=lost, partner=partner, state="acknowledged")
    count = rows.update(state=to, next_attempt_at=ports.bound().clock.now(), open_claims=0, holder=None)
    if count:
        wake()
    return count


def _parcel_besides(partner: Partner, parcel: UUID, digest: str) -> bool:
    """The partner has a parcel that is not listed as answered; True when that is a difference to be told."""
    row = ParcelOut.objects.select_related("dispatch").filter(id=parcel, dispatch__partner=partner).first()
    if row is None:
        irregularities.note(irregularities.NOT_KNOWN_HERE, subject=parcel, sender_code=partner.host_code)
        return True
    if sha256_hex(bytes(row.manifest)) != digest:
        irregularities.note(
            irregularities.SAME_ID_OTHER_BYTES, source=digest, subject=parcel, sender_code=partner.host_code
        )
        return True
    if channels.in_a_lane(row.dispatch):
        return False  # still on its way: the next attempt gets the receipt that stands there
    return queue_reoffer(row.dispatch)


def _statement_besides(partner: Partner, statement: UUID, value: str) -> bool:
    """A statement of ours that we do not know, so told before a restore: new ones must be numbered above it."""
    row = StatementOut.objects.filter(id=statement, partner=partner).first()
    if row is not None:
        same = value == comparing.statement_value(row.parcel, row.code, row.sequence)
        if not same:
            irregularities.note(
                irregularities.SAME_ID_OTHER_BYTES, source="statement", subject=statement, sender_code=partner.host_code
            )
        return not same
    parcel, code, number = comparing.statement_parts(value)
    if code in codes.NOTICES or code in codes.AGREEING:
        Dispatch.objects.filter(parcel__id=parcel, partner=partner).update(notices=Greatest(F("notices"), number))
    if code not in codes.NOTICES:
        taken = ParcelIn.objects.filter(parcel=parcel, partner=partner)
        taken.update(statements=Greatest(F("statements"), number))
    irregularities.note(irregularities.LOST_STATEMENT, subject=statement, sender_code=partner.host_code)
    return True


def _conclude(actor: Actor, partner: Partner, last: date, found: Findings) -> None:
    now = ports.bound().clock.now()
    with transaction.atomic():
        Partner.objects.filter(id=partner.id).update(
            reconciled_at=now, reconcile_at=_next_turn(partner.id, now), differences=found.differences
        )
        ledger.append(
            "exchange.partner.reconciled",
            actor,
            object_kind="partner",
            object_id=partner.id,
            facts={
                "through": last.isoformat(),
                "days": found.days,
                "missing": found.missing,
                "unknown": found.unknown,
                "offered": found.offered,
                "evidence": sha256_hex("".join(found.evidence).encode()),
            },
            detail={"name": partner.name, "answers": found.evidence[:20]},
            clause="217/6.2",
        )


def _next_turn(partner_id: UUID, now: datetime) -> datetime:
    """After the next midnight, each partner at a minute of its own."""
    tomorrow = to_vietnam(now).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), VIETNAM) + AFTER_MIDNIGHT + timedelta(minutes=partner_id.int % 60)


def _unanswered(error: str) -> Indeterminate:
    return Indeterminate(
        "217/13.1",
        N_("Nơi kết nối chưa trả lời đối chiếu bằng chữ ký của mình."),
        N_("Hệ thống tự đối chiếu lại."),
        error=error,
    )
