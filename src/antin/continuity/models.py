"""Tables of the room; private to it. What was backed up, tried and restored stays on record."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.continuity.incident_models import Assessment, Incident, Outage, PaperBlock, PaperCase
from antin.continuity.lifecycle import BACKUP, RESTORED
from antin.values import new_id

__all__ = [
    "Assessment",
    "BackupSet",
    "Drill",
    "Failure",
    "Incident",
    "Outage",
    "PaperBlock",
    "PaperCase",
    "Restoration",
]


class BackupSet(models.Model):
    """One set at one place; `digest` is over its catalogue, `entries` how many of the ledger's are in it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    place = models.CharField(max_length=1000)
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    took_s = models.FloatField()
    size = models.BigIntegerField()
    objects_count = models.BigIntegerField()
    damaged = models.IntegerField(default=0)
    entries = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    wrapped_key = models.BinaryField()
    proven_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "continuity_backup_set"
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="continuity_backup_set_once"),
            models.CheckConstraint(condition=Q(state__in=BACKUP.states()), name="continuity_backup_set_state"),
            models.CheckConstraint(
                condition=~Q(state="proven") | Q(proven_at__isnull=False), name="continuity_backup_set_proven_when"
            ),
        ]


class Failure(models.Model):
    """A backup or trial that did not come about, with the reason; the next good one answers it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    place = models.CharField(max_length=1000)
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        db_table = "continuity_failure"


class Drill(models.Model):
    """A rehearsed restore: how long it took (seconds), how much would have been lost (seconds), what did not hold."""

    id = models.UUIDField(primary_key=True, default=new_id)
    backup = models.ForeignKey(BackupSet, on_delete=models.PROTECT, related_name="drills")
    at = models.DateTimeField()
    recovery_s = models.FloatField()
    loss_s = models.FloatField()
    entries = models.BigIntegerField()
    contents = models.BigIntegerField()
    faults = models.JSONField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=100)

    class Meta:
        db_table = "continuity_drill"


class Restoration(models.Model):
    """This installation was restored from that set; in quarantine while `released_at` is empty (379/5.9)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    set_id = models.UUIDField()
    set_name = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    set_made_at = models.DateTimeField()
    begun_at = models.DateTimeField()
    entries = models.BigIntegerField()
    endings = models.JSONField(default=list)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=400, blank=True)
    basis = models.TextField(blank=True)

    class Meta:
        db_table = "continuity_restoration"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RESTORED.states()), name="continuity_restoration_state"),
            models.CheckConstraint(
                condition=Q(state="in_service", released_at__isnull=False)
                | (~Q(state="in_service") & Q(released_at__isnull=True)),
                name="continuity_restoration_released_when_in_service",
            ),
        ]
