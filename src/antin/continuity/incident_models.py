"""Tables of incidents and of work on paper while the system is out; private to the room, never deleted."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from antin.continuity.lifecycle import INCIDENT, OUTAGE, PAPER_CASE
from antin.continuity.rules.incidents import GRADES, KINDS
from antin.values import new_id

STANDING = ["entered", "used", "voided"]


class Incident(models.Model):
    """What went wrong, since when; then how grave, why, what was done; at last the report (379/4.6)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    state = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    organisation_id = models.UUIDField()
    words = models.TextField()
    began_at = models.DateTimeField()
    reported_by = models.UUIDField()
    reported_at = models.DateTimeField()
    grade = models.CharField(max_length=20, blank=True)
    cause = models.TextField(blank=True)
    report = models.TextField(blank=True)
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "continuity_incident"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=INCIDENT.states()), name="continuity_incident_state"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="continuity_incident_kind"),
            models.CheckConstraint(condition=Q(grade__in=["", *GRADES]), name="continuity_incident_grade"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(closed_by__isnull=False) & ~Q(report="") & ~Q(cause="")),
                name="continuity_incident_closed_with_report",
            ),
        ]
        indexes = [models.Index(fields=["state", "-reported_at"], name="continuity_incidents")]


class Assessment(models.Model):
    """One look at an incident: grade, cause as far as it is known, what is done; as often as needed (379/29.1)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="assessments")
    grade = models.CharField(max_length=20)
    cause = models.TextField(blank=True)
    measures = models.TextField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "continuity_assessment"


class Outage(models.Model):
    """Paper in the system's place for these organisations, from `began_at` on (379/4.6, 217/7.4)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="outages")
    state = models.CharField(max_length=20)
    organisations = ArrayField(models.UUIDField())
    scope = models.TextField()
    began_at = models.DateTimeField()
    declared_by = models.UUIDField()
    declared_at = models.DateTimeField()
    checks = models.TextField(blank=True)
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "continuity_outage"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OUTAGE.states()), name="continuity_outage_state"),
            models.CheckConstraint(
                condition=~Q(state="reconciled") | ~Q(digest=""), name="continuity_outage_reconciled_with_digest"
            ),
        ]
        indexes = [models.Index(fields=["state"], name="continuity_outages")]


class PaperBlock(models.Model):
    """A run of numbers of one register set aside for an outage."""

    id = models.UUIDField(primary_key=True, default=new_id)
    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="blocks")
    organisation_id = models.UUIDField()
    register_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    series = models.CharField(max_length=40, blank=True)
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    allotted_by = models.UUIDField()
    allotted_at = models.DateTimeField()

    class Meta:
        db_table = "continuity_paper_block"
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="continuity_paper_block_run")]


class PaperCase(models.Model):
    """What a clerk says became of one number, and the second person who looked (379/15.2.b).

    `acted_at` is the paper's own time, `entered_at` when it came into the system: both stand side by side.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    block = models.ForeignKey(PaperBlock, on_delete=models.PROTECT, related_name="cases")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20)
    document_id = models.UUIDField(null=True)
    acted_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    entered_by = models.UUIDField()
    entered_at = models.DateTimeField()
    checked_by = models.UUIDField(null=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "continuity_paper_case"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PAPER_CASE.states()), name="continuity_paper_case_state"),
            models.UniqueConstraint(
                fields=["block", "number"], condition=Q(state__in=STANDING), name="continuity_paper_case_once"
            ),
            models.UniqueConstraint(
                fields=["document_id"],
                condition=Q(state__in=["entered", "used"]),
                name="continuity_paper_case_document",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("entered_by")),
                name="continuity_paper_case_two_persons",
            ),
        ]
