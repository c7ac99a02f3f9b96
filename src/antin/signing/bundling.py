"""The proof bundle of one document, put together from what the rooms keep of it (379/5.5): the same wherever it is asked for.

Signed words of partners come from the room above, as `Receipt`s. Integrate the ledger before, so that every entry is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from antin.documents import queries as documents
from antin.documents.facts import AttachmentView
from antin.ledger import queries as ledger
from antin.ledger.bundle import Apart, BundleEntry, BundleParts, build_bundle
from antin.signing import ports, queries
from antin.signing.evidence_records import queries as evidence_records
from antin.values import Actor

ENCLOSED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Receipt:
    """A signed word about a document: its name in the bundle, digest and size of the bytes that `read` gives."""

    name: str
    digest: str
    size: int
    read: Callable[[], bytes]


Sized = TypeVar("Sized", AttachmentView, Receipt)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The bundle's bytes, and the digest of the document's pages in it."""

    data: bytes
    digest: str


def proof_bundle(
    actor: Actor, document_id: UUID, receipts: Sequence[Receipt], *, enclosed_bytes: int = ENCLOSED_BYTES
) -> Bundle:
    """For who may read the document; files beyond `enclosed_bytes` are only named, with their digests."""
    document = documents.document(actor, document_id)
    data, rendition = documents.pdf(actor, document_id)
    report = queries.latest_report(document_id)
    files = documents.attachments(actor, document_id)
    enclosed, said = _enclosed(files, enclosed_bytes), _enclosed(receipts, enclosed_bytes)
    heads, timed = evidence_records.timed(document_id)
    parts = BundleParts(
        heads=heads,
        timed=timed,
        document_id=document_id,
        title=document.reference_number or document.abstract[:80],
        document=data,
        vkey=ledger.log_key(),
        entries=tuple(BundleEntry(e.id, e.payload, e.proof, e.opening) for e in ledger.evidence(document_id)),
        report=report.report.to_dict() if report else None,
        anchors_pem=_anchors(),
        attachments=tuple((one.name, b"".join(documents.attachment_pieces(actor, one.id)[1])) for one in enclosed),
        receipts=tuple((one.name, one.read()) for one in said),
        apart=tuple(
            Apart(one.name, one.digest, one.size)
            for one in (*(f for f in files if f not in enclosed), *(r for r in receipts if r not in said))
        ),
    )
    return Bundle(build_bundle(parts), rendition.digest)


def _anchors() -> bytes:
    ders = ports.in_force().trust.anchors
    return b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in ders)


def _enclosed(parts: Iterable[Sized], most: int) -> list[Sized]:
    """What fits into a bundle, in order; the rest is only named there, with its digest."""
    inside: list[Sized] = []
    for one in parts:
        if sum(kept.size for kept in inside) + one.size <= most:
            inside.append(one)
    return inside
