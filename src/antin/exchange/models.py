"""Tables of the exchange: directory, outbox, inbox, statements both ways, evidence. Private to this room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.exchange.apart.models import ApartContent
from antin.exchange.axis.models import Agency, AxisIn, AxisLine, AxisOut
from antin.exchange.lifecycle import DELIVERY, ENCLOSURE, PARCEL_IN, PARTNER, SEND_CLOCK, STATEMENT
from antin.exchange.mail.models import MailContact, MailIn, MailLine, MailOut
from antin.exchange.sheets.models import HeldSheet
from antin.exchange.terms_models import AgreedTerms
from antin.steps import Life
from antin.values import new_id

__all__ = [
    "UNSENT",
    "Agency",
    "AgreedTerms",
    "ApartContent",
    "AxisIn",
    "AxisLine",
    "AxisOut",
    "Certificate",
    "DirectoryEntry",
    "Dispatch",
    "Evidence",
    "HeldSheet",
    "Irregularity",
    "MailContact",
    "MailIn",
    "MailLine",
    "MailOut",
    "PaperIn",
    "ParcelIn",
    "ParcelOut",
    "Partner",
    "Reoffer",
    "SendClock",
    "StatementIn",
    "StatementOut",
]


def _in_life(life: Life, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(state__in=life.states()), name=name)


class Partner(models.Model):
    """An installation that can be reached, ourselves among them; its breaker and link stand beside."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    state = models.CharField(max_length=20)
    is_self = models.BooleanField(default=False)
    host_code = models.CharField(max_length=35)
    node_certificate = models.CharField(max_length=64)
    next_node_certificate = models.CharField(max_length=64, blank=True)
    agreement = models.CharField(max_length=200, blank=True)
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    closed_reason = models.TextField(blank=True)
    link = models.CharField(max_length=10, default="unknown")
    link_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    node_expires_at = models.DateTimeField(null=True)
    clock_offset_s = models.IntegerField(null=True)
    reconcile_at = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    differences = models.PositiveIntegerField(default=0)
    has_terms = models.BooleanField(default=False)

    class Meta:
        db_table = "exchange_partner"
        constraints = [
            _in_life(PARTNER, "exchange_partner_state"),
            models.CheckConstraint(
                condition=Q(link__in=("unknown", "up", "down", "none")), name="exchange_partner_link"
            ),
            models.UniqueConstraint(
                fields=["node_certificate"], condition=~Q(state="ended"), name="exchange_partner_one_per_node"
            ),
        ]


class Certificate(models.Model):
    """A certificate that evidence refers to, kept for as long as the evidence (379/5.3)."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    der = models.BinaryField()
    code = models.CharField(max_length=35)
    since = models.DateTimeField()

    class Meta:
        db_table = "exchange_certificate"


class DirectoryEntry(models.Model):
    """An organisation reached at a partner, with the certificate of its exchange key (the next one while rolling)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="entries")
    code = models.CharField(max_length=35, unique=True)
    old_code = models.CharField(max_length=35, blank=True)
    name = models.CharField(max_length=200)
    group = models.CharField(max_length=200, blank=True)
    folded = models.TextField()
    position = models.PositiveIntegerField(default=0)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    next_certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, null=True, related_name="+")
    in_use = models.BooleanField(default=True)

    class Meta:
        db_table = "exchange_directory_entry"


