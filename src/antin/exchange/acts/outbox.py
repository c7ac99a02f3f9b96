"""The outbox: one Dispatch per recipient of an issued document, its further tries, its failure (217/6.3, 217/7.4)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from antin.documents import acts as documents
from antin.documents import queries as document_queries
from antin.documents.facts import DocumentView, ParcelContents
from antin.exchange import channels, parcels, ports, rules
from antin.exchange.acts import paper
from antin.exchange.acts.building import build_parcel
from antin.exchange.acts.clocks import start_clock
from antin.exchange.apart.rules import apart_of
from antin.exchange.axis.building import build_document
from antin.exchange.axis.lifecycle import AXIS_OUT
from antin.exchange.lifecycle import DELIVERY
from antin.exchange.mail import contacts
from antin.exchange.mail.building import build_document as build_letter
from antin.exchange.mail.lifecycle import MAIL_OUT
from antin.exchange.models import AxisOut, Dispatch, MailOut
from antin.identity import queries as identity
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.rulebook.rules import PaperRule
from antin.sql import CompiledQuery, insert_once
from antin.values import N_, Actor, Office, Secrecy, Urgency, iso, new_id

CHANNEL = "exchange_outbox"
OBLIGATION = "dispatch"
UNKNOWN_RECIPIENT = N_("Nơi nhận {code} không có trong danh bạ liên thông.")
BUILDERS = {channels.PARTY_NETWORK: build_parcel, channels.AXIS: build_document, channels.OFFICIAL_MAIL: build_letter}
"""What is built as a document is queued, by channel. A channel without a partner has an outbox of its own."""
_LOCKED = CompiledQuery(lambda id_: Dispatch.objects.select_for_update().filter(id=id_), UUID)


def queue_dispatches(*, actor: Actor, document_id: UUID) -> tuple[UUID, ...]:
    """One Dispatch for every recipient of an issued document that has none yet; answers the new ones' ids.

    A recipient that can't be reached electronically gets a failed Dispatch with the reason: the clerk decides on paper.
    """
    with transaction.atomic():
        documents.guard(actor=actor, document_id=document_id, guards=("in_use",))
        contents = document_queries.parcel_contents(document_id)
        sender_code = _code_of(contents.view)
        asked = paper.asked_for(contents.view)
        made = [
            dispatch
            for code in dict.fromkeys(map(channels.recipient_code, contents.fields.recipients))
            if (dispatch := _queue(actor, contents, sender_code, code, asked)) is not None
        ]
        if made:
            start_clock(contents.view)
        if any(dispatch.state == "queued" for dispatch in made):
            wake()
    return tuple(dispatch.id for dispatch in made)


def queue_again(*, actor: Actor, dispatch_id: UUID) -> None:
    """The clerk sends a failed dispatch again: the same bytes if they were built, by the directory of today."""
    with transaction.atomic():
        dispatch = locked(dispatch_id)
        clerk_of(actor, dispatch)
        step = DELIVERY.step(dispatch.state, "queue_dispatch")
        documents.guard(actor=actor, document_id=dispatch.document_id, guards=("in_use",))
        way = channels.way_to(dispatch.recipient_code)
        if way is None:
            raise RuleViolation(
                "217/7.4", UNKNOWN_RECIPIENT, N_("Đề nghị kết nối nơi nhận trước."), code=dispatch.recipient_code
            )
        now = ports.bound().clock.now()
        dispatch.partner, dispatch.recipient_name, dispatch.channel = way.partner, way.name, way.channel
        dispatch.state, dispatch.reason, dispatch.last_error = step.to, "", ""
        dispatch.next_attempt_at, dispatch.open_claims = now if way.partner else None, 0
        dispatch.expires_at = rules.expires_at(_urgency(dispatch), now)
        dispatch.times = {**dispatch.times, "queued_again": iso(now)}
        dispatch.save()
        if way.channel == channels.AXIS:
            _once_more_on_axis(dispatch)
        elif way.channel == channels.OFFICIAL_MAIL:
            once_more_by_mail(dispatch)
        documents.hang_obligation(document_id=dispatch.document_id, kind=OBLIGATION, key=str(dispatch.id))
        tell("exchange.dispatch.queued", actor, dispatch, clause="217/7.4")
        wake()


def send_on_paper(*, actor: Actor, dispatch_id: UUID, necessity: str) -> None:
    """The clerk gives the network up for this recipient; `necessity` says why paper must go (379/4.2)."""
    with transaction.atomic():
        dispatch = locked(dispatch_id)
        clerk_of(actor, dispatch)
        necessity = rules.necessity_named(necessity)
        step = DELIVERY.step(dispatch.state, "send_on_paper")
        view = documents.guard(actor=actor, document_id=dispatch.document_id, guards=("in_use",))
        _move(dispatch, step.to, reason=necessity)
        paper.enclose_instead(actor, dispatch, view, necessity)
        tell("exchange.dispatch.on_paper", actor, dispatch, reason=necessity, clause="217/7.4")


def note_seen(*, actor: Actor, dispatch_id: UUID) -> None:
    """The clerk has read why a document came back: it no longer waits for an eye; the history keeps it (217/11.14)."""
    with transaction.atomic():
        dispatch = locked(dispatch_id)
        clerk_of(actor, dispatch)
        DELIVERY.step(dispatch.state, "note_seen")
        dispatch.seen_at = ports.bound().clock.now()
        dispatch.save(update_fields=["seen_at"])
        tell("exchange.return.seen", actor, dispatch, clause="217/11.14")


def fail_dispatch(*, actor: Actor, dispatch: Dispatch, reason: str, why: str) -> None:
    """Nothing more is tried. `why` is a code for the log, `reason` the sentence the clerk reads. Joins the transaction."""
    step = DELIVERY.step(dispatch.state, "fail_dispatch")
    _move(dispatch, step.to, reason=reason)
    documents.take_down_obligation(document_id=dispatch.document_id, kind=OBLIGATION, key=str(dispatch.id))
    tell("exchange.dispatch.failed", actor, dispatch, reason=reason, clause="217/7.4", why=why)


def locked(dispatch_id: UUID) -> Dispatch:
    """The dispatch under FOR UPDATE. RuleViolation 379/4.4 when there is none."""
    found = _LOCKED.first(dispatch_id)
    if found is None:
        raise RuleViolation("379/4.4", N_("Không có lượt gửi này."), N_("Mở lại danh sách gửi, nhận."))
    return found


def tell(act: str, actor: Actor, dispatch: Dispatch, *, clause: str, reason: str = "", **facts: str | int) -> None:
    """The ledger entry of an act on a dispatch, found under its document."""
    ledger.append(
        act,
        actor,
        object_kind="document",
        object_id=dispatch.document_id,
        organisation_id=dispatch.organisation_id,
        facts={
            "dispatch": str(dispatch.id),
            "recipient": dispatch.recipient_code,
            "channel": dispatch.channel,
            "digest": dispatch.digest,
            "state": dispatch.state,
            **facts,
        },
        detail={"recipient_name": dispatch.recipient_name},
        reason=reason,
        clause=clause,
    )


def wake() -> None:
    """Tells the senders, at commit, that there is work."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def clerk_of(actor: Actor, dispatch: Dispatch) -> None:
    """The sending organisation's clerk; for who may not see the document there is no such dispatch (379/4.4)."""
    document_queries.document(actor, dispatch.document_id)
    if not actor.holds(Office.CLERK, dispatch.organisation_id):
        raise RuleViolation("217/9.2", N_("Việc này của văn thư cơ quan gửi."), N_("Nhờ văn thư của cơ quan."))


