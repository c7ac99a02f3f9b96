"""Void by agreement of all sides: proposed, answered, settled where the consents are counted (379/19.2.b, 379/19.3).

The rooms above know who the sides are and carry what they say; here it is decided what an answer does. Persons act by
`propose_invalidation` and `answer_invalidation`, the exchange brings in the other sides' words by `take_word`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from antin.documents import agreements, lifecycle, models, rows, rules
from antin.documents.facts import AgreementView, DocumentView, SideAnswer
from antin.documents.rules import agreeing
from antin.documents.rules.agreeing import Proposal, Sides, Word
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.rulebook import queries as rulebook
from antin.values import Actor, new_id


def propose_invalidation(*, actor: Actor, document_id: UUID, digest: str, reason: str, sides: Sides) -> AgreementView:
    """A side's signatory proposes to all sides that the document be void; that is its own consent at once.

    Spends the challenge "propose_invalidation" over the digest of the page that was shown. RuleViolation 379/19.2.b
    for a document that is no bilateral agreement, or when another proposal is open; 379/17.3 without a reason.
    """
    with transaction.atomic():
        row, facts = _locked_for(actor, document_id)
        step = lifecycle.AGREEMENT.step(agreements.open_state(row.id), "propose_invalidation")
        acting = rows.office_of(step, actor, row, facts)
        _bilateral(facts)
        lifecycle.VALIDITY.step(row.validity, "answer_invalidation(last)")
        rules.page_bound(rows.final_page(row.id).digest, digest)
        reason = rules.reason_given(reason)
        proof = identity.spend_challenge(actor=acting, act="propose_invalidation", digest=digest)
        at = datetime.now(UTC).replace(microsecond=0)
        proposal = Proposal(new_id(), row.document_code, digest, sides.own, acting.name, reason, at)
        kept = agreements.keep(row.id, proposal, sides, step.to)
        word = Word(sides.own, SideAnswer.PROPOSED, acting.name, str(proof.method), "", at, "")
        agreements.answered(kept, word, acting.person_id)
        _tell("proposed", acting, row, kept, word)
        return agreements.view(kept)


def answer_invalidation(
    *, actor: Actor, document_id: UUID, digest: str, answer: str, reason: str = "", reached: bool = True
) -> AgreementView:
    """This side's answer to the open proposal: "confirm", "refuse" or "withdraw" (of one's own), the last two with a reason.

    Spends the challenge "answer_invalidation" over the proposal's digest. `reached`: every side has the document, so
    that each can answer. RuleViolation 379/19.2.b for another digest, a second answer, a proposal that is settled.
    """
    said = agreeing.answer_of(answer)
    with transaction.atomic():
        row, facts = _locked_for(actor, document_id)
        kept = agreements.newest(row.id)
        here = kept.issuer == kept.own
        step = lifecycle.AGREEMENT.step(kept.state, agreeing.act_of(said, by_issuer=here, here=True))
        acting = rows.office_of(step, actor, row, facts)
        agreeing.proposal_bound(kept.digest, digest)
        agreeing.may_answer(said, agreements.view(kept).side(kept.own))
        if said is SideAnswer.CONFIRMED:
            agreeing.sides_reached(reached)
        else:
            reason = rules.reason_given(reason)
        proof = identity.spend_challenge(actor=acting, act="answer_invalidation", digest=digest)
        now = datetime.now(UTC).replace(microsecond=0)
        word = Word(kept.own, said, acting.name, str(proof.method), reason.strip(), now, "")
        _take_answer(acting, row, kept, word, step.to)
        return agreements.view(kept)


def take_word(*, sender: Actor, document_id: UUID, proposal: Proposal, word: Word, sides: Sides) -> bool:
    """What another side says, as verified by the caller; True when it moved something. Late and repeated words do not.

    Words come in any order: each brings the whole proposal. Noted behind an impoundment too (379/21.2.b).
    RuleViolation 379/19.2.b when it speaks of other bytes, of another proposal under the same id, or claims a consent
    that was never given here; 379/12.2.b for an answer that was not strongly authenticated.
    """
    row, facts = rows.lock(document_id)
    agreeing.strong_method(word.method)
    _bilateral(facts)
    rules.page_bound(rows.final_page(row.id).digest, proposal.page_digest)
    kept = _kept(sender, row, proposal, sides)
    agreeing.proposal_bound(kept.digest, proposal.digest())
    if word.concludes:
        return _conclude_here(sender, row, kept)
    key = agreeing.act_of(word.answer, by_issuer=kept.issuer == kept.own, here=False)
    step = lifecycle.AGREEMENT.rows.get((kept.state, key)) or agreements.late_row(kept, word)
    if step is None or not agreements.is_new(kept, word):
        return False
    _take_answer(sender, row, kept, word, step.to)
    return True


def lapse_refused(*, document_id: UUID, agreement: UUID) -> None:
    """The other installation refused what was told: the proposal ends here, and says so."""
    with transaction.atomic():
        row, _facts = rows.lock(document_id)
        kept = models.Agreement.objects.filter(document_id=row.id, agreement=agreement, state="proposed").first()
        if kept is not None:
            _lapse(Actor.system("exchange"), row, kept, str(agreeing.NOT_TAKEN))


def settle_invalidations(document_ids: Collection[UUID]) -> None:
    """After an impoundment: what every side has consented to meanwhile takes effect now (379/21.2.b)."""
    for kept in models.Agreement.objects.filter(document_id__in=list(document_ids), state="proposed"):
        row, facts = rows.lock(kept.document_id)
        _conclude(Actor.system("documents"), row, facts, kept)


def _take_answer(acting: Actor, row: models.Document, kept: models.Agreement, word: Word, to: str) -> None:
    agreements.answered(kept, word, acting.person_id)
    if to != kept.state:
        agreements.settle(kept, to, word.reason)
    _tell("proposed" if word.answer is SideAnswer.PROPOSED else "answered", acting, row, kept, word)
    _conclude(acting, row, rows.view(row, impounded=rows.is_impounded(row.id)), kept)


def _conclude(acting: Actor, row: models.Document, facts: DocumentView, kept: models.Agreement) -> None:
    """At the issuer, once every side consents: void, with the proposal's reason; every side learns it by following."""
    act = "answer_invalidation(last)"
    complete = kept.own == kept.issuer and agreeing.all_sides_confirmed(agreements.view(kept).sides)
    if kept.state != "proposed" or not complete or facts.impounded:
        return
    step, validity = lifecycle.AGREEMENT.step(kept.state, act), lifecycle.VALIDITY.step(row.validity, act)
    agreements.settle(kept, step.to, "")
    _end(acting, row, kept, validity.to)
    ledger.append(
        "documents.document.invalidated",
        acting,
        object_kind="document",
        object_id=row.id,
        organisation_id=row.owner_id,
        facts={"digest": kept.page_digest, "validity": validity.to, "agreement": str(kept.agreement)},
        detail={"basis": agreeing.AGREED_BASIS, "form": agreeing.AGREED_FORM},
        reason=kept.reason,
        clause="379/19.2.b",
    )


