"""A fetched letter, judged step by step before anything of it counts; the first thing that does not hold ends it.

(1) decrypted and taken apart (RFC 8551)        (3) its slip, when it has one: addressed to us, naming exactly its files
(2) signed, by a certificate of a known body    (4) the edXML message under its own signature, the same in slip and message
                                                (5) one PDF that passes the door, the other files behind it
A letter of a plain mail program has no slip: its signature and its PDF are all there is, the rest is the registry's to write
down. From, To, Date and Subject are anybody's words: they are shown and prove nothing (217/6.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import UUID

from antin.documents.adapters import pdf_intake
from antin.exchange import directory, ports
from antin.exchange.edxml import streamed
from antin.exchange.edxml.dsig import SignatureVerdict
from antin.exchange.edxml.model import BusinessKind, Envelope, Status
from antin.exchange.mail import contacts, mime, slip, smime
from antin.exchange.mail.mime import File
from antin.exchange.mail.slip import Slip
from antin.exchange.models import MailContact, MailOut
from antin.exchange.parcels import media_type
from antin.regulation import RemoteViolation
from antin.values import N_, sha256_hex
from antin.vault.spool import Spool

PDF_MAGIC = b"%PDF-"
NAMELESS = mime.file_name("")
WORDS = ("text/plain", "text/html")
KINDS = {slip.NEW: None, slip.RECALL: BusinessKind.RECALL, slip.VOID: BusinessKind.UPDATE}
NO_KNOWN_SIGNER = N_("Thư không có chữ ký số của cơ quan nào đã được xác nhận ở đây.")
FALSE_SIGNATURE = N_("Chữ ký số của thư không đúng: nội dung đã bị sửa, hoặc chữ ký hỏng.")
_OURS = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it lies there. `contact`: whose signature it bears, None when it is nobody's we know.

    `answers`: the letter of ours that it answers. `trouble`: why it could not be opened.
    """

    raw: bytes = field(repr=False)
    message_id: str
    mail_from: str
    subject: str
    verdict: SignatureVerdict
    said: str
    digest: str
    files: tuple[File, ...] = field(default=(), repr=False)
    slip: Slip | None = None
    contact: MailContact | None = None
    signer: str = ""
    encrypted: bool = False
    answers: UUID | None = None
    trouble: str = ""

    @property
    def papers(self) -> tuple[File, ...]:
        return tuple(one for one in self.files if PDF_MAGIC in one.data[:1024])


