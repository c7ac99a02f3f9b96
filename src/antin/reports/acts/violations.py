"""A suspected breach of the regulation is reported with evidence, frozen by digest, and followed up (379/32.p1, 379/5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from antin.documents import queries as documents
from antin.identity import acts as identity
from antin.identity import queries as identity_queries
from antin.ledger import acts as ledger
from antin.ledger import queries as log
from antin.regulation.clauses import clauses
from antin.reports import ports, rules
from antin.reports.lifecycle import VIOLATION
from antin.reports.models import Violation
from antin.reports.queries.violations import bodies_judged
from antin.values import Actor, canonical_json, new_id, sha256_hex
from antin.vault import acts as vault


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What somebody reports: the clause, what happened, and what shows it (a document they may see, a file, or both)."""

    clause: str
    words: str
    document_id: UUID | None = None
    suspect_id: UUID | None = None
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)


@transaction.atomic
def report_violation(*, actor: Actor, suspicion: Suspicion) -> UUID:
    """Opens a case in the reporter's body; its id. RuleViolation 379/32.p1 without words, evidence or a known clause,

    379/4.4 for a document the reporter may not see. Digests of what was shown and the log's head stand from now on.
    """
    organisation_id, person_id = actor.organisation_id, actor.person_id
    if organisation_id is None or person_id is None:
        raise rules.nothing_here()
    clause = rules.breached(suspicion.clause, clauses())
    shows = suspicion.document_id is not None or bool(suspicion.file)
    words = rules.evidence_named(suspicion.words, shows=shows)
    rules.file_fits(len(suspicion.file))
    rules.person_known(identity_queries.people([suspicion.suspect_id]) if suspicion.suspect_id else None)
    head, case = log.head(), new_id()
    row = Violation(
        id=case,
        organisation_id=organisation_id,
        state=VIOLATION.step("", "report_violation").to,
        clause=clause,
        words=vault.store(words.encode(), owner=case, media_type="text/plain").id,
        evidence=_evidence(actor, suspicion),
        file=_file(case, suspicion),
        log_head=head.note if head else "",
        suspect_id=suspicion.suspect_id,
        reported_by=person_id,
        reported_at=ports.bound().clock.now(),
    )
    row.save(force_insert=True)
    _enter("reported", actor, row, {"evidence": [one["digest"] for one in row.evidence]})
    return row.id


@transaction.atomic
def settle_violation(*, actor: Actor, violation_id: UUID, outcome: str) -> None:
    """The competent authority's finding, confirmed for exactly this case and these words (379/32.p1)."""
    row = Violation.objects.select_for_update().filter(id=violation_id).first()
    if row is None or row.organisation_id not in bodies_judged(actor):
        raise rules.nothing_here()
    rules.may_judge(actor.person_id, row.suspect_id, row.reported_by)
    step = VIOLATION.step(row.state, "settle_violation")
    outcome = rules.outcome_given(outcome)
    identity.spend_challenge(actor=actor, act="settle_violation", digest=settlement_digest(row.id))
    row.outcome = vault.store(outcome.encode(), owner=row.id, media_type="text/plain").id
    row.state, row.settled_by, row.settled_at = step.to, actor.person_id, ports.bound().clock.now()
    row.save()
    _enter("settled", actor, row, {"outcome": sha256_hex(outcome.encode())})


def settlement_digest(violation_id: UUID) -> str:
    """What the judge's code is bound to: this case."""
    return sha256_hex(canonical_json({"act": "settle_violation", "violation": str(violation_id)}))


def _evidence(actor: Actor, suspicion: Suspicion) -> list[dict[str, str]]:
    found = []
    if suspicion.document_id is not None:
        view = documents.document(actor, suspicion.document_id)
        found.append({"kind": "document", "id": str(view.id), "name": view.reference_number, "digest": view.digest})
    if suspicion.file:
        found.append(
            {"kind": "file", "id": "", "name": suspicion.file_name[:200], "digest": sha256_hex(suspicion.file)}
        )
    return found


def _file(case: UUID, suspicion: Suspicion) -> UUID | None:
    if not suspicion.file:
        return None
    return vault.store(suspicion.file, owner=case, media_type="application/octet-stream").id


def _enter(what: str, actor: Actor, row: Violation, facts: dict[str, object]) -> None:
    """The entry names case, clause and digests: neither what was said nor who is meant."""
    ledger.append(
        f"reports.violation.{what}",
        actor,
        object_kind="violation",
        object_id=row.id,
        organisation_id=row.organisation_id,
        facts={"clause": row.clause, **facts},
        clause="379/32.p1",
    )
