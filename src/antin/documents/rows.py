"""Rows of this room as frozen facts: the one place where models become views, and where documents are locked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, TextField, Value

from antin.documents import models, rules
from antin.documents.facts import (
    AttachmentView,
    Direction,
    DocumentView,
    EndorsementKind,
    RenditionKind,
    RenditionView,
    RevisionView,
    RouteStep,
)
from antin.documents.rules.agreeing import OUT_OF_FORCE
from antin.regulation import RuleViolation
from antin.sql import CompiledQuery
from antin.steps import Step
from antin.values import N_, Actor, Custody, Office, Secrecy, Urgency, Validity
from antin.vault import acts as vault
from antin.vault import queries as vault_reads

_MADE = {
    "direction",
    "validity",
    "custody",
    "urgency",
    "secrecy",
    "recipients",
    "form_checked",
    "impounded",
    "abstract",
}
_PLAIN = [f.name for f in fields(DocumentView) if f.name not in _MADE]


def now() -> datetime:
    """The instant of a row, by the installation's clock (217/13.2)."""
    return datetime.now(UTC)


def view(row: models.Document, *, impounded: bool = False) -> DocumentView:
    """The facts of a row. Lists never hold impounded rows, so only locks and guards pass True."""
    secret = row.secrecy != Secrecy.OPEN  # lists, titles and tellings go without the abstract of what is Mật (217/5.1)
    return DocumentView(
        **{name: getattr(row, name) for name in _PLAIN},
        abstract="" if secret else row.abstract,
        direction=Direction(row.direction),
        validity=Validity(row.validity),
        custody=Custody(row.custody),
        urgency=Urgency.from_rank(row.urgency),
        secrecy=Secrecy(row.secrecy),
        recipients=tuple(row.recipients),
        form_checked=row.form_checked_revision is not None and row.form_checked_revision == row.revision,
        impounded=impounded,
    )


def opened_view(row: models.Document, *, impounded: bool = False) -> DocumentView:
    """As `view`, with the abstract also of what is Mật: for one document in the hands of who may read it."""
    return replace(view(row, impounded=impounded), abstract=vault_reads.opened_words(row.id, row.abstract))


def not_found() -> RuleViolation:
    """One answer for what is missing and what is not one's own, so that ids tell nothing (379/4.4)."""
    return RuleViolation(
        "379/4.4",
        N_("Không có văn bản này, hoặc đồng chí không có quyền xem."),
        N_("Kiểm tra lại đường dẫn, hoặc đề nghị người đang giữ văn bản chuyển cho."),
    )


_IMPOUNDED = CompiledQuery(
    lambda id_: models.Impoundment.objects.filter(document_id=id_, lifted_at__isnull=True).values_list("id"), UUID
)
_LOCKED = CompiledQuery(lambda id_: models.Document.objects.select_for_update().defer("words").filter(id=id_), UUID)


def is_impounded(document_id: UUID) -> bool:
    return _IMPOUNDED.first(document_id) is not None


def participants(document_id: UUID) -> frozenset[UUID]:
    """Everyone who holds access by name."""
    return frozenset(models.Access.objects.filter(document_id=document_id).values_list("person_id", flat=True))


def waited_for(document_id: UUID, substitute: UUID | None) -> frozenset[UUID]:
    """Whose answer in the review is due now, without the seats that this person could not answer from."""
    seats = models.Waiting.objects.filter(document_id=document_id).exclude(not_for__contains=[substitute])
    return frozenset(seats.values_list("person_id", flat=True))


def lock(document_id: UUID) -> tuple[models.Document, DocumentView]:
    """The row, locked until the transaction ends, and its facts; the answer of `not_found` without one."""
    row = _LOCKED.first(document_id)
    if row is None:
        raise not_found()
    return row, view(row, impounded=is_impounded(document_id))


def lock_for(actor: Actor, document_id: UUID) -> tuple[models.Document, DocumentView]:
    """As `lock`, for an act of a person: who may not see it learns nothing, not even that it is impounded."""
    row, facts = lock(document_id)
    due = waited_for(document_id, actor.person_id) if actor.stands_in else ()
    if not rules.may_see(replace(facts, impounded=False), actor, participants(document_id), due):
        raise not_found()
    return row, facts


def reviewers(row: models.Document) -> frozenset[UUID]:
    """Everyone named in the current round of review."""
    steps = models.RouteStep.objects.filter(document_id=row.id, round=row.round).values_list("people", flat=True)
    return frozenset(person for people in steps for person in people)


