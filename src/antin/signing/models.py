"""Certificates on record and reports made of signatures. Keys are elsewhere: only a reference stands here."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from antin.signing.lifecycle import CERTIFICATE
from antin.signing.rules import PURPOSES
from antin.values import new_id

VERDICTS = ("valid", "invalid", "indeterminate", "changed")


class Certificate(models.Model):
    """One certificate bound to one holder for one purpose (379/11.2, 379/5.7)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    holder_kind = models.CharField(max_length=12)
    holder_id = models.UUIDField()
    organisation_id = models.UUIDField()
    purpose = models.CharField(max_length=10)
    state = models.CharField(max_length=20)
    serial_hex = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=200)
    issuer_name = models.CharField(max_length=200)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    der = models.BinaryField()
    chain = ArrayField(models.BinaryField(), default=list)
    fingerprint = models.CharField(max_length=64, unique=True)
    key_fingerprint = models.CharField(max_length=64)
    key_ref = models.CharField(max_length=100, blank=True)
    noted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "signing_certificate"
        indexes = [
            models.Index(fields=["holder_kind", "holder_id", "purpose", "state"], name="signing_certificate_holder"),
            models.Index(fields=["organisation_id", "not_after"], name="signing_certificate_ending"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CERTIFICATE.states()), name="signing_certificate_state_known"),
            models.CheckConstraint(condition=Q(purpose__in=PURPOSES), name="signing_certificate_purpose_known"),
            models.CheckConstraint(
                condition=Q(holder_kind="person", purpose="sign")
                | Q(holder_kind="organisation", purpose__in=PURPOSES[1:]),
                name="signing_certificate_purpose_fits_holder",
            ),
            models.CheckConstraint(
                condition=Q(state="revoked", revoked_at__isnull=False)
                | (~Q(state="revoked") & Q(revoked_at__isnull=True)),
                name="signing_certificate_revoked_has_date",
            ),
            # One key serves one holder and one purpose: what a person signs can never pass for a seal.
            models.UniqueConstraint(fields=["key_fingerprint"], name="signing_certificate_one_per_key"),
        ]


class ValidationReport(models.Model):
    """What a validation found; never changed, a new one is made instead (379/13.4)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    verdict = models.CharField(max_length=13)
    sub_indication = models.CharField(max_length=60, blank=True)
    policy = models.CharField(max_length=60)
    at = models.DateTimeField()
    made_at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        db_table = "signing_report"
        indexes = [models.Index(fields=["document_id", "-made_at", "-id"], name="signing_report_newest")]
        constraints = [models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="signing_report_verdict_known")]
