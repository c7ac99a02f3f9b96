"""The inbox: a sound parcel becomes a document, its receipt and its ledger entry in one transaction (217/10.1, 217/6.2).

Exactly once: the row (sender, parcel) is inserted in that same transaction, so of any number of posts at once one
has the effect and all get the byte-identical answer; the same id with other bytes is a conflict, never a second effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from antin.documents import acts as documents
from antin.documents.facts import IncomingFacts
from antin.exchange import directory, faults, irregularities, ports, rules, wire
from antin.exchange.acts.held import close_held
from antin.exchange.acts.notices import apply_early_notices
from antin.exchange.acts.same import known_copy
from antin.exchange.acts.terms import covering
from antin.exchange.apart.keeping import Kept
from antin.exchange.durable import certain_commit
from antin.exchange.lifecycle import PARCEL_IN
from antin.exchange.messages import Receipt, Refusal, Signed
from antin.exchange.models import Certificate, Evidence, ParcelIn, Partner
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.sql import CompiledQuery, insert_once
from antin.values import N_, Actor, Secrecy, new_id, sha256_hex, to_vietnam
from antin.vault import acts as vault

_KNOWN = CompiledQuery(
    lambda sender, parcel: ParcelIn.objects.filter(sender_code=sender, parcel=parcel).values_list(
        "id", "digest", "answer_status", "answer"
    ),
    str,
    UUID,
)
CONSIGNED, CONSIGNMENT_FAILED = "ContentConsignment", "ContentConsignmentFailure"
TAKEN, DOUBTFUL = 200, 422


@dataclass(frozen=True, slots=True)
class Arrival:
    """A parcel whose sender, signature and digests held; `names` are those of the attachments, in order."""

    partner_id: UUID
    manifest: wire.Manifest
    manifest_bytes: bytes
    signature: bytes
    certificate: Certificate
    sender_name: str
    recipient: directory.OwnKey
    envelope: bytes
    document: bytes
    attachments: tuple[bytes | Kept, ...]
    names: tuple[str, ...] = ()
    pages: int = 0
    partner_failed: bool = False
    has_terms: bool = False
    """Other terms stand with the partner: whether they cover this parcel is asked only then (379/12.2.c)."""
    inner: wire.Manifest | None = None
    """The manifest inside a Mật parcel: it tells of the pieces as they are here, `manifest` of what came by wire."""

    @property
    def stated(self) -> wire.Manifest:
        return self.inner or self.manifest

    @property
    def digest(self) -> str:
        return sha256_hex(self.manifest_bytes)


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer that stands in the inbox."""

    status: int
    answer: bytes
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """The same sender used the same id for other bytes before."""

    known_digest: str


def known_answer(sender: str, parcel: UUID, digest: str) -> Stored | Conflict | None:
    """What was answered before to this sender's parcel; None when it is new.

    The repeat is counted: a write whose commit is waited for, so an answer read here is as durable as that commit.
    """
    row = _KNOWN.first(sender, parcel)
    if row is None:
        return None
    row_id, known_digest, status, answer = row
    if known_digest != digest:
        irregularities.note(
            irregularities.SAME_ID_OTHER_BYTES,
            source=digest,
            subject=parcel,
            sender_code=sender,
            detail={"known": known_digest},
        )
        return Conflict(known_digest)
    with certain_commit():
        ParcelIn.objects.filter(id=row_id).update(repeats=F("repeats") + 1)
    return Stored(status, bytes(answer), repeated=True)


def receive_parcel(*, actor: Actor, arrival: Arrival, facts: IncomingFacts) -> Stored | Conflict:
    """Takes a sound parcel in: document, signed receipt, evidence, ledger entry, or all of nothing."""
    now = ports.bound().clock.now()
    receipt = directory.signed(
        arrival.recipient,
        Receipt(
            event=CONSIGNED,
            parcel=arrival.manifest.parcel,
            sender=arrival.manifest.sender,
            recipient=arrival.manifest.recipient,
            manifest=arrival.digest,
            signature=sha256_hex(arrival.signature),
            document=arrival.manifest.document.sha256,
            at=now,
            certificate=arrival.recipient.fingerprint,
        ),
    )

    envelope = vault.Item(arrival.envelope, "application/edxml+xml")
    row = _row(arrival, "receive_parcel(sound)", TAKEN, receipt)
    row.document_id, row.envelope, row.reference_number = new_id(), envelope.id, facts.reference_number

    def effect() -> Mapping[str, str]:
        if (known := _came_by_mail(arrival)) is not None:
            _join(row, known, envelope)
            return {"came_before": "official_mail"}
        documents.take_in(
            actor=actor,
            organisation_id=arrival.recipient.organisation_id,
            facts=_under_terms(arrival, facts, now),
            pdf=arrival.document,
            attachments=_files(arrival),
            pages=arrival.pages,
            document_id=row.document_id,
            beside=[envelope],
        )
        apply_early_notices(row)
        return {}

    return _once(actor, row, arrival, receipt, effect)


def _under_terms(arrival: Arrival, facts: IncomingFacts, at: datetime) -> IncomingFacts:
    """With the terms that cover it today, kept with the document because they may end; nothing Mật ever has any."""
    if not arrival.has_terms or arrival.stated.secrecy is not Secrecy.OPEN:
        return facts
    found = covering(
        partner_id=arrival.partner_id,
        their_code=arrival.manifest.sender,
        our_code=arrival.manifest.recipient,
        type_code=facts.type_code,
        on=to_vietnam(at).date(),
    )
    return replace(facts, terms_id=found[0], terms_reference=found[1]) if found else facts


