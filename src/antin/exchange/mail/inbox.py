"""A letter takes effect in one transaction with its row; it is put away in the mailbox only afterwards (217/10.1, 217/6.4).

Exactly once: where it lay (UIDVALIDITY, UID) is unique here, and so is what its sender said (the id in the signed slip,
else the digest of what was signed). Whatever comes again changes nothing and is kept as a repeat; its sender gets the
same receipt once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.documents.facts import IncomingFacts
from antin.exchange import directory, faults, irregularities, parcels, ports
from antin.exchange.acts.held import close_held
from antin.exchange.acts.same import known_copy
from antin.exchange.durable import certain_commit
from antin.exchange.edxml import codes
from antin.exchange.edxml.model import Envelope, Status
from antin.exchange.mail import bounces, outbox, reading, slip
from antin.exchange.mail.building import LETTER, build_status
from antin.exchange.mail.lifecycle import MAIL_IN
from antin.exchange.mail.notices import apply_early, apply_notice
from antin.exchange.mail.reading import Letter, Paper, Sound
from antin.exchange.mail.statuses import apply_reply, apply_status
from antin.exchange.models import MailIn, MailOut
from antin.ledger import acts as ledger
from antin.regulation import RemoteViolation, RuleViolation
from antin.sql import insert_once
from antin.values import N_, Actor, Office, new_id, sha256_hex, to_vietnam
from antin.vault import acts as vault
from antin.vault import queries as vault_reads

AGAIN_AFTER = timedelta(minutes=10)
BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a letter lies: the mailbox' UIDVALIDITY, its UID, its size in bytes."""

    box: int
    uid: int
    size: int


def take_in(*, actor: Actor, place: Place, sound: Sound) -> None:
    """The effect of a sound letter, or nothing when it was known."""
    row = _row(place, sound.letter)
    _describe(row, sound)

    def effect() -> None:
        if sound.paper is not None:
            _take_document(actor, row, sound, sound.paper)
        else:
            _keep(row, sound.letter.raw)
            _apply(actor, row, sound)

    _once(row, effect)


def keep_doubtful(*, actor: Actor, place: Place, reason: str, letter: Letter | None) -> None:
    """A letter that can't be taken in by itself, kept for a person to look at (379/5.4). `letter` None: too large to fetch."""
    row = _row(place, letter)
    row.state, row.reason = MAIL_IN.step("", "receive_letter(doubtful)").to, reason
    row.organisation_id = directory.own_organisation(ports.bound().organisation_code)

    def effect() -> None:
        if letter is not None:
            _keep(row, letter.raw)
            _return(row, letter, reason)
        _tell(actor, row, reason=reason)
        irregularities.note(irregularities.REFUSED_PARCEL, source="mail", subject=row.id, sender_code=row.sender_code)

    _once(row, effect)


def leave_aside(*, place: Place, letter: Letter) -> None:
    """No document and no word about one: it stays in the mailbox' folder for people, we only note that we saw it."""
    row = _row(place, letter)
    row.state = MAIL_IN.step("", "receive_letter(aside)").to
    _once(row, lambda: None)


def take_report(*, actor: Actor, place: Place, letter: Letter, report: bounces.Report) -> None:
    """What a mail server says about a letter of ours; it can only end what still waits for a receipt."""
    row = _row(place, letter)
    row.state, row.purpose, row.about = MAIL_IN.step("", "receive_letter(kept)").to, BOUNCE, report.letter
    row.reason = report.words

    def effect() -> None:
        found = MailOut.objects.filter(id=report.letter).first()
        if found is None or report.recipient not in ("", found.address):
            return
        _keep(row, letter.raw)
        row.dispatch_id, row.document_id = found.dispatch_id, found.document_id
        if report.action == bounces.FAILED:
            row.applied = outbox.settle_bounce(actor=actor, letter_id=found.id, words=report.words)
        else:
            MailOut.objects.filter(id=found.id).update(last_error=report.words[:300])

    _once(row, effect)


