"""Doors without a person, for rooms above inside their own acts; nothing here answers a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from antin.documents import models, rows
from antin.documents.facts import (
    ChangeKind,
    Direction,
    DocumentView,
    EndorsementKind,
    HandlingStep,
    ParcelContents,
    RenditionKind,
    RenditionView,
)
from antin.documents.queries.reading import text_of
from antin.values import Custody, Method, Secrecy
from antin.vault import queries as vault

SAME_MOST = 20


def facts(document_id: UUID) -> DocumentView:
    """The facts as they stand, `impounded` told; RuleViolation 379/4.4 when there is none."""
    row = models.Document.objects.defer("words").filter(id=document_id).first()
    if row is None:
        raise rows.not_found()
    return rows.view(row, impounded=rows.is_impounded(row.id))


def ended_at(document_id: UUID) -> datetime | None:
    """Since when it is out of force; None while it is in force (379/19.5)."""
    return models.Ending.objects.filter(document_id=document_id).order_by("-at").values_list("at", flat=True).first()


def handling(document_id: UUID) -> tuple[HandlingStep, ...]:
    """Each handling step on the present revision, from drafting to approval (379/13.3, 379/12.2.b)."""
    row = models.Document.objects.defer("words").get(id=document_id)
    revision = models.Revision.objects.get(document_id=row.id, ordinal=row.revision)
    steps = [
        HandlingStep(
            "create_draft", revision.author_id, revision.author_for, Method(revision.author_method), revision.at
        )
    ]
    answers = models.Endorsement.objects.filter(document_id=row.id, round=row.round, revision=row.revision).exclude(
        kind=EndorsementKind.OPINION
    )
    steps += [
        HandlingStep("endorse", e.person_id, e.on_behalf_of, Method(e.method), e.at) for e in answers.order_by("id")
    ]
    if revision.approved_at is not None and revision.approval_withdrawn_at is None and revision.approved_by is not None:
        steps.append(
            HandlingStep(
                "approve",
                revision.approved_by,
                revision.approved_for,
                Method(revision.approved_method),
                revision.approved_at,
            )
        )
    return tuple(steps)


def rendition_bytes(document_id: UUID, kind: RenditionKind | str) -> tuple[bytes, RenditionView] | None:
    """The newest PDF of that kind with its bytes, None without one."""
    kept = models.Rendition.objects.filter(document_id=document_id, kind=RenditionKind(kind)).order_by("-id").first()
    return None if kept is None else (vault.read(kept.content_id), rows.rendition(kept))


FINAL = (RenditionKind.SIGNED, RenditionKind.SEALED, RenditionKind.RECEIVED, RenditionKind.RENEWED)


def newest_final(document_id: UUID) -> RenditionView | None:
    """The newest file that carries the signatures, with every archive timestamp that was added since; None without one."""
    kept = models.Rendition.objects.filter(document_id=document_id, kind__in=FINAL).order_by("-id").first()
    return None if kept is None else rows.rendition(kept)


def parcel_contents(document_id: UUID) -> ParcelContents:
    """What leaves with an issued document; RuleViolation 379/4.4 without a signed page."""
    row = models.Document.objects.defer("words").filter(id=document_id).first()
    final = (
        models.Rendition.objects.filter(document_id=document_id, kind__in=[RenditionKind.SIGNED, RenditionKind.SEALED])
        .order_by("-id")
        .first()
    )
    if row is None or final is None:
        raise rows.not_found()
    return ParcelContents(
        view=rows.opened_view(row, impounded=rows.is_impounded(row.id)),
        fields=text_of(models.Revision.objects.get(document_id=row.id, ordinal=row.revision)),
        pdf=rows.rendition(final),
        attachments=rows.attachments(row.id, row.revision),
        replaces=tuple(
            models.Link.objects.filter(changing_id=row.id, kind=ChangeKind.REPLACE)
            .order_by("id")
            .values_list("changed_code", flat=True)
        ),
    )


def received_copy(
    *, owner_id: UUID, sender_code: str, document_code: str, digest: str, files: Sequence[str]
) -> UUID | None:
    """The open document that came from this sender with this code, these very pages and files (digests, any order)."""
    rows_ = models.Document.objects.filter(
        direction=Direction.INCOMING,
        owner_id=owner_id,
        sender_code=sender_code,
        document_code=document_code,
        digest=digest,
        secrecy=Secrecy.OPEN,
    ).exclude(custody=Custody.DESTROYED)
    for found in rows_.order_by("id").values_list("id", flat=True)[:SAME_MOST]:
        kept = models.Attachment.objects.filter(document_id=found).values_list("digest", flat=True)
        if sorted(kept) == sorted(files):
            return found
    return None


def stored_contents(document_id: UUID) -> tuple[UUID, ...]:
    """Ids of every content kept for the document, for a check that all of it is as it was stored (379/23.2.b)."""
    pages = models.Rendition.objects.filter(document_id=document_id).values_list("content_id", flat=True)
    files = models.Attachment.objects.filter(document_id=document_id).values_list("content_id", flat=True)
    texts = models.Revision.objects.filter(document_id=document_id).values_list("content_id", flat=True)
    return (*pages, *files, *texts)