def _came_by_mail(arrival: Arrival) -> UUID | None:
    if arrival.stated.secrecy is not Secrecy.OPEN:
        return None
    _envelope, document, *files = arrival.stated.parts
    return known_copy(
        organisation_id=arrival.recipient.organisation_id,
        sender_code=arrival.stated.sender,
        document_code=arrival.stated.document_code,
        digest=document.sha256,
        files=(part.sha256 for part in files),
    )


def _join(row: ParcelIn, known: UUID, envelope: vault.Item) -> None:
    """The parcel of a document that its letter brought before: envelope and receipt go to that document."""
    row.document_id, row.state = known, PARCEL_IN.step("", "receive_parcel(same)").to
    row.save(update_fields=["document_id", "state"])
    vault.store_all([envelope], owner=known)
    apply_early_notices(row)


def quarantine_parcel(*, actor: Actor, arrival: Arrival, refusal: Refusal) -> Stored | Conflict:
    """Keeps a doubtful parcel for the exchange operator; the sender gets the signed refusal (379/5.4)."""

    answer = directory.signed(arrival.recipient, refusal)
    pieces = [vault.Item(piece) for piece in (arrival.envelope, arrival.document, *arrival.attachments)]
    row = _row(arrival, "receive_parcel(doubtful)", DOUBTFUL, answer)
    row.contents, row.reason = [str(piece.id) for piece in pieces], refusal.reason

    def effect() -> Mapping[str, str]:
        if arrival.manifest.secrecy is not Secrecy.OPEN:
            vault.protect(owner=row.id)
        vault.store_all(pieces, owner=row.id)
        return {}

    return _once(actor, row, arrival, answer, effect)


def _once(
    actor: Actor, row: ParcelIn, arrival: Arrival, answer: Signed, effect: Callable[[], Mapping[str, str]]
) -> Stored | Conflict:
    with certain_commit():
        is_new = insert_once(row)
        if is_new:
            facts = effect()
            _keep_evidence(row, arrival, answer)
            _tell(actor, row, arrival, answer, facts)
            if arrival.partner_failed:
                Partner.objects.filter(id=arrival.partner_id).update(failures=0, retry_at=None)
            faults.reach("receive.taken_in")
    if is_new:
        return Stored(row.answer_status, answer.to_bytes())
    known = known_answer(arrival.manifest.sender, arrival.manifest.parcel, arrival.digest)
    assert known is not None
    return known


def _row(arrival: Arrival, act: str, status: int, answer: Signed) -> ParcelIn:
    now = ports.bound().clock.now()
    return ParcelIn(
        id=new_id(),
        sender_code=arrival.manifest.sender,
        parcel=arrival.manifest.parcel,
        partner_id=arrival.partner_id,
        recipient_code=arrival.manifest.recipient,
        organisation_id=arrival.recipient.organisation_id,
        state=PARCEL_IN.step("", act).to,
        digest=arrival.digest,
        manifest=arrival.manifest_bytes,
        signature=arrival.signature,
        certificate=arrival.certificate,
        document_code=arrival.manifest.document_code,
        urgency=arrival.manifest.urgency,
        answer_status=status,
        answer=answer.to_bytes(),
        received_at=now,
        is_skewed=arrival.manifest.built_at - now > rules.SKEW_ALLOWED,
    )


def _files(arrival: Arrival) -> tuple[tuple[str, str, bytes | Kept], ...]:
    kinds = (part.media_type for part in arrival.stated.parts[2:])
    return tuple(zip(arrival.names, kinds, arrival.attachments, strict=True))


def _keep_evidence(row: ParcelIn, arrival: Arrival, answer: Signed) -> None:
    payload = answer.open()
    assert isinstance(payload, Receipt | Refusal)
    insert_once(
        Evidence(
            document_id=row.document_id,
            parcel_in=row,
            event=payload.event,
            side="ours",
            signer_code=arrival.manifest.recipient,
            message=answer.to_bytes(),
            digest=sha256_hex(answer.to_bytes()),
            certificate=directory.keep_certificate(arrival.recipient.der, arrival.recipient.code),
            at=row.received_at,
        )
    )


def _tell(actor: Actor, row: ParcelIn, arrival: Arrival, answer: Signed, facts: Mapping[str, str]) -> None:
    ledger.append(
        "exchange.parcel.received",
        actor,
        object_kind="document" if row.document_id else "parcel",
        object_id=row.document_id or row.id,
        organisation_id=row.organisation_id,
        facts={
            "parcel": str(row.parcel),
            "sender": row.sender_code,
            "recipient": row.recipient_code,
            "state": row.state,
            "manifest": row.digest,
            "document": arrival.manifest.document.sha256,
            "evidence": sha256_hex(answer.to_bytes()),
            **facts,
        },
        detail={"sender_name": arrival.sender_name, "document_code": row.document_code},
        reason=row.reason,
        clause="217/10.1",
    )


def settle_parcel(*, actor: Actor, parcel_in_id: UUID, reason: str) -> None:
    """The exchange operator closes a quarantined parcel for good; the sender had the refusal already (217/10.1.p2)."""
    with transaction.atomic():
        row = ParcelIn.objects.select_for_update().filter(id=parcel_in_id).first()
        if row is None:
            raise RuleViolation("379/4.4", N_("Không có gói tin này."), N_("Mở lại trang liên thông."))
        step = PARCEL_IN.step(row.state, "settle_parcel(refuse)")
        close_held(actor, row, step, reason, {"parcel": str(row.parcel)})
