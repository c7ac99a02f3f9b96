"""The signature: a page with number and date is prepared, signed elsewhere, and taken in (379/8.3, 217/11.2).

`prepare_signature` reserves the number and makes the page in one transaction, for the way the person signs: with the
key that the house keeps, or with one's own device (`device.py`). `sign` asks the key outside any transaction and then
commits everything at once: challenge spent, number used, signed bytes kept, document signed. A crash before that commit
leaves the open request, a crash after it the signed document; a second click finds the finished state. Only then the
timestamp is asked for (`timestamps.py`): an authority that is slow or down costs nobody a second signature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from antin.registry import books, ceremonies, pages, rules, step_up, tickets
from antin.registry.acts import timestamps
from antin.registry.faults import reach
from antin.registry.lifecycle import REQUEST
from antin.registry.models import FormCheck, Number, SignatureRequest
from antin.registry.queries import request_view
from antin.registry.views import SignatureRequestView
from antin.signing import queries as signing
from antin.signing.queries import CertificateView
from antin.values import Actor, Office, to_vietnam


@transaction.atomic
def prepare_signature(*, actor: Actor, document_id: UUID, way: str = "") -> SignatureRequestView:
    """Reserves the lowest free number, dates and lays out the final page, and opens the request.

    `way`: by the key the house keeps, by the person's device, or in another program as a whole file; none named means
    the first of them for which the person has a certificate. A second click answers the request that stands; another
    way prepares anew, under the same number. `digest` of the answer is what the challenge is bound to.
    """
    rules.way_known(way)
    documents_queries.document(actor, document_id)
    document = documents.locked(document_id=document_id)
    now = timezone.now()
    standing = SignatureRequest.objects.filter(document_id=document_id, state="open").first()
    if standing and _still_good(standing, actor, document, way, now):
        return request_view(standing)
    _may_prepare(actor, document)
    certificate, chosen = _certificate(actor, now, way)
    documents.advance(actor=actor, document_id=document_id, act="prepare_signature")
    actor = identity_rules.on_behalf(actor, Office.SIGNATORY, document.owner_id)
    if standing:
        _lapse(standing, reason="prepared_again", now=now)
    request = _prepared(actor, document, certificate, now, chosen)
    ledger.append(
        "registry.request.prepared",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={
            "digest": request.digest,
            "number": request.number.number,
            "request": str(request.pk),
            "way": request.way,
        },
        detail={"reference_number": request.reference_number},
        clause="379/13.1",
    )
    reach("prepare.before_commit")
    return request_view(request)


def _may_prepare(actor: Actor, document: DocumentView) -> None:
    rules.may_sign(documents_rules.persons(actor), named=document.signatory_id)
    mandate = identity_rules.require_office(actor, (Office.SIGNATORY,), document.owner_id)
    rules.may_sign_type(document.type_code, mandate.document_types)
    rules.capacity_as_lent(document.signing_capacity, mandate.capacity if mandate.lent else "")
    check = FormCheck.objects.filter(document_id=document.id).order_by("-checked_at").first()
    rules.form_checked(
        document.digest, checked_digest=check.digest if check else None, passed=bool(check and check.passed)
    )
    rules.handling_proven(documents_queries.handling(document.id))


def _still_good(standing: SignatureRequest, actor: Actor, document: DocumentView, way: str, now: datetime) -> bool:
    mine = standing.signatory_id == actor.person_id and way in ("", standing.way)
    return mine and not _over(standing, document, now)


def _certificate(actor: Actor, now: datetime, way: str) -> tuple[CertificateView, str]:
    """The certificate of the person who acts, and the way it signs: nobody signs with another's key (379/5.7)."""
    found = _of_person(actor.person_id, way or rules.HOUSE)
    chosen = way or (rules.HOUSE if found else rules.DEVICE)
    certificate = rules.certificate_present(found or (None if way else _of_person(actor.person_id, chosen)))
    signing.require_fit(certificate, purpose="sign", holder_kind="person", holder_id=certificate.holder_id, at=now)
    return certificate, chosen


def _of_person(person_id: UUID | None, way: str) -> CertificateView | None:
    if person_id is None:
        return None
    return signing.certificate_for("person", person_id, "sign", key_here=way == rules.HOUSE)


