"""The ceremony as the registry holds it: which bytes go in, which come out, judged before they are kept.

Used by this room's acts alone. What signs or seals asks keys and certificate states over the network and
therefore runs outside every transaction; timestamps are asked for by `acts.timestamps`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from antin.regulation import Indeterminate
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
    """A signature or seal: PDF, its SHA-256, and the certificate that made it.

    `hole`: where its CMS stands, (end, end) for another program's file, which is not `own`. `timed`: nothing is
    missing any more; otherwise timestamp and certificate states are still to be added.
    """

    pdf: bytes
    digest: str
    pages: int
    anchors: dict[str, Any]
    serial_hex: str
    hole: tuple[int, int] = (0, 0)
    own: bool = True
    timed: bool = False


def current_page(document_id: UUID, *kinds: RenditionKind) -> CurrentPage:
    """The first kind of which the document has a PDF; RuleViolation 379/13.2 when it has none of them."""
    found = next((one for kind in kinds if (one := documents.rendition_bytes(document_id, kind)) is not None), None)
    pdf, rendition = rules.page_kept(found)
    return CurrentPage(pdf, rendition.digest, rendition.pages, dict(rendition.anchors or {}), rendition.at)


def prepare_person(
    document: DocumentView, laid: LaidOut, certificate: CertificateView, *, at: datetime, way: str
) -> PreparedPage:
    """Keeps the laid-out page and the one with empty places for signature and seal; joins the transaction.

    For another program (`rules.FILE`) the page is handed out without a place for the signature: it makes its own.
    """
    anchors = dict(laid.anchors)
    documents_acts.keep_rendition(
        document_id=document.id, kind=RenditionKind.LAID_OUT, data=laid.pdf, pages=laid.pages, anchors=anchors
    )
    place, seal = anchors["signature"], anchors["seal"]
    kept_for_seal = _place(seal) if identity.organisation(document.owner_id).has_seal else None
    if way == rules.FILE:
        prepared = ceremony.hand_out(laid.pdf, certificate=certificate, at=at, seal=kept_for_seal)
    else:
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
            seal=kept_for_seal,
        )
    kept = documents_acts.keep_rendition(
        document_id=document.id, kind=RenditionKind.PREPARED, data=prepared.pdf, pages=laid.pages, anchors=anchors
    )
    state = vault.store(prepared.state, owner=document.id, media_type=STATE_TYPE)
    return PreparedPage(prepared.digest, kept.id, state.id)


def prepared_page(request: SignatureRequest) -> tuple[ceremony.Prepared, CurrentPage]:
    """The prepared page of this request with its state of the ceremony."""
    page = current_page(request.document_id, RenditionKind.PREPARED)
    return ceremony.restore(page.pdf, vault_queries.read(request.ceremony_content_id)), page


def sign_person(request: SignatureRequest, certificate: CertificateView) -> SignedPage:
    """Signs the prepared page of this request; its timestamp is asked for once it is kept. Network inside."""
    prepared, page = prepared_page(request)
    return _signed_page(prepared, ceremony.untimed(prepared, key_ref=certificate.key_ref), page, certificate)


def sign_person_elsewhere(
    request: SignatureRequest, certificate: CertificateView, *, value: bytes = b"", cms: bytes = b""
) -> SignedPage:
    """Takes in what the person's device made, a bare value or a whole CMS, proven first. Network inside."""
    prepared, page = prepared_page(request)
    proven = ceremony.prove_cms(prepared, cms) if cms else ceremony.prove(prepared, value)
    return _signed_page(prepared, ceremony.untimed_proven(prepared, proven), page, certificate)


def sign_person_whole_file(request: SignatureRequest, certificate: CertificateView, came_back: bytes) -> SignedPage:
    """Takes in the file that another program signed, proven first, and valid as it will be kept. Network inside.

    Whether it is valid shows with its timestamp only; where none is to be had now, it is judged when one is added.
    """
    prepared, page = prepared_page(request)
    proven = ceremony.prove_back(prepared, came_back)
    try:
        signed = ceremony.finish(proven, own=False)
    except Indeterminate:
        return replace(_signed_page(prepared, proven, page, certificate), own=False)
    must_be_signed(signed)
    return replace(_signed_page(prepared, signed, page, certificate), own=False, timed=True)


def apply_seal(document: DocumentView, before: CurrentPage, certificate: CertificateView) -> SignedPage:
    """Seals the signed page at the place that was kept for the seal. Network inside."""
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
    return _signed_page(prepared, ceremony.untimed(prepared, key_ref=certificate.key_ref), before, certificate)


def _signed_page(
    prepared: ceremony.Prepared, signed: bytes, page: CurrentPage, certificate: CertificateView
) -> SignedPage:
    hole = read_state(prepared)
    rules.old_bytes_are_prefix(prepared.pdf, signed, (hole.start, hole.end))
    return SignedPage(
        signed, sha256_hex(signed), page.pages, page.anchors, certificate.serial_hex, (hole.start, hole.end)
    )


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
