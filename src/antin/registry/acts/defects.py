"""A defect found by the clerk, and the authorised person's word on it (379/13.4)."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import Direction, DocumentView, RenditionKind
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.registry import books, ceremonies, rules
from antin.registry.acts import timestamps
from antin.registry.lifecycle import DEFECT
from antin.registry.models import Defect
from antin.registry.queries import awaits_timestamp, defect_view
from antin.registry.rules.timestamps import timestamp_present
from antin.registry.views import DefectView
from antin.signing import queries as signing
from antin.values import Actor
from antin.vault import acts as vault

OBLIGATION = "defect"


@transaction.atomic
def refer_defect(*, actor: Actor, document_id: UUID, kind: str, words: str) -> DefectView:
    """Names a defect: issue or registration waits until it is settled."""
    documents_queries.document(actor, document_id)
    name, text = rules.defect_named(kind, words)
    text = vault.sealed_words(document_id, text)
    document = documents.advance(
        actor=actor, document_id=document_id, act="refer_defect", life=_life(documents.locked(document_id=document_id))
    )
    rules.no_defect_open(Defect.objects.filter(document_id=document_id, state="open").count())
    defect = Defect.objects.create(
        document_id=document_id,
        kind=name,
        words=text,
        state=DEFECT.step("", "refer_defect").to,
        referred_by=actor.person_id,
        referred_at=timezone.now(),
    )
    documents.hang_obligation(document_id=document_id, kind=OBLIGATION, key=str(defect.pk))
    ledger.append(
        "registry.defect.referred",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={"defect": str(defect.pk)},
        detail={"kind": name},
        reason=text,
        clause="379/13.4",
    )
    return defect_view(defect)


@transaction.atomic
def settle_defect(
    *, actor: Actor, document_id: UUID, outcome: Literal["proceed", "abandon"], reason: str
) -> DefectView:
    """The authorised person decides: proceed, or abandon with the number voided and never used again.

    Needs the answered challenge "settle_defect" bound to the digest of the document's PDF.
    """
    documents_queries.document(actor, document_id)
    document = documents.locked(document_id=document_id)
    defect = rules.defect_open(Defect.objects.filter(document_id=document_id, state="open").first())
    act = f"settle_defect({outcome})"
    words = vault.sealed_words(document_id, rules.reason_given(reason))
    page = ceremonies.current_page(document_id, RenditionKind.SEALED, RenditionKind.SIGNED, RenditionKind.RECEIVED)
    if outcome == "proceed" and document.direction is Direction.OUTGOING:
        _signatures_valid(document, page.pdf)
    identity.spend_challenge(actor=actor, act="settle_defect", digest=page.digest)
    now = timezone.now()
    documents.advance(actor=actor, document_id=document_id, act=act, life=_life(document))
    defect.state, defect.outcome = DEFECT.step(defect.state, act).to, outcome
    defect.reason, defect.settled_by, defect.settled_at = words, actor.person_id, now
    defect.save()
    voided = books.void_numbers(document_id, act, now=now, note=words) if outcome == "abandon" else 0
    documents.take_down_obligation(document_id=document_id, kind=OBLIGATION, key=str(defect.pk))
    if outcome == "abandon":
        timestamps.end_timestamp(document_id)
    ledger.append(
        "registry.defect.settled",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={"outcome": outcome, "defect": str(defect.pk), "numbers_voided": voided},
        reason=words,
        clause="379/13.4",
    )
    return defect_view(defect)


def _signatures_valid(document: DocumentView, pdf: bytes) -> None:
    """Nobody may let a page of one's own organisation go on whose signatures do not hold (379/13.2)."""
    timestamp_present(waiting=awaits_timestamp(document.id))
    if document.state == "sealed":
        ceremonies.must_be_complete(
            signing.validate(pdf, policy=ceremonies.policy_for(seal_needed=True)), seal_needed=True
        )
    else:
        ceremonies.must_be_signed(pdf)


def _life(document: DocumentView) -> str:
    return "incoming" if document.direction is Direction.INCOMING else "outgoing"