def admit_letter(*, actor: Actor, letter_id: UUID, reason: str) -> UUID:
    """The clerk takes the PDF of an unauthenticated letter in, knowing that nobody vouches for it; the document's id (217/6.4)."""
    with transaction.atomic():
        row = _held(letter_id)
        step = MAIL_IN.step(row.state, "admit_letter")
        if row.organisation_id is None or not actor.holds(Office.CLERK, row.organisation_id):
            raise RuleViolation("217/10.1", N_("Việc này của văn thư cơ quan nhận."), N_("Nhờ văn thư của cơ quan."))
        if not reason.strip():
            raise RuleViolation("217/10.1", N_("Cần nêu lý do."), N_("Nêu vì sao nhận văn bản này."))
        if row.content is None:
            raise RuleViolation("217/6.5", N_("Thư quá lớn, không tải về."), N_("Đề nghị bên gửi gửi cách khác."))
        letter = reading.opened(vault_reads.read(row.content))
        try:
            paper = reading.paper_of(letter)
        except RemoteViolation as violation:
            raise RuleViolation("217/10.1", violation.message(), N_("Trả lời bên gửi.")) from violation
        row.document_id = new_id()
        facts = IncomingFacts(
            type_code="",
            abstract=letter.subject or letter.mail_from,
            sender_name=letter.mail_from,
            channel="official_mail",
            digest=paper.digest,
        )
        _carry(row, Actor.peer(letter.mail_from or "?"), facts, paper, letter.raw)
        row.state, row.reason, row.purpose = step.to, reason.strip(), slip.NEW
        row.sender_name = row.sender_name or letter.mail_from
        row.save()
        _tell(actor, row, reason=row.reason, document=paper.digest, admitted="by_clerk")
    return row.document_id


def settle_letter(*, actor: Actor, letter_id: UUID, reason: str) -> None:
    """The exchange operator closes a letter held back, for good (217/10.1.p2)."""
    with transaction.atomic():
        row = _held(letter_id)
        step = MAIL_IN.step(row.state, "settle_letter")
        close_held(actor, row, step, reason, {"channel": "official_mail"})


def _once(row: MailIn, effect: Callable[[], None]) -> None:
    """The row first: of any number of workers one has the effect. A repeat from another place is kept as one."""
    with certain_commit():
        if insert_once(row):
            effect()
            row.save()
        elif not MailIn.objects.filter(box=row.box, uid=row.uid).exists():
            first = MailIn.objects.filter(sender_code=row.sender_code, said=row.said).exclude(state="duplicate").first()
            row.id, row.state, row.content = new_id(), MAIL_IN.step("", "receive_letter(again)").to, None
            row.document_id = first.document_id if first else None
            if insert_once(row) and first is not None:
                _tell_again(first)
        faults.reach("mail.taken_in")
    faults.reach("mail.committed")


def _tell_again(first: MailIn) -> None:
    """Who sends again has not had our receipt: the same one goes once more, not more often than every few minutes."""
    since = ports.bound().clock.now() - AGAIN_AFTER
    for told in first.told.select_for_update().filter(code=codes.ARRIVED, state="handed", handed_at__lte=since):
        outbox.queue_again(told)


def _take_document(actor: Actor, row: MailIn, sound: Sound, paper: Paper) -> None:
    """The document with its files, the letter beside it, "đã đến" for its sender, early recalls applied."""
    known = _came_by_network(row, paper)
    row.document_id = known or new_id()
    if known is None:
        facts = _facts(row, sound, paper)
        _carry(row, Actor.peer(sound.contact.name), facts, paper, sound.letter.raw)
    else:
        row.state = MAIL_IN.step("", "receive_letter(same)").to
        _keep(row, sound.letter.raw)
    row.last_code, row.applied = codes.ARRIVED, True
    build_status(row, codes.ARRIVED, reason="", person="", unit="")
    _tell(actor, row, document=paper.digest, **({"came_before": "party_network"} if known else {}))
    if sound.letter.answers and sound.message is None:
        apply_reply(actor, row)
    apply_early(row)


def _came_by_network(row: MailIn, paper: Paper) -> UUID | None:
    """The document that its parcel brought before the letter: nothing comes in twice (217/13.1)."""
    assert row.organisation_id is not None
    return known_copy(
        organisation_id=row.organisation_id,
        sender_code=row.sender_code if row.has_slip else "",
        document_code=row.document_code,
        digest=paper.digest,
        files=(sha256_hex(data) for _name, _kind, data in paper.others),
    )


def _facts(row: MailIn, sound: Sound, paper: Paper) -> IncomingFacts:
    if isinstance(sound.message, Envelope):
        stated = parcels.Stated(row.sender_code, "official_mail", paper.digest, sound.message.priority)
        return parcels.incoming_facts(sound.message, stated, on=to_vietnam(ports.bound().clock.now()).date())
    return IncomingFacts(
        type_code="",
        abstract=sound.letter.subject or sound.contact.name,
        issuing_name=sound.contact.name,
        issuing_code=sound.contact.code,
        sender_name=sound.contact.name,
        sender_code=sound.contact.code,
        channel="official_mail",
        digest=paper.digest,
    )


