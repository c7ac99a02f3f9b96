"""Reported suspicions: for who reported them, and for auditors and competent authorities of the body; never for who is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from antin.identity import queries as identity
from antin.ledger import queries as ledger
from antin.reports import rules
from antin.reports.models import Violation
from antin.values import Actor
from antin.vault import queries as vault

SHOWN_MOST = 200


@dataclass(frozen=True, slots=True)
class ViolationRow:
    """One case. `words` and `outcome` are empty in lists; `evidence`: kind, name and digest of what was frozen."""

    id: UUID
    organisation_id: UUID
    state: str
    clause: str
    reported_by: str
    reported_at: datetime
    is_mine: bool
    evidence: Sequence[Mapping[str, str]]
    has_file: bool
    log_size: int
    suspect: str
    settled_by: str
    settled_at: datetime | None
    words: str = ""
    outcome: str = ""


def violations(actor: Actor) -> tuple[ViolationRow, ...]:
    """What this person may see, open ones first, then the newest."""
    rows = list(_visible(actor).order_by("-state", "-reported_at")[:SHOWN_MOST])
    rows.sort(key=lambda row: row.state != "open")
    return _rows(actor, rows)


def open_violations(actor: Actor) -> int:
    """How many of them wait for a finding."""
    return _visible(actor).filter(state="open").count()


def violation(actor: Actor, violation_id: UUID) -> ViolationRow:
    """One case with its words. RuleViolation 379/4.4 for whom it is not there."""
    row = _visible(actor).filter(id=violation_id).first()
    if row is None:
        raise rules.nothing_here()
    return _rows(actor, [row], whole=True)[0]


def evidence_file(actor: Actor, violation_id: UUID) -> tuple[str, bytes]:
    """Name and bytes of the file handed in. RuleViolation 379/4.4 when there is none for this person."""
    row = _visible(actor).filter(id=violation_id, file__isnull=False).first()
    if row is None:
        raise rules.nothing_here()
    name = next(one["name"] for one in row.evidence if one["kind"] == "file")
    return name, vault.read(row.file)


def may_judge(actor: Actor, row: ViolationRow) -> bool:
    """Whether the settling is offered; the act asks again."""
    return row.state == "open" and not row.is_mine and row.organisation_id in bodies_judged(actor)


def bodies_judged(actor: Actor) -> frozenset[UUID]:
    return identity.with_all_below(actor.organisations(*rules.JUDGES))


def _visible(actor: Actor) -> QuerySet[Violation]:
    overseen = Q(organisation_id__in=identity.with_all_below(actor.organisations(*rules.OVERSEERS)))
    others = overseen & ~Q(suspect_id=actor.person_id) if actor.person_id else overseen
    return Violation.objects.filter(others | Q(reported_by=actor.person_id))


def _rows(actor: Actor, rows: list[Violation], *, whole: bool = False) -> tuple[ViolationRow, ...]:
    named = {one for row in rows for one in (row.reported_by, row.settled_by, row.suspect_id) if one}
    people = {key: one.name for key, one in identity.people(named).items()}
    return tuple(
        ViolationRow(
            id=row.id,
            organisation_id=row.organisation_id,
            state=row.state,
            clause=row.clause,
            reported_by=people.get(row.reported_by, ""),
            reported_at=row.reported_at,
            is_mine=row.reported_by == actor.person_id,
            evidence=row.evidence,
            has_file=row.file is not None,
            log_size=ledger.size_in(row.log_head) if row.log_head else 0,
            suspect=people.get(row.suspect_id, "") if row.suspect_id else "",
            settled_by=people.get(row.settled_by, "") if row.settled_by else "",
            settled_at=row.settled_at,
            words=vault.read(row.words).decode() if whole else "",
            outcome=vault.read(row.outcome).decode() if whole and row.outcome else "",
        )
        for row in rows
    )
