"""Impoundment by decision of a competent authority, its lifting, and the record of what was tried meanwhile (379/21)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from antin.documents import lifecycle, models, rows, rules
from antin.documents.acts.agreeing import settle_invalidations
from antin.documents.facts import DecisionFacts, OrderFacts
from antin.documents.queries import impounded
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Office, new_id, sha256_hex

_BEGIN = """
INSERT INTO documents_impoundment (order_id, authority_id, begun_at, id, document_id, digest)
SELECT %s, %s, %s, one.id, one.document_id, one.digest
FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS one (id, document_id, digest)
"""


def impound(
    *,
    actor: Actor,
    owner_id: UUID,
    decision: DecisionFacts,
    document_ids: Collection[UUID],
    reason: str,
    term_ends_on: date | None = None,
) -> UUID:
    """Seals off exactly these documents at once; the order's id. What is at work on one of them ends first.

    Spends the challenge "impound" over `rules.scope_digest`. RuleViolation 379/21.1 for who may not or a decision
    that names too little, 379/21.2.d for an empty scope or one that this authority has impounded already.
    """
    decision = rules.decision_verified(decision, rulebook.today())
    reason = rules.reason_given(reason)
    rules.scope_listed(document_ids)
    rules.may_impound(actor, owner_id)
    scope = rules.scope_digest(decision, document_ids)
    with transaction.atomic():
        proof = identity.spend_challenge(actor=actor, act="impound", digest=scope)
        ids = _locked(owner_id, document_ids)
        lifecycle.IMPOUNDMENT.step("", "impound")
        assert actor.person_id is not None
        order = _order(
            OrderFacts(
                id=new_id(),
                owner_id=owner_id,
                decision=decision,
                reason=reason,
                term_ends_on=term_ends_on,
                begun_at=rows.now(),
                begun_by=actor.person_id,
                begun_by_name=actor.name,
                document_ids=tuple(document_ids),
            )
        )
        _begin(order, ids)
        ledger.append(
            "documents.impoundment.begun",
            rows.acting(actor, Office.IMPOUNDING_AUTHORITY, owner_id),
            object_kind="impoundment",
            object_id=order.id,
            organisation_id=owner_id,
            facts={
                "scope": scope,
                "documents": len(ids),
                "decision": decision.number,
                "decided_on": str(decision.decided_on),
                "step_up": str(proof.method),
            },
            detail={"authority": decision.authority, "term_ends_on": str(term_ends_on or "")},
            reason=reason,
            clause="379/21.1",
        )
    return order.id


@transaction.atomic
def impound_again(*, actor: Actor, order: OrderFacts) -> int:
    """Puts an order back that a restored database has lost; answers how many of its documents are here (379/21.3).

    No new decision: authority, number and beginning are those of the first time. An order that stands is left as it is.
    """
    if models.ImpoundmentOrder.objects.filter(id=order.id).exists():
        return 0
    ids = _there(order.owner_id, order.document_ids)
    row = _order(order)
    _begin(row, ids)
    ledger.append(
        "documents.impoundment.begun",
        actor,
        object_kind="impoundment",
        object_id=row.id,
        organisation_id=row.owner_id,
        facts={"scope": row.scope_digest, "documents": len(ids), "restored": True},
        detail={"authority": row.authority_name},
        reason=row.reason,
        clause="379/21.3",
    )
    return len(ids)


def lift_impoundment(*, actor: Actor, order_id: UUID, decision: DecisionFacts) -> None:
    """Gives back what was sealed off, by the same authority's decision, after proof that nothing of it changed.

    Spends the challenge "lift_impoundment" over the order's scope digest. RuleViolation 379/21.4 for another
    authority, 379/21.2.c when content differs, 379/4.4 for an order that is not the actor's to see.
    """
    decision = rules.decision_verified(decision, rulebook.today())
    with transaction.atomic():
        order = models.ImpoundmentOrder.objects.select_for_update().filter(id=order_id).first()
        if order is None or not actor.holds(Office.IMPOUNDING_AUTHORITY, order.owner_id):
            raise rows.not_found()
        rules.may_impound(actor, order.owner_id)
        step = lifecycle.IMPOUNDMENT.step("lifted" if order.lifted_at else "in_effect", "lift_impoundment")
        rules.same_authority(DecisionFacts(order.authority_name, order.decision, order.decided_on), decision)
        before = dict(models.Impoundment.objects.filter(order_id=order.id).values_list("document_id", "digest"))
        rules.digests_unchanged(before.items(), impounded.contents(before).items())
        proof = identity.spend_challenge(actor=actor, act="lift_impoundment", digest=order.scope_digest)
        _lift(order, actor, decision, rows.now())
        ledger.append(
            "documents.impoundment.lifted",
            rows.acting(actor, Office.IMPOUNDING_AUTHORITY, order.owner_id),
            object_kind="impoundment",
            object_id=order.id,
            organisation_id=order.owner_id,
            facts={
                "scope": order.scope_digest,
                "documents": len(before),
                "unchanged": True,
                "decision": decision.number,
                "decided_on": str(decision.decided_on),
                "step_up": str(proof.method),
            },
            detail={"authority": decision.authority},
            clause=step.clauses[0],
        )
        settle_invalidations(before)


def note_refused_access(*, actor: Actor, document_id: UUID, tried: str) -> None:
    """A read or act on an impounded document was refused: one entry per open impoundment (379/21.2.c).

    Called once the refused transaction is over; commits by itself. `tried` is the address asked for.
    """
    with transaction.atomic():
        for order_id, _document, owner_id in impounded.open_orders([document_id]):
            ledger.append(
                impounded.REFUSED,
                actor,
                object_kind="impoundment",
                object_id=order_id,
                organisation_id=owner_id,
                facts={"document": str(document_id), "tried": sha256_hex(tried.encode())},
                detail={"tried": tried[:300]},
                clause="379/21.3",
            )


def _locked(owner_id: UUID, document_ids: Collection[UUID]) -> Sequence[UUID]:
    """The documents' rows, locked in one order; whoever was at work on one of them has finished then."""
    found = _there(owner_id, document_ids)
    if len(found) != len(set(document_ids)):
        raise rows.not_found()
    return found


