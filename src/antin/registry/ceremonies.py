"""The ceremony as the registry holds it: which bytes go in, which come out, judged before they are kept.

Used by this room's acts alone. `complete_person` and `complete_seal` ask keys, timestamps and certificate states
over the network and therefore run outside every transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.documents.facts import DocumentView, RenditionKind
from antin.documents.ports import LaidOut
from antin.identity import queries as identity
from antin.registry import rules
from antin.registry.models import SignatureRequest
from antin.signing import ceremony
from antin.signing import queries as signing
from antin.signing.ceremony.preparation import read_state
from antin.signing.queries import CertificateView
from antin.signing.verdict import Policy, Report
from antin.values import sha256_hex
from antin.vault import acts as vault
from antin.vault import queries as vault_queries

STATE_TYPE = "application/json"
ON_THE_WAY = Policy(required=("person",), complete=False)


@dataclass(frozen=True, slots=True)
class CurrentPage:
    """The newest PDF of one of the kinds asked for."""

    pdf: bytes
    digest: str
    pages: int
    anchors: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """`digest`: SHA-256 of the prepared PDF's signed range; where page and ceremony state are kept."""

    digest: str
    rendition_id: UUID
    ceremony_content_id: UUID


@dataclass(frozen=True, slots=True)
class SignedPage:
    """A finished signature or seal: PDF, its SHA-256, and the certificate that made it."""

    pdf: bytes
    digest: str
    pages: int
    anchors: dict[str, Any]
    serial_hex: str


def current_page(document_id: UUID, *kinds: RenditionKind) -> CurrentPage:
    """The first kind of which the document has a PDF; RuleViolation 379/13.2 when it has none of them."""
    found = next((one for kind in kinds if (one := documents.rendition_bytes(document_id, kind)) is not None), None)
    pdf, rendition = rules.page_kept(found)
    return CurrentPage(pdf, rendition.digest, rendition.pages, dict(rendition.anchors or {}), rendition.at)


def prepare_person(
    document: DocumentView, laid: LaidOut, certificate: CertificateView, *, at: datetime
) -> PreparedPage:
    """Keeps the laid-out page and the one with empty places for signature and seal; joins the transaction."""
    anchors = dict(laid.anchors)
    documents_acts.keep_rendition(
        document_id=document.id, kind=RenditionKind.LAID_OUT, data=laid.pdf, pages=laid.pages, anchors=anchors
    )
    owner = identity.organisation(document.owner_id)
    place = anchors["signature"]
    prepared = ceremony.prepare(
        laid.pdf,
        role="person",
        page=place["page"],
        box=tuple(place["box"]),
        certificate=certificate,
        appearance=ceremony.Appearance.person(
            document.signer_name, document.signer_position, document.signing_capacity, at
        ),
        at=at,
        first=True,
        seal=_place(anchors["seal"]) if owner.has_seal else None,
    )
    kept = documents_acts.keep_rendition(
        document_id=document.id, kind=RenditionKind.PREPARED, data=prepared.pdf, pages=laid.pages, anchors=anchors
    )
    state = vault.store(prepared.state, owner=document.id, media_type=STATE_TYPE)
    return PreparedPage(prepared.digest, kept.id, state.id)


def complete_person(request: SignatureRequest, certificate: CertificateView) -> SignedPage:
    """Signs the prepared page of this request: value, timestamp, certificate states (B-LT). Network inside."""
    page = current_page(request.document_id, RenditionKind.PREPARED)
    prepared = ceremony.restore(page.pdf, vault_queries.read(request.ceremony_content_id))
    return _completed(prepared, page, certificate)


def complete_seal(document: DocumentView, before: CurrentPage, certificate: CertificateView) -> SignedPage:
    """Seals the signed page at the place that was kept for the seal (B-LTA). Network inside."""
    place = before.anchors["seal"]
    prepared = ceremony.prepare(
        before.pdf,
        role="seal",
        page=place["page"],
        box=tuple(place["box"]),
        certificate=certificate,
        appearance=ceremony.Appearance.seal(identity.organisation(document.owner_id).name),
        at=timezone.now(),
        first=False,
    )
    return _completed(prepared, before, certificate)


def _completed(prepared: ceremony.Prepared, page: CurrentPage, certificate: CertificateView) -> SignedPage:
    signed = ceremony.complete(prepared, key_ref=certificate.key_ref)
    hole = read_state(prepared)
    rules.old_bytes_are_prefix(prepared.pdf, signed, (hole.start, hole.end))
    return SignedPage(signed, sha256_hex(signed), page.pages, page.anchors, certificate.serial_hex)


def _place(anchor: dict[str, Any]) -> ceremony.Place:
    return ceremony.Place(page=anchor["page"], box=tuple(anchor["box"]))


def must_be_signed(pdf: bytes) -> None:
    """The signed page on its way to the seal: the person's signature is valid, nothing changed since (379/13.2)."""
    must_be_complete(signing.validate(pdf, policy=ON_THE_WAY), seal_needed=False)


def policy_for(*, seal_needed: bool) -> Policy:
    """What a finished document must carry by the catalogue of its day (379/13.2, 379/28.2)."""
    return Policy(required=("person", "seal") if seal_needed else ("person",))


def must_be_complete(report: Report, *, seal_needed: bool) -> None:
    """Every signature the catalogue asks for is there and valid (379/13.2, 379/12.3, 379/12.4)."""
    rules.signatures_complete(report.verdict, {one.role for one in report.signatures}, seal_needed=seal_needed)
