"""Who can be written to: the organisations of this installation as a tree, and those reached over the exchange.

At its head stands who owns the system and which persons answer for it (379/2.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.identity.queries import OrganisationView
from antin.values import N_, Actor, Office, fold
from antin.web import nav
from antin.web.answers import page
from antin.web.words import channel

MAX_WORDS_CHARS = 100
NOTES = {
    nav.Role.ADMINISTRATOR: N_(
        "Tài khoản quản trị không xem nội dung văn bản. Tình trạng của bản cài đặt được kiểm bằng lệnh antin doctor "
        "trên máy chủ; ở đây là danh bạ để tra cứu."
    ),
    nav.Role.AUDITOR: N_(
        "Tài khoản kiểm tra không xem nội dung văn bản. Nhật ký được kiểm bằng lệnh antin ledger, gói chứng cứ kiểm "
        "được ở máy khác; ở đây là danh bạ để tra cứu."
    ),
}
"""Said to those whose first page this is, for want of a desk of their own."""


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "")[:MAX_WORDS_CHARS].strip()
    tree = identity.organisations()
    local = [
        _row(one, depth) for one, depth in _depths(tree) if _fits(words, one.name, one.short_name, *one.codes.values())
    ]
    actor: Actor = request.actor  # type: ignore[attr-defined]
    partners = [row for row in exchange.directory(actor, words) if not row.is_ours]
    note = _(NOTES[role]) if (role := nav.role_of(actor)) in NOTES else ""
    owners = sorted(identity.people(identity.holders_of(Office.SYSTEM_OWNER)).values(), key=lambda one: one.name)
    context = {"words": words, "local": local, "partners": partners, "note": note, "by": channel, "owners": owners}
    return page(request, "directory.html", context)


def _depths(rows: Iterable[OrganisationView]) -> Iterable[tuple[OrganisationView, int]]:
    depth: dict[object, int] = {None: -1}
    for row in rows:
        depth[row.id] = depth.get(row.parent_id, -1) + 1
        yield row, depth[row.id]


def _row(one: OrganisationView, depth: int) -> dict[str, Any]:
    return {"organisation": one, "depth": min(depth, 4), "people": identity.people_in(one.id)}


def _fits(words: str, *texts: str) -> bool:
    """With or without diacritics, every word somewhere."""
    folded = fold(" ".join(texts))
    return all(word in folded for word in fold(words).split())
