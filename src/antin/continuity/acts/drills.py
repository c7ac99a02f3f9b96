"""Drills: a set is restored apart from everything, compared, timed, and the report signed (379/29.4, 379/11.6, 217/15.5)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from antin.continuity import ports, queries, rules
from antin.continuity.acts.backing import run_backup
from antin.continuity.lifecycle import BACKUP, DRILL
from antin.continuity.models import BackupSet
from antin.continuity.models import Drill as Row
from antin.continuity.ports import Target, Trial
from antin.ledger import acts as ledger
from antin.values import Actor, canonical_json, sha256_hex

DOMAIN = b"antin drill report 1\n"


@dataclass(frozen=True, slots=True)
class BackupDrill:
    """`recovery_s`: from the set to an installation that was compared; `loss_s`: the age of the set, which is what a
    failure at that instant would have cost; both in seconds."""

    place: str
    set_name: str
    at: datetime
    recovery_s: float
    loss_s: float
    entries: int
    contents: int
    faults: tuple[str, ...]
    digest: str
    signature: str


def drill(*, actor: Actor, target: Target) -> BackupDrill:
    """Restores the newest set that opens (a fresh one when there is none) on the side and reports, good or bad."""
    now = ports.bound().clock.now()
    usable = [one.name for one in queries.kept(target.place) if one.opens]
    if not usable:
        usable = [run_backup(actor=actor, target=target).name]
    backup = BackupSet.objects.get(place=target.place, name=max(usable))
    trial = ports.bound().rehearsal.rehearse(target.place, backup.name)
    return _close(actor, backup, trial, now)


def prove_due() -> int:
    """One drill where no set was proven for as long as configured; the worker's job. Answers how many were held."""
    bound, held = ports.bound(), 0
    for target in bound.targets:
        now, sets = bound.clock.now(), queries.kept(target.place)
        last = Row.objects.filter(backup__place=target.place).order_by("-at").values_list("at", flat=True).first()
        if rules.proof_is_due(sets, last, now, bound.prove_every):
            drill(actor=rules.SYSTEM, target=target)
            held += 1
    return held


@transaction.atomic
def _close(actor: Actor, backup: BackupSet, trial: Trial, now: datetime) -> BackupDrill:
    DRILL.step("", "close_drill")
    loss_s = max(0.0, (now - backup.made_at).total_seconds())
    report = canonical_json(
        {
            "set": backup.name,
            "catalogue": backup.digest,
            "at": now.isoformat(),
            "recovery_ms": round(trial.seconds * 1000),
            "loss_ms": round(loss_s * 1000),
            "entries": trial.entries,
            "contents": trial.contents,
            "faults": list(trial.faults),
        }
    )
    signature = base64.b64encode(ports.bound().signing_key.sign(DOMAIN + report)).decode()
    row = Row.objects.create(
        backup=backup,
        at=now,
        recovery_s=trial.seconds,
        loss_s=loss_s,
        entries=trial.entries,
        contents=trial.contents,
        faults=list(trial.faults),
        digest=sha256_hex(report),
        signature=signature,
    )
    if not trial.faults:
        backup.state, backup.proven_at = BACKUP.step(backup.state, "verify_backup").to, now
        backup.save(update_fields=["state", "proven_at"])
    ledger.append(
        "continuity.drill.closed",
        actor,
        object_kind="drill",
        object_id=row.id,
        facts={"set": backup.name, "report": row.digest, "seconds": round(trial.seconds), "good": not trial.faults},
        detail={"faults": list(trial.faults)},
        clause="379/29.4",
    )
    return BackupDrill(
        backup.place,
        backup.name,
        now,
        trial.seconds,
        loss_s,
        trial.entries,
        trial.contents,
        trial.faults,
        row.digest,
        signature,
    )
