"""Tables of the vault. A data key stands here only wrapped; a content's bytes are in the store."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.values import new_id


class DataKey(models.Model):
    """One owner's key, wrapped by the keeper for (owner, version). Destroyed = the wrapped bytes are gone.

    `product` names the cipher product that everything of this owner passes through besides, "" for what is not Mật.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    owner = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)
    product = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "vault_data_key"
        constraints = [
            models.UniqueConstraint(fields=["owner", "version"], name="vault_data_key_one_per_version"),
            models.CheckConstraint(
                condition=Q(wrapped__isnull=True, destroyed_at__isnull=False)
                | Q(wrapped__isnull=False, destroyed_at__isnull=True),
                name="vault_data_key_kept_or_destroyed",
            ),
        ]


class StoredContent(models.Model):
    """One content: digest (SHA-256, hex) and size of the plaintext; `sealed_digest` names the sealed object."""

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="contents")
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=255, blank=True)
    sealed_digest = models.CharField(max_length=64, unique=True)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "vault_content"
        constraints = [models.CheckConstraint(condition=Q(size__gte=0), name="vault_content_size_counts")]
