"""Papers to recipients: what is to be posted, what is on its way, and the facts of slip and label. Filtered, bounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from antin.conversion.rules import shown_code
from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.exchange import ports, rules
from antin.exchange.edxml import codes
from antin.exchange.messages import Refusal, Signed
from antin.exchange.models import Enclosure, PaperIn, StatementIn, StatementOut
from antin.exchange.queries.directory import MAX_ROWS
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Office, to_vietnam
from antin.vault import queries as vault

ARRIVALS_SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class EnclosureRow:
    """A paper to one recipient. `clause` and `why`: the class of 217/8, or the necessity when it goes `instead`.

    `by_word`: it arrived by the recipient's signed word, not by our clerk's note; `word_at`: when that word came, whatever
    it moved.
    """

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
    by_word: bool = False
    word_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaperInRow:
    """A paper that came behind a received document. `told`: how the word to its sender stands, "" when there is none to tell;
    `refused` is what the sender answered then."""

    code: str
    arrived_on: date
    noted_by_name: str
    noted_at: datetime
    told: str
    refused: str


def enclosures(actor: Actor, document_id: UUID) -> tuple[EnclosureRow, ...]:
    """Every paper of a document the actor may see, by recipient."""
    documents.document(actor, document_id)
    rows = Enclosure.objects.select_related("dispatch").filter(document_id=document_id)
    return _rows(rows.order_by("dispatch__recipient_name", "id")[:MAX_ROWS])


def papers_waiting(actor: Actor) -> tuple[tuple[DocumentView, EnclosureRow], ...]:
    """What the clerk has to post, then what was posted and is not known to be there; the longest waiting first."""
    found = list(_open(actor)[:MAX_ROWS])
    seen = documents.cards(actor, [one.document_id for one in found])
    pairs = [(seen[row.document_id], row) for row in _rows(found) if row.document_id in seen]
    return tuple(sorted(pairs, key=lambda pair: (pair[1].state != "due", pair[1].since)))


def papers_count(actor: Actor) -> int:
    """How many of them."""
    return len(papers_waiting(actor))


def papers_there(actor: Actor) -> tuple[tuple[DocumentView, EnclosureRow], ...]:
    """What is known since a few days to be there, the latest first: this is how the clerk hears a recipient's word."""
    since = to_vietnam(ports.bound().clock.now() - ARRIVALS_SHOWN).date()
    rows = Enclosure.objects.select_related("dispatch").filter(
        organisation_id__in=actor.organisations(Office.CLERK), state="arrived", arrived_on__gte=since
    )
    found = list(rows.order_by("-arrived_on", "-id")[:MAX_ROWS])
    seen = documents.cards(actor, [one.document_id for one in found])
    return tuple((seen[row.document_id], row) for row in _rows(found) if row.document_id in seen)


def papers_in(actor: Actor, document_id: UUID) -> tuple[PaperInRow, ...]:
    """Papers that came behind a received document the actor may see, oldest first."""
    documents.document(actor, document_id)
    rows = PaperIn.objects.select_related("statement").filter(document_id=document_id)
    return tuple(_paper_in(one) for one in rows.order_by("noted_at")[:MAX_ROWS])


def may_confirm_paper(actor: Actor, view: DocumentView) -> bool:
    """Whether this person may note a paper that came behind it; said before the click."""
    try:
        rules.may_confirm_paper(actor, view)
    except RuleViolation:
        return False
    return True


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


def _rows(found: Iterable[Enclosure]) -> tuple[EnclosureRow, ...]:
    kept = list(found)
    codes_ = {one.dispatch_id: one.code for one in kept}
    said = StatementIn.objects.filter(dispatch__in=codes_, code=codes.PAPER_ARRIVED).order_by("-received_at")
    words = {
        dispatch: at
        for dispatch, at, number in said.values_list("dispatch_id", "received_at", "number")
        if rules.is_word_of(rules.read_paper_word(number), codes_[dispatch])
    }
    return tuple(_row(one, words.get(one.dispatch_id)) for one in kept)


def _paper_in(one: PaperIn) -> PaperInRow:
    told = one.statement
    return PaperInRow(
        code=shown_code(one.code),
        arrived_on=one.arrived_on,
        noted_by_name=one.noted_by_name,
        noted_at=one.noted_at,
        told=told.state if told else "",
        refused=_refusal(told) if told and told.state == "refused" else "",
    )


def _refusal(told: StatementOut) -> str:
    """The reason in the sender's signed refusal."""
    answer = Signed.parse(bytes(told.answer or b"")).open()
    return answer.reason if isinstance(answer, Refusal) else ""


def _row(one: Enclosure, word_at: datetime | None) -> EnclosureRow:
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
        by_word=one.state == "arrived" and one.noted_by is None,
        word_at=word_at,
    )
