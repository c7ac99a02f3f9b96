"""The leader's desk: what waits for approval, signature or instruction; one decision in view with its page (379/17.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.casework import queries as casework
from antin.documents import acts, queries, rules
from antin.documents.facts import Direction, DocumentView
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.registry import queries as registry
from antin.values import N_, Actor, Office
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import draft_page
from antin.web.views.reviews import REASONS

BASE = "/quyet"
APPROVE, SIGN, INSTRUCT, FORM = "duyet", "ky", "but-phe", "the-thuc"
KIND_WORDS = {
    APPROVE: N_("Phê duyệt"),
    SIGN: N_("Ký"),
    INSTRUCT: N_("Bút phê, giao việc"),
    FORM: N_("Văn thư kiểm tra thể thức"),
}
CHIP_WORDS = {APPROVE: N_("Phê duyệt"), SIGN: N_("Ký"), INSTRUCT: N_("Bút phê"), FORM: N_("Chờ thể thức")}
CARDS_MOST, ARRIVALS_MOST = 50, 20


@dataclass(frozen=True, slots=True)
class Card:
    """One decision that waits; `names` are those it goes to or comes from, in words."""

    kind: str
    words: str
    view: DocumentView
    drafter: str
    names: str

    @property
    def address(self) -> str:
        return f"{BASE}/{self.view.id}"


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """All that waits, urgent first; the first of them in view on a wide screen."""
    cards, kind = _cards(actor_of(request)), _kind(request)
    seen = _of_kind(cards, kind)
    return _desk(request, cards, kind, seen[0].view if seen else None, opened=False)


@require_safe
def one(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One decision; what was decided already is shown with how it stands."""
    actor = actor_of(request)
    view = queries.document(actor, document_id)
    return _desk(request, _cards(actor), _kind(request), view, opened=True)


def _kind(request: HttpRequest) -> str:
    asked = request.GET.get("loc", "")
    return asked if asked in KIND_WORDS else ""


def _of_kind(cards: list[Card], kind: str) -> list[Card]:
    return [card for card in cards if not kind or card.kind == kind]


def _desk(
    request: HttpRequest, cards: list[Card], kind: str, view: DocumentView | None, *, opened: bool
) -> HttpResponse:
    actor = actor_of(request)
    seen = _of_kind(cards, kind)
    ids = [card.view.id for card in seen]
    at = ids.index(view.id) + 1 if view and view.id in ids else 0
    context = {
        "cards": seen,
        "total": len(cards),
        "urgent": sum(card.view.urgency.is_urgent for card in cards),
        "chips": [(key, _(words), sum(c.kind == key for c in cards)) for key, words in CHIP_WORDS.items()],
        "kind": kind,
        "at": at,
        "opened": opened,
        "chosen": _chosen(request, actor, view) if view else None,
        "reasons": [_(one) for one in REASONS],
    }
    return page(request, "decisions/desk.html", context)


def _chosen(request: HttpRequest, actor: Actor, view: DocumentView) -> dict[str, Any]:
    """The decision in view: what it is, what may be done with it, who said what, the page."""
    outgoing = view.direction is Direction.OUTGOING
    here = f"{BASE}/{view.id}"
    return {
        "view": view,
        "here": here,
        "open": open_decision(actor, view),
        "may_send_back": may_send_back(actor, view),
        "refused": approval_refused(actor, view),
        "drafter": _person(view.drafter_id),
        "sender": view.sender_name or view.issuing_name,
        "route": queries.route(actor, view.id) if outgoing else None,
        "opinions": queries.opinions(actor, view.id) if outgoing else (),
        "attachments": queries.attachments(actor, view.id),
        "check": registry.form_check(actor, view.id) if view.state == "approved" else None,
        "recipients": list(exchange.recipient_names(view.recipients).values()) if outgoing else [],
        "shown": draft_page.shown(request, view, here=here, anchor="xem"),
    }


def open_decision(actor: Actor, view: DocumentView) -> str:
    """Which decision of this actor the document waits for; "" for none."""
    mine = rules.persons(actor)
    if view.direction is Direction.INCOMING:
        leads = actor.holds(Office.LEADER, view.owner_id)
        return INSTRUCT if leads and view.state in ("registered", "forwarded") else ""
    if view.state == "in_review" and view.approver_id in mine:
        return APPROVE
    if view.state == "approved" and view.signatory_id in mine:
        return SIGN if view.form_checked else FORM
    return ""


