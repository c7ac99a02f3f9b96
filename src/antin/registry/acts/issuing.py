"""Issue: the clerk's check of every signature, then the document is in force and may leave (379/13.4, 217/6.3)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import DocumentView, RenditionKind
from antin.documents.lifecycle import OUTGOING
from antin.identity import acts as identity
from antin.identity import queries as identity_queries
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.registry import ceremonies, rules
from antin.registry.faults import reach
from antin.registry.models import Defect, Issue
from antin.registry.queries import awaits_timestamp
from antin.registry.rules.timestamps import timestamp_present
from antin.rulebook import queries as rulebook
from antin.rulebook import rules as rulebook_rules
from antin.signing import acts as signing
from antin.values import Actor, Office, iso, to_vietnam
from antin.vault import queries as vault


def issue(*, actor: Actor, document_id: UUID) -> DocumentView:
    """Issues the document: signatures valid and complete now, recipients named, no defect open.

    Needs the answered challenge "issue" bound to the digest of the final PDF. Repeating it answers the
    finished state; the exchange follows the ledger entry and sends.
    """
    documents_queries.document(actor, document_id)
    view = _issued(actor, document_id)
    reach("issue.after_commit")
    return view


@transaction.atomic
def _issued(actor: Actor, document_id: UUID) -> DocumentView:
    document = documents.locked(document_id=document_id)
    if Issue.objects.filter(document_id=document_id, issued_by=actor.person_id).exists():
        return document
    rulebook_rules.secrecy_admissible(document.secrecy, cipher_installed=vault.cipher_product() is not None)
    rules.no_defect_open(Defect.objects.filter(document_id=document_id, state="open").count())
    rules.recipients_named(document.recipients)
    OUTGOING.step(document.state, "issue")
    timestamp_present(waiting=awaits_timestamp(document_id))
    final = ceremonies.current_page(document_id, RenditionKind.SEALED, RenditionKind.SIGNED)
    identity_rules.require_office(actor, (Office.CLERK,), document.owner_id)
    proof = identity.spend_challenge(actor=actor, act="issue", digest=final.digest)
    verdict = _judged(actor, document, final)
    due = rulebook.send_due_at(final.at, document.urgency)
    documents.advance(actor=actor, document_id=document_id, act="issue")
    view = documents.advance(actor=actor, document_id=document_id, act="issue", life="validity")
    documents.apply_change(actor=actor, document_id=document_id)
    documents.note_send_due(document_id=document_id, send_due_at=due)
    _keep(actor, document, final, verdict, due)
    _entry(actor, document, final, str(proof.challenge_id), due)
    reach("issue.before_commit")
    return view


def _judged(actor: Actor, document: DocumentView, final: ceremonies.CurrentPage) -> str:
    """The report on the final bytes, kept with the document; it must be valid and complete (379/13.2, 379/13.4)."""
    seal_needed = _seal_needed(document)
    made = signing.validate_signatures(
        actor=actor,
        document_id=document.id,
        pdf=final.pdf,
        policy=ceremonies.policy_for(seal_needed=seal_needed),
        entry=False,
    )
    ceremonies.must_be_complete(made.report, seal_needed=seal_needed)
    return made.verdict


def _seal_needed(document: DocumentView) -> bool:
    """379/12.3: some types need no seal, and a body without a seal issues on the signature alone."""
    on = document.issued_on or to_vietnam(timezone.now()).date()
    owner = identity_queries.organisation(document.owner_id)
    return rulebook.signatures_required(document.type_code, owner.has_seal, on).seal


def _keep(actor: Actor, document: DocumentView, final: ceremonies.CurrentPage, verdict: str, due: datetime) -> None:
    Issue.objects.create(
        document_id=document.id,
        organisation_id=document.owner_id,
        digest=final.digest,
        recipients=list(document.recipients),
        verdict=verdict,
        issued_by=actor.person_id,
        issued_at=timezone.now(),
        send_due_at=due,
    )


def _entry(actor: Actor, document: DocumentView, final: ceremonies.CurrentPage, challenge: str, due: datetime) -> None:
    ledger.append(
        "registry.document.issued",
        actor,
        object_kind="document",
        object_id=document.id,
        organisation_id=document.owner_id,
        facts={
            "digest": final.digest,
            "document_code": document.document_code,
            "recipients": len(document.recipients),
            "due": iso(due),
            "challenge": challenge,
        },
        detail={"recipients": list(document.recipients), "reference_number": document.reference_number},
        clause="217/9.1",
    )
