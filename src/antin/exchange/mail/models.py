"""Tables of official mail: bodies reached by it, letters out and in, how the account stands. Private to this room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.exchange.mail.lifecycle import MAIL_CONTACT, MAIL_IN, MAIL_OUT
from antin.values import new_id


class MailContact(models.Model):
    """A body reached by official mail. `signing` is the certificate its letters are known by, `encryption` the one to encrypt for.

    Both are DER, empty when none is known: then nothing that comes from there is authentic, and nothing goes encrypted.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    code = models.CharField(max_length=35)
    name = models.CharField(max_length=200)
    folded = models.TextField()
    address = models.CharField(max_length=200)
    signing = models.BinaryField(default=b"")
    signing_digest = models.CharField(max_length=64, blank=True)
    encryption = models.BinaryField(default=b"")
    state = models.CharField(max_length=10)
    basis = models.CharField(max_length=300, blank=True)
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "exchange_mail_contact"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MAIL_CONTACT.states()), name="exchange_mail_contact_state"),
            models.UniqueConstraint(
                fields=["code", "state"],
                condition=Q(state__in=("proposed", "active")),
                name="exchange_mail_contact_one",
            ),
        ]
        indexes = [
            models.Index("signing_digest", condition=Q(state="active"), name="exchange_mail_contact_signer"),
        ]


class MailLine(models.Model):
    """How the account stands at its two servers; one row for each of `smtp` and `imap`."""

    kind = models.CharField(primary_key=True, max_length=4)
    state = models.CharField(max_length=10, default="unknown")
    at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "exchange_mail_line"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=("smtp", "imap")), name="exchange_mail_line_kind"),
            models.CheckConstraint(condition=Q(state__in=("unknown", "up", "down")), name="exchange_mail_line_state"),
        ]


class MailOut(models.Model):
    """A letter: built and signed once, its bytes kept. Its Message-ID is made of its id.

    `signed_digest`: SHA-256 of the signed entity, which a receipt repeats. `tried_at`: an attempt left then whose outcome
    is unknown. `subject`: letters about one leave one after the other. `warned_at`: the clerk was told that none answers.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    subject = models.UUIDField()
    dispatch = models.ForeignKey("exchange.Dispatch", on_delete=models.PROTECT, null=True, related_name="letters")
    arrival = models.ForeignKey("exchange.MailIn", on_delete=models.PROTECT, null=True, related_name="told")
    contact = models.ForeignKey(MailContact, on_delete=models.PROTECT, related_name="+")
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    purpose = models.CharField(max_length=10)
    code = models.CharField(max_length=2, blank=True)
    sender_code = models.CharField(max_length=35)
    recipient_code = models.CharField(max_length=35)
    address = models.CharField(max_length=200)
    content = models.UUIDField()
    signed_digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    encrypted = models.BooleanField(default=False)
    urgency = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=20)
    built_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    open_claims = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "exchange_mail_out"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MAIL_OUT.states()), name="exchange_mail_out_state"),
            models.CheckConstraint(
                condition=Q(purpose__in=("new", "recall", "void", "status")), name="exchange_mail_out_purpose"
            ),
            models.UniqueConstraint(fields=["dispatch"], condition=Q(purpose="new"), name="exchange_mail_out_once"),
        ]
        indexes = [
            models.Index(
                models.F("urgency").desc(),
                "next_attempt_at",
                "id",
                condition=Q(state="queued", next_attempt_at__isnull=False),
                name="exchange_mail_out_lane",
            ),
            models.Index("subject", condition=Q(state="queued"), name="exchange_mail_out_subject"),
            models.Index(
                "handed_at",
                condition=Q(state="handed", purpose="new", warned_at__isnull=True),
                name="exchange_mail_out_silent",
            ),
            models.Index("document_id", name="exchange_mail_out_document"),
        ]


class MailIn(models.Model):
    """A letter fetched from the mailbox, written in the transaction of its effect.

    `box`, `uid`: where it lay (UIDVALIDITY and UID, RFC 9051). `said`: what makes it the same letter whoever carries it:
    the id in its signed slip, else the digest of what was signed. `signature`: what its S/MIME signature came to.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    box = models.BigIntegerField()
    uid = models.BigIntegerField()
    said = models.CharField(max_length=64)
    message_id = models.CharField(max_length=200, blank=True)
    mail_from = models.CharField(max_length=200, blank=True)
    mail_subject = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20)
    signature = models.CharField(max_length=10)
    signer = models.CharField(max_length=64, blank=True)
    encrypted = models.BooleanField(default=False)
    purpose = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=2, blank=True)
    sender_code = models.CharField(max_length=35, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    recipient_code = models.CharField(max_length=35, blank=True)
    document_code = models.CharField(max_length=200, blank=True)
    reference_number = models.CharField(max_length=100, blank=True)
    issued_on = models.DateField(null=True)
    at = models.DateTimeField(null=True)
    organisation_id = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    content = models.UUIDField(null=True)
    document_id = models.UUIDField(null=True)
    contact = models.ForeignKey(MailContact, on_delete=models.PROTECT, null=True, related_name="+")
    dispatch = models.ForeignKey("exchange.Dispatch", on_delete=models.PROTECT, null=True, related_name="mail_news")
    about = models.UUIDField(null=True)
    urgency = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(blank=True)
    person = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=300, blank=True)
    applied = models.BooleanField(default=False)
    has_slip = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    recall_asked_at = models.DateTimeField(null=True)
    last_code = models.CharField(max_length=2, blank=True)
    away_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_mail_in"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MAIL_IN.states()), name="exchange_mail_in_state"),
            models.UniqueConstraint(fields=["box", "uid"], name="exchange_mail_in_once"),
            models.UniqueConstraint(
                fields=["sender_code", "said"],
                condition=Q(state__in=("admitted", "noted", "early", "quarantined", "refused")),
                name="exchange_mail_in_said_once",
            ),
        ]
        indexes = [
            models.Index("document_id", name="exchange_mail_in_document"),
            models.Index("dispatch", "at", name="exchange_mail_in_dispatch"),
            models.Index("received_at", condition=Q(state="quarantined"), name="exchange_mail_in_held"),
        ]
