"""Paper to one recipient: a follow-up that the type asks for (217/8), or the document itself where the network failed (217/7.4).

Its copy is made by `conversion`, with a code on each page; slip and label are print pages. So a paper that is out ends with its
document, whoever holds it.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from antin.conversion import acts as conversion
from antin.conversion import rules as conversion_rules
from antin.documents import acts as documents
from antin.documents import queries as document_queries
from antin.documents.facts import DocumentView
from antin.exchange import ports, rules
from antin.exchange.edxml import codes
from antin.exchange.lifecycle import DELIVERY, ENCLOSURE
from antin.exchange.models import Dispatch, Enclosure, StatementIn
from antin.identity import queries as identity
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.rulebook.rules import PaperRule
from antin.sql import insert_once
from antin.values import N_, Actor, Office, Secrecy, iso, to_vietnam
from antin.vault import acts as vault

PURPOSE = {True: N_("Gửi bản giấy thay cho văn bản điện tử."), False: N_("Gửi kèm văn bản điện tử.")}


def asked_for(view: DocumentView) -> PaperRule | None:
    """The class of 217/8 that asks for paper beside this document whatever the matter; never for what is secret."""
    if view.secrecy is not Secrecy.OPEN:
        return None
    level = identity.organisation(view.owner_id).level
    return rules.paper_asked_for(rulebook.paper_classes(view.issued_on), view.type_code, level)


def enclose(actor: Actor, dispatch: Dispatch, asked: PaperRule) -> bool:
    """One recipient is to get paper beside; False when that stood already. Joins the transaction."""
    return _enclose(actor, dispatch, clause=asked.clause, why=asked.words)


def enclose_instead(actor: Actor, dispatch: Dispatch, view: DocumentView, necessity: str) -> None:
    """The document goes to this recipient on paper alone; what is secret by the cipher office's way. Joins the transaction."""
    if view.secrecy is not Secrecy.OPEN:
        return
    row = Enclosure.objects.filter(dispatch=dispatch).first()
    if row is None:
        _enclose(actor, dispatch, clause="", why=necessity, instead=True)
    elif not row.instead:
        row.instead = True
        row.save(update_fields=["instead"])


@transaction.atomic
def require_paper(*, actor: Actor, document_id: UUID, words: str) -> int:
    """The clerk says that the document is of this class of 217/8; how many recipients are to get paper now."""
    view = document_queries.document(actor, document_id)
    _clerk(actor, view.owner_id)
    conversion_rules.paper_permitted(view.secrecy)
    documents.guard(actor=actor, document_id=document_id, guards=("in_use",))
    level = identity.organisation(view.owner_id).level
    found = rules.class_named(rules.paper_offered(rulebook.paper_classes(view.issued_on), view.type_code, level), words)
    going = Dispatch.objects.filter(document_id=document_id, enclosure__isnull=True).exclude(state="recalled")
    return sum(enclose(actor, row, found) for row in going.order_by("id"))


@transaction.atomic
def print_enclosure(*, actor: Actor, enclosure_id: UUID) -> UUID:
    """Makes the copy that goes, for exactly this recipient; the one made before when there is one. Answers its id."""
    row = _begin(actor, enclosure_id, "print_enclosure")
    if row.output_id is None:
        copy = conversion.print_at_once(
            actor=actor, document_id=row.document_id, purpose=PURPOSE[row.instead], for_whom=row.dispatch.recipient_name
        )
        row.output_id, row.code, row.number = copy.id, copy.code, copy.number
        row.save(update_fields=["output_id", "code", "number"])
        _tell(actor, row, "printed", clause="217/8.1")
    assert row.output_id is not None
    return row.output_id


@transaction.atomic
def post_paper(*, actor: Actor, enclosure_id: UUID, carrier: str) -> None:
    """It has left with its slip: how, and from today on it is awaited. Once more when the first way failed (217/8.1, 217/7.4).

    What its recipient has signed for before that was noted here is there as it is noted.
    """
    row = _begin(actor, enclosure_id, "post_paper", guards=("in_use",))
    rules.slip_printed(row.code)
    row.carrier, row.posted_by, row.posted_at = rules.carrier_named(carrier), actor.person_id, _now()
    row.state = ENCLOSURE.step(row.state, "post_paper").to
    row.save()
    _tell(actor, row, "posted", clause="217/8.1", reason=row.carrier)
    if (word := _said_before(row)) is not None:
        _arrive_by_word(Actor.peer(row.dispatch.recipient_name), row, word)


@transaction.atomic
def note_paper_arrival(*, actor: Actor, enclosure_id: UUID, person: str, on: date | None) -> None:
    """The recipient has said that it is there; a document that went on paper alone has arrived with it (217/7.4)."""
    row = _begin(actor, enclosure_id, "note_paper_arrival")
    assert row.posted_at is not None
    person, on = rules.recipient_confirmed(
        person, on, posted_on=to_vietnam(row.posted_at).date(), today=to_vietnam(_now()).date()
    )
    row.received_by, row.arrived_on, row.noted_by = person, on, actor.person_id
    _arrive(row)
    _tell(actor, row, "arrived", clause="217/7.4", reason=person)


