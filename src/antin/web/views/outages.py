"""Work on paper while the system is out: numbers set aside, entered from sealed scans, checked, nothing missing (379/4.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.continuity import acts, queries
from antin.continuity.acts import Place
from antin.continuity.queries import BlockView, NumberView
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Office, is_uuid
from antin.web import step_up, table_words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.typed_time import instant_needed

BASE = "/su-co"
NUMBER_CHARS = 9


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, outage_id: UUID) -> HttpResponse:
    """The outage, its numbers, and with `so` the form of one number."""
    actor, refused = actor_of(request), None
    queries.outage(actor, outage_id)
    if request.method == "POST":
        refused = _step(request, actor, outage_id)
        if refused is None:
            return done(request, f"{BASE}/giay/{outage_id}", _("Đã ghi."))
    row, blocks = queries.outage(actor, outage_id), queries.blocks(actor, outage_id)
    open_at = _place((request.POST if refused else request.GET).get("so", ""), blocks)
    held = {mandate.office for mandate in actor.mandates}
    mine = set(actor.organisations(Office.CLERK))
    closes = row.state == "ended" and bool(
        set(dict(row.organisations)) & set(actor.organisations(Office.CLERK, Office.LEADER))
    )
    context: dict[str, Any] = {
        "base": BASE,
        "state": table_words.state,
        "row": row,
        "blocks": blocks,
        "open_at": open_at,
        "found": queries.candidates(actor, outage_id, open_at[0].organisation_id) if open_at else (),
        "bodies": [(key, name) for key, name in row.organisations if key in mine],
        "types": [(one.code, one.name) for one in rulebook.document_types(rulebook.today())],
        "owns": Office.SYSTEM_OWNER in held,
        "asked": step_up.ask(request, "close_outage", acts.reconciliation_digest(outage_id)) if closes else None,
        "history": ledger.history(outage_id),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "incidents/outage.html", context, status=refused.status if refused else 200)


@require_safe
def sheet(request: HttpRequest, outage_id: UUID, block_id: UUID) -> HttpResponse:
    """The paper register of one run of numbers, to print and to fill in by hand."""
    actor = actor_of(request)
    row = queries.outage(actor, outage_id)
    found = next((block for block in queries.blocks(actor, outage_id) if block.id == block_id), None)
    if found is None:
        raise RuleViolation("379/4.4", N_("Không có đợt cấp số này."), N_("Về trang sự cố."))
    return page(request, "incidents/sheet.html", {"row": row, "block": found})


def _step(request: HttpRequest, actor: Actor, outage_id: UUID) -> Refusal | None:
    given = request.POST
    steps: dict[str, Callable[[], object]] = {
        "allot": lambda: acts.allot_paper_block(
            actor=actor,
            outage_id=outage_id,
            organisation_id=_id(given.get("body", "")),
            kind=given.get("kind", ""),
            series=given.get("series", "") if given.get("kind") == "outgoing" else "",
            count=_count(given.get("count", "")),
        ),
        "enter": lambda: acts.enter_paper_case(
            actor=actor,
            place=_typed_place(given.get("so", "")),
            document_id=_id(given.get("document", "")),
            acted_at=instant_needed(given.get("acted_at", ""), "379/4.6"),
        ),
        "void": lambda: acts.void_paper_number(
            actor=actor, place=_typed_place(given.get("so", "")), reason=given.get("reason", "")
        ),
        "agree": lambda: acts.check_paper_case(actor=actor, case_id=_id(given.get("case", "")), agrees=True),
        "send_back": lambda: acts.check_paper_case(
            actor=actor, case_id=_id(given.get("case", "")), agrees=False, reason=given.get("reason", "")
        ),
        "end": lambda: acts.end_outage(actor=actor, outage_id=outage_id, checks=given.get("checks", "")),
        "close": lambda: acts.close_outage(actor=actor, outage_id=outage_id),
    }
    if given.get("step") == "close" and (refused := step_up.answered(request)):
        return refused
    _made, refused = attempt(steps.get(given.get("step", ""), lambda: None))
    return refused


def _place(typed: str, blocks: tuple[BlockView, ...]) -> tuple[BlockView, NumberView] | None:
    """The number that an address names, where its form may be filled in by this person."""
    key, _sep, number = typed.partition(":")
    for block in blocks:
        if str(block.id) == key and block.may_enter:
            return next(((block, one) for one in block.numbers if str(one.number) == number and not one.state), None)
    return None


def _typed_place(typed: str) -> Place:
    key, _sep, number = typed.partition(":")
    return Place(_id(key), _count(number))


def _count(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= NUMBER_CHARS else 0


def _id(typed: str) -> UUID:
    """RuleViolation 379/4.4 for what is no id: it names nothing here."""
    if not is_uuid(typed):
        raise RuleViolation("379/4.4", N_("Chưa chọn mục nào trong danh sách."), N_("Chọn rồi làm lại."))
    return UUID(typed)