def _carry(row: MailIn, sender: Actor, facts: IncomingFacts, paper: Paper, raw: bytes) -> None:
    assert row.organisation_id is not None
    letter = vault.Item(raw, LETTER)
    documents.take_in(
        actor=sender,
        organisation_id=row.organisation_id,
        facts=facts,
        pdf=paper.pdf,
        attachments=list(paper.others),
        pages=paper.pages,
        document_id=row.document_id,
        beside=[letter],
    )
    row.content = letter.id


def _return(row: MailIn, letter: Letter, reason: str) -> None:
    """A known body learns that its document was not taken in; nobody else gets an answer."""
    said = letter.slip
    brings = said.purpose == slip.NEW if said is not None else bool(letter.papers)
    if letter.contact is None or row.organisation_id is None or not brings:
        return
    row.purpose, row.has_slip = slip.NEW, said is not None
    row.recipient_code = ports.bound().organisation_code
    row.reference_number = letter.subject[:100]
    if said is not None:
        row.document_code, row.at = said.document, said.at
        here = directory.own_organisation(said.recipient)
        if here is not None:
            row.organisation_id, row.recipient_code = here, said.recipient
    row.last_code = codes.RETURNED
    build_status(row, codes.RETURNED, reason=reason, person="", unit="")


def _apply(actor: Actor, row: MailIn, sound: Sound) -> None:
    if isinstance(sound.message, Status) and sound.letter.slip is not None:
        apply_status(actor, row, sound.message, sound.letter.slip.digest)
    elif sound.message is None:
        apply_reply(actor, row)
    else:
        apply_notice(actor, row)


def _row(place: Place, letter: Letter | None) -> MailIn:
    row = MailIn(
        id=new_id(),
        box=place.box,
        uid=place.uid,
        size=place.size,
        state=MAIL_IN.step("", "receive_letter(sound)").to,
        received_at=ports.bound().clock.now(),
    )
    if letter is None:
        row.said = row.digest = sha256_hex(f"{place.box}.{place.uid}".encode())
        row.signature = "absent"
        return row
    row.said, row.digest, row.signature, row.signer = letter.said, letter.digest, letter.verdict.value, letter.signer
    row.message_id, row.mail_from, row.mail_subject = letter.message_id, letter.mail_from, letter.subject
    row.encrypted, row.contact, row.about = letter.encrypted, letter.contact, letter.answers
    if letter.contact is not None:
        row.sender_code, row.sender_name = letter.contact.code, letter.contact.name
    return row


def _describe(row: MailIn, sound: Sound) -> None:
    """What the letter says, in the row's words."""
    row.purpose, row.organisation_id, row.recipient_code = sound.purpose, sound.organisation_id, sound.recipient_code
    said, message = sound.letter.slip, sound.message
    if said is None:
        row.reference_number = sound.letter.subject[:100]
        return
    row.has_slip, row.about, row.at, row.document_code = True, said.about, said.at, said.document
    if isinstance(message, Status):
        about = message.response_for
        row.reference_number, row.issued_on = about.code[:100], about.promulgated_on
        row.code, row.reason = message.code, message.description
        if message.staff is not None:
            row.person, row.unit = message.staff.staff[:200], message.staff.department
    elif message is not None:
        row.reference_number = parcels.reference_of(message, is_state=False)[:100]
        row.issued_on, row.urgency, row.reason = message.promulgated_on, message.priority, message.business.reason


def _keep(row: MailIn, raw: bytes) -> None:
    row.content = vault.store(raw, owner=row.document_id or row.id, media_type=LETTER).id


def _held(letter_id: UUID) -> MailIn:
    row = MailIn.objects.select_for_update().filter(id=letter_id).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có thư này."), N_("Mở lại trang liên thông."))
    return row


def _tell(actor: Actor, row: MailIn, *, reason: str = "", **facts: str) -> None:
    ledger.append(
        "exchange.parcel.received",
        actor,
        object_kind="document" if row.document_id else "parcel",
        object_id=row.document_id or row.id,
        organisation_id=row.organisation_id,
        facts={
            "channel": "official_mail",
            "sender": row.sender_code,
            "recipient": row.recipient_code,
            "state": row.state,
            "message": row.digest,
            "signature": row.signature,
            "certificate": row.signer,
            **facts,
        },
        detail={"sender_name": row.sender_name, "document_code": row.document_code, "mail_from": row.mail_from},
        reason=reason,
        clause="217/7.2",
    )
