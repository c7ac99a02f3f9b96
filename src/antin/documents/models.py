"""Tables of this room. The database holds the line too: states are CHECKed, history rows never change.

Content (texts of revisions, opinions, attachments, pages) lies in the vault as ciphertext; here stand ids,
digests, and the abstract and metadata that lists and search need.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from antin.documents import lifecycle
from antin.documents.facts import ChangeKind, Direction, EndorsementKind, RenditionKind, SideAnswer
from antin.values import Custody, Secrecy, Urgency, Validity, new_id

URGENCIES = list(Urgency)


class Document(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    direction = models.CharField(max_length=8)
    state = models.CharField(max_length=12)
    validity = models.CharField(max_length=12, default=Validity.NONE, blank=True)
    custody = models.CharField(max_length=12, default=Custody.CURRENT)
    owner_id = models.UUIDField()
    type_code = models.CharField(max_length=64)
    type_name = models.CharField(max_length=400, blank=True)
    abstract = models.TextField()
    urgency = models.PositiveSmallIntegerField(default=0)
    urgent_at = models.DateTimeField(null=True)
    secrecy = models.CharField(max_length=12, default=Secrecy.OPEN)
    number = models.PositiveIntegerField(null=True)
    number_text = models.CharField(max_length=400, blank=True)
    notation = models.CharField(max_length=400, blank=True)
    reference_number = models.CharField(max_length=400, blank=True)
    document_code = models.CharField(max_length=400, blank=True)
    issued_on = models.DateField(null=True)
    issuing_name = models.CharField(max_length=400, blank=True)
    issuing_code = models.CharField(max_length=400, blank=True)
    sender_name = models.CharField(max_length=400, blank=True)
    sender_code = models.CharField(max_length=400, blank=True)
    drafter_id = models.UUIDField(null=True)
    approver_id = models.UUIDField(null=True)
    signatory_id = models.UUIDField(null=True)
    signer_name = models.CharField(max_length=400, blank=True)
    signing_capacity = models.CharField(max_length=400, blank=True)
    signer_position = models.CharField(max_length=400, blank=True)
    recipients = ArrayField(models.CharField(max_length=64), default=list)
    due_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    send_due_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=400)
    round = models.PositiveIntegerField(default=0)
    route_complete = models.BooleanField(default=False)
    form_checked_revision = models.PositiveIntegerField(null=True)
    seal_needed = models.BooleanField(default=True)
    attachment_count = models.PositiveIntegerField(default=0)
    arrival_number = models.PositiveIntegerField(null=True)
    register_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=400, blank=True)
    terms_id = models.UUIDField(null=True)
    terms_reference = models.CharField(max_length=200, blank=True)
    reference_key = models.CharField(max_length=100, blank=True)
    words = SearchVectorField()

    class Meta:
        db_table = "documents_document"
        constraints = [
            models.CheckConstraint(
                name="documents_document_state",
                condition=Q(direction=Direction.OUTGOING, state__in=lifecycle.OUTGOING.states())
                | Q(direction=Direction.INCOMING, state__in=lifecycle.INCOMING.states()),
            ),
            models.CheckConstraint(name="documents_document_validity", condition=Q(validity__in=list(Validity))),
            models.CheckConstraint(name="documents_document_custody", condition=Q(custody__in=list(Custody))),
            models.CheckConstraint(  # content above Mật is never stored (217/5.1)
                name="documents_document_secrecy", condition=Q(secrecy__in=[Secrecy.OPEN, Secrecy.CONFIDENTIAL])
            ),
            models.CheckConstraint(name="documents_document_urgency", condition=Q(urgency__lt=len(URGENCIES))),
            models.CheckConstraint(  # a draft has no force; what is issued or came in has one (379/19.1)
                name="documents_document_force",
                condition=Q(direction=Direction.INCOMING, validity__gt="")
                | Q(direction=Direction.OUTGOING, state="issued")
                | Q(direction=Direction.OUTGOING, validity=""),
            ),
            models.UniqueConstraint(
                name="documents_document_code",
                fields=["document_code"],
                condition=Q(direction=Direction.OUTGOING, document_code__gt=""),
            ),
        ]
        indexes = [
            models.Index(F("owner_id"), F("direction"), F("id").desc(), name="documents_by_owner"),
            models.Index(
                F("owner_id"),
                F("urgency").desc(),
                F("id"),
                name="documents_arrived",
                condition=Q(direction=Direction.INCOMING, state__in=["arrived", "verified"]),
            ),
            models.Index(
                F("owner_id"),
                F("urgency").desc(),
                F("id"),
                name="documents_at_registry",
                condition=Q(direction=Direction.OUTGOING, state__in=["approved", "signed", "sealed"]),
            ),
            models.Index(fields=["approver_id"], name="documents_to_approve", condition=Q(state="in_review")),
            models.Index(fields=["signatory_id"], name="documents_to_sign", condition=Q(state="approved")),
            models.Index(
                fields=["drafter_id", "-id"],
                name="documents_drafts",
                condition=Q(direction=Direction.OUTGOING, state__in=["draft", "in_review"]),
            ),
            models.Index(fields=["type_code", "-id"], name="documents_by_type"),
            models.Index(fields=["sender_code", "-id"], name="documents_by_sender", condition=Q(sender_code__gt="")),
            models.Index(fields=["document_code"], name="documents_by_code", condition=Q(document_code__gt="")),
            GinIndex(fields=["words"], name="documents_words", fastupdate=False),
            GinIndex(OpClass(F("reference_key"), "gin_trgm_ops"), name="documents_reference", fastupdate=False),
        ]


class Revision(models.Model):
    """One kept text; after insertion only its approval is written (379/17.1, 379/17.2)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    ordinal = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content_id = models.UUIDField()
    pdf_content_id = models.UUIDField(null=True)
    pdf_digest = models.CharField(max_length=64, blank=True)
    author_id = models.UUIDField()
    author_name = models.CharField(max_length=400)
    author_for = models.UUIDField(null=True)
    author_method = models.CharField(max_length=24)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_for = models.UUIDField(null=True)
    approved_method = models.CharField(max_length=24, blank=True)
    approval_withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "documents_revision"
        constraints = [models.UniqueConstraint(name="documents_revision_once", fields=["document", "ordinal"])]


