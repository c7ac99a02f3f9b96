"""The leader's desk: what waits for a decision on the left, the one in view with its page on the right (217/9.1).

The desk decides nothing by itself: approval and signature have sheets of their own (`sheets`), instructions are given
on the document's page. Each address has its page twin, so that everything works without script.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.conversion import queries as conversion
from antin.documents import acts, queries, rules
from antin.documents.facts import AttachmentView, DocumentView, EndorsementView
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.registry import queries as registry
from antin.registry.views import FormCheckView
from antin.values import N_, Actor, Office
from antin.web import automation_words, words
from antin.web.answers import done, page
from antin.web.desk import awaiting_instruction
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import draft_page, proposing

BASE = "/quyet"
APPROVE, SIGN, FORM, INSTRUCT, AGREE, DEFECT = "duyet", "ky", "the-thuc", "but-phe", "thoa-thuan", "sai-sot"
CONFIRM, PROPOSAL = "xac-nhan", "de-nghi"
KINDS = {
    SIGN: N_("Ký"),
    APPROVE: N_("Phê duyệt"),
    INSTRUCT: N_("Bút phê"),
    PROPOSAL: N_("Đề nghị của máy"),
    DEFECT: N_("Sai sót"),
    AGREE: N_("Thoả thuận huỷ"),
    CONFIRM: N_("Xác nhận giao dịch"),
}
ELSEWHERE = (INSTRUCT, PROPOSAL, DEFECT, AGREE, CONFIRM)
RETURN_REASONS = (N_("Làm rõ số liệu."), N_("Lấy thêm ý kiến."), N_("Sửa câu chữ."), N_("Chưa cần ban hành."))


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that waits: `names` are those it goes to, or who sent it."""

    view: DocumentView
    kind: str
    words: str
    address: str
    names: str = ""
    drafter: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The draft in view; `open` is the decision it waits for, "" when none of this person's."""

    view: DocumentView
    open: str
    drafter: str
    check: FormCheckView | None
    refused: Refusal | None
    may_send_back: bool
    readers: Sequence[str]
    opinions: Sequence[EndorsementView]
    attachments: Sequence[AttachmentView]
    recipients: Sequence[str]
    shown: draft_page.Shown


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The desk with the first thing that waits in view."""
    return _desk(request, None)


@require_safe
def one(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The desk with this draft in view, whether it still waits or not."""
    return _desk(request, draft_page.draft(actor_of(request), document_id))


def _desk(request: HttpRequest, opened: DocumentView | None) -> HttpResponse:
    actor = actor_of(request)
    everything = _cards(actor)
    counted = Counter(card.kind for card in everything)
    kind = request.GET.get("loc", "")
    cards = [card for card in everything if kind not in KINDS or card.kind == kind]
    drafts = [card.view for card in cards if card.kind not in ELSEWHERE]
    view = opened or next(iter(drafts), None)
    context = {
        "cards": cards,
        "total": len(everything),
        "urgent": sum(1 for card in everything if card.view.urgency.is_urgent),
        "kind": kind if kind in KINDS else "",
        "elsewhere": ELSEWHERE,
        "chips": [(key, _(words), counted[key]) for key, words in KINDS.items()],
        "opened": opened is not None,
        "chosen": _chosen(request, actor, view) if view else None,
        "at": next((n for n, card in enumerate(cards, 1) if view and card.view.id == view.id), 0),
        "reasons": return_reasons(),
        "leads": any(mandate.office is Office.LEADER for mandate in actor.mandates),
        "untimed": registry.signed_awaiting_timestamp(actor),
    }
    return page(request, "decisions/desk.html", context)


def return_reasons() -> list[str]:
    return [_(reason) for reason in RETURN_REASONS]


