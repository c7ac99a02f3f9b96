"""What was published stays as it was: figures, method's form and digest. Private to this room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.reports.lifecycle import VIOLATION
from antin.values import new_id


class Report(models.Model):
    """Frozen figures of one body and period; a later edition corrects an earlier one and leaves it standing."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    period = models.CharField(max_length=10)
    edition = models.PositiveSmallIntegerField(default=1)
    figures = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.UUIDField()
    document_id = models.UUIDField(null=True)

    class Meta:
        db_table = "reports_report"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "period", "edition"], name="reports_report_one_per_edition"
            )
        ]


class Violation(models.Model):
    """A suspected breach: which clause, what happened, what shows it; then what the competent authority found.

    `evidence` names what was frozen by digest (a document as it stood, a file handed in) and the log's head at that
    moment. Words and names are sealed with the case's own key and never leave it. `suspect_id`: who must not judge it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    state = models.CharField(max_length=20)
    clause = models.CharField(max_length=20)
    words = models.UUIDField()
    evidence = models.JSONField(default=list)
    file = models.UUIDField(null=True)
    log_head = models.TextField(blank=True)
    suspect_id = models.UUIDField(null=True)
    reported_by = models.UUIDField()
    reported_at = models.DateTimeField()
    outcome = models.UUIDField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reports_violation"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VIOLATION.states()), name="reports_violation_state"),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(outcome__isnull=False, settled_by__isnull=False),
                name="reports_violation_settled_by",
            ),
        ]
        indexes = [models.Index("organisation_id", "reported_at", name="reports_violation_of_body")]