def _conclude_here(sender: Actor, row: models.Document, kept: models.Agreement) -> bool:
    """The issuer's word that all have consented, at a copy: never without this side's own consent."""
    step = lifecycle.AGREEMENT.rows.get((kept.state, "take_conclusion"))
    validity = lifecycle.VALIDITY.rows.get((row.validity, "apply_notice(invalidate)"))
    if step is None or validity is None:
        return False
    agreeing.own_side_confirmed(agreements.view(kept).side(kept.own))
    agreements.settle(kept, step.to, "")
    _end(sender, row, kept, validity.to)
    ledger.append(
        "documents.notice.applied",
        sender,
        object_kind="document",
        object_id=row.id,
        organisation_id=row.owner_id,
        facts={"kind": "invalidate", "agreement": str(kept.agreement), "sender": kept.issuer},
        reason=kept.reason,
        clause="379/19.3",
    )
    return True


def _end(by: Actor, row: models.Document, kept: models.Agreement, validity: str) -> None:
    basis, form = str(agreeing.AGREED_BASIS), str(agreeing.AGREED_FORM)
    rows.end(row, validity, by=by, reason=kept.reason, basis=basis, form=form)


def _kept(sender: Actor, row: models.Document, proposal: Proposal, sides: Sides) -> models.Agreement:
    """The agreement this word belongs to, opened by it when it is new; only one is open at a time.

    At the issuer the first stands; a copy's own proposal gives way to whatever the issuer says is being considered.
    """
    found = (
        models.Agreement.objects.select_for_update().filter(document_id=row.id, agreement=proposal.agreement).first()
    )
    if found is not None:
        agreements.learn(found, sides)
        return found
    other = models.Agreement.objects.filter(document_id=row.id, state="proposed").first()
    closed = ""
    if (row.validity, "answer_invalidation(last)") not in lifecycle.VALIDITY.rows:
        closed = str(agreeing.OUT_OF_FORCE)
    elif other is not None and sides.own == sides.issuer:
        closed = str(agreeing.SUPERSEDED)
    elif other is not None:
        _lapse(sender, row, other, str(agreeing.SUPERSEDED))
    step = lifecycle.AGREEMENT.step("", "propose_invalidation")
    return agreements.keep(row.id, proposal, sides, step.to if not closed else "closed", why_closed=closed)


def _lapse(by: Actor, row: models.Document, kept: models.Agreement, why: str) -> None:
    step = lifecycle.AGREEMENT.step(kept.state, "lapse_invalidation")
    agreements.settle(kept, step.to, why)
    ledger.append(
        "documents.invalidation.lapsed",
        by,
        object_kind="document",
        object_id=row.id,
        organisation_id=row.owner_id,
        facts={"agreement": str(kept.agreement), "proposal": kept.digest},
        reason=why,
        clause="379/19.2.b",
    )


def _locked_for(actor: Actor, document_id: UUID) -> tuple[models.Document, DocumentView]:
    row, facts = rows.lock_for(actor, document_id)
    rules.ask_guards(facts, "validity", "answer_invalidation(last)")
    agreeing.holds_it(facts)
    return row, facts


def _bilateral(facts: DocumentView) -> None:
    agreeing.open_document(facts)
    agreeing.bilateral_agreement(rulebook.family_of(facts.type_code, facts.issued_on))


def _tell(what: str, acting: Actor, row: models.Document, kept: models.Agreement, word: Word) -> None:
    facts = {
        "agreement": str(kept.agreement),
        "proposal": kept.digest,
        "page": kept.page_digest,
        "side": word.side,
        "answer": str(word.answer),
        "step_up": word.method,
    }
    ledger.append(
        f"documents.invalidation.{what}",
        acting,
        object_kind="document",
        object_id=row.id,
        organisation_id=row.owner_id,
        facts=facts | ({"statement": word.evidence} if word.evidence else {}),
        detail={"person": word.person},
        reason=kept.reason if word.answer is SideAnswer.PROPOSED else word.reason,
        clause="379/19.2.b",
    )
