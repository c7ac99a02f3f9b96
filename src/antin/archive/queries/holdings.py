"""What the archive shows: holdings and what is due, destructions and their items, the permanent register (379/20.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from antin.archive import rules
from antin.archive.models import Destruction, Hold, Holding, Item, Purge
from antin.archive.views import DestructionView, HoldingView, HoldView, ItemView, Traces
from antin.casework import queries as casework
from antin.casework.views import CaseFileView
from antin.identity import queries as identity
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office

LISTS_MOST = 200
ITEMS_SHOWN = 500


def offered(actor: Actor) -> tuple[CaseFileView, ...]:
    """Closed case files that wait to be taken over, of the organisations whose archive the actor keeps."""
    return casework.closed_cases(actor.organisations(Office.ARCHIVIST))


def holdings(actor: Actor, *, due_only: bool = False) -> tuple[HoldingView, ...]:
    """What the archive holds, newest first, each with what stands in the way of destroying it."""
    here = actor.organisations(Office.ARCHIVIST, Office.COMPETENT_AUTHORITY, Office.APPRAISER)
    held = Holding.objects.filter(organisation_id__in=here).order_by("-id")[:LISTS_MOST]
    cases = casework.archived_cases(row.case_file_id for row in held)
    today, kept = rulebook.today(), open_holds(cases)
    rows = [
        HoldingView(case, is_due=not why, why_not=why)
        for case in cases.values()
        if case.state == "archived"
        for why in [rules.why_not(case.retained_until, today=today, held=case.id in kept)]
    ]
    return tuple(row for row in rows if row.is_due or not due_only)


def open_holds(case_file_ids: Iterable[UUID]) -> dict[UUID, HoldView]:
    """The word that keeps each of them, by case file; those whose day has passed no longer do."""
    found = Hold.objects.filter(case_file_id__in=list(case_file_ids), lifted_at__isnull=True)
    standing = found.filter(Q(until__isnull=True) | Q(until__gte=rulebook.today()))
    return {
        row.case_file_id: HoldView(row.id, row.case_file_id, row.basis, row.until, row.by_name, row.at, row.lifted_at)
        for row in standing
    }


def destructions(actor: Actor) -> tuple[DestructionView, ...]:
    """Every list of the actor's organisations, newest first."""
    rows = list(_mine(actor).order_by("-id")[:LISTS_MOST])
    return _views(rows)


def destruction(actor: Actor, destruction_id: UUID) -> DestructionView:
    """One of them; RuleViolation 379/4.4 for a foreign id as for none."""
    row = _mine(actor).filter(pk=destruction_id).first()
    if row is None:
        raise rules.not_found()
    return _views([row])[0]


def items(actor: Actor, destruction_id: UUID) -> tuple[ItemView, ...]:
    destruction(actor, destruction_id)
    rows = Item.objects.filter(destruction_id=destruction_id).order_by("file_class", "issued_on", "id")
    return tuple(_item(row) for row in rows[:ITEMS_SHOWN])


def destruction_register(actor: Actor) -> tuple[ItemView, ...]:
    """What was destroyed, newest first: number, date, class, digest; never what it said (379/20.3)."""
    here = actor.organisations(*rules.WORKING_HERE)
    gone = Item.objects.filter(destruction__organisation_id__in=here, state="destroyed").order_by(
        "-destroyed_at", "-id"
    )
    return tuple(_item(row) for row in gone[:ITEMS_SHOWN])


def _mine(actor: Actor) -> QuerySet[Destruction]:
    mine = Destruction.objects.filter(organisation_id__in=actor.organisations(*rules.WORKING_HERE))
    return mine.select_related("purge")


def _views(rows: list[Destruction]) -> tuple[DestructionView, ...]:
    people = {p for r in rows for p in (r.proposed_by, r.examined_by, r.decided_by, r.executed_by, r.attested_by) if p}
    names = {one: view.name for one, view in identity.people(people).items()} if people else {}
    standing = Item.objects.filter(destruction_id__in=[row.pk for row in rows], state__in=["listed", "destroyed"])
    counted = dict(standing.values_list("destruction_id").annotate(Count("pk")))
    return tuple(_view(row, names, counted.get(row.pk, 0)) for row in rows)


def _view(row: Destruction, names: dict[UUID, str], count: int) -> DestructionView:
    return DestructionView(
        id=row.pk,
        organisation_id=row.organisation_id,
        state=row.state,
        reason=row.reason,
        digest=row.digest,
        items=count,
        basis=row.basis,
        proposed_by=names.get(row.proposed_by, ""),
        proposed_at=row.proposed_at,
        examined_by=names.get(row.examined_by, ""),
        examined_at=row.examined_at,
        opinion=row.opinion,
        decided_by=names.get(row.decided_by, ""),
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        executed_by=names.get(row.executed_by, ""),
        executed_at=row.executed_at,
        attested_by=names.get(row.attested_by, ""),
        attested_at=row.attested_at,
        attestation=row.attestation,
        traces=_traces(row.purge),
    )


def _traces(purge: Purge | None) -> Traces:
    if purge is None:
        return ""
    if purge.done_at is None:
        return "wait"
    return "gone" if purge.log_begun_anew else "log_left"


def traces_since() -> datetime | None:
    """Since when traces of something destroyed wait to leave the database's files; None when none do."""
    return Purge.objects.filter(done_at__isnull=True).aggregate(since=Min("asked_at"))["since"]


def _item(row: Item) -> ItemView:
    return ItemView(
        id=row.pk,
        case_file_id=row.case_file_id,
        document_id=row.document_id,
        document_code=row.document_code,
        reference_number=row.reference_number,
        issued_on=row.issued_on,
        type_name=row.type_name,
        file_class=row.file_class,
        retained_until=row.retained_until,
        digest=row.digest,
        state=row.state,
        opinion=row.opinion,
        destroyed_at=row.destroyed_at,
    )
