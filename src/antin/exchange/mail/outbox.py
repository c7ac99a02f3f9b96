"""Letters on their way to the mail server: claimed one by one, handed over, settled by what the server clearly said.

An attempt of unknown outcome (cut off after DATA) is simply made again: the same bytes under the same Message-ID, and
the id in the signed slip lets the receiver know a second copy. Handed over is not arrived: only a signed receipt is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import random
from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.exchange import faults, irregularities, ports, rules
from antin.exchange.acts.outbox import OBLIGATION, fail_dispatch, locked, tell
from antin.exchange.claims import claim_next
from antin.exchange.durable import certain_commit
from antin.exchange.lifecycle import DELIVERY, OPEN_DELIVERY
from antin.exchange.mail import slip
from antin.exchange.mail.lifecycle import MAIL_OUT
from antin.exchange.models import Dispatch, MailOut
from antin.regulation import RuleViolation
from antin.sql import update
from antin.values import N_, Actor, iso

HOLD_S = 60.0
OFFICIAL_MAIL = "official_mail"
BYTES_PER_S_LEAST = 100_000
SILENT = N_("Chưa có thư báo nhận. Gọi điện hỏi nơi nhận.")


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter that may leave now."""

    id: UUID
    address: str
    content: UUID


def claim() -> UUID | None:
    """The letter whose turn it is, leased."""
    return claim_next("exchange_mail_out", bytes_per_s_least=BYTES_PER_S_LEAST)


def pass_gate(*, actor: Actor, letter_id: UUID) -> Ready | None:
    """The gate, asked as the bytes leave: in use, not impounded, not expired (217/9.2, 379/21.3). None: nothing to send."""
    try:
        with certain_commit():
            return _pass_gate(actor, letter_id)
    except RuleViolation as violation:
        with transaction.atomic():
            again = ports.bound().clock.now() + timedelta(seconds=HOLD_S)
            rows = MailOut.objects.filter(id=letter_id, state="queued")
            rows.update(next_attempt_at=again, open_claims=0, last_error=violation.message()[:300])
        return None


def settle(*, actor: Actor, letter_id: UUID, refused: str = "", error: str = "") -> None:
    """What the attempt came to: taken by the server, its final no, or, with `error`, nothing certain."""
    with certain_commit():
        dispatch, row = locked_letter(letter_id)
        if row.state != "queued":
            return
        row.open_claims = 0
        if refused:
            _refused(actor, dispatch, row, refused)
        elif error:
            _undecided(dispatch, row, error)
        else:
            _handed(actor, dispatch, row)


def settle_bounce(*, actor: Actor, letter_id: UUID, words: str) -> bool:
    """A server on the way reports that it could not deliver: what still waits for a receipt has failed (217/7.4)."""
    dispatch, row = locked_letter(letter_id)
    if (row.state, "settle_letter(bounced)") not in MAIL_OUT.rows or (row.state == "queued" and row.tried_at is None):
        return False
    move(row, "bounced", error=words)
    if dispatch is not None:
        _tell(actor, dispatch, row, "bounced")
        if row.purpose == slip.NEW and _goes_by_mail(dispatch):
            reason = N_("Thư bị trả lại: {why}").format(why=words)
            fail_dispatch(actor=actor, dispatch=dispatch, reason=reason, why="bounced")
    return True


def watch_due(*, actor: Actor) -> int:
    """Tells the clerk of letters that nobody answers; past the document's time for sending, the clerk decides (217/7.4)."""
    now = ports.bound().clock.now()
    since = now - timedelta(seconds=ports.bound().limits.mail_receipt_s)
    silent = MailOut.objects.filter(state="handed", purpose=slip.NEW)
    count = 0
    for letter_id in list(silent.filter(handed_at__lte=since, warned_at=None).values_list("id", flat=True)[:100]):
        with transaction.atomic():
            count += _warn(actor, letter_id)
    ended = silent.filter(warned_at__isnull=False, dispatch__state="sent", dispatch__expires_at__lte=now)
    for letter_id in list(ended.values_list("id", flat=True)[:100]):
        with transaction.atomic():
            count += _give_up(actor, letter_id)
    return count


def queue_again(row: MailOut) -> None:
    """It goes once more: the same bytes under the same id."""
    row.state = MAIL_OUT.step(row.state, "queue_letter").to
    row.next_attempt_at, row.open_claims, row.last_error = ports.bound().clock.now(), 0, ""
    row.handed_at = row.warned_at = None
    row.save()


def move(row: MailOut, to: str, *, error: str = "") -> None:
    row.state = MAIL_OUT.step(row.state, f"settle_letter({to})").to
    row.last_error, row.next_attempt_at = error[:300], None
    row.save()


def locked_letter(letter_id: UUID) -> tuple[Dispatch | None, MailOut]:
    """The dispatch first, as everywhere: two acts on the same never wait for each other."""
    dispatch_id = MailOut.objects.values_list("dispatch_id", flat=True).get(id=letter_id)
    dispatch = locked(dispatch_id) if dispatch_id else None
    return dispatch, MailOut.objects.select_for_update().get(id=letter_id)


