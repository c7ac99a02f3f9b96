"""Incidents and work on paper as their people see them: watchers all, who reported one that one, clerks their own body's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antin.continuity.counting import counted
from antin.continuity.incident_models import Assessment, Incident, Outage, PaperBlock, PaperCase
from antin.continuity.rules import incidents as rules
from antin.conversion import queries as conversion
from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.values import Actor, Office

SHOWN_MOST = 200


@dataclass(frozen=True, slots=True)
class AssessmentView:
    grade: str
    cause: str
    measures: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentView:
    """`assesses`, `owns`: what the reader may do now."""

    id: UUID
    state: str
    kind: str
    organisation: str
    words: str
    began_at: datetime
    reported_by: str
    reported_at: datetime
    grade: str
    cause: str
    report: str
    closed_by: str
    closed_at: datetime | None
    assessments: tuple[AssessmentView, ...]
    outages: tuple[OutageView, ...]
    assesses: bool
    owns: bool


@dataclass(frozen=True, slots=True)
class OutageView:
    """`counts`: used, voided, unchecked, untouched numbers."""

    id: UUID
    incident_id: UUID
    state: str
    organisations: tuple[tuple[UUID, str], ...]
    scope: str
    began_at: datetime
    declared_at: datetime
    checks: str
    ended_at: datetime | None
    closed_at: datetime | None
    counts: dict[str, int]
    digest: str


@dataclass(frozen=True, slots=True)
class NumberView:
    """One number set aside; `state` is "" while nobody has said what became of it."""

    number: int
    state: str
    case_id: UUID | None = None
    document: DocumentView | None = None
    acted_at: datetime | None = None
    reason: str = ""
    entered_by: str = ""
    checked_by: str = ""
    may_check: bool = False


@dataclass(frozen=True, slots=True)
class BlockView:
    id: UUID
    organisation_id: UUID
    organisation: str
    kind: str
    series: str
    first: int
    last: int
    allotted_at: datetime
    numbers: tuple[NumberView, ...]
    may_enter: bool


def incidents(actor: Actor) -> tuple[IncidentView, ...]:
    """Open ones first, then the newest."""
    rows = Incident.objects.order_by("-reported_at", "-id")
    if not _watches(actor):
        rows = rows.filter(reported_by=actor.person_id)
    found = sorted(rows[:SHOWN_MOST], key=lambda row: row.state == "closed")
    return tuple(_incidents(actor, found))


def incident(actor: Actor, incident_id: UUID) -> IncidentView:
    """RuleViolation 379/4.4 for a foreign one as for none."""
    row = Incident.objects.filter(id=incident_id).first()
    if row is None or not (_watches(actor) or row.reported_by == actor.person_id):
        raise rules.nothing_here()
    return _incidents(actor, [row])[0]


def open_incidents(actor: Actor) -> int:
    """How many wait for this person: not assessed for security officers, not closed for the owner."""
    mine = {mandate.office for mandate in actor.mandates}
    waiting = {"open"} if Office.SECURITY_OFFICER in mine else set()
    waiting |= {"in_hand"} if Office.SYSTEM_OWNER in mine else set()
    return Incident.objects.filter(state__in=waiting).count() if waiting else 0


def outages(actor: Actor) -> tuple[OutageView, ...]:
    """Those the actor works in or watches over, running ones first."""
    rows = Outage.objects.order_by("-declared_at")
    if not _watches(actor):
        rows = rows.filter(organisations__overlap=list(actor.organisations(*rules.PAPER_WORKERS)))
    return _outages(sorted(rows[:SHOWN_MOST], key=lambda row: row.state == "reconciled"))


def outage(actor: Actor, outage_id: UUID) -> OutageView:
    """RuleViolation 379/4.4 for a foreign one as for none."""
    row = Outage.objects.filter(id=outage_id).first()
    seen = row is not None and (_watches(actor) or set(row.organisations) & _worked(actor))
    if row is None or not seen:
        raise rules.nothing_here()
    return _outages([row])[0]


def running_outage(actor: Actor) -> UUID | None:
    """The outage that stands for the actor's own organisation now: paper takes the system's place there."""
    if actor.organisation_id is None:
        return None
    found = Outage.objects.filter(state="declared", organisations__contains=[actor.organisation_id])
    return found.values_list("id", flat=True).first()


def blocks(actor: Actor, outage_id: UUID) -> tuple[BlockView, ...]:
    """The runs of numbers of an outage, each number with what became of it."""
    outage(actor, outage_id)
    rows = list(PaperBlock.objects.filter(outage_id=outage_id).order_by("allotted_at", "id"))
    cases = PaperCase.objects.filter(block__in=rows).exclude(state="sent_back")
    by_place = {(case.block_id, case.number): case for case in cases}
    names = _names(who for case in by_place.values() for who in (case.entered_by, case.checked_by))
    cards = documents.cards(actor, [case.document_id for case in by_place.values() if case.document_id])
    checkers, clerks = actor.organisations(Office.CLERK, Office.LEADER), actor.organisations(Office.CLERK)
    return tuple(
        BlockView(
            row.id, row.organisation_id, identity.organisation(row.organisation_id).short_name, row.kind, row.series,
            row.first, row.last, row.allotted_at,
            tuple(
                _number(number, by_place.get((row.id, number)), names, cards, actor, row.organisation_id in checkers)
                for number in range(row.first, row.last + 1)
            ),
            row.organisation_id in clerks,
        )
        for row in rows
    )  # fmt: skip


def candidates(actor: Actor, outage_id: UUID, organisation_id: UUID) -> tuple[DocumentView, ...]:
    """Sealed scans made since the outage began that stand under no number of it yet."""
    since = outage(actor, outage_id).began_at
    taken = set(PaperCase.objects.filter(state__in=["entered", "used"]).values_list("document_id", flat=True))
    found = [one for one in conversion.certified_since(actor, organisation_id, since) if one not in taken]
    return tuple(documents.cards(actor, found).values())


def _number(
    number: int,
    case: PaperCase | None,
    names: dict[UUID, str],
    cards: dict[UUID, DocumentView],
    actor: Actor,
    is_checker: bool,
) -> NumberView:
    if case is None:
        return NumberView(number, "")
    return NumberView(
        number,
        case.state,
        case.id,
        cards.get(case.document_id) if case.document_id else None,
        case.acted_at,
        case.reason,
        names.get(case.entered_by, ""),
        names.get(case.checked_by, "") if case.checked_by else "",
        may_check=is_checker and case.state == "entered" and case.entered_by != actor.person_id,
    )


def _watches(actor: Actor) -> bool:
    return any(mandate.office in rules.WATCHERS for mandate in actor.mandates)


def _worked(actor: Actor) -> set[UUID]:
    return set(actor.organisations(*rules.PAPER_WORKERS))


def _incidents(actor: Actor, rows: list[Incident]) -> list[IncidentView]:
    held = {mandate.office for mandate in actor.mandates}
    looks = list(Assessment.objects.filter(incident__in=rows).order_by("at", "id"))
    names = _names([*(who for row in rows for who in (row.reported_by, row.closed_by)), *(look.by for look in looks)])
    named = {one.id: one.short_name for one in identity.organisations()}
    out = _outages(list(Outage.objects.filter(incident__in=rows).order_by("declared_at")))
    return [
        IncidentView(
            row.id, row.state, row.kind, named.get(row.organisation_id, ""), row.words, row.began_at,
            names.get(row.reported_by, ""), row.reported_at, row.grade, row.cause, row.report,
            names.get(row.closed_by, "") if row.closed_by else "", row.closed_at,
            tuple(
                AssessmentView(one.grade, one.cause, one.measures, names.get(one.by, ""), one.at)
                for one in looks
                if one.incident_id == row.id
            ),
            tuple(one for one in out if one.incident_id == row.id),
            assesses=Office.SECURITY_OFFICER in held and row.state != "closed",
            owns=Office.SYSTEM_OWNER in held and row.state != "closed",
        )
        for row in rows
    ]  # fmt: skip


def _outages(rows: list[Outage]) -> tuple[OutageView, ...]:
    named = {one.id: one.short_name for one in identity.organisations()} if rows else {}
    return tuple(
        OutageView(
            row.id, row.incident_id, row.state, tuple((one, named.get(one, "")) for one in row.organisations), row.scope,
            row.began_at, row.declared_at, row.checks, row.ended_at, row.closed_at, row.counts or counted(row.id), row.digest,
        )
        for row in rows
    )  # fmt: skip


def _names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in ids if one is not None}
    return {one: view.name for one, view in identity.people(wanted).items()} if wanted else {}
