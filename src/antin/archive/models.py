"""Tables of the archive; private to the room. The register of what was destroyed is never deleted (379/20.3)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.archive.lifecycle import DESTRUCTION, PACKAGE
from antin.values import new_id


class Holding(models.Model):
    """A case file taken over, with the digest of all that was in it then (379/23.2.a)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case_file_id = models.UUIDField(unique=True)
    organisation_id = models.UUIDField()
    contents = models.JSONField()
    digest = models.CharField(max_length=64)
    accepted_by = models.UUIDField()
    accepted_at = models.DateTimeField()

    class Meta:
        db_table = "archive_holding"
        indexes = [models.Index(fields=["organisation_id", "-id"], name="archive_holdings")]


class Hold(models.Model):
    """Not to be destroyed for now; open while `lifted_at` is empty (379/20.1)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case_file_id = models.UUIDField()
    organisation_id = models.UUIDField()
    basis = models.TextField()
    until = models.DateField(null=True)
    by = models.UUIDField()
    by_name = models.CharField(max_length=400)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.TextField(blank=True)

    class Meta:
        db_table = "archive_hold"
        indexes = [models.Index(fields=["case_file_id"], condition=Q(lifted_at__isnull=True), name="archive_hold_open")]


class Purge(models.Model):
    """Blanked words are to leave the database's own files: those of every act up to the ledger's `entry_id`.

    `tables_left` names the tables that were too busy at the last try; `log_begun_anew` is False where the write-ahead log is
    a server's that is not ours.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    entry_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    tables_left = models.JSONField(null=True)
    log_begun_anew = models.BooleanField(null=True)

    class Meta:
        db_table = "archive_purge"
        indexes = [models.Index(fields=["id"], condition=Q(done_at__isnull=True), name="archive_purge_waits")]


class Package(models.Model):
    """A package made of an archived case file, to whom it went, and the other side's receipt (379/23.2.c).

    Its bytes lie under a key of its own, which ends with the first of its documents that is destroyed (`destroyed_at`).
    What was typed about a package with secrets is sealed (`vault.sealed_words`). `handed_content_id`: what leaves instead,
    enciphered for the recipient; None when the package itself does. `reader_id`: of a package for use.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    case_file_id = models.UUIDField()
    organisation_id = models.UUIDField()
    kind = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    content_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    documents = models.JSONField()
    purpose = models.TextField(blank=True)
    built_by = models.UUIDField()
    built_at = models.DateTimeField()
    recipient_name = models.TextField(blank=True)
    recipient_code = models.CharField(max_length=100, blank=True)
    reader_id = models.UUIDField(null=True)
    basis = models.TextField(blank=True)
    handed_content_id = models.UUIDField(null=True)
    handed_digest = models.CharField(max_length=64, blank=True)
    handed_by = models.UUIDField(null=True)
    handed_at = models.DateTimeField(null=True)
    receipt_id = models.UUIDField(null=True)
    receipt_digest = models.CharField(max_length=64, blank=True)
    receipt_signers = models.JSONField(default=list)
    received_by = models.UUIDField(null=True)
    received_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "archive_package"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(PACKAGE.states())), name="archive_package_state"),
            models.CheckConstraint(condition=Q(kind__in=["AIP", "DIP"]), name="archive_package_kind"),
            models.CheckConstraint(
                condition=Q(state="built") | (Q(handed_at__isnull=False) & ~Q(basis="")), name="archive_package_handed"
            ),
            models.CheckConstraint(
                condition=~Q(state="received") | Q(receipt_id__isnull=False), name="archive_package_receipt"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-id"], name="archive_packages"),
            models.Index(fields=["case_file_id", "-id"], name="archive_packages_of"),
        ]


class Destruction(models.Model):
    """One list of documents proposed for destruction, and its way through several hands."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    state = models.CharField(max_length=10)
    reason = models.TextField()
    digest = models.CharField(max_length=64)
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    examined_by = models.UUIDField(null=True)
    examined_at = models.DateTimeField(null=True)
    opinion = models.TextField(blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    basis = models.TextField(blank=True)
    decision_reason = models.TextField(blank=True)
    executed_by = models.UUIDField(null=True)
    executed_at = models.DateTimeField(null=True)
    attested_by = models.UUIDField(null=True)
    attested_at = models.DateTimeField(null=True)
    attestation = models.JSONField(default=dict)
    purge = models.ForeignKey(Purge, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "archive_destruction"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(DESTRUCTION.states())), name="archive_destruction_state"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(state__in=["approved", "executed", "attested"])
                | (~Q(decided_by=models.F("proposed_by")) & ~Q(decided_by=models.F("examined_by"))),
                name="archive_destruction_apart",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "-id"], name="archive_destructions")]


class Item(models.Model):
    """A document on a list; destroyed, it is a line of the permanent register."""

    id = models.UUIDField(primary_key=True, default=new_id)
    destruction = models.ForeignKey(Destruction, on_delete=models.PROTECT, related_name="items")
    case_file_id = models.UUIDField()
    document_id = models.UUIDField()
    document_code = models.CharField(max_length=400, blank=True)
    reference_number = models.CharField(max_length=400, blank=True)
    issued_on = models.DateField(null=True)
    type_name = models.CharField(max_length=400, blank=True)
    file_class = models.CharField(max_length=440)
    retained_until = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, default="listed")
    opinion = models.TextField(blank=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "archive_item"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["listed", "struck", "destroyed", "dropped"]), name="archive_item_state"
            ),
            models.UniqueConstraint(
                fields=["document_id"], condition=Q(state__in=["listed", "destroyed"]), name="archive_item_once"
            ),
        ]
        indexes = [models.Index(fields=["destruction", "id"], name="archive_item_list")]