def _pass_gate(actor: Actor, letter_id: UUID) -> Ready | None:
    dispatch, row = locked_letter(letter_id)
    now = ports.bound().clock.now()
    if row.state != "queued":
        return None
    carries = dispatch is not None and row.purpose == slip.NEW
    if carries and dispatch is not None and not _goes_by_mail(dispatch):
        move(row, "dropped")
        return None
    if rules.is_poison(row.open_claims):
        return _park(row)
    if carries and dispatch is not None:
        if now >= dispatch.expires_at:
            return _expire(actor, dispatch, row)
        document = documents.guard(actor=actor, document_id=dispatch.document_id, guards=("in_use",))
        if dispatch.state == "queued":
            dispatch.state = DELIVERY.step(dispatch.state, "transmit").to
            dispatch.times = {**dispatch.times, dispatch.state: iso(now)}
            update(dispatch, ["state", "times"])
            if document.sent_at is None:
                documents.note_sent(document_id=dispatch.document_id, sent_at=now)
    MailOut.objects.filter(id=row.id).update(tried_at=now)
    return Ready(row.id, row.address, row.content)


def _goes_by_mail(dispatch: Dispatch) -> bool:
    """What the clerk has put back on the Party's network since is that network's to deliver."""
    return dispatch.state in OPEN_DELIVERY and dispatch.channel == OFFICIAL_MAIL


def _handed(actor: Actor, dispatch: Dispatch | None, row: MailOut) -> None:
    row.handed_at = ports.bound().clock.now()
    move(row, "handed")
    if dispatch is None:
        return
    dispatch.attempts, dispatch.last_error = row.attempts, ""
    if row.purpose == slip.NEW:
        dispatch.times = {**dispatch.times, "relayed": iso(row.handed_at)}
        documents.take_down_obligation(document_id=dispatch.document_id, kind=OBLIGATION, key=str(dispatch.id))
    update(dispatch, ["attempts", "last_error", "times"])
    _tell(actor, dispatch, row, "relayed")


def _refused(actor: Actor, dispatch: Dispatch | None, row: MailOut, why: str) -> None:
    move(row, "refused", error=why)
    if dispatch is None:
        return
    _tell(actor, dispatch, row, "refused")
    dispatch.last_error = why[:300]
    update(dispatch, ["last_error"])
    if row.purpose == slip.NEW and _goes_by_mail(dispatch):
        reason = N_("Máy chủ thư không nhận thư: {why}").format(why=why)
        fail_dispatch(actor=actor, dispatch=dispatch, reason=reason, why="mail_refused")


def _undecided(dispatch: Dispatch | None, row: MailOut, error: str) -> None:
    pause_s = rules.backoff_s(row.attempts, random())  # noqa: S311 (jitter, not a secret)
    row.next_attempt_at = ports.bound().clock.now() + timedelta(seconds=pause_s)
    row.last_error = error[:300]
    update(row, ["next_attempt_at", "last_error", "open_claims"])
    if dispatch is not None:
        dispatch.attempts, dispatch.last_error = row.attempts, row.last_error
        update(dispatch, ["attempts", "last_error"])


def _expire(actor: Actor, dispatch: Dispatch, row: MailOut) -> None:
    reason = N_("Hết thời hạn gửi qua mạng mà chưa tới nơi nhận.")
    if row.tried_at is not None:
        reason = N_("Hết thời hạn gửi mà chưa rõ máy chủ thư đã nhận thư hay chưa.")
    move(row, "dropped")
    fail_dispatch(actor=actor, dispatch=dispatch, reason=reason, why="expired")


def _park(row: MailOut) -> None:
    row.next_attempt_at = None
    row.last_error = N_("Đã dừng: nhiều lần gửi không có kết quả. Quản trị liên thông kiểm tra.")
    update(row, ["next_attempt_at", "last_error"])
    irregularities.note(irregularities.PARKED, subject=row.id, sender_code=row.sender_code)


def _warn(actor: Actor, letter_id: UUID) -> bool:
    dispatch, row = locked_letter(letter_id)
    if row.state != "handed" or row.warned_at is not None or dispatch is None:
        return False
    row.warned_at = ports.bound().clock.now()
    row.save(update_fields=["warned_at"])
    if dispatch.state != "sent":
        return False
    dispatch.reason = SILENT
    update(dispatch, ["reason"])
    tell("exchange.dispatch.unanswered", actor, dispatch, reason=SILENT, clause="217/11.8", message=str(row.id))
    return True


def _give_up(actor: Actor, letter_id: UUID) -> bool:
    dispatch, row = locked_letter(letter_id)
    if row.state != "handed" or dispatch is None or dispatch.state != "sent" or not _goes_by_mail(dispatch):
        return False
    reason = N_("Hết thời hạn gửi mà nơi nhận không báo đã nhận thư.")
    fail_dispatch(actor=actor, dispatch=dispatch, reason=reason, why="unanswered")
    return True


def _tell(actor: Actor, dispatch: Dispatch, row: MailOut, outcome: str) -> None:
    faults.reach("mail.told")
    tell(
        "exchange.dispatch.transmitted",
        actor,
        dispatch,
        reason=row.last_error,
        clause="217/7.2",
        outcome=outcome,
        attempts=row.attempts,
        purpose=row.purpose,
        message=str(row.id),
        signed=row.signed_digest,
    )
