"""Tables of the ledger. Entry, leaf, tile and checkpoint only grow: the database refuses to change them (379/5.3).

No foreign key is checked between them, since no entry can ever vanish; the uniqueness of leaf and entry is.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class TransactionId(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's `xid8`: 64 bits, never wraps around, compared as a number and never as text."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class Entry(models.Model):
    """One act. `payload` is what is hashed; the database fills the other columns from it, for looking up."""

    id = models.BigAutoField(primary_key=True)
    xid = TransactionId()
    at = models.DateTimeField()
    act = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    office = models.CharField(max_length=40)
    method = models.CharField(max_length=40)
    payload = models.TextField()

    class Meta:
        db_table = "ledger_entry"
        indexes = [
            models.Index(fields=["xid"], name="ledger_entry_xid"),
            models.Index(fields=["object_id", "id"], name="ledger_entry_object", condition=Q(object_id__isnull=False)),
            models.Index(fields=["organisation_id", "id"], name="ledger_entry_organisation"),
        ]


class Opening(models.Model):
    """What an entry commits to: the salt, and name, reason and detail as canonical JSON, the very bytes committed to.

    Erased with its document; the entry and its proof remain.
    """

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, db_constraint=False, related_name="opening"
    )
    salt = models.BinaryField()
    words = models.TextField()

    class Meta:
        db_table = "ledger_opening"


class Leaf(models.Model):
    """An integrated entry's place in the tree, and its leaf hash."""

    leaf_index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, db_constraint=False, related_name="leaf")
    hash = models.BinaryField()

    class Meta:
        db_table = "ledger_leaf"


class Tile(models.Model):
    """A full tile: 256 hashes of a level, and their root. Partial tiles follow from leaves and lower tiles."""

    id = models.BigAutoField(primary_key=True)
    level = models.SmallIntegerField()
    tile_index = models.BigIntegerField()
    hashes = models.BinaryField()
    root = models.BinaryField()

    class Meta:
        db_table = "ledger_tile"
        constraints = [models.UniqueConstraint(fields=["level", "tile_index"], name="ledger_tile_place")]


class Checkpoint(models.Model):
    """The signed head after each integration."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_checkpoint"


class Sequencer(models.Model):
    """One row: every entry of a transaction before `low_water`, and every entry up to `floor_id`, is integrated.

    `cluster` is the PostgreSQL cluster in which `low_water` has its meaning; after a restore it differs.
    """

    id = models.SmallIntegerField(primary_key=True)
    low_water = TransactionId()
    floor_id = models.BigIntegerField()
    cluster = models.BigIntegerField()

    class Meta:
        db_table = "ledger_sequencer"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ledger_sequencer_one_row")]


class Cursor(models.Model):
    """How far a follower has come: the last leaf whose effect it committed."""

    follower = models.CharField(primary_key=True, max_length=40)
    leaf_index = models.BigIntegerField()

    class Meta:
        db_table = "ledger_cursor"


class Reading(models.Model):
    """Reads of one person on one object in one minute, until they become one entry (379/23.2.đ)."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.UUIDField()
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    purpose = models.CharField(max_length=40)
    minute = models.DateTimeField()
    method = models.CharField(max_length=40)
    session = models.CharField(max_length=128)
    organisation_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    count = models.IntegerField()

    class Meta:
        db_table = "ledger_reading"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "object_id", "object_kind", "purpose", "minute"], name="ledger_reading_once"
            ),
        ]
