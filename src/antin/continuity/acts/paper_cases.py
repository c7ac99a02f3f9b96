"""Paper comes back into the system, number by number: a clerk enters the sealed scan, a second person checks it (379/4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from antin.continuity import ports
from antin.continuity.acts.outages import locked_outage
from antin.continuity.incident_models import STANDING, PaperBlock, PaperCase
from antin.continuity.lifecycle import PAPER_CASE
from antin.continuity.rules import incidents as rules
from antin.conversion import queries as conversion
from antin.documents import queries as documents
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.registry import acts as registry
from antin.values import Actor, new_id, to_vietnam

INCOMING = "incoming"


@dataclass(frozen=True, slots=True)
class Place:
    """One number of one block."""

    block_id: UUID
    number: int


@transaction.atomic
def enter_paper_case(*, actor: Actor, place: Place, document_id: UUID, acted_at: datetime) -> UUID:
    """This scan is what was done under this number on paper, at this time; a second person has yet to look."""
    block = _block(place)
    step = PAPER_CASE.step("", "enter_paper_case")
    identity_rules.require_office(actor, step.offices, block.organisation_id)
    document = documents.document(actor, document_id)
    is_digitised = conversion.paper_of(actor, document_id) is not None
    rules.scan_certified(is_digitised=is_digitised and document.owner_id == block.organisation_id)
    if block.kind != INCOMING:
        rules.says_this_number(document.number_text or str(document.number or ""), place.number)
    now = ports.bound().clock.now()
    case = _case(actor, block, place, step.to, now)
    case.document_id, case.acted_at = document_id, rules.acted_during(acted_at, block.outage.began_at, now)
    _keep(case)
    _enter("entered", actor, block, case, {"document": str(document_id), "acted_at": acted_at.isoformat()})
    return case.id


@transaction.atomic
def void_paper_number(*, actor: Actor, place: Place, reason: str) -> None:
    """Nothing was done under this number: it is voided in the book, with the reason (379/17.3)."""
    block = _block(place)
    step = PAPER_CASE.step("", "enter_paper_case(void)")
    identity_rules.require_office(actor, step.offices, block.organisation_id)
    case = _case(actor, block, place, step.to, ports.bound().clock.now())
    case.reason = rules.words_given(reason)
    _keep(case)
    registry.void_blocked(register_id=block.register_id, number=place.number, reason=case.reason)
    _enter("entered", actor, block, case, {"voided": True})


@transaction.atomic
def check_paper_case(*, actor: Actor, case_id: UUID, agrees: bool, reason: str = "") -> None:
    """The second person's word: the number stands in the book under this document, or the entry goes back with a reason.

    What arrived on paper is registered by this act; it must have been verified before, as any arrival (217/10.1).
    """
    found = PaperCase.objects.select_related("block").filter(id=case_id).first()
    if found is None:
        raise rules.nothing_here()
    block = _block(Place(found.block_id, found.number))
    case = PaperCase.objects.select_for_update().get(id=case_id)
    step = PAPER_CASE.step(case.state, f"check_paper_case({'agree' if agrees else 'send_back'})")
    identity_rules.require_office(actor, step.offices, block.organisation_id)
    rules.second_person(actor.person_id, case.entered_by)
    case.reason = case.reason if agrees else rules.words_given(reason)
    case.state, case.checked_by, case.checked_at = step.to, actor.person_id, ports.bound().clock.now()
    case.save()
    if agrees:
        _number(actor, block, case)
    _enter("checked" if agrees else "sent_back", actor, block, case, {"document": str(case.document_id)})


def _number(actor: Actor, block: PaperBlock, case: PaperCase) -> None:
    assert case.document_id is not None and case.acted_at is not None
    on = to_vietnam(case.acted_at).date()
    at = {"register_id": block.register_id, "number": case.number, "document_id": case.document_id, "entered_on": on}
    if block.kind == INCOMING:
        registry.register_blocked(actor=actor, **at)  # type: ignore[arg-type]
    else:
        reference = documents.document(actor, case.document_id).reference_number
        registry.use_blocked(reference_number=reference, **at)  # type: ignore[arg-type]


def _block(place: Place) -> PaperBlock:
    """The block of a number, its outage held: no entry comes in while it is being closed."""
    block = PaperBlock.objects.filter(id=place.block_id).first()
    if block is None:
        raise rules.nothing_here()
    block.outage = locked_outage(block.outage_id)
    rules.out_now(block.outage.state)
    rules.number_in_block(place.number, block.first, block.last)
    return block


def _case(actor: Actor, block: PaperBlock, place: Place, state: str, now: datetime) -> PaperCase:
    standing = PaperCase.objects.filter(block=block, number=place.number, state__in=STANDING)
    rules.not_entered_yet(stands=standing.exists())
    assert actor.person_id is not None
    return PaperCase(
        id=new_id(), block=block, number=place.number, state=state, entered_by=actor.person_id, entered_at=now
    )


def _keep(case: PaperCase) -> None:
    """RuleViolation when the document stands under another number already."""
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        rules.not_entered_yet(stands=True)


def _enter(what: str, actor: Actor, block: PaperBlock, case: PaperCase, facts: dict[str, object]) -> None:
    ledger.append(
        f"continuity.paper.{what}",
        actor,
        object_kind="outage",
        object_id=block.outage_id,
        organisation_id=block.organisation_id,
        facts={"register": str(block.register_id), "number": case.number, **facts},
        reason=case.reason,
        clause="379/4.6",
    )
