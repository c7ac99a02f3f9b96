"""Tables of the registry; private to the room.

The database holds the law of numbers by itself: one row per number and register, each number bound to at
most one document, one open request per document, one registration per incoming document (217/11.2, 217/5.2).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.registry.lifecycle import TICKET, TIMESTAMP
from antin.registry.rules import WAYS
from antin.values import new_id


class Register(models.Model):
    """A book with one gapless series: outgoing per type and term, incoming per year."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    series = models.CharField(max_length=40, blank=True)
    period = models.CharField(max_length=9)
    opens_on = models.DateField()
    state = models.CharField(max_length=8, default="open")
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)

    class Meta:
        db_table = "registry_register"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "kind", "series", "period"], name="registry_register_once"
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="registry_register_state"),
            models.CheckConstraint(condition=Q(kind__in=["outgoing", "incoming"]), name="registry_register_kind"),
        ]


class Number(models.Model):
    """One number of one register; the row is never deleted, only its state moves."""

    id = models.UUIDField(primary_key=True, default=new_id)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="numbers")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8)
    document_id = models.UUIDField(null=True)
    reference_number = models.CharField(max_length=80, blank=True)
    entered_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "registry_number"
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="registry_number_once"),
            models.UniqueConstraint(
                fields=["document_id", "register"],
                condition=Q(state__in=["reserved", "used"]),
                name="registry_number_one_per_document",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "used", "free", "voided", "blocked"]), name="registry_number_state"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="registry_number_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=["free", "voided", "blocked"]) | Q(document_id__isnull=False),
                name="registry_number_has_document",
            ),
        ]
        indexes = [
            models.Index(fields=["register"], condition=Q(state="free"), name="registry_number_free"),
            models.Index(fields=["document_id"], name="registry_number_document"),
        ]


class FormCheck(models.Model):
    """The clerk's check of one frozen revision against the rule set of the day."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    rule_set = models.CharField(max_length=80)
    passed = models.BooleanField()
    findings = models.JSONField(default=list)
    checked_by = models.UUIDField(null=True)
    checked_at = models.DateTimeField()

    class Meta:
        db_table = "registry_form_check"
        indexes = [models.Index(fields=["document_id", "-checked_at"], name="registry_form_check_latest")]


class SignatureRequest(models.Model):
    """A page with number and date, prepared for one signatory, waiting for the signature."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    signatory_id = models.UUIDField()
    on_behalf_of = models.UUIDField(null=True)
    certificate_id = models.UUIDField()
    number = models.ForeignKey(Number, on_delete=models.PROTECT, related_name="requests")
    notation = models.CharField(max_length=40)
    reference_number = models.CharField(max_length=80)
    document_code = models.CharField(max_length=200)
    issued_on = models.DateField()
    way = models.CharField(max_length=8, default=WAYS[0])
    revision_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    rendition_id = models.UUIDField()
    ceremony_content_id = models.UUIDField()
    state = models.CharField(max_length=8, default="open")
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    signed_digest = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "registry_signature_request"
        constraints = [
            models.UniqueConstraint(
                fields=["document_id"], condition=Q(state="open"), name="registry_request_one_open"
            ),
            models.UniqueConstraint(
                fields=["document_code"], condition=~Q(state="lapsed"), name="registry_request_code_once"
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "done", "lapsed"]), name="registry_request_state"),
            models.CheckConstraint(condition=Q(way__in=WAYS), name="registry_request_way"),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(signed_digest=""), name="registry_request_done_is_signed"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="registry_request_due"),
            models.Index(fields=["document_id", "-opened_at"], name="registry_request_latest"),
        ]


class DeviceTicket(models.Model):
    """Leave for one signature, on one document, by the person's own device; the secret itself is nowhere (379/13.5).

    `secret_hash` opens the answer, `download_hash` only the reading; `challenge_id` and `method`: how the person confirmed.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    request = models.ForeignKey(SignatureRequest, on_delete=models.PROTECT, related_name="tickets")
    person_id = models.UUIDField()
    session = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=200)
    secret_hash = models.CharField(max_length=64, unique=True)
    download_hash = models.CharField(max_length=64, unique=True)
    challenge_id = models.UUIDField()
    method = models.CharField(max_length=30)
    state = models.CharField(max_length=8)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "registry_device_ticket"
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(state="open"), name="registry_ticket_one_open"),
            models.CheckConstraint(condition=Q(state__in=TICKET.states()), name="registry_ticket_state"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="registry_ticket_closed_has_time",
            ),
        ]


class Sealing(models.Model):
    """The organisation's seal on a signed page: who kept the seal, which bytes came out."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField(unique=True)
    keeper_id = models.UUIDField()
    certificate_id = models.UUIDField()
    digest_before = models.CharField(max_length=64)
    digest_after = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "registry_sealing"


