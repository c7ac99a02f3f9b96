"""Tables of automation; private to the room. Every version, run, review and deviation stays on record."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.automation.lifecycle import AUTOMATION, DEVIATION, PROPOSAL, RUN
from antin.values import new_id


class AutomatedAct(models.Model):
    """A rule as it stands: its present version, who approved it, until when its review holds (379/27.2)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    state = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=0)
    terms = models.JSONField()
    digest = models.CharField(max_length=64)
    overseer_id = models.UUIDField()
    configured_by = models.UUIDField()
    configured_at = models.DateTimeField()
    reviewed_digest = models.CharField(max_length=64, blank=True)
    next_review_on = models.DateField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_why = models.TextField(blank=True)

    class Meta:
        db_table = "automation_rule"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AUTOMATION.states()), name="automation_rule_state"),
            models.CheckConstraint(
                condition=~Q(state="enabled")
                | Q(approved_at__isnull=False, approved_by=models.F("overseer_id"), reviewed_digest=models.F("digest")),
                name="automation_enabled_was_reviewed_and_approved",
            ),
            models.CheckConstraint(
                condition=~Q(configured_by=models.F("overseer_id")), name="automation_overseer_is_not_configurer"
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "state"], name="automation_rules_of_body")]


class Version(models.Model):
    """What a rule said, version by version."""

    id = models.UUIDField(primary_key=True, default=new_id)
    rule = models.ForeignKey(AutomatedAct, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    terms = models.JSONField()
    digest = models.CharField(max_length=64)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "automation_version"
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="automation_one_version")]


class Review(models.Model):
    """A security review of one version: what was found, until when it holds (379/27.2.c, 379/27.2.d)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    rule = models.ForeignKey(AutomatedAct, on_delete=models.PROTECT, related_name="reviews")
    digest = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField()
    findings = models.TextField()
    next_on = models.DateField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "automation_review"


class Run(models.Model):
    """What a rule did or proposed on one cause, once: in which version, upon which content, for which overseer (379/27.2.b).

    `result` says what there is to take back; `overseer_id` is who answered for it then.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    rule = models.ForeignKey(AutomatedAct, on_delete=models.PROTECT, related_name="runs")
    organisation_id = models.UUIDField()
    rule_digest = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    cause = models.CharField(max_length=100)
    act = models.CharField(max_length=40)
    mode = models.CharField(max_length=8)
    state = models.CharField(max_length=12)
    document_id = models.UUIDField()
    content_digest = models.CharField(max_length=64, blank=True)
    overseer_id = models.UUIDField()
    asked = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    at = models.DateTimeField()
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "automation_run"
        constraints = [
            models.UniqueConstraint(fields=["rule", "cause"], name="automation_once_per_cause"),
            models.CheckConstraint(
                condition=Q(state__in=sorted({*RUN.states(), *PROPOSAL.states()})), name="automation_run_state"
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "-at"], name="automation_runs_of_rule"),
            models.Index(fields=["document_id"], condition=Q(state="proposed"), name="automation_proposed_on"),
            models.Index(fields=["organisation_id"], condition=Q(state="proposed"), name="automation_proposed_in"),
        ]


class Deviation(models.Model):
    """What a rule got wrong, how it was put right, and what the owner of the system was told (379/27.3)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    rule = models.ForeignKey(AutomatedAct, on_delete=models.PROTECT, related_name="deviations")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="deviations")
    state = models.CharField(max_length=8)
    words = models.TextField()
    traced_from = models.DateTimeField(null=True)
    opened_by = models.UUIDField()
    opened_at = models.DateTimeField()
    corrected = models.TextField(blank=True)
    reported = models.TextField(blank=True)
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "automation_deviation"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DEVIATION.states()), name="automation_deviation_state"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(corrected="") & ~Q(reported="")),
                name="automation_deviation_corrected_and_reported",
            ),
        ]


class Notice(models.Model):
    """What a person is told at their desk: a day is near (`remind`), or a machine's act was taken back (`undone`)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="notices")
    person_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    document_id = models.UUIDField()
    assignment_id = models.UUIDField(null=True)
    due_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "automation_notice"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["remind", "undone"]), name="automation_notice_kind"),
            models.UniqueConstraint(fields=["run", "person_id", "kind"], name="automation_told_once"),
        ]
        indexes = [models.Index(fields=["person_id"], condition=Q(seen_at__isnull=True), name="automation_unseen")]
