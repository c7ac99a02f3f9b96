"""Letters built and signed once, and queued: documents with their files, recalls, what became of a document (217/7.2).

The signed entity holds words for people, the slip, the edXML message under its own XMLDSig, the PDF and the attachments.
It is encrypted where the recipient's certificate allows it. Joins the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID

from antin.documents import queries as document_queries
from antin.documents.facts import ParcelContents
from antin.exchange import directory, faults, parcels, ports
from antin.exchange.edxml import MEDIA_TYPE as EDXML
from antin.exchange.edxml import codes, streamed
from antin.exchange.edxml.dsig import Sealer
from antin.exchange.edxml.model import Business, BusinessKind, Envelope, Organ, ResponseFor, Staff, Status
from antin.exchange.edxml.writer import write
from antin.exchange.mail import contacts, letters, mime, slip, smime
from antin.exchange.mail.lifecycle import MAIL_OUT
from antin.exchange.mail.models import MailContact, MailIn, MailOut
from antin.exchange.mail.slip import Slip
from antin.exchange.models import Dispatch
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.signing import envelope as signatures
from antin.values import N_, Secrecy, new_id, sha256_hex
from antin.vault import acts as vault
from antin.vault import queries as vault_reads

LETTER = "message/rfc822"
DESCRIPTION_MAX = 500
PDF = "application/pdf"
RECALL_KINDS = {slip.RECALL: BusinessKind.RECALL, slip.VOID: BusinessKind.UPDATE}


def build_document(dispatch: Dispatch, contents: ParcelContents | None = None) -> MailOut:
    """The letter that carries a document to one recipient. RuleViolation when it may not, or is too large."""
    contents = contents or document_queries.parcel_contents(dispatch.document_id)
    if contents.view.secrecy is not Secrecy.OPEN:
        raise RuleViolation("217/5.3", N_("Chỉ văn bản không mật được gửi qua thư."), N_("Gửi qua đường cơ yếu."))
    if contents.pdf.content_id is None:
        raise RuleViolation("217/9.1", N_("Văn bản chưa có bản đã ký để gửi."), N_("Ký và phát hành văn bản trước."))
    contact, now = _contact(dispatch.recipient_code), ports.bound().clock.now()
    _check_size(contents.pdf.size + sum(one.size for one in contents.attachments))
    envelope = _envelope(dispatch, contents, contact, now)
    pdf, *names = (reference.name for reference in envelope.references)
    files = [
        mime.File(pdf, PDF, vault_reads.read(contents.pdf.content_id)),
        *(
            mime.File(name, parcels.media_type(one.media_type), vault_reads.read(one.content_id))
            for name, one in zip(names, contents.attachments, strict=True)
        ),
    ]
    number, day = contents.view.reference_number, letters.day(contents.view.issued_on)
    said = letters.text(
        letters.GREETING.format(recipient=contact.name),
        letters.NEW.format(sender=envelope.sender.name, number=number, day=day),
        letters.ABOUT.format(subject=contents.view.abstract),
        letters.DIGEST.format(name=files[0].name, digest=files[0].sha256),
        letters.HOW,
    )
    row = _letter(dispatch, contact, slip.NEW)
    _write(row, contact, said, number, _sealed(row, envelope), files, document=contents.view.document_code, now=now)
    faults.reach("mail.built")
    return row


def build_notice(dispatch: Dispatch, purpose: str, reason: str) -> MailOut:
    """Asks the recipient to give the document back (217/9.2), or says that it is void (379/19.3)."""
    contents, now = document_queries.parcel_contents(dispatch.document_id), ports.bound().clock.now()
    carried = dispatch.letters.get(purpose=slip.NEW)
    contact = contacts.active(dispatch.recipient_code) or carried.contact
    view = contents.view
    message = _envelope(dispatch, contents, contact, now)
    about = ResponseFor(message.sender.organ_id, view.reference_number, view.issued_on, message.document_id)
    kind = RECALL_KINDS[purpose]
    business = Business(
        kind=kind,
        reason=reason[:DESCRIPTION_MAX],
        document_id=message.document_id,
        information_changed=kind is BusinessKind.UPDATE,
    )
    fields = {name: getattr(message, name) for name in message.__slots__}
    message = Envelope(**fields | {"references": (), "responses": (about,), "business": business})
    words = letters.RECALL if purpose == slip.RECALL else letters.VOID
    said = letters.text(
        letters.GREETING.format(recipient=contact.name),
        words.format(
            sender=message.sender.name, number=view.reference_number, day=letters.day(view.issued_on), reason=reason
        ),
    )
    row = _letter(dispatch, contact, purpose)
    _write(
        row, contact, said, view.reference_number, _sealed(row, message), [], document=view.document_code, now=now,
        answers=carried,
    )  # fmt: skip
    return row


def build_status(arrival: MailIn, code: str, *, reason: str, person: str, unit: str) -> MailOut:
    """What became of a document that came by mail, for its sender; "đã đến" repeats the digest of what was signed."""
    assert arrival.organisation_id is not None
    now, contact = ports.bound().clock.now(), _contact(arrival.sender_code)
    view = identity.organisation(arrival.organisation_id)
    message = Status(
        sender=Organ(arrival.recipient_code, view.name),
        response_for=ResponseFor(
            arrival.sender_code, arrival.reference_number[:50], arrival.issued_on, arrival.document_code
        ),
        code=code,
        at=now,
        description=reason[:DESCRIPTION_MAX],
        staff=Staff(department=unit[:300], staff=person[:300]) if unit or person else None,
    )
    row = MailOut(
        id=new_id(),
        subject=arrival.id,
        arrival=arrival,
        document_id=arrival.document_id or arrival.id,
        organisation_id=arrival.organisation_id,
        purpose=slip.STATUS,
        code=code,
        sender_code=arrival.recipient_code,
        recipient_code=arrival.sender_code,
        urgency=arrival.urgency,
    )
    number = arrival.reference_number or arrival.mail_subject or "…"
    said = letters.text(
        letters.GREETING.format(recipient=contact.name),
        letters.STATUS.format(sender=view.name, number=number, status=codes.STATUS[code][1]),
        letters.WHY.format(reason=reason) if reason else "",
        letters.RECEIPT_DIGEST.format(digest=arrival.digest),
    )
    _write(row, contact, said, number, write(message), [], document=arrival.document_code, now=now, answered=arrival)
    return row


def message_id(letter: UUID) -> str:
    """Ours for ever: whoever gets the letter twice sees that it is one (RFC 5322 §3.6.4)."""
    mail = ports.bound().mail
    domain = mail.address.partition("@")[2] if mail else "localhost"
    return f"<{letter}@{domain}>"


def _write(
    row: MailOut,
    contact: MailContact,
    said: str,
    number: str,
    edxml: bytes,
    files: list[mime.File],
    *,
    document: str,
    now: datetime,
    answers: MailOut | None = None,
    answered: MailIn | None = None,
) -> None:
    """The signed (and encrypted) letter into the vault, the row into the queue."""
    roles = [(slip.ENVELOPE, mime.File("van-ban.edxml", EDXML, edxml))]
    roles += [(slip.ATTACHMENT if n else slip.DOCUMENT, one) for n, one in enumerate(files)]
    manifest = Slip(
        message=row.id,
        purpose=row.purpose,
        sender=row.sender_code,
        recipient=row.recipient_code,
        document=document,
        at=now,
        about=answers.id if answers else _id_of(answered),
        digest=answers.signed_digest if answers else answered.digest if answered else "",
        parts=tuple(slip.Part(role, mime.file_name(one.name), one.sha256) for role, one in roles),
    )
    entity = mime.written(
        said, [mime.File(slip.NAME, slip.MEDIA_TYPE, manifest.to_bytes()), *(one for _, one in roles)]
    )
    row.signed_digest = sha256_hex(entity)
    signed = smime.sign(entity, row.organisation_id, now, f"antin-{row.id.hex}")
    row.encrypted = bool(contact.encryption) and smime.may_encrypt_for(bytes(contact.encryption), now)
    body = smime.encrypt(signed, bytes(contact.encryption)) if row.encrypted else signed
    to = answers.id if answers else None
    reply = message_id(to) if to else answered.message_id if answered else ""
    data = _headers(row, contact, letters.subject(row.purpose, number), reply, now) + body
    if len(data) > ports.bound().limits.mail_bytes:
        raise _too_large()
    kept = vault.store(data, owner=row.document_id, media_type=LETTER)
    row.contact, row.address, row.content, row.size = contact, contact.address, kept.id, kept.size
    row.state = MAIL_OUT.step("", "queue_letter").to
    row.built_at = row.next_attempt_at = now
    row.save(force_insert=True)


def _id_of(answered: MailIn | None) -> UUID | None:
    """The id that the sender gave its letter; None for a letter of an ordinary mail program."""
    return UUID(answered.said) if answered is not None and answered.has_slip else None


def _headers(row: MailOut, contact: MailContact, subject: str, reply: str, now: datetime) -> bytes:
    mail = ports.bound().mail
    fields = [
        ("From", mail.address if mail else ""),
        ("To", contact.address),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id(row.id)),
        ("Subject", subject),
        ("MIME-Version", "1.0"),
        *([("In-Reply-To", reply), ("References", reply)] if mime.is_message_id(reply) else []),
        *([("Auto-Submitted", "auto-replied")] if row.purpose == slip.STATUS else []),
    ]
    return mime.headers(fields)


def _letter(dispatch: Dispatch, contact: MailContact, purpose: str) -> MailOut:
    return MailOut(
        id=new_id(),
        subject=dispatch.id,
        dispatch=dispatch,
        document_id=dispatch.document_id,
        organisation_id=dispatch.organisation_id,
        purpose=purpose,
        sender_code=dispatch.sender_code,
        recipient_code=contact.code,
        urgency=dispatch.urgency,
    )


def _envelope(dispatch: Dispatch, contents: ParcelContents, contact: MailContact, now: datetime) -> Envelope:
    name = contents.view.issuing_name or identity.organisation(dispatch.organisation_id).name
    return parcels.envelope_of(contents, parcels.Address(dispatch.sender_code, name, contact.code, contact.name), now)


def _sealed(row: MailOut, message: Envelope) -> bytes:
    """The edXML message under its own signature, so that it stays provable when it leaves the letter."""
    key = directory.own_key(row.organisation_id, row.sender_code)
    sealer = Sealer(key.der, lambda data: signatures.sign_detached(data, row.organisation_id))
    no_files: Iterable[streamed.Source] = ()
    return b"".join(streamed.written(message, no_files, sealer))


def _contact(code: str) -> MailContact:
    found = contacts.active(code)
    if found is None:
        raise RuleViolation(
            "217/7.2",
            N_("Nơi nhận {code} không còn đường thư công vụ."),
            N_("Nhờ quản trị liên thông xem lại."),
            code=code,
        )
    return found


def _check_size(size: int) -> None:
    """In a letter everything is a third longer (base64, line ends), and again so when it is encrypted."""
    if size * 4 // 3 > ports.bound().limits.mail_bytes:
        raise _too_large()


def _too_large() -> RuleViolation:
    return RuleViolation(
        "217/6.5",
        N_("Thư lớn hơn giới hạn {limit} byte."),
        N_("Tách tệp kèm hoặc gửi bằng cách khác."),
        limit=ports.bound().limits.mail_bytes,
    )