def _there(owner_id: UUID, document_ids: Collection[UUID]) -> list[UUID]:
    """Those of the documents that the organisation has, their rows locked one after the other by id."""
    held = models.Document.objects.select_for_update().filter(owner_id=owner_id).order_by("id")
    steps = impounded.in_steps(sorted(set(document_ids)))
    return [found for step in steps for found in held.filter(id__in=step).values_list("id", flat=True)]


def _order(told: OrderFacts) -> models.ImpoundmentOrder:
    return models.ImpoundmentOrder.objects.create(
        id=told.id,
        owner_id=told.owner_id,
        authority_id=rules.authority_id(told.decision.authority),
        authority_name=told.decision.authority,
        decision=told.decision.number,
        decided_on=told.decision.decided_on,
        term_ends_on=told.term_ends_on,
        reason=told.reason,
        scope_digest=rules.scope_digest(told.decision, told.document_ids),
        begun_at=told.begun_at,
        begun_by=told.begun_by,
        begun_by_name=told.begun_by_name,
    )


def _begin(order: models.ImpoundmentOrder, ids: Sequence[UUID]) -> None:
    open_already = models.Impoundment.objects.filter(authority_id=order.authority_id, lifted_at__isnull=True)
    if any(open_already.filter(document_id__in=step).exists() for step in impounded.in_steps(ids)):
        raise RuleViolation(
            "379/21.2.d",
            N_("Có văn bản đã đang bị chính cơ quan này niêm phong."),
            N_("Bỏ văn bản đó khỏi danh sách."),
        )
    digests = impounded.contents(ids)
    for step in impounded.in_steps(ids):
        columns = [[new_id() for _ in step], step, [digests[one] for one in step]]
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN, [order.id, order.authority_id, order.begun_at, *columns])


def _lift(order: models.ImpoundmentOrder, actor: Actor, decision: DecisionFacts, at: datetime) -> None:
    order.lifting_decision, order.lifting_decided_on = decision.number, decision.decided_on
    order.lifted_at, order.lifted_by_name = at, actor.name
    order.save()
    models.Impoundment.objects.filter(order_id=order.id).update(lifted_at=at)
