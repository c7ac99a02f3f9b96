"""A document's bytes: page pictures, the original, attachments, the proof bundle. Each download stands in the ledger."""

from __future__ import annotations

import re
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from antin.documents import queries as documents
from antin.exchange import queries as exchange
from antin.ledger import acts as ledger
from antin.signing.bundling import proof_bundle
from antin.web.shown import actor_of

RESOLUTIONS = (72, 110, 150, 220)
USUAL_DPI = 110
Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)


@require_safe
def picture(request: HttpRequest, document_id: UUID, number: int) -> HttpResponse:
    """One page as PNG; kept by the reader's own browser alone, as long as the bytes behind it are the same."""
    actor = actor_of(request)
    asked = request.GET.get("dpi", "")
    dpi = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in RESOLUTIONS else USUAL_DPI
    _pdf, rendition = documents.pdf(actor, document_id)
    tag = f'"{rendition.digest[:24]}-{number}-{dpi}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    answer = HttpResponse(documents.page_image(actor, document_id, number, dpi), content_type="image/png")
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@require_safe
def original(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The bytes as they were signed or received, never rewritten (379/17.2)."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    data, _rendition = documents.pdf(actor, document_id)
    ledger.note_reading(actor=actor, object_kind="document", object_id=document_id, purpose="download")
    return _download(data, "application/pdf", f"{_file_name(document.reference_number or 'du-thao')}.pdf")


@require_safe
def attachment(request: HttpRequest, document_id: UUID, attachment_id: UUID) -> StreamingHttpResponse:
    actor = actor_of(request)
    found, pieces = documents.attachment_pieces(actor, attachment_id)
    if found.id not in {one.id for one in documents.attachments(actor, document_id)}:
        raise Http404
    ledger.note_reading(actor=actor, object_kind="document", object_id=document_id, purpose="attachment")
    answer = _saved(StreamingHttpResponse(pieces, content_type="application/octet-stream"), found.name)
    answer.headers["Content-Length"] = str(found.size)
    return answer


@require_safe
def bundle(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Document, report, anchors, receipts and ledger entries with their proofs, to be checked on any machine."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    while ledger.integrate():
        pass
    built = proof_bundle(actor, document_id, exchange.receipts(actor, document_id))
    with transaction.atomic():
        ledger.append(
            "ledger.evidence.exported",
            actor,
            object_kind="document",
            object_id=document_id,
            organisation_id=document.owner_id,
            facts={"digest": built.digest},
            clause="379/5.5",
        )
    return _download(
        built.data, "application/zip", f"chung-cu-{_file_name(document.reference_number or str(document_id))}.zip"
    )


def _download(data: bytes, media_type: str, name: str) -> HttpResponse:
    return _saved(HttpResponse(data, content_type=media_type), name)


def _saved(answer: Answer, name: str) -> Answer:
    """Always saved, never opened in our pages: bytes of a document may be hostile."""
    answer.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text)[:80]