def _prepared(
    actor: Actor, document: DocumentView, certificate: CertificateView, now: datetime, way: str
) -> SignatureRequest:
    on = to_vietnam(now).date()
    register = books.locked_register(
        document.owner_id, books.OUTGOING, document.type_code, on=on, now=now, opened_by=actor.person_id
    )
    number = books.allot(register, "prepare_signature", document_id=document.id, now=now)
    line = pages.number_line(document, number.number, on)
    number.reference_number = line.reference_number
    number.save(update_fields=["reference_number"])
    laid = pages.final_page(document, line)
    prepared = ceremonies.prepare_person(document, laid, certificate, at=now, way=way)
    return SignatureRequest.objects.create(
        document_id=document.id,
        organisation_id=document.owner_id,
        signatory_id=actor.person_id,
        on_behalf_of=actor.on_behalf_of,
        certificate_id=certificate.id,
        number=number,
        notation=line.notation,
        reference_number=line.reference_number,
        document_code=books.claimed_code(line.document_code),
        issued_on=on,
        way=way,
        revision_digest=document.digest,
        digest=prepared.digest,
        rendition_id=prepared.rendition_id,
        ceremony_content_id=prepared.ceremony_content_id,
        state=REQUEST.step("", "prepare_signature").to,
        opened_at=now,
        expires_at=rules.request_expires_at(now),
    )


def sign(*, actor: Actor, document_id: UUID) -> DocumentView:
    """Signs the prepared page with the key that the house keeps, timestamps it, and makes the number used.

    Needs the answered challenge "sign" bound to the request's digest. Repeating it answers the finished state.
    """
    document = documents_queries.document(actor, document_id)
    request = SignatureRequest.objects.filter(document_id=document_id).order_by("-opened_at").first()
    if request and is_mine_and_done(request, actor):
        return document
    OUTGOING.step(document.state, "sign(last)")
    open_request = signable(request, actor, document, timezone.now())
    rules.key_is_here(open_request.way)
    certificate, _way = _certificate(actor, timezone.now(), open_request.way)
    step_up.asked(actor, "sign", open_request.digest)
    reach("sign.before_signature")
    signed = ceremonies.sign_person(open_request, certificate)
    reach("sign.after_signature")
    view, awaited = take_in(actor, document_id, open_request.pk, signed, _spend)
    reach("sign.after_commit")
    timestamps.attach_now(awaited)
    return view


def is_mine_and_done(request: SignatureRequest, actor: Actor) -> bool:
    return request.state == "done" and request.signatory_id == actor.person_id