class Dispatch(models.Model):
    """A document's way to one recipient. `next_attempt_at` is also the lease: a claim moves it forward.

    `is_bulk`: large parts travel apart; `moved_bytes` of them are with the recipient. `mail_why`: why a letter went
    instead of the parcel; the partner stays, for what may have arrived there all the same.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    sender_code = models.CharField(max_length=35)
    recipient_code = models.CharField(max_length=35)
    recipient_name = models.CharField(max_length=200)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True)
    channel = models.CharField(max_length=20, default="party_network")
    state = models.CharField(max_length=20)
    urgency = models.PositiveSmallIntegerField(default=0)
    document_code = models.CharField(max_length=200)
    reference_number = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64)
    queued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    times = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    person = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    open_claims = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    holder = models.IntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    sequence_seen = models.PositiveIntegerField(default=0)
    notices = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    is_bulk = models.BooleanField(default=False)
    moved_bytes = models.BigIntegerField(default=0)
    mail_why = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "exchange_dispatch"
        constraints = [
            _in_life(DELIVERY, "exchange_dispatch_state"),
            models.UniqueConstraint(
                fields=["document_id", "recipient_code"], name="exchange_dispatch_once_per_recipient"
            ),
            models.CheckConstraint(condition=Q(urgency__lte=4), name="exchange_dispatch_urgency"),
        ]
        indexes = [
            models.Index(
                "partner",
                models.F("urgency").desc(),
                "next_attempt_at",
                "id",
                condition=Q(state__in=("queued", "sent"), next_attempt_at__isnull=False),
                name="exchange_dispatch_lane",
            ),
            models.Index(
                "partner",
                models.F("urgency").desc(),
                "next_attempt_at",
                "id",
                condition=Q(is_bulk=True, state__in=("queued", "sent"), next_attempt_at__isnull=False),
                name="exchange_dispatch_bulk",
            ),
            models.Index("organisation_id", "state", "queued_at", name="exchange_dispatch_follow_up"),
            models.Index(models.F("holder"), condition=Q(holder__isnull=False), name="exchange_dispatch_held"),
        ]


UNSENT = Q(state="queued") | Q(state="failed") & ~Q(times__has_key="sent")
"""Dispatches that never left and go no other way."""


class SendClock(models.Model):
    """The same-day clock of an issued document (217/6.3). `look_at`: when it is to be looked at next, None once stopped."""

    document_id = models.UUIDField(primary_key=True)
    organisation_id = models.UUIDField()
    urgency = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    look_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_send_clock"
        constraints = [_in_life(SEND_CLOCK, "exchange_send_clock_state")]
        indexes = [
            models.Index("look_at", condition=Q(look_at__isnull=False), name="exchange_send_clock_look"),
            models.Index(
                "organisation_id", "due_at", condition=Q(look_at__isnull=False), name="exchange_send_clock_open"
            ),
        ]


class ParcelOut(models.Model):
    """A dispatch's parcel: built and signed once, sent again as it is. The id is the idempotency key at the receiver.

    `head` is the vault content of manifest, signature and envelope; `parts` the contents behind it, in order.
    """

    id = models.UUIDField(primary_key=True)
    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, related_name="parcel")
    head = models.UUIDField()
    parts = models.JSONField()
    size = models.BigIntegerField()
    manifest = models.BinaryField()
    signature_digest = models.CharField(max_length=64)
    document_digest = models.CharField(max_length=64)
    built_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_parcel_out"


class Reoffer(models.Model):
    """A parcel that its recipient says it lost: the same bytes go again under the same id until it answers.

    `since`: an id made as it was put on the list; what is received later has a greater one, whatever clocks do.
    """

    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, primary_key=True, related_name="reoffer")
    asked_at = models.DateTimeField()
    since = models.UUIDField(default=new_id)
    try_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "exchange_reoffer"
        indexes = [models.Index("try_at", condition=Q(try_at__isnull=False), name="exchange_reoffer_due")]


class ParcelIn(models.Model):
    """The inbox: one row per (sender, parcel), written in the transaction of its effect, with the answer given."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sender_code = models.CharField(max_length=35)
    parcel = models.UUIDField()
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    recipient_code = models.CharField(max_length=35)
    organisation_id = models.UUIDField(null=True)
    state = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    manifest = models.BinaryField()
    signature = models.BinaryField()
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    envelope = models.UUIDField(null=True)
    contents = models.JSONField(default=list)
    document_id = models.UUIDField(null=True)
    document_code = models.CharField(max_length=200)
    reference_number = models.CharField(max_length=100, blank=True)
    urgency = models.PositiveSmallIntegerField(default=0)
    answer_status = models.PositiveSmallIntegerField()
    answer = models.BinaryField()
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField()
    is_skewed = models.BooleanField(default=False)
    repeats = models.PositiveIntegerField(default=0)
    statements = models.PositiveIntegerField(default=0)
    last_code = models.CharField(max_length=2, blank=True)
    sequence_seen = models.PositiveIntegerField(default=0)
    recall_asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_parcel_in"
        constraints = [
            _in_life(PARCEL_IN, "exchange_parcel_in_state"),
            models.UniqueConstraint(fields=["sender_code", "parcel"], name="exchange_parcel_in_once"),
        ]
        indexes = [
            models.Index("document_id", name="exchange_parcel_in_document"),
            models.Index("partner", "parcel", name="exchange_parcel_in_partner"),
        ]


class StatementOut(models.Model):
    """News owed to a partner about one parcel, signed once, sent until acknowledged."""

    id = models.UUIDField(primary_key=True, default=new_id)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    parcel = models.UUIDField()
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    sender_code = models.CharField(max_length=35)
    recipient_code = models.CharField(max_length=35)
    code = models.CharField(max_length=2)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    state = models.CharField(max_length=20)
    urgency = models.PositiveSmallIntegerField(default=0)
    message = models.BinaryField()
    attempts = models.PositiveIntegerField(default=0)
    open_claims = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    holder = models.IntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    answer = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_statement_out"
        constraints = [
            _in_life(STATEMENT, "exchange_statement_out_state"),
            models.UniqueConstraint(
                fields=["parcel", "sender_code", "recipient_code", "sequence"], name="exchange_statement_out_numbered"
            ),
        ]
        indexes = [
            models.Index(
                "partner",
                models.F("urgency").desc(),
                "next_attempt_at",
                "id",
                condition=Q(state="queued", next_attempt_at__isnull=False),
                name="exchange_statement_lane",
            ),
            models.Index("document_id", name="exchange_statement_document"),
            models.Index(models.F("holder"), condition=Q(holder__isnull=False), name="exchange_statement_held"),
        ]


