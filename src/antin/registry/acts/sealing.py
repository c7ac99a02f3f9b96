"""The organisation's seal on the signed page (379/8.4, 379/12.4): keeper and signatory are two persons."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents import rules as documents_rules
from antin.documents.facts import DocumentView, RenditionKind
from antin.documents.lifecycle import OUTGOING
from antin.identity import acts as identity
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.registry import ceremonies, rules, step_up
from antin.registry.acts import timestamps
from antin.registry.faults import reach
from antin.registry.models import Sealing, SignatureRequest
from antin.registry.queries import awaits_timestamp
from antin.registry.rules.timestamps import timestamp_present
from antin.signing import queries as signing
from antin.signing.queries import CertificateView
from antin.values import Actor, Office


def seal(*, actor: Actor, document_id: UUID) -> DocumentView:
    """Seals the signed PDF with the issuing organisation's certificate; then it is timestamped for the long term (B-LTA).

    Needs the answered challenge "seal" bound to the digest of the signed PDF. Repeating it answers the
    finished state.
    """
    document = documents_queries.document(actor, document_id)
    if Sealing.objects.filter(document_id=document_id, keeper_id=actor.person_id).exists():
        return document
    OUTGOING.step(document.state, "seal(last)")
    timestamp_present(waiting=awaits_timestamp(document_id))
    identity_rules.require_office(actor, (Office.SEAL_KEEPER,), document.owner_id)
    rules.keeper_is_not_signatory(documents_rules.persons(actor), _signatories(document_id))
    certificate = _seal_certificate(document.owner_id, timezone.now())
    before = ceremonies.current_page(document_id, RenditionKind.SIGNED)
    step_up.asked(actor, "seal", before.digest)
    ceremonies.must_be_signed(before.pdf)
    sealed = ceremonies.apply_seal(document, before, certificate)
    reach("seal.after_signature")
    view, awaited = _take_in(actor, document_id, before, sealed, certificate)
    reach("seal.after_commit")
    timestamps.attach_now(awaited)
    return view


def _signatories(document_id: UUID) -> set[UUID | None]:
    rows = SignatureRequest.objects.filter(document_id=document_id, state="done")
    return {person for row in rows.values_list("signatory_id", "on_behalf_of") for person in row}


def _seal_certificate(organisation_id: UUID, now: datetime) -> CertificateView:
    certificate = rules.certificate_present(signing.certificate_for("organisation", organisation_id, "seal"), seal=True)
    signing.require_fit(certificate, purpose="seal", holder_kind="organisation", holder_id=organisation_id, at=now)
    return certificate


@transaction.atomic
def _take_in(
    actor: Actor,
    document_id: UUID,
    before: ceremonies.CurrentPage,
    sealed: ceremonies.SignedPage,
    certificate: CertificateView,
) -> tuple[DocumentView, UUID | None]:
    document = documents.locked(document_id=document_id)
    if Sealing.objects.filter(document_id=document_id, keeper_id=actor.person_id).exists():
        return document, None
    rules.keeper_is_not_signatory(documents_rules.persons(actor), _signatories(document_id))
    proof = identity.spend_challenge(actor=actor, act="seal", digest=before.digest)
    view = documents.advance(actor=actor, document_id=document_id, act="seal(last)")
    documents.keep_rendition(
        document_id=document_id,
        kind=RenditionKind.SEALED,
        data=sealed.pdf,
        pages=sealed.pages,
        anchors=sealed.anchors,
    )
    awaited = timestamps.await_timestamp(
        actor=actor,
        act="seal",
        document_id=document_id,
        organisation_id=document.owner_id,
        kind=RenditionKind.SEALED,
        signed=sealed,
    )
    Sealing.objects.create(
        document_id=document_id,
        keeper_id=actor.person_id,
        certificate_id=certificate.id,
        digest_before=before.digest,
        digest_after=sealed.digest,
        at=timezone.now(),
    )
    ledger.append(
        "registry.document.sealed",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={
            "digest_before": before.digest,
            "digest_after": sealed.digest,
            "certificate": sealed.serial_hex,
            "challenge": str(proof.challenge_id),
            "step_up": proof.method.value,
        },
        clause="379/12.4",
    )
    reach("seal.before_commit")
    return view, awaited
