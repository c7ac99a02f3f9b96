"""What arrived of contents that travel apart. Private to this room."""

from __future__ import annotations

from django.db import models

from antin.values import new_id


class ApartContent(models.Model):
    """The first `have` bytes of a content, as a partner's node sent them: vault contents in order, under a key of their own.

    Its digest is only claimed until a parcel names it and the whole is read. `used_at`: when a parcel last took it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    partner = models.ForeignKey("exchange.Partner", on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64)
    have = models.BigIntegerField(default=0)
    pieces = models.JSONField(default=list)
    touched_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_apart"
        constraints = [models.UniqueConstraint(fields=["partner", "sha256"], name="exchange_apart_once")]
        indexes = [models.Index("touched_at", name="exchange_apart_touched")]
