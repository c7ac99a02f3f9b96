"""Work on paper while the system is out: declared by its owner, ended, and closed when nothing is missing (379/4.6, 217/7.4).

Numbers come from the books in runs; each comes back as a sealed scan that a second person checked, or voided with its reason.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from antin.continuity import ports
from antin.continuity.acts.incidents import locked as locked_incident
from antin.continuity.counting import counted
from antin.continuity.incident_models import Outage, PaperBlock, PaperCase
from antin.continuity.lifecycle import OUTAGE
from antin.continuity.rules import incidents as rules
from antin.identity import acts as identity
from antin.identity import queries as organisations
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.registry import acts as registry
from antin.values import Actor, canonical_json, new_id, sha256_hex


@transaction.atomic
def declare_outage(
    *, actor: Actor, incident_id: UUID, organisation_ids: Collection[UUID], scope: str, began_at: datetime
) -> UUID:
    """Paper in the system's place for these organisations, from when it really began; the outage's id."""
    incident, now = locked_incident(incident_id), ports.bound().clock.now()
    step = OUTAGE.step("", "declare_outage")
    identity_rules.require_any_office(actor, step.offices)
    rules.incident_open(incident.state)
    rules.scope_named(organisation_ids, [one.id for one in organisations.organisations()])
    running = Outage.objects.exclude(state="reconciled").filter(organisations__overlap=list(organisation_ids))
    rules.not_out_already(is_out=running.exists())
    assert actor.person_id is not None
    row = Outage(
        id=new_id(),
        incident=incident,
        state=step.to,
        organisations=sorted(organisation_ids),
        scope=rules.words_given(scope),
        began_at=rules.has_begun(began_at, now),
        declared_by=actor.person_id,
        declared_at=now,
    )
    row.save(force_insert=True)
    _enter("declared", actor, row, {"organisations": [str(one) for one in row.organisations]})
    return row.id


@transaction.atomic
def end_outage(*, actor: Actor, outage_id: UUID, checks: str) -> None:
    """The system carries the work again; `checks` says what was tried before (379/4.6)."""
    row = locked_outage(outage_id)
    step = OUTAGE.step(row.state, "end_outage")
    identity_rules.require_any_office(actor, step.offices)
    row.checks = rules.words_given(checks)
    row.state, row.ended_by, row.ended_at = step.to, actor.person_id, ports.bound().clock.now()
    row.save()
    _enter("ended", actor, row, {"checks": sha256_hex(row.checks.encode())})


@transaction.atomic
def allot_paper_block(
    *, actor: Actor, outage_id: UUID, organisation_id: UUID, kind: str, series: str, count: int
) -> UUID:
    """Sets the next `count` numbers of a register aside for paper; the block's id. Only clerks of that organisation."""
    row = locked_outage(outage_id)
    rules.out_now(row.state)
    rules.in_scope(organisation_id, row.organisations)
    given = registry.block_numbers(
        actor=actor, organisation_id=organisation_id, kind=kind, series=series, count=count, note=""
    )
    assert actor.person_id is not None
    block = PaperBlock(
        id=new_id(),
        outage=row,
        organisation_id=organisation_id,
        register_id=given.register_id,
        kind=kind,
        series=series,
        first=given.first,
        last=given.last,
        allotted_by=actor.person_id,
        allotted_at=ports.bound().clock.now(),
    )
    block.save(force_insert=True)
    facts = {"register": str(given.register_id), "first": given.first, "last": given.last}
    ledger.append(
        "continuity.block.allotted",
        actor,
        object_kind="outage",
        object_id=row.id,
        organisation_id=organisation_id,
        facts=facts,
        clause="379/4.6",
    )
    return block.id


@transaction.atomic
def close_outage(*, actor: Actor, outage_id: UUID) -> None:
    """Nothing is missing: every number set aside was used or voided, every entry checked; the counts stand in the log (I44).

    Spends the challenge "close_outage" over what is closed.
    """
    row = locked_outage(outage_id)
    step = OUTAGE.step(row.state, "close_outage")
    held = {mandate.organisation_id for mandate in actor.mandates if mandate.office in step.offices}
    identity_rules.require_any_office(actor, step.offices)
    if not held & set(row.organisations):
        raise rules.nothing_here()
    counts = counted(row.id)
    rules.nothing_left(untouched=counts["untouched"], unchecked=counts["unchecked"])
    identity.spend_challenge(actor=actor, act="close_outage", digest=reconciliation_digest(row.id))
    row.counts, row.digest = counts, list_digest(row.id)
    row.state, row.closed_by, row.closed_at = step.to, actor.person_id, ports.bound().clock.now()
    row.save()
    _enter("reconciled", actor, row, {**counts, "list": row.digest})


def locked_outage(outage_id: UUID) -> Outage:
    """The row, held until the transaction ends. RuleViolation 379/4.4 when there is none."""
    row = Outage.objects.select_for_update().filter(id=outage_id).first()
    if row is None:
        raise rules.nothing_here()
    return row


def reconciliation_digest(outage_id: UUID) -> str:
    """What the code of who closes it is bound to: this outage, with what became of each number by now."""
    return sha256_hex(canonical_json({"act": "close_outage", "outage": str(outage_id), "list": list_digest(outage_id)}))


def list_digest(outage_id: UUID) -> str:
    """SHA-256 over each number that was used or voided, with its document or reason."""
    rows = PaperCase.objects.filter(block__outage_id=outage_id, state__in=["used", "voided"])
    told = [
        {
            "register": str(row.block.register_id),
            "number": row.number,
            "state": row.state,
            "document": str(row.document_id or ""),
            "reason": row.reason,
        }
        for row in rows.select_related("block").order_by("block__register_id", "number")
    ]
    return sha256_hex(canonical_json(told))


def _enter(what: str, actor: Actor, row: Outage, facts: dict[str, object]) -> None:
    ledger.append(
        f"continuity.outage.{what}",
        actor,
        object_kind="outage",
        object_id=row.id,
        organisation_id=row.incident.organisation_id,
        facts=facts,
        clause="379/4.6",
    )
