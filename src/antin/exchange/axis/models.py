"""Tables of the national axis: bodies listed there, messages out and in, how the line stands. Private to this room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.exchange.axis.lifecycle import AXIS_IN, AXIS_OUT
from antin.values import new_id


class Agency(models.Model):
    """A body as the axis lists it, by the code in use and the older one; `is_listed`: offered to those who draft."""

    id = models.UUIDField(primary_key=True, default=new_id)
    code = models.CharField(max_length=35, unique=True)
    old_code = models.CharField(max_length=35, blank=True)
    name = models.CharField(max_length=200)
    mail = models.CharField(max_length=100, blank=True)
    folded = models.TextField()
    is_listed = models.BooleanField(default=False)
    in_use = models.BooleanField(default=True)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_axis_agency"
        indexes = [
            models.Index("old_code", condition=~Q(old_code=""), name="exchange_axis_agency_old"),
            models.Index("name", condition=Q(is_listed=True), name="exchange_axis_agency_listed"),
        ]


class AxisLine(models.Model):
    """How the connection to the axis stands; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    state = models.CharField(max_length=10, default="unknown")
    at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    polled_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)
    listed_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "exchange_axis_line"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="exchange_axis_line_one"),
            models.CheckConstraint(condition=Q(state__in=("unknown", "up", "down")), name="exchange_axis_line_state"),
        ]


class AxisOut(models.Model):
    """A message for the axis: built once, its bytes kept. `subject`: messages about one leave one after the other.

    `tried_at`: an attempt left then whose outcome is unknown; nothing goes again before the axis was asked what it holds.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    subject = models.UUIDField()
    dispatch = models.ForeignKey("exchange.Dispatch", on_delete=models.PROTECT, null=True, related_name="axis_messages")
    arrival = models.ForeignKey("exchange.AxisIn", on_delete=models.PROTECT, null=True, related_name="told")
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    purpose = models.CharField(max_length=10)
    code = models.CharField(max_length=2, blank=True)
    sender_code = models.CharField(max_length=35)
    recipient_code = models.CharField(max_length=35)
    content = models.UUIDField()
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    urgency = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=20)
    built_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    open_claims = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    doc_id = models.CharField(max_length=100, blank=True)
    settled_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "exchange_axis_out"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AXIS_OUT.states()), name="exchange_axis_out_state"),
            models.CheckConstraint(
                condition=Q(purpose__in=("new", "recall", "update", "replace", "status")),
                name="exchange_axis_out_purpose",
            ),
            models.UniqueConstraint(fields=["doc_id"], condition=~Q(doc_id=""), name="exchange_axis_out_doc"),
            models.UniqueConstraint(
                fields=["dispatch"], condition=Q(purpose__in=("new", "replace")), name="exchange_axis_out_once"
            ),
        ]
        indexes = [
            models.Index(
                models.F("urgency").desc(),
                "next_attempt_at",
                "id",
                condition=Q(state="queued", next_attempt_at__isnull=False),
                name="exchange_axis_out_lane",
            ),
            models.Index("subject", condition=Q(state="queued"), name="exchange_axis_out_subject"),
            models.Index("document_id", name="exchange_axis_out_document"),
        ]


class AxisIn(models.Model):
    """A message fetched from the axis, written in the transaction of its effect; one row for each of our bodies it is for.

    `signature` is what the envelope's signature came to (`dsig.SignatureVerdict`), "" for none looked at; `told_at`: when
    the axis learnt `verdict`, done or fail.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    doc_id = models.CharField(max_length=100)
    recipient_code = models.CharField(max_length=35)
    kind = models.CharField(max_length=10)
    purpose = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=2, blank=True)
    sender_code = models.CharField(max_length=35)
    sender_name = models.CharField(max_length=200, blank=True)
    document_code = models.CharField(max_length=200, blank=True)
    reference_number = models.CharField(max_length=100, blank=True)
    issued_on = models.DateField(null=True)
    at = models.DateTimeField(null=True)
    organisation_id = models.UUIDField(null=True)
    state = models.CharField(max_length=20)
    signature = models.CharField(max_length=10, blank=True)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    envelope = models.UUIDField(null=True)
    document_id = models.UUIDField(null=True)
    dispatch = models.ForeignKey("exchange.Dispatch", on_delete=models.PROTECT, null=True, related_name="axis_news")
    urgency = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(blank=True)
    person = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=300, blank=True)
    applied = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    recall_asked_at = models.DateTimeField(null=True)
    last_code = models.CharField(max_length=2, blank=True)
    verdict = models.CharField(max_length=4)
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_axis_in"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AXIS_IN.states()), name="exchange_axis_in_state"),
            models.CheckConstraint(condition=Q(verdict__in=("done", "fail")), name="exchange_axis_in_verdict"),
            models.UniqueConstraint(fields=["doc_id", "recipient_code"], name="exchange_axis_in_once"),
            models.UniqueConstraint(
                fields=["sender_code", "recipient_code", "document_code", "purpose", "code", "at"],
                condition=Q(state__in=("admitted", "noted", "early")) & ~Q(document_code=""),
                nulls_distinct=False,
                name="exchange_axis_in_said_once",
            ),
        ]
        indexes = [
            models.Index("document_id", name="exchange_axis_in_document"),
            models.Index("dispatch", "at", name="exchange_axis_in_dispatch"),
            models.Index("id", condition=Q(told_at__isnull=True), name="exchange_axis_in_untold"),
        ]