def _cards(actor: Actor) -> list[Card]:
    """Urgent ones first, then by the day they are due."""
    rows = [(SIGN, row) for row in queries.listing(actor, box="to_sign").rows]
    rows += [(APPROVE, row) for row in queries.listing(actor, box="to_approve").rows]
    drafters = identity.people({row.drafter_id for _kind, row in rows if row.drafter_id})
    names = exchange.recipient_names({code for _kind, row in rows for code in row.recipients})
    cards = [
        Card(
            view=row,
            kind=kind,
            words=_(KINDS[kind]),
            address=f"{BASE}/{row.id}",
            names=", ".join(names.get(code, code) for code in row.recipients),
            drafter=drafters[row.drafter_id].name if row.drafter_id in drafters else "",
        )
        for kind, row in rows
    ]
    proposed = {row.id: run for row, run in proposing.documents_proposed(actor)}
    for row in awaiting_instruction(actor):
        run = proposed.get(row.id)
        kind, anchor = (PROPOSAL, "#de-nghi") if run else (INSTRUCT, "")
        names = automation_words.deed(run.terms, ", ".join(run.people_names)) if run else row.sender_name
        cards.append(Card(row, kind, _(KINDS[kind]), f"/van-ban/{row.id}{anchor}", names=names))
    cards += [
        Card(row, AGREE, _(KINDS[AGREE]), f"/van-ban/{row.id}/thoa-thuan-huy", names=of.person)
        for row, of in queries.agreements_waiting(actor)
    ]
    cards += [
        Card(row, DEFECT, _(KINDS[DEFECT]), f"/van-ban/{row.id}/sai-sot", names=f"{words.defect(of.kind)}: {of.words}")
        for row, of in registry.defects_waiting(actor)
    ]
    cards += [
        Card(row, CONFIRM, _(KINDS[CONFIRM]), f"/van-ban/{row.id}/ban-giay#b-{of.id}", names=of.for_whom)
        for row, of in conversion.confirmations_waiting(actor)
    ]
    return sorted(cards, key=lambda card: (-card.view.urgency.rank, str(card.view.due_on or "9"), str(card.view.id)))


def open_decision(actor: Actor, view: DocumentView) -> str:
    """Which decision of this person the draft waits for."""
    mine = rules.persons(actor)
    named = view.approver_id in mine or rules.approval_lent(view, actor) is not None
    if view.state == "in_review" and view.route_complete and named:
        return APPROVE
    if view.state == "approved" and view.signatory_id in mine:
        return SIGN if view.form_checked else FORM
    return ""


def approval_refused(actor: Actor, view: DocumentView) -> Refusal | None:
    """Why this person could not approve it now; said before the click."""

    def ask() -> None:
        rules.approver_is_not_drafter(view, actor)
        rules.route_complete(view)

    return attempt(ask)[1]


def _chosen(request: HttpRequest, actor: Actor, view: DocumentView) -> Chosen:
    wanted = open_decision(actor, view)
    route = queries.route(actor, view.id)
    return Chosen(
        view=view,
        open=wanted,
        drafter=drafter_name(view),
        check=registry.form_check(actor, view.id),
        refused=approval_refused(actor, view) if wanted == APPROVE else None,
        may_send_back=wanted != "",
        readers=[seat.name for step in route.steps for seat in step.seats if seat.done],
        opinions=queries.opinions(actor, view.id),
        attachments=queries.attachments(actor, view.id),
        recipients=list(exchange.recipient_names(view.recipients).values()),
        shown=draft_page.shown(request, view, here=f"{BASE}/{view.id}", anchor="xem"),
    )


def drafter_name(view: DocumentView) -> str:
    people = identity.people([view.drafter_id]) if view.drafter_id else {}
    return next((person.name for person in people.values()), "")


@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Back to the drafter with a reason; the page twin of the desk's dialog."""
    actor, reason, refused = actor_of(request), request.POST.get("reason", ""), None
    view = draft_page.draft(actor, document_id)
    if request.method == "POST":
        _view, refused = attempt(lambda: acts.send_back(actor=actor, document_id=view.id, reason=reason))
        if refused is None:
            return done(request, BASE, _("Đã trả lại người soạn."))
    context: dict[str, Any] = {
        "view": view,
        "drafter": drafter_name(view),
        "reasons": return_reasons(),
        "reason": reason,
        "refused": refused,
    }
    return page(request, "decisions/send_back.html", context, status=refused.status if refused else 200)


__all__ = ["APPROVE", "BASE", "SIGN", "approval_refused", "one", "open_decision", "send_back", "waiting"]
