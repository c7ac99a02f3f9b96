"""Reading: sets and their standing, drills, whether this installation waits in quarantine; incidents and work on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from antin.continuity import ports, rules
from antin.continuity.models import BackupSet, Drill, Failure, Restoration
from antin.continuity.queries.incidents import (
    BlockView,
    IncidentView,
    NumberView,
    OutageView,
    blocks,
    candidates,
    incident,
    incidents,
    open_incidents,
    outage,
    outages,
    running_outage,
)
from antin.rulebook import queries as rulebook
from antin.values import Actor, to_vietnam
from antin.vault import apart

__all__ = [
    "BlockView",
    "DrillView",
    "IncidentView",
    "NumberView",
    "OutageView",
    "Overview",
    "PlaceView",
    "SetView",
    "blocks",
    "candidates",
    "drills",
    "in_quarantine",
    "incident",
    "incidents",
    "kept",
    "late_count",
    "open_incidents",
    "outage",
    "outages",
    "overview",
    "places",
    "running_outage",
]

SHOWN_MOST = 60


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A target's standing: its newest set that opens, when one was last proven, the last failure since."""

    place: str
    newest_at: datetime | None
    proven_at: datetime | None
    due: bool
    failure: str
    sets: tuple[SetView, ...]


@dataclass(frozen=True, slots=True)
class SetView:
    """`opens`: False once a destruction has closed it; sizes in bytes, `took_s` in seconds."""

    name: str
    state: str
    made_at: datetime
    size: int
    objects: int
    damaged: int
    entries: int
    opens: bool
    took_s: float
    proven_at: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """`drill_due_on`: the day by which the next good drill is owed (379/29.4)."""

    places: tuple[PlaceView, ...]
    drills: tuple[DrillView, ...]
    drill_due_on: date
    drill_late: bool


@dataclass(frozen=True, slots=True)
class DrillView:
    at: datetime
    set_name: str
    recovery_s: float
    loss_s: float
    entries: int
    contents: int
    faults: tuple[str, ...]
    digest: str


def overview(actor: Actor) -> Overview:
    """Places, drills and restores, for who watches over the installation. RuleViolation 379/4.4 for others."""
    rules.may_watch(actor)
    held = drills()
    good = next((to_vietnam(one.at).date() for one in held if not one.faults), None)
    first = BackupSet.objects.order_by("made_at").values_list("made_at", flat=True).first()
    begun = to_vietnam(first).date() if first else rulebook.today()
    due_on = rules.next_drill_on(good, begun, rulebook.drill_months())
    return Overview(places(), held, due_on, rulebook.today() > due_on)


def places() -> tuple[PlaceView, ...]:
    """Every configured target."""
    return tuple(_place(target.place) for target in ports.bound().targets)


def late_count() -> int:
    """How many places wait for a backup that is due or has failed; 0 where none is configured."""
    return sum(one.due or bool(one.failure) for one in places())


def kept(place: str) -> tuple[rules.Kept, ...]:
    """The sets that stand there, as the question of keeping sees them."""
    return tuple(rules.Kept(one.name, one.made_at, one.proven_at is not None, one.opens) for one in _sets(place))


def drills(limit: int = SHOWN_MOST) -> tuple[DrillView, ...]:
    """Newest first."""
    found = Drill.objects.select_related("backup").order_by("-at")[:limit]
    return tuple(
        DrillView(
            row.at,
            row.backup.name,
            row.recovery_s,
            row.loss_s,
            row.entries,
            row.contents,
            tuple(row.faults),
            row.digest,
        )
        for row in found
    )


def in_quarantine() -> bool:
    """True between a restore and its release: nothing is sent or received then (379/5.9)."""
    return Restoration.objects.filter(released_at__isnull=True).exists()


def _place(place: str) -> PlaceView:
    bound, sets = ports.bound(), _sets(place)
    openable = [one for one in sets if one.opens]
    failure = Failure.objects.filter(place=place).order_by("-at").first()
    return PlaceView(
        place=place,
        newest_at=max((one.made_at for one in openable), default=None),
        proven_at=max((one.proven_at for one in openable if one.proven_at), default=None),
        due=rules.is_due(kept(place), bound.clock.now(), bound.every),
        failure=failure.reason if failure else "",
        sets=sets,
    )


def _sets(place: str) -> tuple[SetView, ...]:
    keeper = ports.bound().keeper
    found = BackupSet.objects.filter(place=place).exclude(state="removed").order_by("-made_at")
    return tuple(
        SetView(
            name=row.name,
            state=row.state,
            made_at=row.made_at,
            size=row.size,
            objects=row.objects_count,
            damaged=row.damaged,
            entries=row.entries,
            opens=apart.opens(keeper, row.id, bytes(row.wrapped_key)),
            took_s=row.took_s,
            proven_at=row.proven_at,
        )
        for row in found
    )