class Attachment(models.Model):
    """A file of the revisions from `since_revision` up to and including `until_revision` (217/11.7)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    content_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    since_revision = models.PositiveIntegerField()
    until_revision = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "documents_attachment"


class Rendition(models.Model):
    """One PDF of the document, kept as it was made; set aside when the page it shows came to nothing."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    content_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField()
    anchors = models.JSONField(null=True)
    at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "documents_rendition"
        constraints = [
            models.CheckConstraint(name="documents_rendition_kind", condition=Q(kind__in=list(RenditionKind)))
        ]
        indexes = [models.Index(fields=["document", "-id"], name="documents_rendition_new")]


class RouteStep(models.Model):
    """One step of one round of review; earlier rounds stay as history (379/17.1)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveIntegerField()
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)
    quorum = models.PositiveIntegerField()
    people = ArrayField(models.UUIDField())

    class Meta:
        db_table = "documents_route_step"
        constraints = [
            models.CheckConstraint(name="documents_route_step_kind", condition=Q(kind__in=["review", "initial"]))
        ]
        indexes = [models.Index(fields=["document", "round", "order"], name="documents_route_walk")]


class Waiting(models.Model):
    """Who is to answer now; derived from the route, renewed with every answer.

    `not_for` are those who speak in this step themselves and so cannot answer from this seat as substitutes.
    """

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    not_for = ArrayField(models.UUIDField(), default=list)

    class Meta:
        db_table = "documents_waiting"
        constraints = [models.UniqueConstraint(name="documents_waiting_once", fields=["person_id", "document"])]


class RouteTemplate(models.Model):
    """One version of an organisation's way of review (379/17.1); only its end is written later. Days of Vietnam."""

    id = models.UUIDField(primary_key=True, default=new_id)
    series = models.UUIDField()
    version = models.PositiveIntegerField()
    owner_id = models.UUIDField()
    name = models.CharField(max_length=120)
    type_codes = ArrayField(models.CharField(max_length=64), default=list)
    may_deviate = models.BooleanField(default=False)
    steps = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    state = models.CharField(max_length=12)
    reason = models.TextField()
    adopted_by = models.UUIDField()
    adopted_by_name = models.CharField(max_length=400)
    adopted_at = models.DateTimeField()

    class Meta:
        db_table = "documents_route_template"
        constraints = [
            models.CheckConstraint(
                name="documents_route_template_state", condition=Q(state__in=lifecycle.ROUTE_TEMPLATE.states())
            ),
            models.CheckConstraint(
                name="documents_route_template_end",
                condition=Q(state="in_force", valid_to__isnull=True) | Q(state="ended", valid_to__isnull=False),
            ),
            models.UniqueConstraint(name="documents_route_template_version", fields=["series", "version"]),
            models.UniqueConstraint(
                name="documents_route_template_open", fields=["series"], condition=Q(state="in_force")
            ),
        ]
        indexes = [models.Index(fields=["owner_id", "-valid_from"], name="documents_route_template_own")]


