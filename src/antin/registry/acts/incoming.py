"""What arrives: verified, registered, passed on, or returned (217/5.2, 217/10.1).

Unknown is never valid: a document whose report is not "valid" enters the book only after the leader's word,
and then for reference only (379/13.4, 217/4.2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import DocumentView, RenditionKind
from antin.identity import queries as identity
from antin.ledger import acts as ledger
from antin.registry import books, ceremonies, effect, rules
from antin.registry.faults import reach
from antin.registry.models import Defect, Forwarding, Number, Registration, Verification
from antin.registry.queries import registration_view
from antin.registry.views import RegistrationView
from antin.rulebook import queries as rulebook
from antin.signing import acts as signing
from antin.signing.queries import ReportView
from antin.values import Actor, to_vietnam
from antin.vault import acts as vault


def verify(*, actor: Actor, document_id: UUID) -> ReportView:
    """Origin, legality, authenticity, integrity and address of an arrived document, as a report (217/10.1)."""
    documents_queries.document(actor, document_id)
    page = ceremonies.current_page(document_id, RenditionKind.RECEIVED)
    with transaction.atomic():
        document = documents.advance(actor=actor, document_id=document_id, act="verify", life="incoming")
        policy = effect.policy_of(document)
        report = signing.validate_signatures(
            actor=actor, document_id=document_id, pdf=page.pdf, policy=policy, entry=False
        )
        rules.report_covers(report.digest, page.digest)
        ours = identity.organisation(document.owner_id).codes.values()
        checked = Verification.objects.create(
            document_id=document_id,
            report_id=report.id,
            digest=page.digest,
            verdict=report.verdict,
            address_ok=not document.recipients or rules.addressed_to_us(ours, document.recipients),
            verified_by=actor.person_id,
            verified_at=timezone.now(),
        )
        ledger.append(
            "registry.document.verified",
            actor,
            object_kind="document",
            object_id=document_id,
            organisation_id=document.owner_id,
            facts={
                "digest": page.digest,
                "verdict": report.verdict,
                "report": str(report.id),
                "address_ok": checked.address_ok,
            },
            clause="217/10.1",
        )
    return report


def register_incoming(
    *,
    actor: Actor,
    document_id: UUID,
    forward_to: UUID | None = None,
    due_on: date | None = None,
    note: str = "",
) -> RegistrationView:
    """Takes the next arrival number and proposes a deadline; with `forward_to` passes the document on at once.

    Registering and passing on are two acts: a crash between them leaves a registered document in the list.
    """
    documents_queries.document(actor, document_id)
    view = _register(actor, document_id, forward_to, due_on, note)
    reach("register.after_commit")
    if forward_to is not None:
        forward(actor=actor, document_id=document_id, to_person=forward_to)
    return view


def _register(
    actor: Actor, document_id: UUID, forward_to: UUID | None, due_on: date | None, note: str
) -> RegistrationView:
    def take(document: DocumentView) -> Number:
        now = timezone.now()
        register = books.locked_register(
            document.owner_id, books.INCOMING, "", on=to_vietnam(now).date(), now=now, opened_by=actor.person_id
        )
        return books.allot(register, "register_incoming", document_id=document_id, now=now)

    return register_with(
        actor=actor, document_id=document_id, take=take, forward_to=forward_to, due_on=due_on, note=note
    )


@transaction.atomic
def register_with(
    *,
    actor: Actor,
    document_id: UUID,
    take: Callable[[DocumentView], Number],
    forward_to: UUID | None = None,
    due_on: date | None = None,
    note: str = "",
) -> RegistrationView:
    """Registers an arrival under the number that `take` answers once the document may be registered; for acts of registration."""
    document = documents.locked(document_id=document_id)
    if forward_to is not None:
        _may_receive(forward_to, document.owner_id)
    _admissible(document)
    now = timezone.now()
    on = to_vietnam(now).date()
    document = documents.advance(actor=actor, document_id=document_id, act="register_incoming", life="incoming")
    number = take(document)
    due = due_on or rules.earlier(document.due_on, _proposed(document, on))
    documents.note_arrival_number(document_id=document_id, number=number.number, register_id=number.register_id)
    documents.note_due_on(document_id=document_id, due_on=due)
    worth = effect.of_document(document)
    registration = Registration.objects.create(
        document_id=document_id,
        organisation_id=document.owner_id,
        number=number,
        legal_effect=worth.verdict,
        due_on=due,
        forward_to=forward_to,
        registered_by=actor.person_id,
        registered_at=now,
        note=vault.sealed_words(document_id, note.strip()),
    )
    ledger.append(
        "registry.document.registered",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={"number": number.number, "register": str(number.register_id), "legal_effect": worth.verdict},
        clause="217/5.2",
    )
    reach("register.before_commit")
    return registration_view(registration)


def _admissible(document: DocumentView) -> None:
    """Verified on exactly these bytes, valid or settled for reference, and no defect open (217/10.1, 379/13.4)."""
    checked = Verification.objects.filter(document_id=document.id).order_by("-verified_at").first()
    page = ceremonies.current_page(document.id, RenditionKind.RECEIVED)
    rules.report_covers(checked.digest if checked else "", page.digest)
    defects = Defect.objects.filter(document_id=document.id)
    rules.no_defect_open(defects.filter(state="open").count())
    settled = defects.filter(state="settled", outcome="proceed").exists()
    by_terms = effect.stands_by_terms(document)
    rules.admissible(checked.verdict if checked else "", settled_for_reference=settled, by_terms=by_terms)


def _proposed(document: DocumentView, on: date) -> date:
    """The deadline proposed: so many working days from today by urgency (217/11.13)."""
    day = on
    for _ in range(rules.due_days(document.urgency)):
        day = rulebook.next_working_day(day)
    return day


def _may_receive(person_id: UUID, organisation_id: UUID) -> None:
    admitted = {organisation_id} | identity.descendants(organisation_id)
    rules.need_to_know(identity.person(person_id).organisation_id, admitted)


@transaction.atomic
def forward(*, actor: Actor, document_id: UUID, to_person: UUID, words: str = "") -> DocumentView:
    """Passes a registered document on to a leader or to a person of a unit, who may read it from then on."""
    documents_queries.document(actor, document_id)
    _may_receive(to_person, documents.locked(document_id=document_id).owner_id)
    document = documents.advance(actor=actor, document_id=document_id, act="forward", life="incoming")
    documents.grant_access(document_id=document_id, person_id=to_person, why="forwarded")
    Forwarding.objects.create(
        document_id=document_id,
        to_person=to_person,
        words=vault.sealed_words(document_id, words.strip()),
        by=actor.person_id,
        at=timezone.now(),
    )
    ledger.append(
        "registry.document.forwarded",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={"to": str(to_person)},
        reason=words.strip(),
        clause="217/5.2",
    )
    return document


@transaction.atomic
def return_document(*, actor: Actor, document_id: UUID, reason: str) -> DocumentView:
    """Returns the document to its sender with a reason; an arrival number stays, with a note beside it."""
    documents_queries.document(actor, document_id)
    words = vault.sealed_words(document_id, rules.reason_given(reason, "217/10.1.p2"))
    document = documents.advance(actor=actor, document_id=document_id, act="return_document", life="incoming")
    _close_defects(document_id, words, actor, timezone.now())
    _note_in_book(document_id, words)
    ledger.append(
        "registry.document.returned",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        reason=words,
        clause="217/10.1.p2",
    )
    return document


def _close_defects(document_id: UUID, words: str, actor: Actor, now: datetime) -> None:
    """What was found faulty has gone back: nothing of it is left to decide here."""
    for defect in Defect.objects.filter(document_id=document_id, state="open"):
        defect.state, defect.reason, defect.settled_by, defect.settled_at = "settled", words, actor.person_id, now
        defect.save()
        documents.take_down_obligation(document_id=document_id, kind="defect", key=str(defect.pk))


def _note_in_book(document_id: UUID, words: str) -> None:
    registration = Registration.objects.filter(document_id=document_id).first()
    if registration is not None:
        registration.note = words
        registration.save(update_fields=["note"])
        books.annotate(registration.number_id, words)


@transaction.atomic
def discard(*, actor: Actor, document_id: UUID, reason: str, duplicate: bool = False) -> DocumentView:
    """Puts a recalled copy (or, before registration, a duplicate) out of use; the bytes are kept (217/10.2.p2)."""
    documents_queries.document(actor, document_id)
    words = vault.sealed_words(document_id, rules.reason_given(reason, "217/10.2.p2"))
    before = documents.locked(document_id=document_id)
    rules.discardable(before.state, in_force=rules.in_force(before.validity), duplicate=duplicate)
    document = documents.advance(actor=actor, document_id=document_id, act="discard", life="incoming")
    _note_in_book(document_id, words)
    ledger.append(
        "registry.document.discarded",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={"duplicate": duplicate},
        reason=words,
        clause="217/10.2.p2",
    )
    return document
