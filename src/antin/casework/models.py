"""Tables of casework; private to the room. One lead per document at a time, held by the database."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

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