class Endorsement(models.Model):
    """One answer on a route; the words are in the vault, bound to the revision that was read (379/13.3)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveIntegerField()
    order = models.PositiveIntegerField()
    seat_id = models.UUIDField()
    person_id = models.UUIDField()
    person_name = models.CharField(max_length=400)
    on_behalf_of = models.UUIDField(null=True)
    kind = models.CharField(max_length=8)
    content_id = models.UUIDField(null=True)
    revision = models.PositiveIntegerField()
    method = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        db_table = "documents_endorsement"
        constraints = [
            models.CheckConstraint(name="documents_endorsement_kind", condition=Q(kind__in=list(EndorsementKind))),
            models.UniqueConstraint(  # one consent or initial per seat, whatever races
                name="documents_endorsement_once",
                fields=["document", "round", "order", "seat_id"],
                condition=Q(kind__in=[EndorsementKind.CONSENT, EndorsementKind.INITIAL]),
            ),
        ]
        indexes = [models.Index(fields=["document", "id"], name="documents_endorsement_read")]


class Access(models.Model):
    """A person who may read the document, and why (379/4.4)."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    person_id = models.UUIDField()
    why = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        db_table = "documents_access"
        constraints = [models.UniqueConstraint(name="documents_access_once", fields=["document", "person_id", "why"])]
        indexes = [models.Index(fields=["person_id", "-document"], name="documents_access_mine")]


class Obligation(models.Model):
    """Something a room above still owes on the document; it keeps the document from the archive."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    hung_at = models.DateTimeField()

    class Meta:
        db_table = "documents_obligation"
        constraints = [models.UniqueConstraint(name="documents_obligation_once", fields=["document", "kind", "key"])]


class Link(models.Model):
    """What one document does to another (379/17.2). `changed` is empty while only its code is known here."""

    id = models.UUIDField(primary_key=True, default=new_id)
    changing = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    changed = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    changed_code = models.CharField(max_length=400)
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        db_table = "documents_link"
        constraints = [
            models.CheckConstraint(name="documents_link_kind", condition=Q(kind__in=list(ChangeKind))),
            models.CheckConstraint(name="documents_link_other", condition=~Q(changing=F("changed"))),
            models.UniqueConstraint(name="documents_link_once", fields=["changing", "changed_code"]),
        ]
        indexes = [
            models.Index(fields=["changed"], name="documents_link_changed"),
            models.Index(fields=["changed_code"], name="documents_link_awaited", condition=Q(changed__isnull=True)),
        ]


class Ending(models.Model):
    """How a document went out of force; one row per way it did, never changed (379/19.1, 379/19.3)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    validity = models.CharField(max_length=12)
    by_person = models.UUIDField(null=True)
    by_name = models.CharField(max_length=400)
    reason = models.TextField()
    basis = models.TextField(blank=True)
    form = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "documents_ending"
        constraints = [
            models.CheckConstraint(
                name="documents_ending_validity", condition=Q(validity__in=["replaced", "recalled", "invalidated"])
            ),
            models.UniqueConstraint(name="documents_ending_once", fields=["document", "validity"]),
        ]


