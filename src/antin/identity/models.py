"""Tables of identity. Codes are opaque and never reused; hierarchy is stored, not parsed (379/11.2, 379/11.4)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from antin.identity.lifecycle import ABSENCE, ACCOUNT, CORRECTION, DELEGATION
from antin.identity.rules.organisations import KINDS, LEVELS
from antin.identity.rules.personal_data import FIELDS
from antin.values import Method, Office, new_id


class Organisation(models.Model):
    """A body or a unit. `superior_name` and `body_name` are the two lines printed at the head of its documents."""

    id = models.UUIDField(primary_key=True, default=new_id)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    short_name = models.CharField(max_length=150)
    kind = models.CharField(max_length=20)
    level = models.CharField(max_length=20)
    place = models.CharField(max_length=100)
    notation = models.CharField(max_length=30)
    superior_name = models.CharField(max_length=200, blank=True)
    body_name = models.CharField(max_length=200)
    has_seal = models.BooleanField(default=True)
    basis = models.CharField(max_length=300, blank=True)
    founded_at = models.DateTimeField()

    class Meta:
        db_table = "identity_organisation"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="identity_organisation_kind"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="identity_organisation_level"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="identity_organisation_not_own_parent"
            ),
        ]


class OrganisationCode(models.Model):
    """One code of a scheme. (scheme, code) names one holder for ever: an ended code is never given again."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="codes")
    scheme = models.CharField(max_length=20)
    code = models.CharField(max_length=35)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "identity_organisation_code"
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="identity_code_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="identity_code_dates"
            ),
        ]
        indexes = [models.Index(fields=["code"], name="identity_code_lookup")]


class Person(models.Model):
    """A person known to the installation; `code` is the person code (379/11.1)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    code = models.CharField(max_length=35, unique=True)
    name = models.CharField(max_length=150)
    position = models.CharField(max_length=200, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    enrolled_at = models.DateTimeField()

    class Meta:
        db_table = "identity_person"
        indexes = [models.Index(fields=["organisation", "name"], name="identity_person_home")]


class AccountManager(BaseUserManager["Account"]):
    """An account is always read with its person: each request needs the name."""

    def get_queryset(self) -> models.QuerySet[Account]:
        return super().get_queryset().select_related("person")

    def get_by_natural_key(self, login_name: str | None) -> Account:
        return self.get(login_name=login_name)


class Account(AbstractBaseUser):
    """How a person signs in. Its state is a row of the table of life `ACCOUNT`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    login_name = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=20)
    state_at = models.DateTimeField()
    enrolled_by = models.UUIDField(null=True)
    vouched_by = models.UUIDField(null=True)
    lost_reported_by = models.UUIDField(null=True)
    lost_since = models.DateTimeField(null=True)

    USERNAME_FIELD = "login_name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        db_table = "identity_account"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ACCOUNT.states()), name="identity_account_state"),
        ]

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """What Django asks on each request: nobody but an active account has a session (379/11.5)."""
        return self.state == "active"


class Mandate(models.Model):
    """An office in an organisation, with dates and the document it rests on (379/8.3, acts.md §3)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates")
    office = models.CharField(max_length=30)
    position = models.CharField(max_length=200, blank=True)
    capacity = models.CharField(max_length=200, blank=True)
    document_types = ArrayField(models.CharField(max_length=40), default=list)
    basis = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    conferred_by = models.UUIDField(null=True)
    conferred_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "identity_mandate"
        constraints = [
            models.CheckConstraint(condition=Q(office__in=[o.value for o in Office]), name="identity_mandate_office"),
            models.UniqueConstraint(
                fields=["person", "organisation", "office"],
                condition=Q(ended_at__isnull=True),
                name="identity_mandate_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "office"], condition=Q(ended_at__isnull=True), name="identity_mandate_holders"
            )
        ]


class Delegation(models.Model):
    """A part of one mandate lent to another person for a time, in writing (379/6.2.p2).

    Whether it is in force is asked, never stored: its days, the lender's mandate and account, and no ending.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="lendings")
    delegate = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20)
    capacity = models.CharField(max_length=200, blank=True)
    document_types = ArrayField(models.CharField(max_length=40), default=list)
    open_only = models.BooleanField(default=True)
    basis = models.CharField(max_length=300)
    reason = models.CharField(max_length=500)
    valid_from = models.DateField()
    valid_to = models.DateField()
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "identity_delegation"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DELEGATION.states()), name="identity_delegation_state"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="identity_delegation_dates"),
            models.CheckConstraint(
                condition=Q(state="in_force", ended_at__isnull=True) | Q(state="ended", ended_at__isnull=False),
                name="identity_delegation_ending",
            ),
        ]
        indexes = [
            models.Index(fields=["delegate"], condition=Q(ended_at__isnull=True), name="identity_delegation_borrowed"),
        ]


