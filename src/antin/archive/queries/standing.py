"""How the archive of an actor's organisations stands, in numbers (379/23.2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from antin.archive import rules
from antin.archive.models import Holding, Package
from antin.casework import queries as casework
from antin.identity import queries as identity
from antin.values import Actor, Office


@dataclass(frozen=True, slots=True)
class Standing:
    """Case files and documents taken over, case files that wait; packages by state; who keeps the archive by office."""

    case_files: int
    documents: int
    waiting: int
    packages: int
    handed_out: int
    received: int
    archivists: int


def standing(actor: Actor) -> Standing:
    """For who works in the archive or audits it; RuleViolation 379/4.4 for others."""
    here = actor.organisations(*rules.WORKING_HERE)
    if not here:
        raise rules.not_found()
    held = Holding.objects.filter(organisation_id__in=here)
    packages = dict(Package.objects.filter(organisation_id__in=here).values_list("state").annotate(Count("pk")))
    keepers = {person.id for one in here for person in identity.people_with(Office.ARCHIVIST, one)}
    return Standing(
        case_files=held.count(),
        documents=sum(map(len, held.values_list("contents", flat=True).iterator())),
        waiting=len(casework.closed_cases(here)),
        packages=sum(packages.values()),
        handed_out=packages.get("handed_out", 0) + packages.get("received", 0),
        received=packages.get("received", 0),
        archivists=len(keepers),
    )
