"""A fetched message, checked step by step before anything of it counts; the first thing that does not hold ends it.

(1) edXML, understood one way only            (3) from a State body that the axis lists, the same in list and message
(2) addressed to one of our bodies            (4) a document: one PDF that passes the door, the other files behind it
Whatever does not hold makes the message doubtful: it is kept for the exchange operator (379/5.4). The signature of the
envelope is judged, told and kept; it decides nothing here, for hops on the axis write into envelopes (217/10.1).
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from antin.documents.adapters import pdf_intake
from antin.exchange import directory
from antin.exchange.axis import agencies
from antin.exchange.axis.protocol import Entry
from antin.exchange.edxml import streamed
from antin.exchange.edxml.dsig import Checked, SignatureVerdict
from antin.exchange.edxml.model import BusinessKind, Envelope, Status
from antin.exchange.edxml.streamed import File, Taken
from antin.exchange.models import Agency
from antin.exchange.parcels import media_type
from antin.regulation import RemoteViolation
from antin.signing import queries as signing
from antin.values import N_, sha256_hex
from antin.vault.spool import Spool

PDF_MAGIC = b"%PDF-"
PLAIN = "application/octet-stream"
PURPOSES = {
    BusinessKind.NEW: "new",
    BusinessKind.RECALL: "recall",
    BusinessKind.UPDATE: "update",
    BusinessKind.REPLACE: "replace",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """The files of a document: its PDF, and the others with the media types that their names say."""

    pdf: bytes = field(repr=False)
    pages: int
    digest: str
    others: tuple[tuple[str, str, Callable[[], Iterator[bytes]]], ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """A message that held: what it says, whose it is, for which of our bodies, what its signature came to."""

    found: Taken = field(repr=False)
    sender: Agency
    organisation_id: UUID
    recipient_code: str
    signature: SignatureVerdict

    @property
    def message(self) -> Envelope | Status:
        return self.found.message

    @property
    def purpose(self) -> str:
        return "status" if isinstance(self.message, Status) else PURPOSES[self.message.business.kind]


def read(spool: Spool, entry: Entry) -> Sound:
    """The sound message. RemoteViolation or RuleViolation with what does not hold."""
    found = streamed.taken(spool)
    organisation_id = _recipient(found.message, entry)
    sender = _sender(found.message, entry)
    signature = _signature(found, sender)
    return Sound(found, sender, organisation_id, agencies.own_code(organisation_id), signature)


def paper_of(sound: Sound) -> Paper | None:
    """The document that a message brings; None for one that only says something. RemoteViolation when it holds no sound one."""
    return _paper(sound.found, sound.sender) if sound.purpose in ("new", "replace") else None


def _recipient(message: Envelope | Status, entry: Entry) -> UUID:
    named = [organ.organ_id for organ in message.recipients] if isinstance(message, Envelope) else []
    wanted = agencies.ours(entry.recipient) if entry.recipient else None
    if isinstance(message, Status):
        about = message.response_for
        found = wanted or agencies.ours(about.organ_id or about.document_id.split(",")[0])
    else:
        ours = [one for code in named if (one := agencies.ours(code)) is not None]
        found = wanted if wanted in ours else None if wanted else next(iter(ours), None)
    if found is None:
        raise doubtful(N_("Văn bản không gửi cho cơ quan nào ở đây."))
    return found


def _sender(message: Envelope | Status, entry: Entry) -> Agency:
    code = message.sender.organ_id
    if entry.sender and not agencies.same(code, entry.sender):
        raise doubtful(N_("Bên gửi ghi trong thông điệp khác bên gửi mà Trục nêu."))
    found = agencies.find(code)
    if found is None:
        raise doubtful(N_("Danh bạ Trục không có cơ quan gửi {code}."), code=code)
    ours = agencies.ours(code) is not None
    if ours or any(directory.entry(one) is not None for one in (found.code, found.old_code) if one):
        raise doubtful(N_("Cơ quan {code} gửi, nhận qua mạng của Đảng, không qua Trục."), code=code)
    return found


def _signature(found: Taken, sender: Agency) -> SignatureVerdict:
    """Valid only when the key is that body's, by an authority that we trust; right otherwise is unproven."""
    if isinstance(found.message, Status):
        return SignatureVerdict.ABSENT
    checked: Checked = streamed.check_signature(found)
    if checked.verdict is not SignatureVerdict.UNPROVEN:
        return checked.verdict
    holder = signing.holder_now(checked.certificate, checked.carried)
    return SignatureVerdict.VALID if holder and holder in (sender.code, sender.old_code) else checked.verdict


def _paper(found: Taken, sender: Agency) -> Paper:
    main = next((file for file in _in_order(found) if _is_pdf(file)), None)
    if main is None:
        raise doubtful(N_("Văn bản gửi qua Trục không có tệp PDF nào."))
    if main.size > pdf_intake.LIMIT_BYTES:
        raise doubtful(N_("Tệp PDF của văn bản lớn hơn giới hạn {limit} byte."), limit=pdf_intake.LIMIT_BYTES)
    pdf = b"".join(main.pieces())
    pages = pdf_intake.check(pdf, source=f"axis {sender.code}").pages
    others = tuple((file.name, _media_type(file), file.pieces) for file in _in_order(found) if file is not main)
    return Paper(pdf, pages, sha256_hex(pdf), others)


def _in_order(found: Taken) -> list[File]:
    """As the manifest lists them; what it does not list comes last."""
    assert isinstance(found.message, Envelope)
    order = {reference.content_id: n for n, reference in enumerate(found.message.references)}
    return sorted(found.files, key=lambda file: order.get(file.content_id, len(order)))


def _is_pdf(file: File) -> bool:
    return PDF_MAGIC in next(file.pieces(), b"")[:1024]


def _media_type(file: File) -> str:
    """By its name: senders write the type of the ZIP around it."""
    guessed = mimetypes.guess_type(file.name)[0]
    return media_type(guessed) if guessed else PLAIN


def doubtful(reason: str, **facts: object) -> RemoteViolation:
    return RemoteViolation("217/10.1", reason, N_("Quản trị liên thông xem thông điệp bị giữ."), **facts)
