"""Incidents: told by anybody, taken in hand by the security officer, closed by the system's owner with a report (379/4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from antin.continuity import ports
from antin.continuity.incident_models import Assessment, Incident
from antin.continuity.lifecycle import INCIDENT
from antin.continuity.rules import incidents as rules
from antin.identity import acts as identity
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.values import Actor, canonical_json, new_id, sha256_hex


@dataclass(frozen=True, slots=True)
class Look:
    """One assessment: `cause` may stay empty until it is known."""

    grade: str
    cause: str
    measures: str


@transaction.atomic
def report_incident(*, actor: Actor, kind: str, words: str, began_at: datetime) -> UUID:
    """Opens an incident in the reporter's body; its id. Security officers and the system's owner see it at once."""
    if actor.person_id is None or actor.organisation_id is None:
        raise rules.nothing_here()
    now = ports.bound().clock.now()
    row = Incident(
        id=new_id(),
        state=INCIDENT.step("", "report_incident").to,
        kind=rules.kind_known(kind),
        organisation_id=actor.organisation_id,
        words=rules.words_given(words),
        began_at=rules.has_begun(began_at, now),
        reported_by=actor.person_id,
        reported_at=now,
    )
    row.save(force_insert=True)
    enter("opened", actor, row, {"kind": row.kind, "words": sha256_hex(row.words.encode())})
    return row.id


@transaction.atomic
def assess_incident(*, actor: Actor, incident_id: UUID, look: Look) -> None:
    """Grade, cause and measures, as often as needed; every look is kept (379/29.1)."""
    row = locked(incident_id)
    step = INCIDENT.step(row.state, "assess_incident")
    identity_rules.require_any_office(actor, step.offices)
    assert actor.person_id is not None
    kept = Assessment(
        id=new_id(),
        incident=row,
        grade=rules.grade_known(look.grade),
        cause=rules.words_given(look.cause) if look.cause.strip() else "",
        measures=rules.words_given(look.measures),
        by=actor.person_id,
        at=ports.bound().clock.now(),
    )
    kept.save(force_insert=True)
    row.grade, row.cause = kept.grade, kept.cause or row.cause
    row.state = row.state if step.to == "same" else step.to
    row.save(update_fields=["grade", "cause", "state"])
    enter("assessed", actor, row, {"grade": kept.grade, "measures": sha256_hex(kept.measures.encode())})


@transaction.atomic
def close_incident(*, actor: Actor, incident_id: UUID, report: str) -> None:
    """The owner's report ends it: cause named, work on paper wholly back in the system. Confirmed for this incident."""
    row = locked(incident_id)
    step = INCIDENT.step(row.state, "close_incident")
    identity_rules.require_any_office(actor, step.offices)
    rules.cause_named(row.cause)
    rules.outage_reconciled(list(row.outages.values_list("state", flat=True)))
    row.report = rules.words_given(report)
    identity.spend_challenge(actor=actor, act="close_incident", digest=closing_digest(row.id))
    row.state, row.closed_by, row.closed_at = step.to, actor.person_id, ports.bound().clock.now()
    row.save()
    enter("closed", actor, row, {"report": sha256_hex(row.report.encode())})


def closing_digest(incident_id: UUID) -> str:
    """What the owner's code is bound to: this incident."""
    return sha256_hex(canonical_json({"act": "close_incident", "incident": str(incident_id)}))


def locked(incident_id: UUID) -> Incident:
    """The row, held until the transaction ends. RuleViolation 379/4.4 when there is none."""
    row = Incident.objects.select_for_update().filter(id=incident_id).first()
    if row is None:
        raise rules.nothing_here()
    return row


def enter(what: str, actor: Actor, row: Incident, facts: dict[str, object]) -> None:
    ledger.append(
        f"continuity.incident.{what}",
        actor,
        object_kind="incident",
        object_id=row.id,
        organisation_id=row.organisation_id,
        facts=facts,
        clause="379/4.6",
    )