class Agreement(models.Model):
    """One proposal to declare this document void by agreement (379/19.2.b); `agreement` is the same at every side.

    `digest` is over what is consented to. What a side said once never changes; only the proposer may withdraw.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    agreement = models.UUIDField()
    digest = models.CharField(max_length=64)
    page_digest = models.CharField(max_length=64)
    document_code = models.CharField(max_length=400)
    proposer = models.CharField(max_length=35)
    person = models.CharField(max_length=400)
    reason = models.TextField()
    at = models.DateTimeField()
    own = models.CharField(max_length=35)
    issuer = models.CharField(max_length=35)
    state = models.CharField(max_length=12)
    why_closed = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "documents_agreement"
        constraints = [
            models.CheckConstraint(
                name="documents_agreement_state", condition=Q(state__in=lifecycle.AGREEMENT.states())
            ),
            models.UniqueConstraint(name="documents_agreement_once", fields=["document", "agreement"]),
            models.UniqueConstraint(
                name="documents_agreement_open", fields=["document"], condition=Q(state="proposed")
            ),
        ]


class AgreementSide(models.Model):
    """One side of an agreement and its answer."""

    id = models.BigAutoField(primary_key=True)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="sides")
    code = models.CharField(max_length=35)
    name = models.CharField(max_length=200)
    answer = models.CharField(max_length=12, blank=True)
    person_id = models.UUIDField(null=True)
    person = models.CharField(max_length=400, blank=True)
    method = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    evidence = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        db_table = "documents_agreement_side"
        constraints = [
            models.CheckConstraint(name="documents_agreement_answer", condition=Q(answer__in=list(SideAnswer))),
            models.UniqueConstraint(name="documents_agreement_side_once", fields=["agreement", "code"]),
        ]


class ImpoundmentOrder(models.Model):
    """One decision of one authority, over a list of documents fixed when it was carried out (379/21.1, 379/21.2.d)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    owner_id = models.UUIDField()
    authority_id = models.UUIDField()
    authority_name = models.CharField(max_length=400)
    decision = models.CharField(max_length=200)
    decided_on = models.DateField()
    term_ends_on = models.DateField(null=True)
    reason = models.TextField()
    scope_digest = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    begun_by = models.UUIDField()
    begun_by_name = models.CharField(max_length=400)
    lifting_decision = models.CharField(max_length=200, blank=True)
    lifting_decided_on = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_name = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "documents_impoundment_order"
        constraints = [
            models.CheckConstraint(
                name="documents_impoundment_order_lifted",
                condition=Q(lifted_at__isnull=True, lifting_decision="")
                | (Q(lifted_at__isnull=False) & ~Q(lifting_decision="")),
            )
        ]
        indexes = [models.Index(fields=["owner_id", "-id"], name="documents_order_register")]


class Impoundment(models.Model):
    """One interval of one authority; while any is open the document is out of everybody's reach (379/21.3).

    `digest` is over everything the document held when the interval began: nothing of it may change (379/21.2.b).
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(ImpoundmentOrder, on_delete=models.PROTECT, related_name="+")
    authority_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "documents_impoundment"
        constraints = [
            models.UniqueConstraint(
                name="documents_impoundment_open",
                fields=["document", "authority_id"],
                condition=Q(lifted_at__isnull=True),
            )
        ]
