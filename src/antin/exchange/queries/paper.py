"""Papers to recipients: what is to be posted, what is on its way, and the facts of slip and label. Filtered, bounded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.exchange import rules
from antin.exchange.models import Enclosure
from antin.exchange.queries.directory import MAX_ROWS
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Office
from antin.vault import queries as vault


@dataclass(frozen=True, slots=True)
class EnclosureRow:
    """A paper to one recipient. `clause` and `why`: the class of 217/8, or the necessity when it goes `instead`."""

    id: UUID
    document_id: UUID
    recipient_name: str
    recipient_code: str
    state: str
    instead: bool
    clause: str
    why: str
    since: datetime
    output_id: UUID | None
    code: str
    number: int | None
    carrier: str
    posted_at: datetime | None
    received_by: str
    arrived_on: date | None
    reason: str


def enclosures(actor: Actor, document_id: UUID) -> tuple[EnclosureRow, ...]:
    """Every paper of a document the actor may see, by recipient."""
    documents.document(actor, document_id)
    rows = Enclosure.objects.select_related("dispatch").filter(document_id=document_id)
    return tuple(_row(one) for one in rows.order_by("dispatch__recipient_name", "id")[:MAX_ROWS])


def papers_waiting(actor: Actor) -> tuple[tuple[DocumentView, EnclosureRow], ...]:
    """What the clerk has to post, then what was posted and is not known to be there; the longest waiting first."""
    found = list(_open(actor)[:MAX_ROWS])
    seen = documents.cards(actor, [one.document_id for one in found])
    pairs = [(seen[one.document_id], _row(one)) for one in found if one.document_id in seen]
    return tuple(sorted(pairs, key=lambda pair: (pair[1].state != "due", pair[1].since)))


def papers_count(actor: Actor) -> int:
    """How many of them."""
    return len(papers_waiting(actor))


def slip(actor: Actor, document_id: UUID, enclosure_id: UUID) -> EnclosureRow:
    """The facts of slip and label, once the copy is made. RuleViolation otherwise."""
    found = next((one for one in enclosures(actor, document_id) if one.id == enclosure_id), None)
    if found is None:
        raise RuleViolation("379/4.4", N_("Không có bản giấy này."), N_("Mở lại trang gửi giấy."))
    rules.slip_printed(found.code)
    return found


def paper_classes_for(view: DocumentView) -> tuple[str, ...]:
    """The words of the classes of 217/8 that a clerk may name for this document."""
    level = identity.organisation(view.owner_id).level
    offered = rules.paper_offered(rulebook.paper_classes(view.issued_on), view.type_code, level)
    return tuple(one.words for one in offered)


def _open(actor: Actor):  # type: ignore[no-untyped-def]
    rows = Enclosure.objects.select_related("dispatch").filter(
        organisation_id__in=actor.organisations(Office.CLERK), state__in=("due", "posted")
    )
    return rows.order_by("since", "id")


def _row(one: Enclosure) -> EnclosureRow:
    return EnclosureRow(
        id=one.id,
        document_id=one.document_id,
        recipient_name=one.dispatch.recipient_name,
        recipient_code=one.dispatch.recipient_code,
        state=one.state,
        instead=one.instead,
        clause=one.clause,
        why=one.why,
        since=one.since,
        output_id=one.output_id,
        code=one.code,
        number=one.number,
        carrier=one.carrier,
        posted_at=one.posted_at,
        received_by=one.received_by,
        arrived_on=one.arrived_on,
        reason=vault.opened_words(one.document_id, one.reason),
    )
