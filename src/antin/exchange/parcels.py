"""Building a parcel: the edXML envelope, the manifest, the organisation's signature. Bytes only; nothing is stored here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from antin.documents.facts import DocumentView, IncomingFacts, ParcelContents
from antin.exchange import wire
from antin.exchange.directory import OwnKey
from antin.exchange.edxml import MEDIA_TYPE
from antin.exchange.edxml.model import (
    Business,
    BusinessKind,
    Envelope,
    Organ,
    Reference,
    Replacement,
    Signer,
    Trace,
)
from antin.exchange.edxml.reader import read
from antin.exchange.edxml.writer import write
from antin.regulation import RemoteViolation, RuleViolation
from antin.rulebook import queries as rulebook
from antin.signing import envelope as signatures
from antin.values import N_, Secrecy, Urgency, reference_number, sha256_hex

PDF = "application/pdf"
PLAIN = "application/octet-stream"
ORGANISATION_MAX = 200


@dataclass(frozen=True, slots=True)
class Built:
    """A parcel ready to leave: `head` holds lengths, manifest, signature and envelope; `parts` are vault contents."""

    manifest: wire.Manifest
    manifest_bytes: bytes
    signature: bytes
    head: bytes
    parts: tuple[UUID, ...]

    @property
    def size(self) -> int:
        return len(self.head) + sum(part.size for part in self.manifest.parts[1:])


@dataclass(frozen=True, slots=True)
class Address:
    """Who sends to whom, by the directory's code and name."""

    sender_code: str
    sender_name: str
    recipient_code: str
    recipient_name: str


def sizes(contents: ParcelContents) -> tuple[int, ...]:
    """Bytes of the parts, in order; the envelope, which is small, counts as none."""
    return (0, contents.pdf.size, *(item.size for item in contents.attachments))


def build(parcel: UUID, contents: ParcelContents, address: Address, key: OwnKey, at: datetime) -> Built:
    """The parcel of one document for one recipient. RuleViolation when it does not fit edXML."""
    envelope = write(envelope_of(contents, address, at))
    view = contents.view
    manifest = wire.Manifest(
        parcel=parcel,
        sender=address.sender_code,
        recipient=address.recipient_code,
        document_code=view.document_code,
        built_at=at.replace(microsecond=0),
        urgency=view.urgency.rank,
        secrecy=view.secrecy,
        certificate=key.fingerprint,
        parts=(
            wire.Part(wire.ENVELOPE, MEDIA_TYPE, len(envelope), sha256_hex(envelope)),
            wire.Part(wire.DOCUMENT, PDF, contents.pdf.size, contents.pdf.digest),
            *(
                wire.Part(wire.ATTACHMENT, media_type(item.media_type), item.size, item.digest)
                for item in contents.attachments
            ),
        ),
    )
    data = manifest.to_bytes()
    signature = signatures.sign_detached(data, key.organisation_id)
    if contents.pdf.content_id is None:
        raise RuleViolation("217/9.1", N_("Văn bản chưa có bản đã ký để gửi."), N_("Ký và phát hành văn bản trước."))
    return Built(
        manifest=manifest,
        manifest_bytes=data,
        signature=signature,
        head=wire.head(data, signature) + envelope,
        parts=(contents.pdf.content_id, *(item.content_id for item in contents.attachments)),
    )


def envelope_of(contents: ParcelContents, address: Address, at: datetime) -> Envelope:
    """The document's facts as an edXML message; content ids number the parts behind the envelope from 1."""
    view = contents.view
    kind = _type(view)
    return Envelope(
        sender=Organ(address.sender_code, address.sender_name),
        recipients=(Organ(address.recipient_code, address.recipient_name),),
        document_id=view.document_code,
        number=_number(view),
        notation=view.notation,
        subject=view.abstract,
        promulgated_on=view.issued_on,
        type=kind.edxml_type[0] if kind else None,
        type_detail=kind.edxml_type[1] if kind else None,
        type_name=view.type_name or (kind.name if kind else ""),
        signer=Signer(view.signing_capacity, view.signer_position, view.signer_name),
        due_on=contents.fields.due_on,
        to_places=contents.fields.addressees,
        priority=view.urgency.rank,
        typer_notation=kind.notation if kind else "",
        page_amount=contents.pdf.pages or None,
        traces=(Trace(address.sender_code, at),),
        business=_business(contents),
        references=(
            Reference("1", _file_name(view), PDF),
            *(
                Reference(str(place), item.name, media_type(item.media_type))
                for place, item in enumerate(contents.attachments, start=2)
            ),
        ),
    )


