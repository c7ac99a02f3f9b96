"""The signature by the person's own device: the same page, the same taking in, the key elsewhere (379/13.5, 379/5.11).

`open_device_ticket` spends the person's confirmation and gives a secret for one answer about one document. The device
answers with a value or a whole CMS (`take_device_signature`), another program with the whole file (`take_signed_file`).
What comes back is proven outside any transaction, then everything commits at once, the ticket used with it. A crash or
a device that never answers leaves the document unsigned; its number goes back when the request lapses.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import DocumentView
from antin.documents.lifecycle import OUTGOING
from antin.identity import acts as identity
from antin.identity.acts.challenges import hold_account
from antin.ledger import acts as ledger
from antin.registry import ceremonies, rules, tickets
from antin.registry.acts import timestamps
from antin.registry.acts.signature import Confirmed, signable, take_in
from antin.registry.faults import reach
from antin.registry.lifecycle import TICKET
from antin.registry.models import DeviceTicket, SignatureRequest
from antin.registry.views import OpenedTicket
from antin.regulation import RuleViolation
from antin.signing import queries as signing
from antin.signing.queries import CertificateView
from antin.values import Actor

Completed = Callable[[SignatureRequest, CertificateView], ceremonies.SignedPage]


@transaction.atomic
def open_device_ticket(*, actor: Actor, document_id: UUID, origin: str) -> OpenedTicket:
    """A secret for one answer of the person's device about the prepared page; `origin`: where it is to be given.

    Needs the answered challenge "sign" bound to the request's digest, and spends it. An earlier ticket of the same
    request ends.
    """
    documents_queries.document(actor, document_id)
    document = documents.locked(document_id=document_id)
    now = timezone.now()
    OUTGOING.step(document.state, "sign(last)")
    newest = SignatureRequest.objects.filter(document_id=document_id).order_by("-opened_at").first()
    request = signable(newest, actor, document, now)
    rules.key_elsewhere(request.way)
    _fit(request, actor)
    proof = identity.spend_challenge(actor=actor, act="sign", digest=request.digest)
    tickets.end(request.pk, now=now, reason="opened_again")
    secret = tickets.new_secret()
    ticket = DeviceTicket.objects.create(
        request=request,
        person_id=actor.person_id,
        session=actor.session,
        digest=request.digest,
        origin=origin,
        secret_hash=tickets.hashed(secret),
        download_hash=tickets.hashed(tickets.reading_secret(secret)),
        challenge_id=proof.challenge_id,
        method=proof.method.value,
        state=TICKET.step("", "open_device_ticket").to,
        opened_at=now,
        expires_at=rules.ticket_expires_at(now, request.expires_at),
    )
    ledger.append(
        "registry.ticket.opened",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={
            "ticket": str(ticket.pk),
            "request": str(request.pk),
            "digest": request.digest,
            "way": request.way,
            "origin": origin,
            "challenge": str(proof.challenge_id),
            "step_up": proof.method.value,
        },
        clause="379/13.5",
    )
    return OpenedTicket(ticket.pk, secret, tickets.reading_secret(secret), request.way, ticket.expires_at)


def take_device_signature(
    *, actor: Actor, ticket_id: UUID, origin: str, value: bytes = b"", cms: bytes = b""
) -> DocumentView:
    """The device's answer: the raw signature over the signed attributes, or a detached CMS over the page.

    RuleViolation 379/5.6 for a ticket that does not fit, 379/5.11 for a signature that is not the expected person's
    over exactly the prepared page; the latter uses the ticket up.
    """

    def completed(request: SignatureRequest, certificate: CertificateView) -> ceremonies.SignedPage:
        return ceremonies.sign_person_elsewhere(request, certificate, value=value, cms=cms)

    return _answered(actor, ticket_id, origin, rules.DEVICE, completed)


def take_signed_file(*, actor: Actor, ticket_id: UUID, origin: str, data: bytes) -> DocumentView:
    """The whole file as another program signed it: the prepared bytes, one signature of the expected person, nothing else.

    RuleViolation as `take_device_signature`.
    """

    def completed(request: SignatureRequest, certificate: CertificateView) -> ceremonies.SignedPage:
        return ceremonies.sign_person_whole_file(request, certificate, data)

    return _answered(actor, ticket_id, origin, rules.FILE, completed)


def _answered(actor: Actor, ticket_id: UUID, origin: str, way: str, completed: Completed) -> DocumentView:
    ticket = DeviceTicket.objects.select_related("request").get(pk=ticket_id)
    _fits(ticket, ticket.request, actor, origin, way)
    document = documents_queries.document(actor, ticket.request.document_id)
    OUTGOING.step(document.state, "sign(last)")
    request = signable(ticket.request, actor, document, timezone.now())
    certificate = _fit(request, actor)
    reach("device.before_proof")
    try:
        signed = completed(request, certificate)
    except RuleViolation as wrong:
        _refuse(actor, ticket_id, wrong)
        raise
    reach("device.after_proof")
    view, awaited = take_in(actor, document.id, request.pk, signed, _use(ticket_id, origin, way))
    reach("device.after_commit")
    timestamps.attach_now(awaited)
    return view


def _fits(ticket: DeviceTicket, request: SignatureRequest, actor: Actor, origin: str, way: str) -> None:
    rules.ticket_fits(
        ticket.state,
        bound=(ticket.person_id, ticket.session, ticket.origin, ticket.digest, request.way),
        given=(actor.person_id, actor.session, origin, request.digest, way),
        expires_at=ticket.expires_at,
        now=timezone.now(),
    )


def _fit(request: SignatureRequest, actor: Actor) -> CertificateView:
    """The certificate the page was prepared for, still usable and still this person's (379/5.7, 379/9.2)."""
    certificate = signing.certificate(request.certificate_id)
    assert actor.person_id is not None
    signing.require_fit(certificate, purpose="sign", holder_kind="person", holder_id=actor.person_id, at=timezone.now())
    return certificate


def _use(ticket_id: UUID, origin: str, way: str) -> Callable[[Actor, SignatureRequest], Confirmed]:
    """Inside the transaction of the signature: the ticket is used once, by an account that is active now."""

    def confirm(actor: Actor, request: SignatureRequest) -> Confirmed:
        hold_account(actor=actor)
        ticket = DeviceTicket.objects.select_for_update().get(pk=ticket_id, request=request)
        _fits(ticket, request, actor, origin, way)
        tickets.close(ticket, "take_device_signature", now=timezone.now())
        reach("device.before_commit")
        return Confirmed(ticket.challenge_id, ticket.method, str(ticket.pk))

    return confirm


@transaction.atomic
def _refuse(actor: Actor, ticket_id: UUID, wrong: RuleViolation) -> None:
    """A wrong answer uses the ticket up and stands in the ledger; the document stays unsigned (379/5.11)."""
    ticket = DeviceTicket.objects.select_for_update().select_related("request").get(pk=ticket_id)
    if ticket.state != "open":
        return
    tickets.close(ticket, "refuse_device_signature", now=timezone.now(), reason=wrong.clause)
    ledger.append(
        "registry.ticket.refused",
        actor,
        object_kind="document",
        object_id=ticket.request.document_id,
        organisation_id=ticket.request.organisation_id,
        facts={"ticket": str(ticket.pk), "request": str(ticket.request_id), "digest": ticket.digest},
        reason=wrong.clause,
        clause="379/5.11",
    )
