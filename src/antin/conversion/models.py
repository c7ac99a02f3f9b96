"""The table of paper copies; private to the room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.values import new_id


class PaperOutput(models.Model):
    """One copy on paper, or a confirmation on paper of what happened electronically: asked for, decided, printed under a code
    that anybody may look up, perhaps spoiled (379/16). `procedure`: the rules on giving information a grant follows."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    kind = models.CharField(max_length=12, default="copy")
    state = models.CharField(max_length=8)
    purpose = models.TextField()
    for_whom = models.TextField()
    for_authority = models.BooleanField(default=False)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_name = models.CharField(max_length=400, blank=True)
    procedure = models.TextField(blank=True)
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
            models.CheckConstraint(condition=Q(kind__in=["copy", "confirmation"]), name="conversion_paper_output_kind"),
            models.CheckConstraint(
                condition=Q(state__in=["printed", "spoiled"]) ^ Q(code__isnull=True), name="conversion_printed_has_code"
            ),
            models.UniqueConstraint(fields=["document_id", "number"], name="conversion_copy_number"),
        ]
        indexes = [
            models.Index(fields=["document_id", "asked_at"], name="conversion_output_document"),
            models.Index(fields=["organisation_id", "state", "asked_at"], name="conversion_output_waiting"),
        ]


class PaperOriginal(models.Model):
    """A paper document that was digitised here: what it is, where it lies, whether it still counts (379/19.6)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    issuing_name = models.CharField(max_length=300)
    reference_number = models.CharField(max_length=340)
    issued_on = models.DateField()
    kept_at = models.CharField(max_length=300)
    state = models.CharField(max_length=8)
    basis = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "conversion_paper_original"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["in_force", "void"]), name="conversion_paper_state"),
            models.UniqueConstraint(
                fields=["organisation_id", "issuing_name", "reference_number", "issued_on"],
                name="conversion_paper_once",
            ),
        ]


class Digitisation(models.Model):
    """A paper on its way to an electronic document. The scan lies under the job's own key until it is certified.

    `code`: what the QR code on the certified page leads to, where one was wanted (379/15.1.c).
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    paper = models.ForeignKey(PaperOriginal, on_delete=models.PROTECT, null=True, related_name="scans")
    state = models.CharField(max_length=10)
    content_id = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    dpi = models.PositiveIntegerField()
    device = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)
    captured_by = models.UUIDField(null=True)
    captured_at = models.DateTimeField()
    described_by = models.UUIDField(null=True)
    described_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    certified_by = models.UUIDField(null=True)
    certified_at = models.DateTimeField(null=True)
    document_id = models.UUIDField(null=True)
    code = models.CharField(max_length=16, null=True, unique=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "conversion_digitisation"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["captured", "described", "confirmed", "certified", "dropped"]),
                name="conversion_digitisation_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="certified") | Q(document_id__isnull=False, paper__isnull=False),
                name="conversion_certified_has_document",
            ),
            models.UniqueConstraint(fields=["document_id"], name="conversion_digitisation_document"),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "state", "captured_at"], name="conversion_digitisation_open"),
        ]
