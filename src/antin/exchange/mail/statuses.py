"""Statuses both ways by mail: what recipients tell moves deliveries on, what became of received documents is told.

A status names the letter it answers by id and by the digest of what was signed there, so it can't be about another. The
sender's own instant orders them. A signed answer of a mail program says that the letter is there, no more (217/11.14).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from antin.exchange import irregularities, rules
from antin.exchange.acts.notices import settle_obligation
from antin.exchange.acts.outbox import tell
from antin.exchange.acts.reports import report_one
from antin.exchange.acts.statements import News
from antin.exchange.edxml import codes
from antin.exchange.edxml.model import Status
from antin.exchange.mail import contacts, outbox, slip
from antin.exchange.mail.building import build_status
from antin.exchange.mail.lifecycle import MAIL_IN, MAIL_OUT
from antin.exchange.models import Dispatch, MailIn, MailOut, ParcelIn
from antin.values import Actor, iso


def apply_status(actor: Actor, row: MailIn, status: Status, digest: str) -> None:
    """Moves the delivery that it answers, when it is newer and foreseen; `digest` is of the letter it says it answers."""
    found = _answered(row)
    if found is None:
        return
    dispatch, letter = found
    if digest != letter.signed_digest:
        irregularities.note(irregularities.FALSE_ANSWER, source="mail", subject=row.id, sender_code=row.sender_code)
        return
    _settle(actor, row, dispatch, letter, status.code, status.description)


def apply_reply(actor: Actor, row: MailIn) -> None:
    """A signed answer of the recipient to our letter: it is there."""
    found = _answered(row)
    if found is not None:
        row.code, row.at = codes.ARRIVED, row.received_at
        _settle(actor, row, *found, codes.ARRIVED, "")


def report(*, actor: Actor, news: News) -> int:
    """Queues the status owed to the sender of a document that came by mail; answers how many."""
    rows = MailIn.objects.select_for_update(of=("self",)).filter(
        document_id=news.document_id, state="admitted", purpose=slip.NEW, contact__isnull=False
    )
    if _told_by_network(news.document_id):
        return 0
    return sum(_report(actor, row, news) for row in rows if contacts.active(row.sender_code) is not None)


def _told_by_network(document_id: UUID) -> bool:
    """A document whose parcel came too is told of by statements, while the way to its sender is not broken."""
    came = ParcelIn.objects.filter(document_id=document_id, state="admitted")
    return came.exclude(partner__link="down").exists()


def _answered(row: MailIn) -> tuple[Dispatch, MailOut] | None:
    if row.document_id is None:
        row.state = MAIL_IN.step("", "receive_letter(kept)").to
    sent = MailOut.objects.filter(id=row.about, recipient_code=row.sender_code, purpose=slip.NEW).first()
    if sent is None or sent.dispatch_id is None:
        irregularities.note(irregularities.NOT_KNOWN_HERE, source="mail", subject=row.id, sender_code=row.sender_code)
        return None
    dispatch, letter = outbox.locked_letter(sent.id)
    return (dispatch, letter) if dispatch is not None else None


def _settle(actor: Actor, row: MailIn, dispatch: Dispatch, letter: MailOut, code: str, reason: str) -> None:
    row.dispatch = dispatch
    if row.document_id is None:
        row.document_id = dispatch.document_id
    row.applied = _move(row, dispatch, code, reason)
    if (letter.state, "settle_letter(answered)") in MAIL_OUT.rows:
        outbox.move(letter, "answered")
    tell(
        "exchange.dispatch.progressed",
        actor,
        dispatch,
        reason=reason,
        clause="217/11.8",
        code=code,
        message=row.digest,
        certificate=row.signer,
    )


def _move(row: MailIn, dispatch: Dispatch, code: str, reason: str) -> bool:
    """A status for a document that stands at `queued` comes of a restored past: it is kept, and nothing more."""
    assert row.at is not None
    progress = codes.progress(code)
    newest = MailIn.objects.filter(dispatch=dispatch, applied=True).order_by("-at").values_list("at", flat=True).first()
    is_newer = (newest is None or row.at >= newest) and not _told_later_by_network(dispatch, row.at)
    if dispatch.state == "queued" or (code in rules.NEEDS_REASON and not reason.strip()):
        return False
    applied = rules.progress_step(dispatch.state, progress, sequence=int(is_newer), seen=0)
    if applied.moved:
        dispatch.state, dispatch.reason, dispatch.last_error = applied.to, reason, ""
        dispatch.person = ", ".join(part for part in (row.person, row.unit) if part)[:200]
        dispatch.times = {**dispatch.times, applied.to: iso(row.at)}
    elif progress:  # an earlier step told late moves nothing, but its time belongs to the history (217/11.8)
        dispatch.times = {progress: iso(row.at), **dispatch.times}
    dispatch.save()
    settle_obligation(dispatch)
    return applied.moved


def _told_later_by_network(dispatch: Dispatch, at: datetime) -> bool:
    """A document that came both ways is told of both ways: the recipient's own instant orders them."""
    return dispatch.statements.filter(applied=True, at__gt=at).exists()


def _report(actor: Actor, row: MailIn, news: News) -> bool:
    def build(code: str, reason: str) -> str:
        return build_status(row, code, reason=reason, person=news.person, unit=news.unit).signed_digest

    return report_one(actor, row, news, "official_mail", build)
