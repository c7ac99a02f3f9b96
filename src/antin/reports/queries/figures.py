"""Reading: live figures, what was published, what is due. A reader counts their own bodies and all below, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from antin.documents import queries as documents
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.ledger import queries as ledger
from antin.reports import figures, ports, rules
from antin.reports.figures import Figures
from antin.reports.models import Report
from antin.reports.rules import Period
from antin.rulebook import queries as rulebook
from antin.values import VIETNAM, Actor, Office, to_vietnam

SHOWN_MOST = 60


@dataclass(frozen=True, slots=True)
class Body:
    """A body whose figures the reader may see; `own`: they hold the office there, not above it."""

    id: UUID
    code: str
    name: str
    own: bool


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A published report, without its figures. `document_id`: the document it was put into."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    period: Period
    edition: int
    digest: str
    published_at: datetime
    published_by: str
    document_id: UUID | None


def today() -> date:
    """The day in Vietnam."""
    return to_vietnam(ports.bound().clock.now()).date()


def bodies(actor: Actor, offices: tuple[Office, ...] = rules.READERS) -> tuple[Body, ...]:
    """Bodies where this person holds one of the offices, with everything below, parents first."""
    held = actor.organisations(*offices)
    seen = identity.with_all_below(held)
    return tuple(Body(one.id, one.code, one.name, one.id in held) for one in identity.organisations() if one.id in seen)


def exchange_statistics(actor: Actor, period: str = "", body_id: UUID | None = None) -> Figures:
    """What one body and the units below it sent and received in the period; the reader's first body for none.

    RuleViolation 379/4.4 for a body the reader may not count, 217/12.p1 for an unknown period.
    """
    readable = bodies(actor)
    if not readable:
        raise rules.nothing_here()
    chosen = body_id or readable[0].id
    rules.body_chosen(str(chosen), (str(one.id) for one in readable))
    return draw(chosen, rules.period_of(period, today()))


def draw(body_id: UUID, period: Period) -> Figures:
    """The figures as they stand at this moment, for acts that have proven the reader's right."""
    body = identity.organisation(body_id)
    scope = identity.with_all_below({body_id})
    begin, end = (datetime.combine(day, time.min, VIETNAM) for day in (period.first, period.until))
    return figures.drawn(
        period,
        (body.code, body.name),
        (exchange.sent_counts(scope, begin, end), documents.came_counts(scope, begin, end, today())),
        {one.id: (one.code, one.name) for one in identity.organisations() if one.id in scope},
        exchange.median_arrival_s(scope, begin, end),
        (
            ledger.counted(
                "exchange.dispatch.queued",
                organisation_ids=scope,
                begin=begin,
                end=end,
                each="dispatch",
                state="queued",
            ),
            ledger.counted("exchange.parcel.received", organisation_ids=scope, begin=begin, end=end, state="admitted"),
        ),
    )


def may_publish(actor: Actor, body_id: UUID) -> bool:
    return actor.holds(Office.OFFICE_HEAD, body_id)


def published(actor: Actor) -> tuple[ReportRow, ...]:
    """Reports of the reader's bodies, the newest first, bounded."""
    seen = {one.id: one.name for one in bodies(actor, (*rules.READERS, *rules.WRITERS))}
    found = Report.objects.filter(organisation_id__in=seen).defer("figures").order_by("-published_at", "-id")
    rows = list(found[:SHOWN_MOST])
    people = identity.people({row.published_by for row in rows})
    return tuple(_row(row, seen[row.organisation_id], people) for row in rows)


def report(actor: Actor, report_id: UUID) -> tuple[ReportRow, Figures]:
    """One report as it was frozen. RuleViolation 379/4.4 for whom it is not there."""
    seen = {one.id: one.name for one in bodies(actor, (*rules.READERS, *rules.WRITERS))}
    row = Report.objects.filter(id=report_id, organisation_id__in=seen).first()
    if row is None:
        raise rules.nothing_here()
    shown = _row(row, seen[row.organisation_id], identity.people({row.published_by}))
    return shown, figures.from_dict(shown.period, row.figures)


def due(actor: Actor) -> tuple[tuple[Body, Period], ...]:
    """What an office head has to publish now: the last period of each kind that went by unreported (379/30.2, 217/14.2)."""
    day, found = today(), []
    for body in bodies(actor, (Office.OFFICE_HEAD,)):
        if not body.own:
            continue
        known = Report.objects.filter(organisation_id=body.id).values_list("period", flat=True)
        since = ledger.first_day(body.id)
        found += [(body, one) for one in rules.due(rulebook.report_periods(day), known, since, day)]
    return tuple(found)


def _row(row: Report, body_name: str, people: dict[UUID, identity.PersonView]) -> ReportRow:
    who = people.get(row.published_by)
    return ReportRow(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation_name=body_name,
        period=rules.period_of(row.period, row.published_at.date()),
        edition=row.edition,
        digest=row.digest,
        published_at=row.published_at,
        published_by=who.name if who else "",
        document_id=row.document_id,
    )
