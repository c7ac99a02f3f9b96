"""Paper copies: who asked, what was printed, what a code on paper leads to now."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from antin.conversion import rules
from antin.conversion.models import PaperOutput
from antin.conversion.queries.digitising import digitised_found
from antin.conversion.rules.confirming import request_digest
from antin.conversion.views import LookUp, OutputView, Waiting
from antin.documents import queries as documents
from antin.documents import rules as document_rules
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office
from antin.vault import queries as vault

LIMIT = 200
CLERKS = (Office.CLERK, Office.CONVERTER)
DECIDERS = (Office.COMPETENT_AUTHORITY,)


def outputs(actor: Actor, document_id: UUID) -> tuple[OutputView, ...]:
    """Every copy of the document that was asked for, newest first; a reader who is no clerk sees one's own."""
    document = documents.document(actor, document_id)
    rows = PaperOutput.objects.filter(document_id=document_id).order_by("-asked_at", "-id")
    if not keeps(actor, document.owner_id):
        mine = Q(asked_by=actor.person_id)
        rows = rows.filter(mine | Q(kind="confirmation") if decides(actor, document.owner_id) else mine)
    return tuple(output_view(row, document) for row in rows[:LIMIT])


def waiting(actor: Actor) -> Waiting:
    """What lies with the clerk and with who decides on confirmations: open requests, oldest first, and copies to be taken back
    (379/19.5)."""
    mine = PaperOutput.objects.filter(organisation_id__in=actor.organisations(*CLERKS))
    open_rows = list(_open(actor).order_by("asked_at")[:LIMIT])
    out = _seen(actor, mine.filter(kind="copy", state="printed").order_by("-printed_at")[: 5 * LIMIT])
    ended = [pair for pair in out if pair[1].worth != rules.IN_FORCE and not pair[1].for_authority]
    return Waiting(tuple(_seen(actor, open_rows)), tuple(ended[:LIMIT]))


def confirmations_waiting(actor: Actor) -> list[tuple[DocumentView, OutputView]]:
    """Confirmations this person decides on, oldest first (379/16.2)."""
    return _seen(actor, _open(actor).filter(kind="confirmation", state="asked").order_by("asked_at")[:LIMIT])


def waiting_count(actor: Actor) -> int:
    """How many requests lie open with this clerk."""
    return _open(actor).exclude(kind="confirmation", state="asked").count() if actor.organisations(*CLERKS) else 0


def _open(actor: Actor) -> QuerySet[PaperOutput]:
    """The clerk decides on copies and prints whatever is granted, the competent authority decides on confirmations."""
    clerk = Q(organisation_id__in=actor.organisations(*CLERKS)) & (Q(kind="copy", state="asked") | Q(state="granted"))
    decides = Q(organisation_id__in=actor.organisations(*DECIDERS), kind="confirmation", state="asked")
    return PaperOutput.objects.filter(clerk | decides)


def copy_pdf(actor: Actor, document_id: UUID, output_id: UUID) -> tuple[bytes, OutputView]:
    """The bytes to print, for who may print. RuleViolation when there are none, or the copy was spoiled."""
    document = documents.document(actor, document_id)
    row = PaperOutput.objects.filter(pk=output_id, document_id=document_id, state="printed").first()
    if row is None or row.content_id is None or not keeps(actor, document.owner_id):
        raise RuleViolation("379/4.4", N_("Không có bản in này."), N_("Mở lại trang bản giấy."))
    return vault.read(row.content_id), output_view(row, document)


def look_up(typed: str) -> LookUp | None:
    """What the code on a sheet of paper, or on a digitised page, leads to now; None for a code that nobody gave
    (379/15.1.c, 379/16.4, 379/16.5, 379/19.5).

    RuleViolation 379/21.3 while the document is impounded: then nothing about it is told, by this way either.
    """
    code = rules.read_code(typed)
    row = PaperOutput.objects.filter(code=code).first() if code else None
    if row is None or row.printed_at is None or row.number is None:
        return digitised_found(code) if code else None
    document = documents.facts(row.document_id)
    document_rules.not_impounded(document)
    return LookUp(
        kind=row.kind,
        worth=_worth(row, document),
        validity=document.validity,
        validity_at=documents.ended_at(row.document_id),
        code=rules.shown_code(code),
        number=row.number,
        pages=row.pages,
        printed_at=row.printed_at,
        printed_by=row.printed_by_name,
        organisation=identity.organisation(row.organisation_id).name,
        reference_number=document.reference_number,
        document_code=document.document_code,
        issuing_name=document.issuing_name or identity.organisation(row.organisation_id).name,
        issued_on=document.issued_on,
        signer_name=document.signer_name,
        digest=row.source_digest,
        spoiled_at=row.spoiled_at,
    )


def may_go_on_paper(document: DocumentView) -> None:
    """RuleViolation when nothing of it goes on paper now, for whomever; said before the click."""
    rules.paper_permitted(document.secrecy)
    rules.printable(document.direction, document.state, document.validity, for_authority=True)


def output_view(row: PaperOutput, document: DocumentView) -> OutputView:
    return OutputView(
        id=row.pk,
        document_id=row.document_id,
        state=row.state,
        purpose=row.purpose,
        for_whom=row.for_whom,
        for_authority=row.for_authority,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        reason=row.reason,
        printed_by_name=row.printed_by_name,
        printed_at=row.printed_at,
        number=row.number,
        code=rules.shown_code(row.code) if row.code else "",
        pages=row.pages,
        spoiled_at=row.spoiled_at,
        worth=_worth(row, document) if row.code else "",
        kind=row.kind,
        procedure=row.procedure,
        digest=request_digest(str(row.pk), document.digest, row.purpose, row.for_whom),
    )


def _worth(row: PaperOutput, document: DocumentView) -> str:
    return rules.worth(row.state, document.validity, document.custody, document.state)


def keeps(actor: Actor, organisation_id: UUID) -> bool:
    """Whether this person decides on and prints copies of that organisation's documents."""
    return any(actor.holds(office, organisation_id) for office in CLERKS)


def decides(actor: Actor, organisation_id: UUID) -> bool:
    """Whether this person decides on confirmations of that organisation's transactions (379/16.2)."""
    return any(actor.holds(office, organisation_id) for office in DECIDERS)


def _seen(actor: Actor, rows: Iterable[PaperOutput]) -> list[tuple[DocumentView, OutputView]]:
    found = list(rows)
    shown = documents.cards(actor, [row.document_id for row in found])
    return [(view, output_view(row, view)) for row in found if (view := shown.get(row.document_id))]