def _business(contents: ParcelContents) -> Business:
    """A replacement says so, with the code of what it replaces (QCVN 102, 2.2.8); any other document is new."""
    if not contents.replaces:
        return Business()
    replaced = tuple(Replacement(code) for code in contents.replaces)
    return Business(BusinessKind.REPLACE, replacements=replaced)


def read_envelope(data: bytes, manifest: wire.Manifest) -> Envelope:
    """The envelope, once it says the same as the signed manifest. RemoteViolation otherwise."""
    found = read(data)
    agrees = (
        isinstance(found, Envelope)
        and found.sender.organ_id == manifest.sender
        and manifest.recipient in {organ.organ_id for organ in found.recipients}
        and found.document_id == manifest.document_code
        and found.priority == manifest.urgency
        and not found.attachments
        and [reference.content_id for reference in found.references] == [str(n) for n in range(1, len(manifest.parts))]
    )
    if not isinstance(found, Envelope) or not agrees:
        raise RemoteViolation(
            "217/10.1", N_("Phong bì edXML không khớp với bản kê đã ký."), N_("Bên gửi lập lại gói tin.")
        )
    return found


@dataclass(frozen=True, slots=True)
class Stated:
    """What the way a document came by says of it, beside its envelope. `digest` is that of its PDF.

    `is_state`: number and notation of a State body are joined by "/", as it writes them.
    """

    sender_code: str
    channel: str
    digest: str
    urgency: int
    secrecy: Secrecy = Secrecy.OPEN
    sent_at: datetime | None = None
    is_state: bool = False


def incoming_facts(found: Envelope, stated: Stated, *, on: date) -> IncomingFacts:
    """What the sender states, as `documents` takes it in."""
    kind = rulebook.type_by_name(found.type_name, on)
    return IncomingFacts(
        type_code=kind.code if kind else "",
        type_name=found.type_name,
        abstract=found.subject,
        urgency=Urgency.from_rank(stated.urgency),
        secrecy=stated.secrecy,
        number_text=found.number,
        notation=found.notation,
        reference_number=reference_of(found, is_state=stated.is_state),
        document_code=found.document_id,
        issued_on=found.promulgated_on,
        issuing_name=found.sender.name,
        issuing_code=found.sender.organ_id,
        sender_name=found.sender.name,
        sender_code=stated.sender_code,
        signer_name=found.signer.full_name if found.signer else "",
        signing_capacity=found.signer.competence if found.signer else "",
        due_on=found.due_on,
        sent_at=found.traces[-1].at if found.traces else stated.sent_at,
        channel=stated.channel,
        digest=stated.digest,
        replaces=tuple(one.document_id for one in found.business.replacements),
    )


def reference_of(found: Envelope, *, is_state: bool) -> str:
    """Number and notation as one text, the way the issuer's kind of body joins them."""
    if is_state:
        return "/".join(part for part in (found.number, found.notation) if part)
    number: int | str = int(found.number) if found.number.isdecimal() else found.number
    return reference_number(number, found.notation)


def stated_by(manifest: wire.Manifest) -> Stated:
    return Stated(
        sender_code=manifest.sender,
        channel="party_network",
        digest=manifest.document.sha256,
        urgency=manifest.urgency,
        secrecy=manifest.secrecy,
        sent_at=manifest.built_at,
    )


def file_names(found: Envelope) -> tuple[str, ...]:
    """Names of the attachments, in the manifest's order."""
    return tuple(reference.name for reference in found.references[1:])


def media_type(text: str) -> str:
    """A media type the wire admits; anything odd goes as plain bytes."""
    clean = text.split(";")[0].strip().lower()
    return clean if wire.MEDIA_TYPE.fullmatch(clean) else PLAIN


def _type(view: DocumentView) -> rulebook.DocumentType | None:
    try:
        return rulebook.document_type(view.type_code, view.issued_on)
    except RuleViolation:
        return None


def _number(view: DocumentView) -> str:
    return view.number_text or (str(view.number) if view.number is not None else "")


def _file_name(view: DocumentView) -> str:
    safe = "".join("-" if c in "/\\" or ord(c) < 32 else c for c in view.reference_number or "van-ban")
    return f"{safe[:200]}.pdf"