def route_of(row: models.Document, round_: int) -> tuple[RouteStep, ...]:
    """The route of one round, in order."""
    found = models.RouteStep.objects.filter(document_id=row.id, round=round_).order_by("order", "id")
    return tuple(RouteStep(s.order, tuple(s.people), s.quorum, s.kind) for s in found)


def given(row: models.Document, round_: int) -> tuple[rules.Given, ...]:
    """The answers of one round."""
    found = models.Endorsement.objects.filter(document_id=row.id, round=round_)
    return tuple(map(answer, found))


def answer(row: models.Endorsement) -> rules.Given:
    return rules.Given(row.order, row.seat_id, EndorsementKind(row.kind), row.revision, row.person_id)


def attachments(document_id: UUID, revision: int) -> tuple[AttachmentView, ...]:
    """The files of one revision, in the order they were attached."""
    found = models.Attachment.objects.filter(document_id=document_id, since_revision__lte=revision).order_by("id")
    return tuple(attachment(a) for a in found if a.until_revision is None or revision <= a.until_revision)


def attachment(row: models.Attachment) -> AttachmentView:
    return AttachmentView(row.id, row.name, row.media_type, row.size, row.digest, row.since_revision, row.content_id)


def rendition(row: models.Rendition) -> RenditionView:
    return RenditionView(
        row.id, RenditionKind(row.kind), row.content_id, row.digest, row.size, row.pages, row.anchors, row.at
    )


def final_page(document_id: UUID) -> models.Rendition:
    """The newest page that carries a signature; the answer of `not_found` without one."""
    kinds = [RenditionKind.SIGNED, RenditionKind.SEALED, RenditionKind.RECEIVED]
    kept = models.Rendition.objects.filter(document_id=document_id, kind__in=kinds).order_by("-id").first()
    if kept is None:
        raise not_found()
    return kept


def end(
    row: models.Document, validity: str, *, by: Actor, reason: str, basis: str = "", form: str = ""
) -> models.Ending:
    """Out of force from now on, and how, on record; what was being agreed on is closed. The row is locked by the caller."""
    row.validity = validity
    row.updated_at = now()
    row.save(update_fields=["validity", "updated_at"])
    models.Agreement.objects.filter(document_id=row.id, state="proposed").update(
        state="closed", why_closed=OUT_OF_FORCE, settled_at=row.updated_at
    )
    return models.Ending.objects.create(
        document_id=row.id,
        validity=validity,
        by_person=by.person_id,
        by_name=by.name,
        reason=vault.sealed_words(row.id, reason),
        basis=vault.sealed_words(row.id, basis),
        form=form,
        at=row.updated_at,
    )


def revision(row: models.Revision) -> RevisionView:
    return RevisionView(
        row.ordinal,
        row.digest,
        row.author_id,
        row.author_name,
        row.at,
        vault_reads.opened_words(row.document_id, row.reason),
        row.approved_at,
        row.approval_withdrawn_at,
        row.pdf_content_id is not None,
    )


def acting(actor: Actor, office: Office, organisation_id: UUID) -> Actor:
    """The actor in the office of this act, as the ledger keeps it (379/13.3)."""
    return replace(actor, office=office, organisation_id=organisation_id)


def office_of(step: Step, actor: Actor, row: models.Document, facts: DocumentView, **more: Any) -> Actor:
    """The actor in the office that the table row asks for; RuleViolation without it."""
    named = reviewers(row) if Office.REVIEWER in step.offices else frozenset()
    return rules.in_office(step, actor, facts, reviewers=named, **more)


def word_vector(texts: Iterable[str]) -> Func:
    """The indexed words of a document as an SQL expression."""
    lexemes = Value(rules.index_words(texts), output_field=ArrayField(TextField()))
    return Func(lexemes, function="array_to_tsvector", output_field=SearchVectorField())


def index(row: models.Document) -> None:
    """Renews what search knows of this row, before it is saved."""
    row.reference_key = rules.reference_key(row.reference_number)
    row.words = word_vector(
        (
            row.abstract if row.secrecy == Secrecy.OPEN else "",
            row.type_name,
            row.reference_number,
            str(row.number or row.number_text),
            row.issuing_name,
            row.sender_name,
            row.signer_name,
            row.document_code,
        )
    )


def grant(document_id: UUID, people: Iterable[UUID], why: str, at: datetime) -> None:
    """Access by name, once per person and reason."""
    models.Access.objects.bulk_create(
        [models.Access(document_id=document_id, person_id=p, why=why[:40], since=at) for p in people],
        ignore_conflicts=True,
    )