def note_by_mail(dispatch: Dispatch, why: str) -> None:
    """A letter instead of the parcel, in the dispatch's own words: no sender claims the parcel any more. Not saved yet."""
    dispatch.channel, dispatch.mail_why = channels.OFFICIAL_MAIL, why
    dispatch.next_attempt_at, dispatch.holder, dispatch.open_claims = None, None, 0
    dispatch.times = {**dispatch.times, "by_mail": iso(ports.bound().clock.now())}


def once_more_by_mail(dispatch: Dispatch) -> None:
    """The letter that was built goes again, the same bytes under the same Message-ID, to the address of today."""
    row = dispatch.letters.select_for_update(of=("self",)).select_related("contact").filter(purpose="new").first()
    if row is None:
        build_letter(dispatch)
        return
    today = contacts.active(dispatch.recipient_code)
    if today is not None and today.id != row.contact_id:
        if row.encrypted and bytes(today.encryption) != bytes(row.contact.encryption):
            raise RuleViolation(
                "217/7.2",
                N_("Thư đã mã hoá cho chứng thư cũ của nơi nhận."),
                N_("Chuyển gửi giấy ở trang Theo dõi gửi."),
            )
        row.contact, row.address = today, today.address
    if row.state == "queued":
        row.save(update_fields=["contact", "address"])
    else:
        row.state = MAIL_OUT.step(row.state, "queue_letter").to
        row.warned_at = None
        _due_now(row)