def hear_paper_word(actor: Actor, heard: StatementIn, dispatch: Dispatch) -> bool:
    """The recipient signs that the paper with this code is there; True when it had been awaited. Joins the transaction.

    Kept beside what the clerk has noted already, and ahead of a posting that nobody has noted yet. RuleViolation when
    the code is not that of the paper to this very recipient of this document: nothing is kept.
    """
    row = Enclosure.objects.select_for_update().filter(dispatch=dispatch).first()
    try:
        _true(heard, row)
    except RuleViolation:
        rules.has_left(dispatch.state)
        raise
    assert row is not None
    row.dispatch = dispatch
    if (row.state, "note_paper_arrival") not in ENCLOSURE.rows:
        _tell(actor, row, "confirmed", clause="217/8.1", statement=heard.digest)
        return False
    _arrive_by_word(actor, row, heard)
    return True


def _true(heard: StatementIn, row: Enclosure | None) -> None:
    """RuleViolation for another paper's code, or a day before this one was named or after today; clocks may differ a little."""
    now = _now()
    since = row.since if row else now
    rules.paper_word_true(
        rules.read_paper_word(heard.number),
        code=row.code if row else "",
        since=to_vietnam(since - rules.SKEW_ALLOWED).date(),
        today=to_vietnam(now + rules.SKEW_ALLOWED).date(),
    )


def _said_before(row: Enclosure) -> StatementIn | None:
    """The recipient's first word about this very paper; what an earlier version kept unread is none."""
    kept = row.dispatch.statements.filter(code=codes.PAPER_ARRIVED).order_by("id")
    return next((one for one in kept if rules.is_word_of(rules.read_paper_word(one.number), row.code)), None)


def _arrive_by_word(actor: Actor, row: Enclosure, heard: StatementIn) -> None:
    """The recipient's signed word moves it as the clerk's own note does; `noted_by` stays empty."""
    word = rules.read_paper_word(heard.number)
    assert word is not None
    row.received_by = ", ".join(part for part in (heard.person, heard.unit) if part)[:200]
    row.arrived_on = word.on
    _arrive(row)
    _tell(actor, row, "arrived", clause="217/8.1", reason=row.received_by, statement=heard.digest)


@transaction.atomic
def drop_enclosure(*, actor: Actor, enclosure_id: UUID, reason: str) -> None:
    """No paper goes after all (named by mistake, document ended), with the reason (379/17.3)."""
    row = _begin(actor, enclosure_id, "drop_enclosure")
    reason = rules.drop_reason_given(reason)
    row.reason = vault.sealed_words(row.document_id, reason)
    row.state = ENCLOSURE.step(row.state, "drop_enclosure").to
    row.save()
    _tell(actor, row, "dropped", clause="217/8.1", reason=reason)


def _enclose(actor: Actor, dispatch: Dispatch, *, clause: str, why: str, instead: bool = False) -> bool:
    step = ENCLOSURE.step("", "send_on_paper" if instead else "queue_dispatch")
    row = Enclosure(
        dispatch=dispatch,
        document_id=dispatch.document_id,
        organisation_id=dispatch.organisation_id,
        state=step.to,
        instead=instead,
        clause=clause,
        why=why[:400],
        named_by=actor.person_id,
        since=_now(),
    )
    is_new = insert_once(row)
    if is_new and not instead:
        _tell(actor, row, "due", clause=clause, reason=why)
    return is_new


def _arrive(row: Enclosure) -> None:
    row.state = ENCLOSURE.step(row.state, "note_paper_arrival").to
    row.save()
    if row.instead:
        _arrived(row.dispatch)


def _arrived(dispatch: Dispatch) -> None:
    """The delivery moves only from `paper`: what the recipient has told since by the network stands."""
    step = DELIVERY.rows.get((dispatch.state, "note_paper_arrival"))
    if step is not None:
        dispatch.state = step.to
        dispatch.times = {**dispatch.times, step.to: iso(_now())}
        dispatch.save(update_fields=["state", "times"])


def _begin(actor: Actor, enclosure_id: UUID, act: str, guards: tuple[str, ...] = ()) -> Enclosure:
    """The locked row with its dispatch, for the clerk of the sending organisation alone."""
    found = Enclosure.objects.filter(pk=enclosure_id).values_list("document_id", flat=True).first()
    if found is None:
        raise RuleViolation("379/4.4", N_("Không có bản giấy này."), N_("Mở lại trang gửi giấy."))
    document_queries.document(actor, found)
    documents.guard(actor=actor, document_id=found, guards=guards)
    Dispatch.objects.select_for_update().get(enclosure=enclosure_id)
    row = Enclosure.objects.select_for_update(of=("self",)).select_related("dispatch").get(pk=enclosure_id)
    _clerk(actor, row.organisation_id)
    ENCLOSURE.step(row.state, act)
    return row


def _clerk(actor: Actor, organisation_id: UUID) -> None:
    if not actor.holds(Office.CLERK, organisation_id):
        raise RuleViolation("217/9.2", N_("Việc này của văn thư cơ quan gửi."), N_("Nhờ văn thư của cơ quan."))


def _tell(actor: Actor, row: Enclosure, what: str, *, clause: str, reason: str = "", **facts: str) -> None:
    ledger.append(
        f"exchange.enclosure.{what}",
        actor,
        object_kind="document",
        object_id=row.document_id,
        organisation_id=row.organisation_id,
        facts={
            "enclosure": str(row.id),
            "dispatch": str(row.dispatch_id),
            "recipient": row.dispatch.recipient_code,
            **facts,
        },
        detail={"recipient_name": row.dispatch.recipient_name},
        reason=reason,
        clause=clause,
    )


def _now() -> datetime:
    return ports.bound().clock.now()