class Absence(models.Model):
    """Days on which a person is away and somebody else answers on review routes (379/6.2.p2, 379/13.3)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=500)
    valid_from = models.DateField()
    valid_to = models.DateField()
    stated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "identity_absence"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ABSENCE.states()), name="identity_absence_state"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="identity_absence_dates"),
            models.CheckConstraint(condition=~Q(person=F("substitute")), name="identity_absence_another"),
            models.CheckConstraint(
                condition=Q(state="in_force", ended_at__isnull=True) | Q(state="ended", ended_at__isnull=False),
                name="identity_absence_ending",
            ),
        ]
        indexes = [
            models.Index(fields=["substitute"], condition=Q(ended_at__isnull=True), name="identity_absence_covered"),
        ]


class Correction(models.Model):
    """A datum of one's record said to be wrong: what stood there, what should, why, and what came of it (379/4.1).

    `former` is what stood there when it was asked, or, once rectified, what the new value took the place of.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=20)
    former = models.CharField(max_length=200, blank=True)
    proposed = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True)
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_correction"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CORRECTION.states()), name="identity_correction_state"),
            models.CheckConstraint(condition=Q(field__in=list(FIELDS)), name="identity_correction_field"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True)
                | Q(~Q(answer=""), settled_at__isnull=False, settled_by__isnull=False),
                name="identity_correction_settled",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("person_id")),
                name="identity_correction_by_another",
            ),
            models.UniqueConstraint(
                fields=["person", "field"], condition=Q(state="open"), name="identity_correction_one_open"
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="identity_correction_waiting")]


class Challenge(models.Model):
    """A question to one person in one session about one act on one digest, answered by a one-time code (379/5.6)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="challenges")
    session = models.CharField(max_length=64)
    act = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_answers = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=30, blank=True)
    spent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_challenge"
        constraints = [
            models.CheckConstraint(
                condition=Q(method__in=["", *(m.value for m in Method)]), name="identity_challenge_method"
            ),
            models.CheckConstraint(
                condition=Q(spent_at__isnull=True) | Q(answered_at__isnull=False),
                name="identity_challenge_answered_first",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "act", "digest"], condition=Q(spent_at__isnull=True), name="identity_challenge_open"
            )
        ]


class NationalLink(models.Model):
    """A national identity account that opens an account here (379/11.3); standing while `ended_at` is empty.

    `subject` is a keyed digest of what the provider calls the person: enough to know it again, nothing to look anybody up by.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="national_links")
    subject = models.CharField(max_length=64)
    level = models.CharField(max_length=200)
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_national_link"
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(ended_at__isnull=True), name="identity_national_subject_once"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at__isnull=True), name="identity_national_account_once"
            ),
        ]


class TotpUse(models.Model):
    """One time step spent by one account: whoever shows its code again is refused (RFC 6238 §5.2)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="totp_uses")
    counter = models.BigIntegerField()
    used_at = models.DateTimeField()

    class Meta:
        db_table = "identity_totp_use"
        constraints = [models.UniqueConstraint(fields=["account", "counter"], name="identity_totp_counter_once")]


class SignInAttempt(models.Model):
    """One try at the door. Written before the secret is looked at, so that parallel tries see each other.

    `login_hash` hides what was typed: people type passwords into the wrong field.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    at = models.DateTimeField()
    login_hash = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="attempts")
    stage = models.CharField(max_length=10)
    passed = models.BooleanField(default=False)

    class Meta:
        db_table = "identity_sign_in_attempt"
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=["password", "code", "national", "loss"]), name="identity_attempt_stage"
            )
        ]
        indexes = [
            models.Index(fields=["login_hash", "at"], name="identity_attempt_login"),
            models.Index(fields=["address", "at"], name="identity_attempt_address"),
            models.Index(fields=["account", "at"], name="identity_attempt_account"),
        ]
