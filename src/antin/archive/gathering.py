"""What a package is made of, read from the rooms: descriptions, origin and times, history, bytes, proofs (379/24.3).

Everything is read as the installation itself: the archive hands on what it holds without its archivist reading it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from importlib.metadata import version
from types import MappingProxyType
from uuid import UUID

from antin.archive import ports
from antin.archive.packages import codes, rules
from antin.archive.packages.facts import Body, DocumentPart, Event, Fields, PackageFacts, Part, mode_of
from antin.casework.views import CaseFileView
from antin.documents import queries as documents
from antin.documents.facts import DIGITISED, DocumentView, RenditionKind, RenditionView
from antin.identity.queries import OrganisationView
from antin.ledger import queries as ledger
from antin.ledger.bundle import safe_name
from antin.signing.bundling import proof_bundle
from antin.values import Actor, Secrecy, iso, to_vietnam
from antin.vault import queries as vault

SYSTEM = Actor.system("archive")
PDF, ZIP, ANY = "application/pdf", "application/zip", "application/octet-stream"
ENCLOSED_BYTES = 8 * 1024 * 1024
"""Larger attachments stand in the package once, beside the bundle, which names them by digest."""
PAGES = (RenditionKind.SIGNED, RenditionKind.SEALED, RenditionKind.RECEIVED)
HISTORY_MOST = 1_000
EVENTS = MappingProxyType(
    {
        "registry.document.signed": ("digital signature generation", "Ký số"),
        "registry.document.sealed": ("digital signature generation", "Ký số của cơ quan"),
        "registry.document.issued": ("transfer", "Phát hành"),
        "exchange.parcel.received": ("transfer", "Nhận từ bên gửi"),
        "registry.document.verified": ("digital signature validation", "Kiểm tra chữ ký, tính toàn vẹn khi đến"),
        "registry.document.registered": ("registration", "Vào sổ"),
        "casework.document.completed": ("registration", "Hoàn thành xử lý"),
        "signing.token.attached": ("digital signature generation", "Gia hạn dấu thời gian lưu trữ"),
        "archive.case_file.settled": ("accession", "Nhận vào kho lưu trữ"),
    }
)
"""Acts of the ledger that matter for keeping, in PREMIS's words and in those of the office."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A case file about to be packed: `views` in the order they stand in it."""

    case: CaseFileView
    body: OrganisationView
    views: tuple[DocumentView, ...]

    @property
    def code(self) -> str:
        """Archive code, organisation, year, number: what the circular calls the file's code in the archive."""
        return re.sub(r"[^\w.-]+", "-", f"{self.body.code}.{self.case.year}.{self.case.code}")

    @property
    def secret(self) -> tuple[DocumentView, ...]:
        return tuple(one for one in self.views if one.secrecy is not Secrecy.OPEN)


def facts(gathered: Gathered, package_id: UUID, kind: str, purpose: str, at: datetime) -> PackageFacts:
    """The package as a whole, built at that instant."""
    return PackageFacts(
        id=package_id,
        kind=kind,
        at=at,
        keeper=Body(gathered.body.name, gathered.body.code),
        title=gathered.case.title,
        fields=_case_fields(gathered) if kind == codes.AIP else _request_fields(gathered, package_id, purpose, at),
        history=(
            *_history(gathered.case.id),
            Event("fixity check", at, "Đối chiếu từng byte với mã băm lúc vào kho"),
            Event("information package creation", at, f"Lập gói {kind} theo {codes.BASIS}"),
        ),
        system=(ports.bound().system, version("antin")),
    )


def parts(gathered: Gathered) -> Iterator[DocumentPart]:
    """Each document when its turn comes."""
    for ordinal, view in enumerate(gathered.views, 1):
        yield _part(gathered, ordinal, view)


def _part(gathered: Gathered, ordinal: int, view: DocumentView) -> DocumentPart:
    code, pages = f"{gathered.code}.{ordinal:07d}", _pages(view)
    return DocumentPart(
        ordinal=ordinal,
        code=code,
        fields=_document_fields(gathered, ordinal, view, code, max(one.pages for one in pages)),
        files=tuple(_files(ordinal, view, pages)),
        proof=Part(f"{ordinal:07d}.zip", ZIP, partial(_proof, view.id)),
        history=_history(view.id),
        origin=_origin(gathered, view),
    )


def _pages(view: DocumentView) -> list[RenditionView]:
    """The pages as signed or received; beside them, where archive timestamps were renewed, the newest of those."""
    kept = documents.renditions(SYSTEM, view.id)
    first = [one for one in kept if one.kind in PAGES][:1]
    rules.pages_kept(view.reference_number or view.document_code, kept=bool(first))
    return first + [one for one in kept if one.kind is RenditionKind.RENEWED][:1]


