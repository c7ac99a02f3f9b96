"""What others may read of the registry. Every list is bounded; documents are shown as `documents` permits."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils import timezone

from antin.documents import queries as documents
from antin.documents.facts import Direction, DocumentView
from antin.documents.worth import LegalEffect
from antin.identity import rules as identity_rules
from antin.registry import ceremonies, effect, rules, tickets
from antin.registry.models import (
    AwaitedTimestamp,
    Defect,
    DeviceTicket,
    FormCheck,
    Forwarding,
    Issue,
    Number,
    Register,
    Registration,
    SignatureRequest,
    Verification,
)
from antin.registry.views import (
    AwaitedTimestampView,
    DefectView,
    DeviceTask,
    FindingView,
    FormCheckView,
    ForwardingView,
    IssueView,
    RegisterPage,
    RegisterRow,
    RegisterView,
    RegistrationView,
    SignatureRequestView,
    TicketView,
    VerificationView,
)
from antin.regulation import RuleViolation
from antin.signing import queries as signing
from antin.signing.queries import ReportView
from antin.signing.verdict import Report
from antin.values import Actor, Office
from antin.vault import queries as vault

LIMIT = 200
WAITING_MOST = 50
READERS = (Office.CLERK, Office.SEAL_KEEPER, Office.LEADER)
"""Who opens the books of an organisation; a line's document is shown only to those who may see it."""


def registers(actor: Actor) -> tuple[RegisterView, ...]:
    """The books of the organisations where the actor is clerk, seal keeper or leader; newest period first."""
    rows = (
        Register.objects.filter(organisation_id__in=actor.organisations(*READERS))
        .annotate(last=Max("numbers__number"), used=Count("numbers", filter=Q(numbers__state="used")))
        .order_by("organisation_id", "kind", "-period", "series")[:LIMIT]
    )
    return tuple(
        RegisterView(
            id=row.pk,
            organisation_id=row.organisation_id,
            kind=row.kind,
            series=row.series,
            period=row.period,
            state=row.state,
            opened_at=row.opened_at,
            last=row.last or 0,
            used=row.used,
        )
        for row in rows
    )


def register_rows(actor: Actor, register_id: UUID, *, after: int = 0, limit: int = 50) -> RegisterPage:
    """Lines of a book from the number after `after` on, as for print (sổ đi, sổ đến). At most 200 a page."""
    register = Register.objects.get(pk=register_id)
    identity_rules.require_office(actor, READERS, register.organisation_id)
    size = max(1, min(limit, LIMIT))
    found = list(Number.objects.filter(register=register, number__gt=after).order_by("number")[: size + 1])
    rows = found[:size]
    cards = documents.cards(actor, [row.document_id for row in rows if row.document_id])
    sent = _by_document(Issue.objects.filter(document_id__in=cards))
    taken = _by_document(Registration.objects.filter(document_id__in=cards))
    lines = tuple(
        RegisterRow(
            number=row.number,
            state=row.state,
            reference_number=row.reference_number,
            entered_on=row.entered_on,
            note=vault.opened_words(row.document_id, row.note) if row.document_id in cards else row.note,
            document_id=row.document_id if row.document_id in cards else None,
            document=cards.get(row.document_id),
            recipients=tuple(sent[row.document_id].recipients) if row.document_id in sent else (),
            forward_to=taken[row.document_id].forward_to if row.document_id in taken else None,
            due_on=taken[row.document_id].due_on if row.document_id in taken else None,
        )
        for row in rows
    )
    return RegisterPage(lines, rows[-1].number if len(found) > size else None)


def _by_document(rows: Iterable[object]) -> dict[UUID, object]:
    return {row.document_id: row for row in rows}  # type: ignore[attr-defined]


def signature_request(actor: Actor, document_id: UUID) -> SignatureRequestView | None:
    """The newest request of the document, whatever its state."""
    documents.document(actor, document_id)
    row = SignatureRequest.objects.select_related("number").filter(document_id=document_id).order_by("-opened_at")
    found = row.first()
    return request_view(found) if found else None


def awaits_timestamp(document_id: UUID) -> bool:
    """True while a signature on it is kept and its timestamp is still asked for (379/12.2.b)."""
    return AwaitedTimestamp.objects.filter(document_id=document_id, state="waiting").exists()


