"""What stands to be renewed and when, for who watches over the installation; and one document's renewals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncYear

from antin.documents import queries as documents
from antin.signing import ports, rules
from antin.signing.models import ArchiveProof, ArchiveRenewal
from antin.values import VIETNAM, Actor

SHOWN = 50


@dataclass(frozen=True, slots=True)
class RenewalView:
    document_id: UUID
    ordinal: int
    digest_before: str
    digest_after: str
    authority: str
    held_until: datetime
    holds_until: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class TroubleView:
    """A document whose proof could not be prolonged: why, with `{names}` for `facts`, and when it is tried again."""

    document_id: UUID
    digest: str
    state: str
    holds_until: datetime | None
    tries: int
    trouble: str
    facts: Mapping[str, Any]
    next_try_at: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """`by_year`: how many proofs end in which year of Vietnam's calendar; `due`: within the margin or past it now."""

    margin: timedelta
    watched: int
    waiting: int
    unproven: int
    due: int
    ended: int
    by_year: tuple[tuple[int, int], ...] = ()
    troubles: tuple[TroubleView, ...] = ()
    renewals: tuple[RenewalView, ...] = ()


def overview(actor: Actor) -> Overview:
    """For those who watch; RuleViolation 379/4.4 for others: for them there is no such page."""
    rules.may_watch_proofs(actor)
    return summary()


def summary() -> Overview:
    """The same for the command line of who runs the machine. No document's words stand in it."""
    house = ports.bound()
    now = house.clock.now()
    standing = ArchiveProof.objects.filter(state="standing")
    years = standing.annotate(year=TruncYear("holds_until", tzinfo=VIETNAM)).values("year").annotate(n=Count("id"))
    troubles = ArchiveProof.objects.exclude(trouble="").exclude(state="ended").order_by("holds_until", "id")
    counts = dict(ArchiveProof.objects.values_list("state").annotate(n=Count("id")))
    return Overview(
        margin=house.archive_margin,
        watched=counts.get("standing", 0),
        waiting=counts.get("noted", 0),
        unproven=counts.get("unproven", 0),
        due=standing.filter(holds_until__lte=now + house.archive_margin).count(),
        ended=standing.filter(holds_until__lt=now).count(),
        by_year=tuple((row["year"].year, row["n"]) for row in years.order_by("year")),
        troubles=tuple(_trouble(row) for row in troubles[:SHOWN]),
        renewals=tuple(_renewal(row) for row in ArchiveRenewal.objects.order_by("-id")[:SHOWN]),
    )


def late_count() -> int:
    """Proofs that have ended or were tried to be renewed in vain: what a counter in the navigation shows."""
    standing = ArchiveProof.objects.filter(state="standing")
    late = standing.filter(holds_until__lt=ports.bound().clock.now())
    return late.union(standing.exclude(trouble="")).count()


def renewals(actor: Actor, document_id: UUID) -> tuple[RenewalView, ...]:
    """The document's renewals, newest first, for who may read it."""
    documents.document(actor, document_id)
    rows = ArchiveRenewal.objects.filter(document_id=document_id).order_by("-ordinal")
    return tuple(_renewal(row) for row in rows[:SHOWN])


def holds_until(actor: Actor, document_id: UUID) -> datetime | None:
    """When the document's proof of time ends unless it is renewed; None while nobody has looked."""
    documents.document(actor, document_id)
    row = ArchiveProof.objects.filter(document_id=document_id, state="standing").first()
    return row.holds_until if row else None


def _renewal(row: ArchiveRenewal) -> RenewalView:
    return RenewalView(
        row.document_id,
        row.ordinal,
        row.digest_before,
        row.digest_after,
        row.authority,
        row.held_until,
        row.holds_until,
        row.at,
    )


def _trouble(row: ArchiveProof) -> TroubleView:
    return TroubleView(
        row.document_id,
        row.digest,
        row.state,
        row.holds_until,
        row.tries,
        row.trouble,
        row.trouble_facts,
        row.next_try_at,
    )
