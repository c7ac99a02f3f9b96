"""Certificates on record and reports made of signatures. Keys are elsewhere: only a reference stands here."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from antin.signing.lifecycle import ARCHIVE_PROOF, CERTIFICATE, CERTIFICATE_REQUEST, TRUST
from antin.signing.rules import DOMAINS, PURPOSES
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


class CertificateRequest(models.Model):
    """A certificate asked for, for one holder and purpose; settled once, kept for good (379/10.1)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    holder_kind = models.CharField(max_length=12)
    holder_id = models.UUIDField()
    organisation_id = models.UUIDField()
    purpose = models.CharField(max_length=10)
    renews_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    basis = models.TextField()
    asked_by = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=400)
    asked_at = models.DateTimeField()
    settled_by_name = models.CharField(max_length=400, blank=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    certificate_id = models.UUIDField(null=True)

    class Meta:
        db_table = "signing_certificate_request"
        indexes = [models.Index(fields=["organisation_id", "-asked_at"], name="signing_request_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CERTIFICATE_REQUEST.states()), name="signing_request_state_known"
            ),
            models.CheckConstraint(condition=Q(purpose__in=PURPOSES), name="signing_request_purpose_known"),
            models.CheckConstraint(
                condition=Q(state="granted", certificate_id__isnull=False)
                | (~Q(state="granted") & Q(certificate_id__isnull=True)),
                name="signing_request_granted_has_certificate",
            ),
            models.UniqueConstraint(
                fields=["holder_kind", "holder_id", "purpose"],
                condition=Q(state="asked"),
                name="signing_request_one_open",
            ),
        ]


class TrustedCertificate(models.Model):
    """An anchor, or a certificate needed on the way to one: who made it trusted, by what, for which time. Never removed.

    `since`, `until`: signatures of that time are carried by it; null: without bound. `in_folder`: it stands there because
    it lies in the trust folder, and ends when it lies there no more. `adopted_by`: the person; null: the system.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    fingerprint = models.CharField(max_length=64)
    der = models.BinaryField()
    domain = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    in_folder = models.BooleanField(default=False)
    basis = models.TextField()
    adopted_by = models.UUIDField(null=True)
    adopted_by_name = models.CharField(max_length=400)
    adopted_at = models.DateTimeField()
    ended_basis = models.TextField(blank=True)
    ended_by_name = models.CharField(max_length=400, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signing_trusted_certificate"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TRUST.states()), name="signing_trust_state_known"),
            models.CheckConstraint(condition=Q(domain__in=DOMAINS), name="signing_trust_domain_known"),
            models.CheckConstraint(
                condition=Q(state="ended", until__isnull=False) | ~Q(state="ended"), name="signing_trust_ended_has_date"
            ),
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(state="trusted"), name="signing_trust_once_at_a_time"
            ),
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


class ArchiveProof(models.Model):
    """One stored document: how long its newest file proves its time, and when that must be renewed (379/23.2.b).

    `certificate_until`: the first end in the newest timestamp's chain; `holds_until`: with the ends of `algorithms` by the
    catalogue of digest `catalogue`; `next_try_at` is also the lease of the worker that is busy with it; `trouble`: why the
    last attempt failed, or why there is nothing to prolong.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField(unique=True)
    organisation_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    digest = models.CharField(max_length=64, blank=True)
    certificate_until = models.DateTimeField(null=True)
    algorithms = ArrayField(models.CharField(max_length=60), default=list)
    catalogue = models.CharField(max_length=64, blank=True)
    holds_until = models.DateTimeField(null=True)
    renewals = models.PositiveIntegerField(default=0)
    noted_at = models.DateTimeField()
    surveyed_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    trouble_facts = models.JSONField(default=dict)

    class Meta:
        db_table = "signing_archive_proof"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ARCHIVE_PROOF.states()), name="signing_archive_proof_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="standing") | Q(holds_until__isnull=False), name="signing_archive_proof_has_end"
            ),
        ]
        indexes = [
            models.Index(fields=["holds_until"], condition=Q(state="standing"), name="signing_archive_proof_due"),
            models.Index(fields=["catalogue"], condition=Q(state="standing"), name="signing_archive_proof_by_rules"),
            models.Index(fields=["id"], condition=~Q(trouble=""), name="signing_archive_proof_trouble"),
            models.Index(
                fields=["next_try_at"], condition=Q(state__in=["noted", "unproven"]), name="signing_archive_proof_new"
            ),
        ]


class HeadProof(models.Model):
    """An evidence record (RFC 4998) over a signed head of the ledger: everything up to `size` existed at `since`.

    `note` is the head, `record` the DER; ends and lease as with `ArchiveProof`.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    size = models.BigIntegerField(unique=True)
    note = models.TextField()
    record = models.BinaryField()
    since = models.DateTimeField()
    authority = models.CharField(max_length=400)
    certificate_until = models.DateTimeField()
    algorithms = ArrayField(models.CharField(max_length=60), default=list)
    renewals = models.PositiveIntegerField(default=0)
    renewed_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    trouble_facts = models.JSONField(default=dict)

    class Meta:
        db_table = "signing_head_proof"
        indexes = [
            models.Index(fields=["certificate_until"], name="signing_head_proof_due"),
            models.Index(fields=["id"], condition=~Q(trouble=""), name="signing_head_proof_trouble"),
        ]


class ArchiveRenewal(models.Model):
    """One renewal: the file before is the beginning of the file after; both are kept. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    ordinal = models.PositiveIntegerField()
    rendition_id = models.UUIDField(unique=True)
    digest_before = models.CharField(max_length=64)
    digest_after = models.CharField(max_length=64)
    authority = models.CharField(max_length=200)
    held_until = models.DateTimeField()
    holds_until = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        db_table = "signing_archive_renewal"
        constraints = [
            models.UniqueConstraint(fields=["document_id", "ordinal"], name="signing_archive_renewal_once"),
            models.CheckConstraint(
                condition=Q(holds_until__gt=models.F("held_until")), name="signing_archive_renewal_holds_longer"
            ),
        ]


class TokenBatch(models.Model):
    """Lines of the own time-stamping authority's journal that one entry of the ledger holds: bytes `start` to `end` of `file`.

    `root`: the RFC 6962 tree over the lines, so that one token can be shown to be in it without the others.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    file = models.CharField(max_length=40)
    start = models.PositiveBigIntegerField()
    end = models.PositiveBigIntegerField()
    tokens = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "signing_token_batch"
        constraints = [
            models.UniqueConstraint(fields=["file", "start"], name="signing_token_batch_once"),
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="signing_token_batch_holds_something"),
        ]