def _queue(
    actor: Actor, contents: ParcelContents, sender_code: str, code: str, asked: PaperRule | None
) -> Dispatch | None:
    view, now = contents.view, ports.bound().clock.now()
    way, choice = channels.way_to(code), channels.choice_of(contents.view, code)
    dispatch = Dispatch(
        id=new_id(),
        channel=choice.channel if choice.goes else way.channel if way else channels.PARTY_NETWORK,
        document_id=view.id,
        organisation_id=view.owner_id,
        sender_code=sender_code,
        recipient_code=code,
        recipient_name=way.name if way else code,
        partner=way.partner if way else None,
        state=DELIVERY.step("", "queue_dispatch").to,
        urgency=view.urgency.rank,
        document_code=view.document_code,
        reference_number=view.reference_number,
        digest=contents.pdf.digest,
        queued_at=now,
        expires_at=rules.expires_at(view.urgency, now),
        next_attempt_at=now if way and way.partner else None,
        is_bulk=view.secrecy is Secrecy.OPEN and bool(apart_of(parcels.sizes(contents))),
        times={"queued": iso(now)},
    )
    if not insert_once(dispatch):
        return None
    if asked is not None:
        paper.enclose(actor, dispatch, asked)
    if not choice.goes:
        reason = f"{choice.words} {choice.next_step} {choice.clause}"
        return _failed_at_once(actor, dispatch, reason, "not_admissible")
    try:
        _build(dispatch, contents, choice.words)
    except RuleViolation as violation:
        return _failed_at_once(actor, dispatch, violation.message(), "not_buildable")
    documents.hang_obligation(document_id=view.id, kind=OBLIGATION, key=str(dispatch.id))
    tell("exchange.dispatch.queued", actor, dispatch, reason=dispatch.mail_why, clause="217/6.3")
    return dispatch


def _failed_at_once(actor: Actor, dispatch: Dispatch, reason: str, why: str) -> Dispatch:
    """It was to be sent and can't be: the log tells both, so that what was sent and what is counted agree (217/12.p1)."""
    tell("exchange.dispatch.queued", actor, dispatch, clause="217/6.3")
    fail_dispatch(actor=actor, dispatch=dispatch, reason=reason, why=why)
    return dispatch


def _build(dispatch: Dispatch, contents: ParcelContents, words: str) -> None:
    """What leaves by its channel; a partner's body gets its parcel after all when the document fits no letter."""
    is_instead = dispatch.channel == channels.OFFICIAL_MAIL and dispatch.partner is not None
    try:
        with transaction.atomic():
            BUILDERS[dispatch.channel](dispatch, contents)
    except RuleViolation:
        if not is_instead:
            raise
        dispatch.channel = channels.PARTY_NETWORK
        dispatch.save(update_fields=["channel"])
        with transaction.atomic():
            build_parcel(dispatch, contents)
        return
    if is_instead:
        note_by_mail(dispatch, words)
        dispatch.save()


def _once_more_on_axis(dispatch: Dispatch) -> None:
    """The message that was built goes again; one that may have got there is looked for at the axis first."""
    row = dispatch.axis_messages.select_for_update().filter(purpose__in=("new", "replace")).first()
    if row is None:
        build_document(dispatch)
    elif row.state != "queued":
        _queue_row(row)


def _queue_row(row: AxisOut) -> None:
    row.state = AXIS_OUT.step(row.state, "queue_axis_message").to
    _due_now(row)


def _due_now(row: AxisOut | MailOut) -> None:
    row.next_attempt_at, row.open_claims, row.last_error = ports.bound().clock.now(), 0, ""
    row.save()


def _move(dispatch: Dispatch, state: str, *, reason: str) -> None:
    dispatch.state, dispatch.reason, dispatch.next_attempt_at = state, reason, None
    dispatch.times = {**dispatch.times, state: iso(ports.bound().clock.now())}
    dispatch.save()


def _code_of(view: DocumentView) -> str:
    return view.issuing_code or identity.organisation(view.owner_id).code


def _urgency(dispatch: Dispatch) -> Urgency:
    return Urgency.from_rank(dispatch.urgency)
