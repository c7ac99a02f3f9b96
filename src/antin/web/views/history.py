"""The history of one document: every step, filtered, exported; who read it stands there too (379/17.3, 379/23.2.đ)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from antin.documents import queries as documents
from antin.ledger import acts as ledger
from antin.ledger.queries import EntryRow
from antin.values import N_, Actor, cell, iso
from antin.web import timeline, words
from antin.web.answers import page
from antin.web.shown import actor_of
from antin.web.views.document import head

MANY_STEPS = 50
PAGE, EXPORTED_MOST = 200, 10_000
COLUMNS = ("time", "person", "office", "proven_by", "act", "words", "reason", "entry")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the history by the beginnings of act ids."""

    words: str
    only: str = ""
    without: str = ""


PARTS = {
    "": Part(N_("Xử lý"), without=timeline.READINGS),
    "gui-nhan": Part(N_("Gửi, nhận"), only="exchange."),
    "xem": Part(N_("Xem, tải về"), only=timeline.READINGS),
    "tat-ca": Part(N_("Tất cả")),
}


@require_safe
def steps(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Every step from the ledger: who, in what office, proven how, when, why."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    key = _asked(request)
    entries = _entries(actor, document_id, PARTS[key], _before(request), MANY_STEPS)
    older = f"?loc={key}&truoc={entries[-1].id}" if len(entries) == MANY_STEPS else ""
    context = {
        **head(request, actor, document),
        "steps": timeline.steps(entries),
        "older": older,
        "part": key,
        "parts": [(name, _(part.words)) for name, part in PARTS.items()],
    }
    return page(request, "documents/history.html", context)


@require_safe
def export(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The chosen part as a file for a spreadsheet or a program, newest first; that it was taken stands in the ledger."""
    actor, kind = actor_of(request), request.GET.get("dang", "csv")
    document = documents.document(actor, document_id)
    if kind not in WRITERS:
        raise Http404
    rows = [_row(entry) for entry in _all(actor, document_id, PARTS[_asked(request)])]
    ledger.note_reading(actor=actor, object_kind="document", object_id=document_id, purpose="export")
    write, media_type = WRITERS[kind]
    answer = HttpResponse(write(rows), content_type=media_type)
    named = document.reference_number.replace("/", "-") or "du-thao"
    answer.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=f"qua-trinh-{named}.{kind}") or "attachment"
    )
    return answer


def _entries(actor: Actor, document_id: UUID, part: Part, before: int | None, limit: int) -> tuple[EntryRow, ...]:
    return documents.history(actor, document_id, before=before, limit=limit, only=part.only, without=part.without)


def _all(actor: Actor, document_id: UUID, part: Part) -> Iterator[EntryRow]:
    before: int | None = None
    for _round in range(EXPORTED_MOST // PAGE):
        found = _entries(actor, document_id, part, before, PAGE)
        yield from found
        if len(found) < PAGE:
            return
        before = found[-1].id


def _row(entry: EntryRow) -> dict[str, str]:
    told = timeline.steps([entry])[0]
    return {
        "time": iso(entry.at),
        "person": told.who,
        "office": words.office(entry.office),
        "proven_by": words.method(entry.method),
        "act": entry.act,
        "words": f"{told.what}: {told.about}" if told.about else told.what,
        "reason": " ".join(told.said),
        "entry": "" if entry.leaf_index is None else str(entry.leaf_index),
    }


def _csv(rows: list[dict[str, str]]) -> str:
    """With a byte order mark, so that spreadsheets read Vietnamese; nothing in a cell is a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return "\ufeff" + out.getvalue()


def _json(rows: list[dict[str, str]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1)


WRITERS = {"csv": (_csv, "text/csv; charset=utf-8"), "json": (_json, "application/json")}


def _asked(request: HttpRequest) -> str:
    asked = request.GET.get("loc", "")
    return asked if asked in PARTS else ""


def _before(request: HttpRequest) -> int | None:
    asked = request.GET.get("truoc", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