def approval_refused(actor: Actor, view: DocumentView) -> Refusal | None:
    """Why it can't be approved now, told before the click (379/13.3)."""
    if view.direction is Direction.INCOMING or view.state != "in_review":
        return None
    for rule in (rules.route_complete, lambda facts: rules.approver_is_not_drafter(facts, actor)):
        _none, refused = attempt(lambda rule=rule: rule(view))  # type: ignore[misc]
        if refused:
            return refused
    return None


def may_send_back(actor: Actor, view: DocumentView) -> bool:
    """The approver, and after approval the signatory too, while nothing is signed (379/17.1)."""
    mine = rules.persons(actor)
    if view.direction is Direction.INCOMING or view.state not in ("in_review", "approved"):
        return False
    return view.approver_id in mine or (view.state == "approved" and view.signatory_id in mine)


# --- cards -------------------------------------------------------------------------------------------------


def _cards(actor: Actor) -> list[Card]:
    """Everything that waits for this leader, the urgent first, within them the earliest deadline."""
    found = [(APPROVE, row) for row in queries.listing(actor, box="to_approve", limit=CARDS_MOST).rows]
    found += [(SIGN, row) for row in queries.listing(actor, box="to_sign", limit=CARDS_MOST).rows]
    found += [(INSTRUCT, row) for row in _arrivals(actor)]
    found += [(FORM, row) for row in _in_check(actor)]
    people = identity.people({row.drafter_id for _kind, row in found if row.drafter_id})
    codes = {code for _kind, row in found for code in row.recipients}
    directory = exchange.recipient_names(codes) if codes else {}
    cards = [_card(kind, row, people, directory) for kind, row in found]
    return sorted(cards, key=lambda card: (-card.view.urgency.rank, card.kind == FORM, *_due(card.view)))


def _due(view: DocumentView) -> tuple[bool, str]:
    return view.due_on is None, view.due_on.isoformat() if view.due_on else str(view.id)


def _arrivals(actor: Actor) -> list[DocumentView]:
    """Incoming documents that were put before this leader and on which nobody works yet (217/10.2)."""
    if not actor.organisations(Office.LEADER):
        return []
    rows = queries.listing(
        actor, box="mine", limit=ARRIVALS_MOST, direction="incoming", state=("registered", "forwarded")
    ).rows
    led = [row for row in rows if actor.holds(Office.LEADER, row.owner_id)]
    return [row for row in led if not casework.assignments(actor, row.id)]


def _in_check(actor: Actor) -> list[DocumentView]:
    """Approved, mine to sign, and still with the registry for its form."""
    rows = queries.listing(
        actor, box="outgoing", limit=CARDS_MOST, state="approved", signatory_id=tuple(rules.persons(actor))
    ).rows
    return [row for row in rows if not row.form_checked]


def _card(kind: str, row: DocumentView, people: dict[UUID, Any], directory: dict[str, str]) -> Card:
    drafter = people[row.drafter_id].name if row.drafter_id in people else ""
    if row.direction is Direction.INCOMING:
        return Card(kind, _(KIND_WORDS[kind]), row, "", row.sender_name or row.issuing_name)
    names = [directory.get(code, code) for code in row.recipients]
    more = _(" và %(n)d nơi khác") % {"n": len(names) - 2} if len(names) > 2 else ""
    return Card(kind, _(KIND_WORDS[kind]), row, drafter, ", ".join(names[:2]) + more)


def _person(person: UUID | None) -> str:
    found = identity.people([person]) if person else {}
    return next((one.name for one in found.values()), "")


# --- sending back ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The page twin of the dialog: reason, then back to the drafter."""
    actor = actor_of(request)
    view = queries.document(actor, document_id)
    reason, refused = request.POST.get("reason", ""), None
    if request.method == "POST":
        _none, refused = attempt(lambda: acts.send_back(actor=actor, document_id=view.id, reason=reason))
        if refused is None:
            return done(request, BASE, _("Đã trả lại %(name)s.") % {"name": _person(view.drafter_id)})
    context = {
        "view": view,
        "reason": reason,
        "refused": refused,
        "drafter": _person(view.drafter_id),
        "reasons": [_(one) for one in REASONS],
        "may": may_send_back(actor, view),
    }
    return page(request, "decisions/send_back.html", context, status=refused.status if refused else 200)
