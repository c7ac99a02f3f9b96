"""What was published stays as it was: figures, method's form and digest. Private to this room."""

from __future__ import annotations

from django.db import models

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
