"""Documents over REST: the same queries and acts as the pages, the same access rules (379/4.4, 379/22.1)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.exchange import queries as exchange
from antin.registry import acts as registry
from antin.registry import queries as books
from antin.signing import queries as signing
from antin.values import Actor, iso

router = Router(tags=["documents"])
LIMIT = 50


class RegisterIn(Schema):
    forward_to: UUID | None = None
    due_on: date | None = None


class ReturnIn(Schema):
    reason: str


def actor_of(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def shown(actor: Actor, one: DocumentView) -> dict[str, Any]:
    """The facts of 217/11; `digest` is that of the kept PDF, the revision's while there is none."""
    kept = documents.renditions(actor, one.id)
    instants = ("arrived_at", "issued_at", "sent_at", "send_due_at")
    return {
        "id": str(one.id),
        "direction": one.direction,
        "state": one.state,
        "validity": one.validity,
        "type_code": one.type_code,
        "type_name": one.type_name,
        "abstract": one.abstract,
        "urgency": one.urgency,
        "secrecy": one.secrecy,
        "reference_number": one.reference_number,
        "document_code": one.document_code,
        "issued_on": one.issued_on,
        "issuing_name": one.issuing_name,
        "sender_name": one.sender_name,
        "sender_code": one.sender_code,
        "signer_name": one.signer_name,
        "due_on": one.due_on,
        "recipients": list(one.recipients),
        "revision": one.revision,
        "arrival_number": one.arrival_number,
        "digest": kept[0].digest if kept else one.digest,
        **{name: iso(at) if (at := getattr(one, name)) else None for name in instants},
    }


@router.get("/documents", summary="One box of documents, keyset-paged")
def listing(request: HttpRequest, box: str = "incoming", after: str | None = None, limit: int = LIMIT) -> Any:
    actor = actor_of(request)
    found = documents.listing(actor, box=box, after=after, limit=max(1, min(limit, LIMIT)))
    return {"rows": [shown(actor, row) for row in found.rows], "next": found.next}


@router.get("/search", summary="Search by words with or without diacritics, or by number")
def search(request: HttpRequest, q: str, after: str | None = None) -> Any:
    actor = actor_of(request)
    found = documents.search(actor, q[:200], after=after)
    return {"rows": [shown(actor, row) for row in found.rows], "next": found.next}


@router.get("/documents/{document_id}", summary="One document")
def one(request: HttpRequest, document_id: UUID) -> Any:
    actor = actor_of(request)
    return shown(actor, documents.document(actor, document_id))


@router.get("/documents/{document_id}/status", summary="State, validity and legal effect")
def status(request: HttpRequest, document_id: UUID) -> Any:
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    effect = books.legal_effect(actor, document_id)
    worth = {
        "verdict": effect.verdict,
        "sentence": _(effect.sentence),
        "why": _(effect.why).format(**effect.facts),
        "clauses": list(effect.clauses),
    }
    return {"state": document.state, "validity": document.validity, "legal_effect": worth}


@router.get(
    "/documents/{document_id}/agreements", summary="Proposals to declare it void by agreement, who consented when"
)
def agreements(request: HttpRequest, document_id: UUID) -> Any:
    found = documents.agreements(actor_of(request), document_id)
    return {
        "rows": [
            {
                "agreement": str(one.agreement),
                "digest": one.digest,
                "proposer": one.proposer,
                "reason": one.reason,
                "at": iso(one.at),
                "state": one.state,
                "settled_at": iso(one.settled_at) if one.settled_at else None,
                "sides": [
                    {
                        "code": side.code,
                        "answer": side.answer,
                        "person": side.person,
                        "at": iso(side.at) if side.at else None,
                        "reason": side.reason,
                        "evidence": side.evidence,
                    }
                    for side in one.sides
                ],
            }
            for one in found
        ]
    }


@router.get("/documents/{document_id}/deliveries", summary="How each recipient's copy stands")
def deliveries(request: HttpRequest, document_id: UUID) -> Any:
    rows = exchange.deliveries(actor_of(request), document_id)
    return {
        "rows": [
            {
                "recipient_code": row.recipient_code,
                "recipient_name": row.recipient_name,
                "channel": row.channel,
                "state": row.state,
                "times": {state: iso(at) for state, at in row.times.items()},
                "reason": row.reason,
                "attempts": row.attempts,
            }
            for row in rows
        ]
    }


@router.get("/documents/{document_id}/report", summary="The latest validation report, null before the first")
def report(request: HttpRequest, document_id: UUID) -> Any:
    documents.document(actor_of(request), document_id)
    kept = signing.latest_report(document_id)
    return kept.report.to_dict() if kept else None


@router.post("/documents/{document_id}/register", summary="Verify and register an arrived document")
def register(request: HttpRequest, document_id: UUID, given: RegisterIn) -> Any:
    actor = actor_of(request)
    if documents.document(actor, document_id).state == "arrived":
        registry.verify(actor=actor, document_id=document_id)
    view = registry.register_incoming(
        actor=actor, document_id=document_id, forward_to=given.forward_to, due_on=given.due_on
    )
    return {"number": view.number, "due_on": view.due_on, "legal_effect": view.legal_effect}


@router.post("/documents/{document_id}/return", summary="Return an arrived document to its sender, with a reason")
def send_back(request: HttpRequest, document_id: UUID, given: ReturnIn) -> Any:
    actor = actor_of(request)
    return shown(actor, registry.return_document(actor=actor, document_id=document_id, reason=given.reason))
