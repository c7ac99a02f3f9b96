"""The table of paper copies; private to the room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.values import new_id


class PaperOutput(models.Model):
    """One copy on paper: asked for, decided, printed under a code that anybody may look up, perhaps spoiled (379/16)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    state = models.CharField(max_length=8)
    purpose = models.TextField()
    for_whom = models.TextField()
    for_authority = models.BooleanField(default=False)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    printed_by = models.UUIDField(null=True)
    printed_by_name = models.CharField(max_length=400, blank=True)
    printed_at = models.DateTimeField(null=True)
    number = models.PositiveIntegerField(null=True)
    code = models.CharField(max_length=16, null=True, unique=True)
    source_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(default=0)
    content_id = models.UUIDField(null=True)
    spoiled_by = models.UUIDField(null=True)
    spoiled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "conversion_paper_output"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "granted", "refused", "printed", "spoiled"]),
                name="conversion_paper_output_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["printed", "spoiled"]) ^ Q(code__isnull=True), name="conversion_printed_has_code"
            ),
            models.UniqueConstraint(fields=["document_id", "number"], name="conversion_copy_number"),
        ]
        indexes = [
            models.Index(fields=["document_id", "asked_at"], name="conversion_output_document"),
            models.Index(fields=["organisation_id", "state", "asked_at"], name="conversion_output_waiting"),
        ]