def signable(request: SignatureRequest | None, actor: Actor, document: DocumentView, now: datetime) -> SignatureRequest:
    """The request, when this actor may sign it for this revision now."""
    found = rules.request_made(request)
    rules.may_sign(documents_rules.persons(actor), named=found.signatory_id)
    rules.request_is_open(found.state, expires_at=found.expires_at, now=now)
    rules.same_revision(found.revision_digest, document.digest)
    return found


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How and by which challenge the person confirmed this signature; `ticket` when a device made it."""

    challenge_id: UUID
    method: str
    ticket: str = ""


def _spend(actor: Actor, request: SignatureRequest) -> Confirmed:
    proof = identity.spend_challenge(actor=actor, act="sign", digest=request.digest)
    return Confirmed(proof.challenge_id, proof.method.value)


@transaction.atomic
def take_in(
    actor: Actor,
    document_id: UUID,
    request_id: UUID,
    signed: ceremonies.SignedPage,
    confirm: Callable[[Actor, SignatureRequest], Confirmed],
) -> tuple[DocumentView, UUID | None]:
    """Everything at once: the confirmation used up, the number used, the signed bytes kept, the document signed.

    With the timestamp that is still to be asked for, which needs the network and no person.
    """
    document = documents.locked(document_id=document_id)
    request = SignatureRequest.objects.select_for_update().select_related("number").get(pk=request_id)
    if is_mine_and_done(request, actor):
        return document, None
    now = timezone.now()
    signable(request, actor, document, now)
    rules.handling_proven(documents_queries.handling(document_id))
    confirmed = confirm(actor, request)
    number = books.move(request.number, "sign", now=now)
    awaited = _keep(actor, document, request, signed, number)
    view = documents.advance(actor=actor, document_id=document_id, act="sign(last)")
    actor = identity_rules.on_behalf(actor, Office.SIGNATORY, document.owner_id)
    _close(request, "sign", now=now, signed_digest=signed.digest)
    _note_signed(actor, document, request, signed, confirmed)
    reach("sign.before_commit")
    return view, awaited


def _keep(
    actor: Actor, document: DocumentView, request: SignatureRequest, signed: ceremonies.SignedPage, number: Number
) -> UUID | None:
    """Number and signed bytes stand on the document; the timestamp that is still owed."""
    documents.note_number(
        document_id=document.id,
        number=number.number,
        notation=request.notation,
        reference_number=request.reference_number,
        issued_on=request.issued_on,
        document_code=request.document_code,
    )
    documents.keep_rendition(
        document_id=document.id,
        kind=RenditionKind.SIGNED,
        data=signed.pdf,
        pages=signed.pages,
        anchors=signed.anchors,
    )
    return timestamps.await_timestamp(
        actor=actor,
        act="sign",
        document_id=document.id,
        organisation_id=document.owner_id,
        kind=RenditionKind.SIGNED,
        signed=signed,
    )


def _note_signed(
    actor: Actor,
    document: DocumentView,
    request: SignatureRequest,
    signed: ceremonies.SignedPage,
    confirmed: Confirmed,
) -> None:
    ledger.append(
        "registry.document.signed",
        actor,
        object_kind="document",
        object_id=document.id,
        organisation_id=document.owner_id,
        facts={
            "digest_before": request.digest,
            "digest_after": signed.digest,
            "certificate": signed.serial_hex,
            "number": request.number.number,
            "challenge": str(confirmed.challenge_id),
            "step_up": confirmed.method,
            "way": request.way,
            **({"ticket": confirmed.ticket} if confirmed.ticket else {}),
        },
        detail={
            "reference_number": request.reference_number,
            "signing_capacity": document.signing_capacity,
            "document_code": request.document_code,
        },
        clause="379/8.3",
    )


@transaction.atomic
def lapse_signature(*, actor: Actor, request_id: UUID, reason: str) -> SignatureRequestView:
    """Closes an open request and gives its number back; the signatory's own wish, or the system's finding."""
    wanted = SignatureRequest.objects.get(pk=request_id)
    rules.may_lapse(actor.person_id, signatory_id=wanted.signatory_id, system=actor.office is Office.SYSTEM)
    documents.locked(document_id=wanted.document_id)
    request = SignatureRequest.objects.select_for_update().select_related("number").get(pk=request_id)
    _lapse(request, reason=rules.reason_given(reason, "379/11.5"), now=timezone.now())
    ledger.append(
        "registry.request.lapsed",
        actor,
        object_kind="document",
        object_id=request.document_id,
        organisation_id=request.organisation_id,
        facts={"request": str(request.pk), "digest": request.digest},
        reason=request.reason,
        clause="379/11.5",
    )
    return request_view(request)


def lapse_due(now: datetime | None = None) -> int:
    """Lapses every request whose time is over, whose approval was withdrawn, or whose certificate ended.

    A job of the worker; each request in a transaction of its own. Answers how many lapsed.
    """
    at = now or timezone.now()
    open_ids = SignatureRequest.objects.filter(state="open").order_by("expires_at").values_list("pk", flat=True)
    return sum(_lapse_if_over(request_id, at) for request_id in list(open_ids[:500]))


@transaction.atomic
def _lapse_if_over(request_id: UUID, now: datetime) -> bool:
    document_id = SignatureRequest.objects.values_list("document_id", flat=True).get(pk=request_id)
    document = documents.locked(document_id=document_id)
    request = SignatureRequest.objects.get(pk=request_id)
    reason = _over(request, document, now) if request.state == "open" else ""
    if reason:
        lapse_signature(actor=Actor.system(), request_id=request_id, reason=reason)
    return bool(reason)


def _over(request: SignatureRequest, document: DocumentView, now: datetime) -> str:
    certificate = _of_person(request.signatory_id, request.way)
    return rules.request_over(
        expired=now >= request.expires_at,
        approved="sign(last)" in OUTGOING.acts(document.state),
        same_revision=request.revision_digest == document.digest,
        certificate_active=certificate is not None and certificate.id == request.certificate_id,
    )


def _lapse(request: SignatureRequest, *, reason: str, now: datetime) -> None:
    books.move(request.number, "lapse_signature", now=now)
    _close(request, "lapse_signature", now=now, reason=reason)
    tickets.end(request.pk, now=now, reason=reason)


def _close(request: SignatureRequest, act: str, *, now: datetime, signed_digest: str = "", reason: str = "") -> None:
    request.state = REQUEST.step(request.state, act).to
    request.closed_at, request.signed_digest, request.reason = now, signed_digest, reason
    request.save(update_fields=["state", "closed_at", "signed_digest", "reason"])
