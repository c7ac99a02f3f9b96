"""Tables of casework; private to the room. One lead per document at a time, held by the database."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.casework.lifecycle import CASE_FILE
from antin.values import new_id


class Instruction(models.Model):
    """A leader's word on a document (bút phê, ý kiến chỉ đạo)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    by = models.UUIDField()
    on_behalf_of = models.UUIDField(null=True)
    words = models.TextField()
    people = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        db_table = "casework_instruction"
        indexes = [models.Index(fields=["document_id", "at"], name="casework_instruction_document")]


class Assignment(models.Model):
    """One person's piece of work on one document, as lead or supporting, with a date."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, null=True, related_name="assignments")
    role = models.CharField(max_length=10)
    person_id = models.UUIDField()
    given_by = models.UUIDField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, default="assigned")
    given_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["document_id"],
                condition=Q(role="lead") & ~Q(state="closed"),
                name="casework_one_lead",
            ),
            models.UniqueConstraint(
                fields=["document_id", "person_id"], condition=~Q(state="closed"), name="casework_one_piece_each"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["assigned", "accepted", "reported", "closed"]), name="casework_assignment_state"
            ),
            models.CheckConstraint(condition=Q(role__in=["lead", "supporting"]), name="casework_assignment_role"),
        ]
        indexes = [
            models.Index(fields=["person_id", "due_on", "id"], name="casework_work_of"),
            models.Index(fields=["given_by", "due_on", "id"], name="casework_given_by"),
            models.Index(
                fields=["organisation_id", "due_on", "id"], condition=~Q(state="closed"), name="casework_open_by_due"
            ),
            models.Index(fields=["document_id"], name="casework_on_document"),
        ]


class Result(models.Model):
    """What an assignee reports, in words and perhaps a file, and the leader's answer."""

    id = models.UUIDField(primary_key=True, default=new_id)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="results")
    words = models.TextField()
    content_id = models.UUIDField(null=True)
    content_name = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64)
    by = models.UUIDField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, blank=True)
    reason = models.TextField(blank=True)
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_result"
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["", "accept", "return"]), name="casework_result_outcome")
        ]
        indexes = [models.Index(fields=["assignment", "-at"], name="casework_result_latest")]


class HandOver(models.Model):
    """Who passed a piece of work to whom, and why."""

    id = models.UUIDField(primary_key=True, default=new_id)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="hand_overs")
    from_person = models.UUIDField()
    to_person = models.UUIDField()
    reason = models.TextField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "casework_hand_over"


class DueChange(models.Model):
    """A changed deadline; the old one is kept (217/11.13, 379/17.3)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="due_changes")
    old = models.DateField()
    new = models.DateField()
    reason = models.TextField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "casework_due_change"


class FileClass(models.Model):
    """A heading of the organisation's file plan with its retention period, on a named basis (379/24.2, 217/15.5)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    code = models.CharField(max_length=30)
    title = models.CharField(max_length=400)
    retention = models.CharField(max_length=2)
    years = models.PositiveIntegerField(null=True)
    basis = models.CharField(max_length=400)
    at = models.DateTimeField()
    by = models.UUIDField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_file_class"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "code"], condition=Q(closed_at__isnull=True), name="casework_one_class"
            )
        ]


class CaseFile(models.Model):
    """The documents of one matter, kept by one person; `years` None is for ever (379/25.p1)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    file_class = models.ForeignKey(FileClass, on_delete=models.PROTECT, related_name="files")
    year = models.PositiveIntegerField()
    ordinal = models.PositiveIntegerField()
    title = models.CharField(max_length=1000)
    keeper_id = models.UUIDField()
    state = models.CharField(max_length=9, default="open")
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField()
    closed_at = models.DateTimeField(null=True)
    members_digest = models.CharField(max_length=64, blank=True)
    retained_until = models.DateField(null=True)

    class Meta:
        db_table = "casework_case_file"
        constraints = [
            models.UniqueConstraint(fields=["file_class", "year", "ordinal"], name="casework_case_number"),
            models.CheckConstraint(condition=Q(state__in=sorted(CASE_FILE.states())), name="casework_case_state"),
        ]
        indexes = [
            models.Index(fields=["keeper_id", "state", "-id"], name="casework_kept_by"),
            models.Index(fields=["organisation_id", "-id"], name="casework_cases"),
        ]


class Member(models.Model):
    """A document's place in a case file; taken out, it stays on record with the reason (379/17.3)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="members")
    document_id = models.UUIDField()
    part = models.PositiveIntegerField(default=1)
    by = models.UUIDField()
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_reason = models.TextField(blank=True)

    class Meta:
        db_table = "casework_member"
        constraints = [
            models.UniqueConstraint(
                fields=["case_file", "document_id"], condition=Q(left_at__isnull=True), name="casework_one_place"
            ),
            models.CheckConstraint(condition=Q(part__gte=1), name="casework_part"),
        ]
        indexes = [models.Index(fields=["document_id"], name="casework_placed")]


class CaseLink(models.Model):
    """A cross-reference from one case file to another, with a word why."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="linked_from")
    words = models.CharField(max_length=400)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "casework_case_link"
        constraints = [models.UniqueConstraint(fields=["case_file", "other"], name="casework_one_link")]
