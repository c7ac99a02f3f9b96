"""The revisions of a draft: two of them compared, field by field and line by line; its whole history (379/17.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from antin.documents import queries, rules
from antin.documents.comparing import Comparison, DifferenceRow, FieldDifference
from antin.documents.facts import DocumentView
from antin.exchange import queries as exchange
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Secrecy, Urgency
from antin.web import formats, timeline, words
from antin.web.answers import page
from antin.web.shown import actor_of
from antin.web.views import draft_page

BASE = "/du-thao"
CONTEXT_LINES = 2
HISTORY_LINES = 50
LOOKED_MOST = 12
"""Of longer documents only the page that is shown is compared."""
FIELD_WORDS = {
    "type_code": N_("Thể loại"),
    "abstract": N_("Trích yếu"),
    "urgency": N_("Mức độ khẩn"),
    "urgent_at": N_("Giờ hẹn"),
    "secrecy": N_("Độ mật"),
    "salutation": N_("Kính gửi"),
    "addressees": N_("Nơi nhận"),
    "recipients": N_("Gửi tới"),
    "signatory_id": N_("Người ký"),
    "approver_id": N_("Người phê duyệt"),
    "signing_capacity": N_("Quyền hạn ký"),
    "signer_position": N_("Chức vụ người ký"),
    "due_on": N_("Thời hạn"),
}


@require_safe
def compare(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Two revisions side by side, by words, with their pages; the last two when none are named."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    b = draft_page.number(request.GET.get("b") or str(view.revision), 1, view.revision)
    a = draft_page.number(request.GET.get("a") or str(_seen_before(actor, view, b)), 1, view.revision)
    found = queries.compare(actor, view.id, a, b)
    pages = {n: queries.revision_pages(actor, view.id, n)[2] for n in {a, b}}
    shown = draft_page.number(request.GET.get("trang"), 1, max(pages.values()))
    head = draft_page.head(actor, view)
    context = {
        **head,
        "tabs": draft_page.tabs(view, "so-sanh", len(head["opinions"])),
        "found": found,
        "blocks": _blocks(found.lines),
        "fields": [_in_words(one) for one in found.fields],
        "same": _same(found),
        "revisions": [(str(n), _("Phiên bản %(n)d") % {"n": n}) for n in range(view.revision, 0, -1)],
        "a": a,
        "b": b,
        "page": shown,
        "pages": pages,
        "last": max(pages.values()),
        "here": f"{BASE}/{view.id}/so-sanh?a={a}&b={b}",
        "marks": dict(zip(("a", "b"), queries.picture_differences(actor, view.id, a, b, shown), strict=True)),
        "side_by_side": f"{BASE}/{view.id}/so-trang?a={a}&b={b}",
    }
    return page(request, "drafts/compare.html", context)


@require_safe
def pictures(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The pages of two revisions beside each other as pictures, what differs outlined (379/17.3)."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    b = draft_page.number(request.GET.get("b") or str(view.revision), 1, view.revision)
    a = draft_page.number(request.GET.get("a") or str(_seen_before(actor, view, b)), 1, view.revision)
    pages = {n: queries.revision_pages(actor, view.id, n)[2] for n in {a, b}}
    last = max(pages.values())
    looked = {n: queries.picture_differences(actor, view.id, a, b, n) for n in range(1, min(last, LOOKED_MOST) + 1)}
    differing = [n for n, (left, right) in looked.items() if left or right]
    shown = draft_page.number(request.GET.get("trang") or str(next(iter(differing), 1)), 1, last)
    marks = looked.get(shown) or queries.picture_differences(actor, view.id, a, b, shown)
    here = f"{BASE}/{view.id}/so-trang?a={a}&b={b}"
    context = {
        "view": view,
        "revisions": [(str(n), _("Phiên bản %(n)d") % {"n": n}) for n in range(view.revision, 0, -1)],
        "a": a,
        "b": b,
        "page": shown,
        "last": last,
        "pages": pages,
        "sides": [(a, "a", marks[0]), (b, "b", marks[1])],
        "differing": differing,
        "looked_at_all": last <= LOOKED_MOST,
        "here": here,
        "words_too": f"{BASE}/{view.id}/so-sanh?a={a}&b={b}&trang={shown}",
    }
    return page(request, "drafts/pictures.html", context)


def _seen_before(actor: Actor, view: DocumentView, b: int) -> int:
    """The revision to compare with: the last one that somebody gave an opinion on before `b`, else the one before."""
    answered = [one.revision for one in queries.opinions(actor, view.id) if one.revision < b]
    return max(answered, default=max(b - 1, 1))


def _blocks(lines: Sequence[DifferenceRow]) -> list[dict[str, Any]]:
    """Runs of changed lines with a little of what stands around; longer equal runs are folded."""
    lines = [row for row in lines if _says_something(row)]
    near = {
        n + d for n, row in enumerate(lines) if row.kind != "same" for d in range(-CONTEXT_LINES, CONTEXT_LINES + 1)
    }
    parts = groupby(enumerate(lines), key=lambda one: one[0] in near)
    return [{"folded": not shown, "rows": [row for _n, row in rows]} for shown, rows in parts]


def _says_something(row: DifferenceRow) -> bool:
    return any(span.text.strip() for span in (*row.left, *row.right))


def _same(found: Comparison) -> str:
    """What is the same, said where the page would otherwise show nothing; "" when the text itself differs."""
    if any(row.kind != "same" for row in found.lines):
        return ""
    if found.fields or found.attachments_added or found.attachments_removed:
        return _("Nội dung không đổi.")
    if found.left.digest != found.right.digest:
        return _("Chữ của biểu mẫu không đổi; tệp PDF hoặc tệp gửi kèm khác nhau.")
    return _("Hai phiên bản giống nhau.")


def _in_words(one: FieldDifference) -> dict[str, Any]:
    """A field with its values as people read them: labels for levels, names for codes, dates as written here."""
    left, right = one.left, one.right
    if one.name in SAID:
        say = SAID[one.name]
        left, right = rules.compare_words(*(say("".join(span.text for span in side)) for side in (left, right)))
    return {"words": _(FIELD_WORDS[one.name]) if one.name in FIELD_WORDS else one.name, "left": left, "right": right}


def _names(codes: str) -> str:
    wanted = codes.split("\n")
    known = exchange.recipient_names(wanted)
    return "; ".join(known.get(code, code) for code in wanted)


SAID: dict[str, Callable[[str], str]] = {
    "type_code": words.series,
    "urgency": lambda value: rulebook.urgency_label(Urgency(value), formats.language()),
    "secrecy": lambda value: rulebook.secrecy_label(Secrecy(value), formats.language()),
    "recipients": _names,
    "due_on": lambda value: formats.day(date.fromisoformat(value)) if value else "",
    "urgent_at": lambda value: formats.instant(datetime.fromisoformat(value)) if value else "",
}
"""Fields whose kept value is a code or a date, and how it is said."""


@require_safe
def history(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Who did what to the draft, newest first; every revision with its reason."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    before = draft_page.number(request.GET.get("truoc"), 0, 2**62) or None
    entries = queries.history(actor, view.id, before=before, limit=HISTORY_LINES)
    head = draft_page.head(actor, view)
    context = {
        **head,
        "tabs": draft_page.tabs(view, "lich-su", len(head["opinions"])),
        "steps": timeline.steps(entries),
        "revisions": queries.revisions(actor, view.id),
        "more": f"?truoc={entries[-1].id}" if len(entries) == HISTORY_LINES else "",
        "shown": draft_page.shown(request, view, here=f"{BASE}/{view.id}/lich-su"),
    }
    return page(request, "drafts/history.html", context)