@dataclass(frozen=True, slots=True)
class Paper:
    """The files of a document: its PDF, and the others with their names and media types."""

    pdf: bytes = field(repr=False)
    pages: int
    digest: str
    others: tuple[tuple[str, str, bytes], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sound:
    """A letter that held: whose it is, for which of our bodies, what it says. Without a slip `message` is None."""

    letter: Letter = field(repr=False)
    contact: MailContact
    organisation_id: UUID
    recipient_code: str
    purpose: str
    message: Envelope | Status | None = None
    paper: Paper | None = None


def opened(raw: bytes) -> Letter:
    """The letter taken apart and its signature judged; never refuses, `trouble` says what could not be read."""
    mail = ports.bound().mail
    headers = {
        "message_id": mime.text_header(raw, "Message-ID")[:200],
        "mail_from": mime.address_of(raw),
        "subject": mime.text_header(raw, "Subject")[:300],
    }
    whole = sha256_hex(raw)
    try:
        if mail is None:
            raise ValueError("no account")
        found = smime.opened(raw, mail.decrypt)
    except ValueError:
        trouble = N_("Không giải mã được thư: thư không mã hoá cho tài khoản này.")
        return Letter(
            raw, verdict=SignatureVerdict.ABSENT, said=whole, digest=whole, trouble=trouble, encrypted=True, **headers
        )  # type: ignore[arg-type]
    try:
        files = mime.files_of(found.entity)
        manifest = _slip(files) if found.verdict is SignatureVerdict.UNPROVEN else None
    except RemoteViolation as violation:
        return Letter(raw, verdict=found.verdict, said=whole, digest=whole, trouble=violation.message(), **headers)  # type: ignore[arg-type]
    contact = _signer(found, manifest)
    return Letter(
        raw,
        verdict=SignatureVerdict.VALID if contact else found.verdict,
        said=_said(manifest, found, whole) if contact else whole,
        digest=found.signed_digest or whole,
        files=tuple(one for one in files if one.media_type != slip.MEDIA_TYPE),
        slip=manifest if contact else None,
        contact=contact,
        signer=sha256_hex(found.certificate) if found.certificate else "",
        encrypted=found.encrypted,
        answers=_answered(raw, files) if contact else None,
        **headers,  # type: ignore[arg-type]
    )


def unreadable(raw: bytes) -> Letter:
    """A letter of which nothing could be made out."""
    whole = sha256_hex(raw)
    return Letter(raw, "", "", "", SignatureVerdict.ABSENT, whole, whole, trouble=N_("Thư không đọc được."))


def read(letter: Letter) -> Sound | None:
    """The sound letter; None for one that brings no document and says nothing to us. RemoteViolation when it is doubtful."""
    if letter.trouble:
        raise doubtful(letter.trouble)
    if letter.verdict is SignatureVerdict.INVALID:
        raise doubtful(FALSE_SIGNATURE)
    if letter.contact is None:
        if letter.papers:
            raise doubtful(NO_KNOWN_SIGNER)
        return None
    return _plain(letter, letter.contact) if letter.slip is None else _with_slip(letter, letter.contact, letter.slip)


def paper_of(letter: Letter) -> Paper:
    """The PDF of a letter with its other files. RemoteViolation or RuleViolation when there is none, or not a sound one."""
    main = next(iter(letter.papers), None)
    if main is None:
        raise doubtful(N_("Thư không kèm tệp PDF nào."))
    rest = [one for one in letter.files if one is not main and not (one.name == NAMELESS and one.media_type in WORDS)]
    return _paper(main, rest, letter.mail_from)


def doubtful(reason: str, **facts: object) -> RemoteViolation:
    return RemoteViolation("217/10.1", reason, N_("Quản trị liên thông xem thư bị giữ."), **facts)


def _plain(letter: Letter, contact: MailContact) -> Sound | None:
    """From a mail program: its signature says whose it is, the account says for whom."""
    code = ports.bound().organisation_code
    organisation_id = directory.own_organisation(code)
    if organisation_id is None:
        raise doubtful(N_("Thư không gửi cho cơ quan nào ở đây."))
    if letter.papers:
        return Sound(letter, contact, organisation_id, code, slip.NEW, paper=paper_of(letter))
    if letter.answers is None:
        raise doubtful(N_("Thư có chữ ký đúng nhưng không kèm tệp PDF nào, không trả lời thư nào của ta."))
    return Sound(letter, contact, organisation_id, code, slip.STATUS)


def _with_slip(letter: Letter, contact: MailContact, said: Slip) -> Sound:
    organisation_id = directory.own_organisation(said.recipient)
    if organisation_id is None:
        raise doubtful(N_("Thư không gửi cho cơ quan nào ở đây."))
    if said.sender != contact.code:
        raise doubtful(N_("Cơ quan ghi trong thư khác cơ quan đã ký thư."))
    named = _named(letter, said)
    message = _message(said, named[slip.ENVELOPE][0].data)
    paper = None
    if said.purpose == slip.NEW:
        main, *more = named[slip.DOCUMENT] or [None]
        if main is None or more:
            raise doubtful(N_("Thư không kèm đúng một văn bản PDF."))
        paper = _paper(main, named[slip.ATTACHMENT], contact.code)
    return Sound(letter, contact, organisation_id, said.recipient, said.purpose, message, paper)


def _named(letter: Letter, said: Slip) -> dict[str, list[File]]:
    """The files by their role, found by digest; whatever the slip names must be there."""
    by_digest = {one.sha256: one for one in letter.files}
    found: dict[str, list[File]] = {slip.ENVELOPE: [], slip.DOCUMENT: [], slip.ATTACHMENT: []}
    for part in said.parts:
        if part.sha256 not in by_digest:
            raise doubtful(N_("Thư thiếu tệp {name} đã kê."), name=part.name)
        one = by_digest[part.sha256]
        found[part.role].append(File(mime.file_name(part.name), one.media_type, one.data))
    if len(found[slip.ENVELOPE]) != 1:
        raise doubtful(N_("Thư không kèm đúng một thông điệp edXML."))
    return found


def _message(said: Slip, data: bytes) -> Envelope | Status:
    here = ports.bound()
    with Spool(here.spool, here.limits.in_memory_bytes) as spool:
        spool.write(data)
        found = streamed.taken(spool)
        message = found.message
        if isinstance(message, Envelope) and streamed.check_signature(found).verdict is not SignatureVerdict.UNPROVEN:
            raise doubtful(N_("Chữ ký số của thông điệp edXML không đúng."))
    if not _agrees(said, message):
        raise doubtful(N_("Thông điệp edXML không khớp với bản kê đã ký."))
    return message


def _agrees(said: Slip, message: Envelope | Status) -> bool:
    if message.sender.organ_id != said.sender:
        return False
    if isinstance(message, Status):
        return said.purpose == slip.STATUS and message.response_for.organ_id == said.recipient
    kind, wanted = message.business.kind, KINDS.get(said.purpose, BusinessKind.NEW)
    fits = kind in (BusinessKind.NEW, BusinessKind.REPLACE) if said.purpose == slip.NEW else kind is wanted
    code = message.business.document_id or message.document_id
    return (
        fits
        and said.purpose != slip.STATUS
        and said.recipient in {organ.organ_id for organ in message.recipients}
        and code == said.document
    )


def _paper(main: File, others: list[File], source: str) -> Paper:
    pages = pdf_intake.check(main.data, source=f"mail {source}").pages
    return Paper(
        main.data, pages, main.sha256, tuple((one.name, media_type(one.media_type), one.data) for one in others)
    )


def _slip(files: tuple[File, ...]) -> Slip | None:
    found = [one for one in files if one.media_type == slip.MEDIA_TYPE]
    if len(found) > 1:
        raise doubtful(N_("Bản kê trong thư không đọc được."))
    return slip.parse(found[0].data) if found else None


def _signer(found: smime.Opened, manifest: Slip | None) -> MailContact | None:
    if found.verdict is not SignatureVerdict.UNPROVEN:
        return None
    claimed, now = manifest.sender if manifest else "", ports.bound().clock.now()
    return contacts.signer(found.certificate, found.carried, claimed, now)


def _said(manifest: Slip | None, found: smime.Opened, whole: str) -> str:
    return str(manifest.message) if manifest else found.signed_digest or whole


def _answered(raw: bytes, files: tuple[File, ...]) -> UUID | None:
    """The letter of ours that a person answers: headers name it, the signed words repeat its document's digest.

    Headers alone would let anybody send an old signed letter again as the answer to a new one.
    """
    found = _OURS.search(mime.text_header(raw, "In-Reply-To"))
    if found is None or mime.is_automatic(raw):
        return None
    sent = MailOut.objects.select_related("dispatch").filter(id=UUID(found.group(1)), purpose=slip.NEW).first()
    if sent is None or sent.dispatch is None:
        return None
    wanted = sent.dispatch.digest.encode()
    return sent.id if any(wanted in one.data for one in files if one.media_type in WORDS) else None