class StatementIn(models.Model):
    """News from a partner, kept whether it moved anything or not (217/11.14), with the acknowledgement given."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sender_code = models.CharField(max_length=35)
    statement = models.UUIDField()
    digest = models.CharField(max_length=64)
    parcel = models.UUIDField()
    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, null=True, related_name="statements")
    parcel_in = models.ForeignKey(ParcelIn, on_delete=models.PROTECT, null=True, related_name="notices")
    code = models.CharField(max_length=2)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_skewed = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    person = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=30, blank=True)
    applied = models.BooleanField()
    message = models.BinaryField()
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    answer = models.BinaryField()

    class Meta:
        db_table = "exchange_statement_in"
        constraints = [
            models.UniqueConstraint(fields=["sender_code", "statement"], name="exchange_statement_in_once"),
        ]
        indexes = [
            models.Index("dispatch", "sequence", name="exchange_statement_in_dispatch"),
            models.Index(
                "parcel",
                condition=Q(dispatch__isnull=True, parcel_in__isnull=True),
                name="exchange_statement_in_early",
            ),
        ]


class Evidence(models.Model):
    """A signed word about a parcel, of either side (ETSI EN 319 522 event names); never changed, never removed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField(null=True)
    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, null=True, related_name="evidence")
    parcel_in = models.ForeignKey(ParcelIn, on_delete=models.PROTECT, null=True, related_name="evidence")
    event = models.CharField(max_length=60)
    side = models.CharField(max_length=10)
    signer_code = models.CharField(max_length=35)
    message = models.BinaryField()
    digest = models.CharField(max_length=64)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_skewed = models.BooleanField(default=False)

    class Meta:
        db_table = "exchange_evidence"
        constraints = [
            models.CheckConstraint(condition=Q(side__in=("ours", "theirs")), name="exchange_evidence_side"),
            models.UniqueConstraint(fields=["digest", "side"], name="exchange_evidence_once"),
        ]
        indexes = [models.Index("document_id", "at", name="exchange_evidence_document")]


class Irregularity(models.Model):
    """Something at the door that should not happen: kept for the exchange operator, counted when it repeats."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=64, blank=True)
    day = models.DateField()
    subject = models.UUIDField(null=True)
    sender_code = models.CharField(max_length=35, blank=True)
    detail = models.JSONField(default=dict)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "exchange_irregularity"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source", "day", "subject"], nulls_distinct=False, name="exchange_irregularity_daily"
            )
        ]


class Enclosure(models.Model):
    """A paper to one recipient. `clause` is the class of 217/8 that asks for it; "" for one that goes instead."""

    id = models.UUIDField(primary_key=True, default=new_id)
    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, related_name="enclosure")
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    state = models.CharField(max_length=8)
    instead = models.BooleanField(default=False)
    clause = models.CharField(max_length=20, blank=True)
    why = models.CharField(max_length=400, blank=True)
    named_by = models.UUIDField(null=True)
    since = models.DateTimeField()
    output_id = models.UUIDField(null=True)
    code = models.CharField(max_length=20, blank=True)
    number = models.PositiveIntegerField(null=True)
    carrier = models.CharField(max_length=200, blank=True)
    posted_at = models.DateTimeField(null=True)
    posted_by = models.UUIDField(null=True)
    received_by = models.CharField(max_length=200, blank=True)
    arrived_on = models.DateField(null=True)
    noted_by = models.UUIDField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "exchange_enclosure"
        constraints = [
            _in_life(ENCLOSURE, "exchange_enclosure_state"),
            models.CheckConstraint(
                condition=Q(state__in=("due", "dropped")) | Q(posted_at__isnull=False, output_id__isnull=False),
                name="exchange_enclosure_posted_has_copy",
            ),
        ]
        indexes = [
            models.Index(
                "organisation_id", "since", condition=Q(state__in=("due", "posted")), name="exchange_enclosure_open"
            ),
            models.Index("document_id", name="exchange_enclosure_document"),
        ]


class PaperIn(models.Model):
    """A paper that came here behind a received document: the code printed on it, the day, who noted it (217/8.1).

    `statement` is the word to its sender; None when the document came by a way that carries none.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    code = models.CharField(max_length=16)
    arrived_on = models.DateField()
    noted_by = models.UUIDField(null=True)
    noted_by_name = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField()
    statement = models.OneToOneField(StatementOut, on_delete=models.PROTECT, null=True, related_name="paper")

    class Meta:
        db_table = "exchange_paper_in"
        constraints = [models.UniqueConstraint(fields=["document_id", "code"], name="exchange_paper_in_once")]
