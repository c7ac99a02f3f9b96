"""Another method than signatures on the page, agreed with a partner and kept with its terms (379/12.2.c).

One operator proposes with the agreement's PDF, another reads both and confirms. Terms count for what arrives on their
days while they are confirmed, never for what came before, never for what is Mật.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from antin.documents.adapters import pdf_intake
from antin.exchange import ports, rules
from antin.exchange.directory import forget
from antin.exchange.lifecycle import TERMS
from antin.exchange.models import AgreedTerms, DirectoryEntry, Partner
from antin.exchange.rules.terms import (
    TermsFacts,
    another_operator,
    end_reason_given,
    reference_of,
    terms_complete,
    terms_digest,
)
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, new_id, nfc, sha256_hex
from antin.vault import acts as vault

__all__ = ["TermsFacts", "confirm_terms", "covering", "end_terms", "propose_terms"]


def propose_terms(*, actor: Actor, partner_id: UUID, facts: TermsFacts, paper: bytes) -> UUID:
    """Terms awaiting a second operator's word; their id. `paper`: the signed agreement as PDF.

    RuleViolation when they are incomplete, a body is not in the directory where they say, or the file is no fit PDF.
    """
    step = TERMS.step("", "propose_terms")
    rules.require_operator(actor, step)
    terms_complete(facts, {one.code for one in rulebook.document_types()})
    pdf_intake.check(paper)
    with transaction.atomic():
        partner = _partner(partner_id)
        _listed(partner, facts)
        row = _row(partner, facts, sha256_hex(paper))
        row.state, row.proposed_by = step.to, actor.person_id
        row.paper = vault.store(paper, owner=row.id, media_type="application/pdf").id
        row.save()
        _tell("exchange.terms.proposed", actor, row)
    return row.id


def confirm_terms(*, actor: Actor, terms_id: UUID) -> None:
    """What arrives under these terms from now on counts as an original by them; by another operator than the proposer."""
    with transaction.atomic():
        row = _locked(terms_id)
        step = TERMS.step(row.state, "confirm_terms")
        rules.require_operator(actor, step)
        another_operator(row.proposed_by, actor.person_id)
        row.state, row.confirmed_by, row.confirmed_at = step.to, actor.person_id, ports.bound().clock.now()
        row.save(update_fields=["state", "confirmed_by", "confirmed_at"])
        _settle(row)
        _tell("exchange.terms.confirmed", actor, row)


def end_terms(*, actor: Actor, terms_id: UUID, reason: str) -> None:
    """Nothing that arrives from now on comes under them; what came keeps its worth. `reason` must be given."""
    words = end_reason_given(reason)
    with transaction.atomic():
        row = _locked(terms_id)
        step = TERMS.step(row.state, "end_terms")
        rules.require_operator(actor, step)
        row.state, row.reason = step.to, words
        row.save(update_fields=["state", "reason"])
        _settle(row)
        _tell("exchange.terms.ended", actor, row, words)


def covering(*, partner_id: UUID, their_code: str, our_code: str, type_code: str, on: date) -> tuple[UUID, str] | None:
    """Id and reference of the confirmed terms that cover this type on this day between these two bodies, or None.

    The newest of several; in the transaction that takes the document in, so terms ended before it never count.
    """
    found = AgreedTerms.objects.filter(
        partner_id=partner_id,
        state="active",
        their_code=their_code,
        our_code=our_code,
        types__contains=[type_code],
        valid_from__lte=on,
        valid_until__gte=on,
    )
    row = found.order_by("-confirmed_at").values_list("id", "reference", "agreed_on").first()
    return None if row is None else (row[0], reference_of(row[1], row[2]))


def _row(partner: Partner, facts: TermsFacts, paper_digest: str) -> AgreedTerms:
    return AgreedTerms(
        id=new_id(),
        partner=partner,
        their_code=facts.their_code,
        our_code=facts.our_code,
        reference=nfc(facts.reference).strip(),
        agreed_on=facts.agreed_on,
        types=sorted(set(facts.types)),
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        method=nfc(facts.method).strip(),
        paper_digest=paper_digest,
        digest=terms_digest(facts, paper_digest),
        proposed_at=ports.bound().clock.now(),
    )


def _partner(partner_id: UUID) -> Partner:
    partner = Partner.objects.select_for_update().filter(id=partner_id, state="active", is_self=False).first()
    if partner is None:
        raise RuleViolation(
            "379/12.2.c", N_("Chỉ thống nhất biện pháp với nơi đang kết nối."), N_("Xác nhận kết nối trước.")
        )
    return partner


def _listed(partner: Partner, facts: TermsFacts) -> None:
    """Both bodies stand in the directory: theirs at this partner, ours here."""
    entries = DirectoryEntry.objects.filter(in_use=True)
    theirs = entries.filter(code=facts.their_code, partner=partner)
    ours = entries.filter(code=facts.our_code, partner__is_self=True)
    if not (theirs.exists() and ours.exists()):
        raise RuleViolation(
            "379/12.2.c",
            N_("Bên gửi hoặc bên nhận của thoả thuận không có trong danh bạ."),
            N_("Chọn một cơ quan ở nơi này và một cơ quan của mình."),
        )


def _locked(terms_id: UUID) -> AgreedTerms:
    row = AgreedTerms.objects.select_for_update().filter(id=terms_id).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có thoả thuận này."), N_("Mở lại trang liên thông."))
    return row


def _settle(row: AgreedTerms) -> None:
    """The partner's row says whether any terms stand, so that a parcel from elsewhere asks nothing more."""
    Partner.objects.select_for_update().get(id=row.partner_id)
    stands = AgreedTerms.objects.filter(partner_id=row.partner_id, state="active").exists()
    Partner.objects.filter(id=row.partner_id).update(has_terms=stands)
    transaction.on_commit(forget)


def _tell(act: str, actor: Actor, row: AgreedTerms, reason: str = "") -> None:
    ledger.append(
        act,
        actor,
        object_kind="terms",
        object_id=row.id,
        facts={"partner": str(row.partner_id), "terms": row.digest, "paper": row.paper_digest},
        detail={"reference": row.reference, "their_code": row.their_code, "our_code": row.our_code},
        reason=reason,
        clause="379/12.2.c",
    )
