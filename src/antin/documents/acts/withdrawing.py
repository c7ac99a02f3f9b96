"""Out of force by the issuer's own decision: recall and invalidation (217/9.2, 379/17.2, 379/19).

The original is never touched: its validity changes, the reason stands beside it, recipients learn it by the exchange.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from antin.documents import lifecycle, models, rows, rules
from antin.documents.facts import DocumentView
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.values import Actor


def recall(*, actor: Actor, document_id: UUID, digest: str, reason: str) -> DocumentView:
    """Takes an issued document back; spends the challenge "recall" over the digest of the page that was shown.

    Every recipient is asked to put its copy out of use (by following). RuleViolation 217/9.2 for a document that is
    not one's own or not issued, 379/17.3 without a reason, 379/17.2 when the page is another than the one shown.
    """
    with transaction.atomic():
        row, acting = _begin(actor, document_id, "recall", digest)
        reason = rules.reason_given(reason)
        return _end(row, acting, "recall", digest, reason=reason)


def invalidate(*, actor: Actor, document_id: UUID, digest: str, reason: str, basis: str, form: str) -> DocumentView:
    """Declares an issued document void, on a named basis and in a named form (379/19.1, 379/19.2.a, 379/19.3).

    Spends the challenge "invalidate" over the digest of the page that was shown. It stays readable for those who
    could read it, marked as void everywhere (379/19.4).
    """
    with transaction.atomic():
        row, acting = _begin(actor, document_id, "invalidate", digest)
        reason = rules.reason_given(reason)
        basis, form = rules.internal_basis_named(basis), rules.form_named(form)
        return _end(row, acting, "invalidate", digest, reason=reason, basis=basis, form=form)


def _begin(actor: Actor, document_id: UUID, act: str, digest: str) -> tuple[models.Document, Actor]:
    row, facts = rows.lock_for(actor, document_id)
    rules.ask_guards(facts, "validity", act)
    rules.own_document(facts)
    step = lifecycle.VALIDITY.step(row.validity, act)
    acting = rows.office_of(step, actor, row, facts)
    rules.page_bound(rows.final_page(row.id).digest, digest)
    return row, acting


def _end(
    row: models.Document, acting: Actor, act: str, digest: str, *, reason: str, basis: str = "", form: str = ""
) -> DocumentView:
    step = lifecycle.VALIDITY.step(row.validity, act)
    proof = identity.spend_challenge(actor=acting, act=act, digest=digest)
    rows.end(row, step.to, by=acting, reason=reason, basis=basis, form=form)
    facts: dict[str, Any] = {"digest": digest, "validity": step.to, "step_up": str(proof.method)}
    ledger.append(
        f"documents.document.{step.to}",
        acting,
        object_kind="document",
        object_id=row.id,
        organisation_id=row.owner_id,
        facts=facts,
        detail={"basis": basis, "form": form} if basis else {},
        reason=reason,
        clause=step.clauses[0],
    )
    return rows.view(row)