def _files(ordinal: int, view: DocumentView, pages: Sequence[RenditionView]) -> Iterator[Part]:
    for one in pages:
        assert one.content_id is not None
        name = "van-ban" if one.kind in PAGES else "van-ban-gia-han"
        yield Part(f"{ordinal:07d}-{name}.pdf", PDF, partial(vault.stream, one.content_id), one.size)
    for number, file in enumerate(documents.attachments(SYSTEM, view.id), 1):
        name = f"{ordinal:07d}-tep-{safe_name(number, file.name)}"
        yield Part(name, file.media_type or ANY, partial(vault.stream, file.content_id), file.size)


def _proof(document_id: UUID) -> list[bytes]:
    said = ports.bound().receipts.receipts(SYSTEM, document_id)
    return [proof_bundle(SYSTEM, document_id, said, enclosed_bytes=ENCLOSED_BYTES).data]


def _history(object_id: UUID) -> tuple[Event, ...]:
    """What matters of the object's entries, oldest first."""
    rows = reversed(ledger.history(object_id, limit=HISTORY_MOST))
    return tuple(
        Event(EVENTS[row.act][0], row.at, EVENTS[row.act][1], row.actor_name if row.person_id else "", row.id)
        for row in rows
        if row.act in EVENTS
    )


def _origin(gathered: Gathered, view: DocumentView) -> Fields:
    """Whence, to whom and when (379/24.3)."""
    instants = {
        "createdAt": view.created_at,
        "signedAt": view.signed_at,
        "issuedAt": view.issued_at,
        "sentAt": view.sent_at,
        "arrivedAt": view.arrived_at,
    }
    return (
        ("documentCode", view.document_code),
        ("issuingOrganisation", _named(view.issuing_name, view.issuing_code)),
        ("sender", _named(view.sender_name, view.sender_code)),
        ("recipient", ", ".join(view.recipients) or _named(gathered.body.name, gathered.body.code)),
        ("signer", view.signer_name),
        ("channel", view.channel),
        *((name, iso(at) if at else "") for name, at in instants.items()),
    )


def _named(name: str, code: str) -> str:
    return f"{name} ({code})" if name and code else name or code


def _case_fields(gathered: Gathered) -> Fields:
    """The circular's 18 fields of a file; what is not known is left out."""
    case, views = gathered.case, gathered.views
    days = [one.issued_on for one in views if one.issued_on]
    scanned = sum(one.channel == DIGITISED for one in views)
    return (
        ("arcFileCode", gathered.code),
        ("title", case.title),
        ("maintenance", case.file_class.retention),
        ("mode", mode_of(gathered.secret[0].secrecy if gathered.secret else Secrecy.OPEN)),
        ("language", codes.LANGUAGE_VIETNAMESE),
        ("startDate", _day(min(days, default=None))),
        ("endDate", _day(max(days, default=None))),
        ("totalDoc", str(len(views))),
        ("format", codes.FORMAT_GOOD),
        ("confidenceLevel", codes.confidence(scanned, len(views))),
        ("description", f"{case.file_class.code} {case.file_class.title}. Căn cứ thời hạn: {case.file_class.basis}"),
    )


def _request_fields(gathered: Gathered, package_id: UUID, purpose: str, at: datetime) -> Fields:
    """The circular's fields of a request for use."""
    return (
        ("requestID", str(package_id)),
        ("requestDate", _day(to_vietnam(at).date())),
        ("purpose", purpose),
        ("description", f"{gathered.code} {gathered.case.title}"),
    )


def _document_fields(gathered: Gathered, ordinal: int, view: DocumentView, code: str, pages: int) -> Fields:
    """The circular's 19 fields of a document; what is not known is left out."""
    return (
        ("arcFileCode", gathered.code),
        ("docCode", code),
        ("docOrdinal", str(ordinal)),
        ("typeName", codes.type_code(view.type_name)),
        ("codeNumber", view.number_text or str(view.number or "")),
        ("codeNotation", view.notation),
        ("issuedDate", _day(view.issued_on)),
        ("organName", view.issuing_name),
        ("subject", view.abstract),
        ("language", codes.LANGUAGE_VIETNAMESE),
        ("numberOfPage", str(pages or "")),
        ("mode", mode_of(view.secrecy)),
        ("confidenceLevel", codes.confidence(int(view.channel == DIGITISED), 1)),
        ("format", codes.FORMAT_GOOD),
        ("process", "1"),
    )


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
