"""A rule under lock, its standing, and its entries in the ledger."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from antin.automation import rules
from antin.automation.facts import RUN, Standing
from antin.automation.models import AutomatedAct, Run
from antin.ledger import acts as ledger
from antin.rulebook import queries as rulebook
from antin.values import Actor, to_vietnam

SYSTEM = Actor.system("automation")


def locked(rule_id: UUID) -> AutomatedAct:
    """The rule, held until the transaction ends, so that a pause comes before a run or after it, never between."""
    return rules.found(AutomatedAct.objects.select_for_update().filter(pk=rule_id).first())


def standing(row: AutomatedAct) -> Standing:
    """What decides whether the rule may act now."""
    since = Run.objects.filter(rule=row, at__gte=row.approved_at) if row.approved_at else Run.objects.none()
    midnight = to_vietnam(timezone.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return Standing(
        state=row.state,
        digest=row.digest,
        reviewed_digest=row.reviewed_digest,
        approved_at=row.approved_at,
        review_is_over=row.next_review_on is None or row.next_review_on < rulebook.today(),
        done_today=Run.objects.filter(rule=row, at__gte=midnight).exclude(state="failed").count(),
        errors=since.filter(state="failed").count(),
    )


def enter_rule(
    what: str, actor: Actor, row: AutomatedAct, /, *, clause: str, reason: str = "", **facts: object
) -> None:
    """One entry about the rule."""
    ledger.append(
        f"automation.rule.{what}",
        actor,
        object_kind="automation",
        object_id=row.pk,
        organisation_id=row.organisation_id,
        facts={"digest": row.digest, "version": row.version, **facts},
        reason=reason,
        clause=clause,
    )


def enter_run(act: str, actor: Actor, run: Run, /, *, clause: str, reason: str = "", **facts: object) -> None:
    """One entry about the document: under which rule, on which cause, upon which content, who answers (379/27.2.b)."""
    ledger.append(
        act,
        actor,
        object_kind="document",
        object_id=run.document_id,
        organisation_id=run.organisation_id,
        facts={
            "automation": str(run.rule_id),
            "digest": run.rule_digest,
            "cause": run.cause,
            "content": run.content_digest,
            "overseer": str(run.overseer_id),
            "act": run.act,
            **facts,
        },
        reason=reason,
        clause=clause,
    )


def is_run(row: Run) -> bool:
    """Done by the machine itself rather than proposed."""
    return row.mode == RUN
