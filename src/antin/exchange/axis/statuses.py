"""Statuses both ways on the axis: what recipients tell moves deliveries on, what became of received documents is told.

Statuses there carry no numbers; the sender's own instant orders them. An older one is history only (217/11.14).
"""

from __future__ import annotations

from antin.exchange import irregularities, rules
from antin.exchange.acts.notices import settle_obligation
from antin.exchange.acts.outbox import locked, tell
from antin.exchange.acts.reports import report_one
from antin.exchange.acts.statements import News
from antin.exchange.axis import agencies
from antin.exchange.axis.building import build_status
from antin.exchange.axis.lifecycle import AXIS_IN, CARRIES
from antin.exchange.edxml import codes
from antin.exchange.edxml.model import Status
from antin.exchange.models import AxisIn, Dispatch
from antin.values import Actor, iso


def apply_status(actor: Actor, row: AxisIn, status: Status) -> None:
    """Moves the delivery that it is about, when it is newer and foreseen; kept whether it moves anything or not."""
    row.state = AXIS_IN.step("", "receive_axis_message(kept)").to
    found = _dispatch_of(row)
    if found is None:
        irregularities.note(irregularities.NOT_KNOWN_HERE, source="axis", subject=row.id, sender_code=row.sender_code)
        return
    dispatch = locked(found.id)
    row.dispatch, row.document_id = dispatch, dispatch.document_id
    row.applied = _move(row, dispatch, status)
    tell(
        "exchange.dispatch.progressed",
        actor,
        dispatch,
        reason=status.description,
        clause="217/11.8",
        code=status.code,
        message=row.digest,
        axis_id=row.doc_id,
    )


def report(*, actor: Actor, news: News) -> int:
    """Queues the status owed to the sender of a document that came by the axis; answers how many."""
    rows = AxisIn.objects.select_for_update().filter(
        document_id=news.document_id, state="admitted", purpose__in=CARRIES
    )
    return sum(_report(actor, row, news) for row in rows)


def _move(row: AxisIn, dispatch: Dispatch, status: Status) -> bool:
    """A status for a document that stands at `queued` comes of a restored past: it is kept, and nothing more."""
    progress = codes.progress(status.code)
    newest = AxisIn.objects.filter(dispatch=dispatch, applied=True).order_by("-at").values_list("at", flat=True).first()
    is_newer = newest is None or status.at >= newest
    if dispatch.state == "queued":
        return False
    if status.code in rules.NEEDS_REASON and not status.description.strip():
        return False
    applied = rules.progress_step(dispatch.state, progress, sequence=int(is_newer), seen=0)
    if applied.moved:
        dispatch.state, dispatch.reason = applied.to, status.description
        dispatch.person = ", ".join(part for part in (row.person, row.unit) if part)[:200]
        dispatch.times = {**dispatch.times, applied.to: iso(status.at)}
    elif progress:  # an earlier step told late moves nothing, but its time belongs to the history (217/11.8)
        dispatch.times = {progress: iso(status.at), **dispatch.times}
    dispatch.save()
    settle_obligation(dispatch)
    return applied.moved


def _dispatch_of(row: AxisIn) -> Dispatch | None:
    """By the document's id, else by number and date (QCVN 102); of ours, to whoever speaks."""
    sent = Dispatch.objects.filter(organisation_id=row.organisation_id, channel="axis")
    mine = [
        one
        for one in sent.filter(document_code=row.document_code)
        if agencies.same(one.recipient_code, row.sender_code)
    ]
    if not mine and row.reference_number and row.issued_on is not None:
        alike = sent.filter(
            reference_number__in=_spellings(row.reference_number), document_code__contains=f",{row.issued_on:%Y/%m/%d},"
        )
        mine = [one for one in alike if agencies.same(one.recipient_code, row.sender_code)]
    return mine[0] if len(mine) == 1 else None


def _spellings(reference: str) -> tuple[str, ...]:
    """Party numbers join with "-", State ones with "/": whoever answers may write it the own way."""
    return tuple(dict.fromkeys((reference, reference.replace("/", "-", 1), reference.replace("-", "/", 1))))


def _report(actor: Actor, row: AxisIn, news: News) -> bool:
    def build(code: str, reason: str) -> str:
        return build_status(row, code, reason=reason, person=news.person, unit=news.unit).digest

    return report_one(actor, row, news, "axis", build)
