"""The sheet held of each installation, ours among them. Private to this room."""

from __future__ import annotations

from django.db import models


class HeldSheet(models.Model):
    """The newest sheet that was taken, with its signatures; when it is asked for next, and what the last asking came to.

    `version` 0 and no `message` before the first one. `closures`: [start, end, reason], read by those who send.
    """

    partner = models.OneToOneField("exchange.Partner", primary_key=True, on_delete=models.CASCADE, related_name="sheet")
    version = models.PositiveIntegerField(default=0)
    content = models.CharField(max_length=64, blank=True)
    message = models.BinaryField(default=b"")
    until = models.DateTimeField(null=True)
    parcel_bytes = models.BigIntegerField(null=True)
    closures = models.JSONField(default=list)
    taken_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "exchange_sheet"