class AwaitedTimestamp(models.Model):
    """A signature or seal that is kept and whose timestamp is asked for until an authority gives it (379/12.2.b).

    `kind`: the rendition it stands in; `own`: the CMS is ours to put the token into; `next_try_at` is also the lease of
    the worker that asks now; `trouble`: why the last attempt failed, in the words of its refusal with `{names}` for
    `trouble_facts`.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    organisation_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=10)
    own = models.BooleanField(default=True)
    hole_start = models.PositiveIntegerField()
    hole_end = models.PositiveIntegerField()
    digest_before = models.CharField(max_length=64)
    digest_after = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8)
    since = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    trouble_facts = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "registry_awaited_timestamp"
        constraints = [
            models.UniqueConstraint(fields=["document_id", "kind"], name="registry_timestamp_once_per_kind"),
            models.UniqueConstraint(
                fields=["document_id"], condition=Q(state="waiting"), name="registry_timestamp_one_waiting"
            ),
            models.CheckConstraint(condition=Q(state__in=TIMESTAMP.states()), name="registry_timestamp_state"),
            models.CheckConstraint(condition=Q(kind__in=["signed", "sealed"]), name="registry_timestamp_kind"),
            models.CheckConstraint(
                condition=(Q(state="attached") & ~Q(digest_after="")) | (~Q(state="attached") & Q(digest_after="")),
                name="registry_timestamp_attached_has_digest",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="registry_timestamp_due"),
        ]


class Issue(models.Model):
    """The act of issuing: to whom, which bytes, until when it must have left (217/6.3)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField(unique=True)
    organisation_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    recipients = models.JSONField(default=list)
    verdict = models.CharField(max_length=16)
    issued_by = models.UUIDField(null=True)
    issued_at = models.DateTimeField()
    send_due_at = models.DateTimeField()

    class Meta:
        db_table = "registry_issue"
        indexes = [models.Index(fields=["organisation_id", "-issued_at"], name="registry_issue_recent")]


class Defect(models.Model):
    """A fault named by the clerk, open until the authorised person has decided (379/13.4)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    words = models.TextField()
    state = models.CharField(max_length=8, default="open")
    outcome = models.CharField(max_length=8, blank=True)
    reason = models.TextField(blank=True)
    referred_by = models.UUIDField(null=True)
    referred_at = models.DateTimeField()
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "registry_defect"
        constraints = [
            models.UniqueConstraint(fields=["document_id"], condition=Q(state="open"), name="registry_defect_one_open"),
            models.CheckConstraint(condition=Q(state__in=["open", "settled"]), name="registry_defect_state"),
            models.CheckConstraint(condition=Q(outcome__in=["", "proceed", "abandon"]), name="registry_defect_outcome"),
        ]


class Verification(models.Model):
    """The clerk's verification of an incoming document: report, address, verdict (217/10.1)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    report_id = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    verdict = models.CharField(max_length=16)
    address_ok = models.BooleanField()
    verified_by = models.UUIDField(null=True)
    verified_at = models.DateTimeField()

    class Meta:
        db_table = "registry_verification"
        indexes = [models.Index(fields=["document_id", "-verified_at"], name="registry_verification_latest")]


class Registration(models.Model):
    """An incoming document in the book: its arrival number, and to whom it goes first."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField(unique=True)
    organisation_id = models.UUIDField()
    number = models.ForeignKey(Number, on_delete=models.PROTECT, related_name="registrations")
    legal_effect = models.CharField(max_length=24)
    due_on = models.DateField(null=True)
    forward_to = models.UUIDField(null=True)
    registered_by = models.UUIDField(null=True)
    registered_at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        db_table = "registry_registration"


class Forwarding(models.Model):
    """One passing-on of an incoming document to a person (217/5.2)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document_id = models.UUIDField()
    to_person = models.UUIDField()
    words = models.TextField(blank=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "registry_forwarding"
        indexes = [models.Index(fields=["document_id", "at"], name="registry_forwarding_document")]


class CipherNote(models.Model):
    """A secret dispatch of the cipher office: only its number stands here (217/5.1, 379/1.2)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    office_number = models.CharField(max_length=80)
    secrecy = models.CharField(max_length=12)
    noted_by = models.UUIDField(null=True)
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "registry_cipher_note"
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "office_number"], name="registry_cipher_note_once"),
            models.CheckConstraint(
                condition=Q(secrecy__in=["secret", "top_secret"]), name="registry_cipher_note_secrecy"
            ),
        ]