def awaiting_timestamp(document_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these documents whose newest signature has no timestamp yet; the caller may see them all."""
    waiting = AwaitedTimestamp.objects.filter(document_id__in=list(document_ids), state="waiting")
    return frozenset(waiting.values_list("document_id", flat=True))


def awaited_timestamp(actor: Actor, document_id: UUID) -> AwaitedTimestampView | None:
    """What is known of the timestamp that the document waits for; None when it waits for none."""
    documents.document(actor, document_id)
    row = AwaitedTimestamp.objects.filter(document_id=document_id, state="waiting").first()
    return (
        AwaitedTimestampView(row.document_id, row.kind, row.since, row.tries, row.trouble, row.trouble_facts)
        if row
        else None
    )


def signed_awaiting_timestamp(actor: Actor) -> tuple[DocumentView, ...]:
    """Documents that this person signed or sealed and that wait for their timestamp, the longest waiting first."""
    if actor.person_id is None:
        return ()
    rows = AwaitedTimestamp.objects.filter(person_id=actor.person_id, state="waiting").order_by("since")
    found = (_seen(actor, document_id) for document_id in rows.values_list("document_id", flat=True)[:50])
    return tuple(view for view in found if view is not None)


def _seen(actor: Actor, document_id: UUID) -> DocumentView | None:
    try:
        return documents.document(actor, document_id)
    except RuleViolation:
        return None


def device_ticket(secret: str) -> TicketView | None:
    """The ticket that a bearer's secret opens, whatever its state; None when no ticket has it."""
    given = tickets.hashed(secret)
    row = DeviceTicket.objects.select_related("request").filter(Q(secret_hash=given) | Q(download_hash=given)).first()
    return _ticket_view(row, may_answer=row.secret_hash == given) if row else None


def latest_ticket(actor: Actor, document_id: UUID) -> TicketView | None:
    """The newest ticket that this actor opened on the document, to see how it stands."""
    documents.document(actor, document_id)
    own = DeviceTicket.objects.select_related("request").filter(person_id=actor.person_id)
    row = own.filter(request__document_id=document_id).order_by("-opened_at").first()
    return _ticket_view(row, may_answer=False) if row else None


def _ticket_view(row: DeviceTicket, *, may_answer: bool) -> TicketView:
    return TicketView(
        id=row.pk,
        document_id=row.request.document_id,
        person_id=row.person_id,
        session=row.session,
        origin=row.origin,
        way=row.request.way,
        state=row.state,
        expires_at=row.expires_at,
        may_answer=may_answer,
    )


def device_task(actor: Actor, ticket: TicketView) -> DeviceTask:
    """What the device is asked to sign; RuleViolation 379/5.6 unless the ticket is open and this actor's."""
    row = DeviceTicket.objects.select_related("request__number").get(pk=ticket.id)
    document = documents.document(actor, row.request.document_id)
    given = (actor.person_id, actor.session, row.request.digest)
    now = timezone.now()
    rules.ticket_fits(
        row.state, bound=(row.person_id, row.session, row.digest), given=given, expires_at=row.expires_at, now=now
    )
    prepared, _page = ceremonies.prepared_page(row.request)
    state = ceremonies.read_state(prepared)
    return DeviceTask(
        document=document,
        request=request_view(row.request),
        pdf=prepared.pdf,
        start=state.start,
        end=state.end,
        algorithm=state.algorithm,
        certificate=state.certificates[0],
        expires_at=row.expires_at,
    )


def form_check(actor: Actor, document_id: UUID) -> FormCheckView | None:
    """The newest form check of the document."""
    documents.document(actor, document_id)
    found = FormCheck.objects.filter(document_id=document_id).order_by("-checked_at").first()
    return form_check_view(found) if found else None


def registration(actor: Actor, document_id: UUID) -> RegistrationView | None:
    """The line of an incoming document in the book of arrivals."""
    documents.document(actor, document_id)
    found = Registration.objects.select_related("number").filter(document_id=document_id).first()
    return registration_view(found) if found else None


def verification(actor: Actor, document_id: UUID) -> VerificationView | None:
    """The newest verification of an incoming document."""
    documents.document(actor, document_id)
    found = Verification.objects.filter(document_id=document_id).order_by("-verified_at").first()
    return verification_view(found) if found else None


def defects(actor: Actor, document_id: UUID) -> tuple[DefectView, ...]:
    """Every defect of the document, newest first."""
    documents.document(actor, document_id)
    rows = Defect.objects.filter(document_id=document_id).order_by("-referred_at")[:LIMIT]
    return tuple(defect_view(row) for row in rows)


def defects_waiting(actor: Actor) -> tuple[tuple[DocumentView, DefectView], ...]:
    """Open defects that this person may settle, the longest waiting first; at most 50 (379/13.4).

    A signatory decides on what goes out, a leader on what came in, each for the organisation that holds the document.
    """
    offices = {Direction.OUTGOING: Office.SIGNATORY, Direction.INCOMING: Office.LEADER}
    if not any(actor.organisations(office) for office in offices.values()):
        return ()
    rows = list(Defect.objects.filter(state="open").order_by("referred_at", "id"))
    seen = documents.cards(actor, [row.document_id for row in rows])
    return tuple(
        (view, defect_view(row))
        for row in rows
        if (view := seen.get(row.document_id)) and actor.holds(offices[view.direction], view.owner_id)
    )[:WAITING_MOST]


def open_defects(ids: Iterable[UUID]) -> frozenset[UUID]:
    """Which of these documents stand still for a defect, for lists whose rows were seen already."""
    return frozenset(
        Defect.objects.filter(document_id__in=list(ids), state="open").values_list("document_id", flat=True)
    )


def forwardings(actor: Actor, document_id: UUID) -> tuple[ForwardingView, ...]:
    """To whom an incoming document was passed on, oldest first."""
    documents.document(actor, document_id)
    rows = Forwarding.objects.filter(document_id=document_id).order_by("at")[:LIMIT]
    return tuple(
        ForwardingView(row.document_id, row.to_person, vault.opened_words(row.document_id, row.words), row.by, row.at)
        for row in rows
    )


def issue_of(document_id: UUID) -> IssueView | None:
    """To whom a document was issued, for the rooms above that send it; None before issue."""
    row = Issue.objects.filter(document_id=document_id).first()
    if row is None:
        return None
    return IssueView(row.document_id, row.digest, tuple(row.recipients), row.issued_by, row.issued_at, row.send_due_at)


def report_of(actor: Actor, document_id: UUID) -> tuple[Report, ReportView | None]:
    """What its signatures come to: the kept report, or one made now and kept nowhere while nobody has checked yet."""
    document = documents.document(actor, document_id)
    kept = signing.latest_report(document_id)
    if kept is not None:
        return kept.report, kept
    pdf, _rendition = documents.pdf(actor, document_id)
    return signing.validate(pdf, policy=effect.policy_of(document)), None


def legal_effect(actor: Actor, document_id: UUID) -> LegalEffect:
    """What the document is worth now, and why: computed, never stored (379/12.2 to 12.5, 217/4)."""
    return effect.of_document(documents.document(actor, document_id))


def agreed_effect(document: DocumentView, report: Report) -> LegalEffect | None:
    """What an arrived document would be worth by this report when that rests on terms agreed with its sender, else None."""
    found = effect.by_report(document, report) if document.terms_id is not None else None
    return found if found is not None and found.verdict == "original_agreed" else None


def request_view(row: SignatureRequest) -> SignatureRequestView:
    return SignatureRequestView(
        id=row.pk,
        document_id=row.document_id,
        state=row.state,
        digest=row.digest,
        number=row.number.number,
        notation=row.notation,
        reference_number=row.reference_number,
        document_code=row.document_code,
        issued_on=row.issued_on,
        signatory_id=row.signatory_id,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        reason=row.reason,
        way=row.way,
    )


def form_check_view(row: FormCheck) -> FormCheckView:
    return FormCheckView(
        id=row.pk,
        document_id=row.document_id,
        digest=row.digest,
        rule_set=row.rule_set,
        passed=row.passed,
        findings=tuple(FindingView(**finding) for finding in row.findings),
        checked_by=row.checked_by,
        checked_at=row.checked_at,
    )


def registration_view(row: Registration) -> RegistrationView:
    return RegistrationView(
        id=row.pk,
        document_id=row.document_id,
        register_id=row.number.register_id,
        number=row.number.number,
        due_on=row.due_on,
        forward_to=row.forward_to,
        legal_effect=row.legal_effect,
        registered_by=row.registered_by,
        registered_at=row.registered_at,
        note=row.note,
    )


def verification_view(row: Verification) -> VerificationView:
    return VerificationView(
        id=row.pk,
        document_id=row.document_id,
        report_id=row.report_id,
        digest=row.digest,
        verdict=row.verdict,
        address_ok=row.address_ok,
        verified_by=row.verified_by,
        verified_at=row.verified_at,
    )


def defect_view(row: Defect) -> DefectView:
    return DefectView(
        id=row.pk,
        document_id=row.document_id,
        kind=row.kind,
        words=vault.opened_words(row.document_id, row.words),
        state=row.state,
        outcome=row.outcome,
        reason=vault.opened_words(row.document_id, row.reason),
        referred_by=row.referred_by,
        referred_at=row.referred_at,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )
