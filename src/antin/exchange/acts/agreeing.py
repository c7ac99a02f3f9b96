"""Void by agreement across organisations: who the sides are, what each says, told by signed statements (379/19.2.b).

The issuer stands in the middle: every other side speaks to it alone, and it tells each what the rest have said. The
consents are counted there. A word is a `messages.Accord`: it brings the whole proposal, so that its order, its loss
and its repetition do not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction

from antin.documents import acts as documents
from antin.documents import queries as document_queries
from antin.documents.facts import AgreementView, Direction, SideAnswer, SideView
from antin.documents.rules.agreeing import Proposal, Sides, Word
from antin.exchange import directory, ports
from antin.exchange.acts.outbox import locked
from antin.exchange.acts.statements import queue_message
from antin.exchange.edxml import codes
from antin.exchange.messages import LINE_MAX, Accord, Signed
from antin.exchange.models import Dispatch, ParcelIn, StatementIn
from antin.regulation import RuleViolation
from antin.values import N_, Actor, new_id

NOT_REACHED = ("queued", "sent", "failed", "paper")
NO_SIDE = ("recalled", "returned")
CODES: Mapping[SideAnswer, str] = {
    SideAnswer.PROPOSED: codes.VOID_PROPOSED,
    SideAnswer.CONFIRMED: codes.VOID_CONFIRMED,
    SideAnswer.REFUSED: codes.VOID_REFUSED,
    SideAnswer.WITHDRAWN: codes.VOID_WITHDRAWN,
}
ANSWERS = {code: answer for answer, code in CODES.items()}


def propose_invalidation(*, actor: Actor, document_id: UUID, digest: str, reason: str) -> AgreementView:
    """As in `documents`, with the sides that the exchange knows: the issuer and everyone it reached, or only the two.

    RuleViolation 379/19.2.b when a recipient does not have the document by this network.
    """
    with transaction.atomic():
        sides, reached = sides_of(document_id)
        if not reached:
            raise RuleViolation(
                "379/19.2.b",
                N_("Còn nơi nhận chưa nhận được văn bản qua mạng, chưa lấy xác nhận của đủ các bên được."),
                N_("Chờ gửi đến đủ; nơi nhận bản giấy thì lấy văn bản đồng ý có chữ ký rồi huỷ theo quy trình."),
            )
        return documents.propose_invalidation(
            actor=actor, document_id=document_id, digest=digest, reason=reason, sides=sides
        )


def answer_invalidation(
    *, actor: Actor, document_id: UUID, digest: str, answer: str, reason: str = ""
) -> AgreementView:
    """As in `documents`; at the issuer nobody consents before every recipient has the document."""
    with transaction.atomic():
        reached = not Dispatch.objects.filter(document_id=document_id, state__in=NOT_REACHED).exists()
        return documents.answer_invalidation(
            actor=actor, document_id=document_id, digest=digest, answer=answer, reason=reason, reached=reached
        )


def sides_of(document_id: UUID) -> tuple[Sides, bool]:
    """The sides of the transaction as known here, and whether each of them has the document."""
    if document_queries.facts(document_id).direction is Direction.OUTGOING:
        return _sides_of_issuer(document_id)
    taken = ParcelIn.objects.filter(document_id=document_id, state="admitted").order_by("-id").first()
    if taken is None:
        raise _no_sides()
    return _sides_of_copy(taken), True


def apply_accord(actor: Actor, row: StatementIn, accord: Accord) -> bool:
    """What another side says: at the issuer by a recipient, at a recipient by the issuer. True when it moved something.

    Kept without effect while the document is not here. RuleViolation when it speaks of nothing we share, or for a
    side that it may not speak for.
    """
    if accord.code not in codes.AGREEING:
        raise _not_true()
    sent = Dispatch.objects.filter(
        parcel__id=accord.parcel, sender_code=accord.recipient, recipient_code=accord.sender
    ).first()
    if sent is not None:
        return _heard_by_issuer(actor, row, accord, locked(sent.id))
    row.parcel_in = (
        ParcelIn.objects.select_for_update()
        .filter(sender_code=accord.sender, parcel=accord.parcel, recipient_code=accord.recipient)
        .first()
    )
    if row.parcel_in is None:
        return False
    return _heard_by_copy(actor, row.parcel_in, accord, row.digest)


def take_early_accords(row: ParcelIn, early: Iterable[StatementIn]) -> None:
    """What was said before the document came (again) takes effect as it arrives, in the order it was said."""
    for heard in early:
        accord = Signed.parse(bytes(heard.message)).open()
        assert isinstance(accord, Accord)
        try:
            with transaction.atomic():
                _heard_by_copy(Actor.peer(row.sender_code), row, accord, heard.digest)
        except RuleViolation:
            continue  # it was untrue then as now; its text is kept, the document arrives all the same


def tell_word(*, document_id: UUID, agreement: UUID, side: str) -> None:
    """Tells what a side said: one's own to the issuer; at the issuer, any side's to all the others."""
    view = document_queries.agreement_facts(document_id, agreement)
    said = view.side(side)
    if said is None or said.answer is SideAnswer.NONE:
        return
    if view.own == view.issuer:
        for dispatch in _reached(document_id):
            if dispatch.recipient_code != side or said.answer is SideAnswer.WITHDRAWN:
                _tell_recipient(dispatch, view, said, CODES[said.answer])
    elif view.own == side:
        _tell_issuer(document_id, view, said)


def tell_agreed(*, document_id: UUID, agreement: UUID) -> None:
    """The issuer tells every side that all have consented: the document is void (379/19.3)."""
    view = document_queries.agreement_facts(document_id, agreement)
    own = view.side(view.own)
    assert own is not None
    for dispatch in _reached(document_id):
        _tell_recipient(dispatch, view, own, codes.VOID_AGREED)


def _heard_by_issuer(actor: Actor, row: StatementIn, accord: Accord, dispatch: Dispatch) -> bool:
    """A recipient speaks for itself alone, and never of a conclusion."""
    row.dispatch = dispatch
    if accord.side != accord.sender or accord.code == codes.VOID_AGREED:
        raise _not_true()
    if accord.code == codes.VOID_PROPOSED and accord.proposer != accord.sender:
        raise _not_true()
    sides, _all_reached = sides_of(dispatch.document_id)
    return _take(actor, dispatch.document_id, accord, sides, row.digest)


def _heard_by_copy(actor: Actor, parcel: ParcelIn, accord: Accord, digest: str) -> bool:
    """The issuer speaks for itself and tells what others said, never what we said but that we withdrew."""
    if accord.side == accord.recipient and accord.code != codes.VOID_WITHDRAWN:
        raise _not_true()
    if parcel.document_id is None:
        return False
    sides = _sides_of_copy(parcel)
    told = dict(_listed(accord.sides))
    return _take(
        actor,
        parcel.document_id,
        accord,
        Sides(sides.own, sides.issuer, {**told, **sides.names}),
        accord.evidence or digest,
    )


def _take(actor: Actor, document_id: UUID, accord: Accord, sides: Sides, evidence: str) -> bool:
    proposal = Proposal(
        accord.agreement,
        accord.document,
        accord.page,
        accord.proposer,
        accord.proposed_by,
        accord.why,
        accord.proposed_at,
    )
    if proposal.digest() != accord.proposal or not sides.names.keys() >= {accord.proposer, accord.side}:
        raise _not_true()
    concludes = accord.code == codes.VOID_AGREED
    word = Word(
        side=accord.side,
        answer=SideAnswer.CONFIRMED if concludes else ANSWERS[accord.code],
        person=accord.person,
        method=accord.method,
        reason=accord.reason,
        at=accord.answered_at,
        evidence=evidence,
        concludes=concludes,
    )
    return documents.take_word(sender=actor, document_id=document_id, proposal=proposal, word=word, sides=sides)


def _sides_of_issuer(document_id: UUID) -> tuple[Sides, bool]:
    everyone = [
        one for one in Dispatch.objects.filter(document_id=document_id).order_by("id") if one.state not in NO_SIDE
    ]
    if not everyone:
        raise _no_sides()
    own = everyone[0].sender_code
    names = {own: _name(own), **{one.recipient_code: one.recipient_name for one in everyone}}
    return Sides(own, own, names), not any(one.state in NOT_REACHED for one in everyone)


def _sides_of_copy(parcel: ParcelIn) -> Sides:
    own, issuer = parcel.recipient_code, parcel.sender_code
    return Sides(own, issuer, {issuer: _name(issuer), own: _name(own)})


def _name(code: str) -> str:
    found = directory.entry(code)
    return found.name if found else code


def _reached(document_id: UUID) -> Iterable[Dispatch]:
    found = Dispatch.objects.select_related("parcel").filter(document_id=document_id, parcel__isnull=False)
    return found.exclude(state__in=NO_SIDE).exclude(partner__isnull=True).order_by("id")


def _tell_recipient(dispatch: Dispatch, view: AgreementView, said: SideView, code: str) -> None:
    row = locked(dispatch.id)
    row.notices += 1
    row.save(update_fields=["notices"])
    assert row.partner_id is not None
    key = directory.own_key(row.organisation_id, row.sender_code)
    directory.keep_certificate(key.der, key.code)
    accord = _accord(view, said, code, key, recipient=row.recipient_code, parcel=row.parcel.id, sequence=row.notices)
    queue_message(
        key,
        accord,
        partner_id=row.partner_id,
        document_id=row.document_id,
        organisation_id=row.organisation_id,
        urgency=row.urgency,
    )


def _tell_issuer(document_id: UUID, view: AgreementView, said: SideView) -> None:
    row = ParcelIn.objects.select_for_update().filter(document_id=document_id, state="admitted").order_by("-id").first()
    if row is None or row.organisation_id is None:
        return
    row.statements += 1
    row.save(update_fields=["statements"])
    key = directory.own_key(row.organisation_id, row.recipient_code)
    directory.keep_certificate(key.der, key.code)
    code = CODES[said.answer]
    accord = _accord(view, said, code, key, recipient=row.sender_code, parcel=row.parcel, sequence=row.statements)
    queue_message(
        key,
        accord,
        partner_id=row.partner_id,
        document_id=document_id,
        organisation_id=row.organisation_id,
        urgency=row.urgency,
    )


def _accord(
    view: AgreementView,
    said: SideView,
    code: str,
    key: directory.OwnKey,
    *,
    recipient: str,
    parcel: UUID,
    sequence: int,
) -> Accord:
    now = ports.bound().clock.now()
    return Accord(
        statement=new_id(),
        parcel=parcel,
        sender=view.own,
        recipient=recipient,
        document=view.document_code,
        code=code,
        sequence=sequence,
        at=now,
        reason=said.reason,
        person=said.person[:200],
        unit="",
        number="",
        certificate=key.fingerprint,
        agreement=view.agreement,
        page=view.page_digest,
        proposal=view.digest,
        proposer=view.proposer,
        proposed_by=view.person,
        proposed_at=view.at,
        why=view.reason,
        sides=tuple(f"{one.code} {one.name}"[:LINE_MAX] for one in view.sides),
        side=said.code,
        answered_at=said.at or now,
        method=said.method,
        evidence=said.evidence,
    )


def _listed(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        code, _space, name = line.partition(" ")
        yield code[:35], name


def _no_sides() -> RuleViolation:
    return RuleViolation(
        "379/19.2.b",
        N_("Văn bản này không đi qua liên thông, ở đây không biết các bên để lấy xác nhận."),
        N_("Lấy văn bản đồng ý có chữ ký của các bên rồi huỷ theo quy trình (379/19.2.a)."),
    )


def _not_true() -> RuleViolation:
    return RuleViolation(
        "379/19.2.b",
        N_("Trả lời không khớp với đề nghị huỷ hiệu lực, hoặc nói thay bên khác."),
        N_("Mỗi bên tự trả lời đúng đề nghị đã nhận."),
    )
