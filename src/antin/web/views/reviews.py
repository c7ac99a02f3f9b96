"""Review of a draft: the route, opinions, sending back (379/13.3, 379/17.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.documents import acts, queries, rules
from antin.documents.facts import DocumentView, RouteStep, RouteView
from antin.documents.route_templates import TemplateView
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Behalf, Office, is_uuid
from antin.web import formats, route_words
from antin.web.answers import done, own_address, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import draft_page

BASE = "/du-thao"
ROWS_FIRST, ROWS_MOST = 3, 12
KINDS = {"review": N_("Góp ý, thẩm định"), "initial": N_("Ký nháy")}
REASONS = (N_("Làm rõ số liệu"), N_("Lấy thêm ý kiến"), N_("Sửa câu chữ"), N_("Sai thể thức"), N_("Chưa cần ban hành"))


# --- the route ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One row of the form: people side by side, how many must agree, what is asked of them.

    `beside` runs it at the same time as the row before, with a count of its own.
    """

    people: tuple[str, ...] = ()
    quorum: str = "1"
    kind: str = "review"
    beside: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
def lay_route(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Who reads it, in which order; a POST opens the round, or fills the form in by the organisation's template."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    template = queries.fitting_template(actor, view.id)
    refused, rows = None, _proposed(actor, view)
    filled = request.method == "POST" and bool(request.POST.get("mau")) and template is not None
    if template is not None and filled:
        rows = _rows_of(template[1])
    elif request.method == "POST":
        rows = _sent_rows(request.POST)
        if request.POST.get("them"):
            rows = [*rows, RouteRow()][:ROWS_MOST]
        else:
            _none, refused = attempt(lambda: acts.submit(actor=actor, document_id=view.id, route=_route(rows)))
            if refused is None:
                return done(request, f"{BASE}/{view.id}/gop-y", _("Đã trình."))
    context = {
        **draft_page.head(actor, view),
        "rows": rows,
        "people": _candidates(view, rows),
        "template": _offer(template[0]) if template else None,
        "filled": filled,
        "kinds": [(key, _(words)) for key, words in KINDS.items()],
        "stopped": _stopped(actor, view),
        "refused": refused,
        "may_add": len(rows) < ROWS_MOST,
    }
    return page(request, "drafts/route.html", context, status=refused.status if refused else 200)


def _sent_rows(post: QueryDict) -> list[RouteRow]:
    """Rows `step-<n>-people`, `step-<n>-quorum`, `step-<n>-kind`, as sent."""
    numbers = [n for n in range(ROWS_MOST) if any(f"step-{n}-{part}" in post for part in ("people", "quorum", "kind"))]
    return [
        RouteRow(
            people=tuple(post.getlist(f"step-{n}-people")),
            quorum=post.get(f"step-{n}-quorum", "1"),
            kind=post.get(f"step-{n}-kind", "review"),
            beside=bool(post.get(f"step-{n}-beside")),
        )
        for n in numbers
    ] or [RouteRow()]


def _route(rows: Sequence[RouteRow]) -> tuple[RouteStep, ...]:
    """The rows that name somebody, in order. RuleViolation for a number or a person that is none."""
    laid: list[RouteStep] = []
    for row in rows:
        if any(row.people):
            order = laid[-1].order + (not row.beside) if laid else 1
            laid.append(RouteStep(order, _ids(row.people), _quorum(row.quorum), row.kind))
    return tuple(laid)


def _rows_of(steps: Sequence[RouteStep]) -> list[RouteRow]:
    """The form's rows of a route, and an empty one to add to."""
    before = [0, *(step.order for step in steps)]
    rows = [
        RouteRow(tuple(map(str, step.people)), str(step.quorum), step.kind, beside=step.order == order)
        for step, order in zip(steps, before, strict=False)
    ]
    return [*rows, RouteRow()][:ROWS_MOST]


@dataclass(frozen=True, slots=True)
class Offer:
    """The organisation's template for this draft, as the page tells it: its steps in words, whether it binds."""

    name: str
    may_deviate: bool
    steps: tuple[str, ...]


def _offer(template: TemplateView) -> Offer:
    names = queries.seat_names(template.fields.steps)
    return Offer(
        template.fields.name, template.fields.may_deviate, tuple(route_words.steps(template.fields.steps, names))
    )


def _ids(people: Sequence[str]) -> tuple[UUID, ...]:
    if not all(is_uuid(one) for one in people):
        raise RuleViolation(
            "379/13.3", N_("Luồng trình có người không thuộc hệ thống."), N_("Chọn người trong danh sách.")
        )
    return tuple(UUID(one) for one in people)


def _quorum(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and len(text) < 5):
        raise RuleViolation("379/17.1", N_("Số ý kiến cần đạt không phải là số."), N_("Ghi một số từ 1 trở lên."))
    return int(text)


def _proposed(actor: Actor, view: DocumentView) -> list[RouteRow]:
    """The route of the last round, else the one this drafter laid last; empty rows to fill in otherwise."""
    laid = queries.route(actor, view.id) if view.round else _last_laid(actor, view)
    steps = sorted(laid.steps, key=lambda step: step.order) if laid else []
    kept = [RouteStep(s.order, tuple(seat.person_id for seat in s.seats), s.quorum, s.kind) for s in steps]
    rows = _rows_of(kept)
    return [*rows, *[RouteRow()] * (ROWS_FIRST - len(rows))]


def _last_laid(actor: Actor, view: DocumentView) -> RouteView | None:
    recent = queries.listing(actor, box="mine", limit=10, drafter_id=actor.person_id, owner_id=view.owner_id)
    laid = next((row for row in recent.rows if row.round and row.id != view.id), None)
    return queries.route(actor, laid.id) if laid else None


def _candidates(view: DocumentView, rows: Sequence[RouteRow]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(body, people) who may be asked: reviewers of the body and of its units, the drafter left out.

    Whom a template or an earlier round named besides stands in a group of the others, so that nothing is dropped.
    """
    bodies = [view.owner_id, *sorted(identity.descendants(view.owner_id))]
    found = [(identity.organisation(one).name, identity.people_with(Office.REVIEWER, one)) for one in bodies]
    listed = {one.id for _name, people in found for one in people}
    named = {UUID(one) for row in rows for one in row.people if is_uuid(one)} - listed
    groups = [*found, (_("Người khác"), tuple(identity.people(named).values()))]
    away = identity.substitutes(one.id for _name, people in groups for one in people)
    return [
        (name, [(str(one.id), _candidate(one, away)) for one in people if one.id != view.drafter_id])
        for name, people in groups
        if people
    ]


def _candidate(person: identity.PersonView, away: dict[UUID, identity.AbsenceRow]) -> str:
    """Name and position; who answers in the person's place while away."""
    said = f"{person.name}, {person.position}"
    if person.id not in away:
        return said
    absence = away[person.id]
    return _("%(person)s (vắng đến %(day)s, %(other)s thay)") % {
        "person": said,
        "day": formats.day(absence.valid_to),
        "other": absence.substitute_name,
    }


def _stopped(actor: Actor, view: DocumentView) -> Refusal | None:
    """Why it can't be submitted yet, told before the click."""
    kind = rulebook.document_type(view.type_code, rulebook.today())
    fields, has_pdf = queries.fields(actor, view.id), queries.revisions(actor, view.id)[0].has_pdf
    _none, refused = attempt(
        lambda: rules.ready_to_submit(fields, drafter_id=view.drafter_id, prints_name=kind.prints_name, has_pdf=has_pdf)
    )
    return refused


# --- opinions ----------------------------------------------------------------------------------------------


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for my opinion, urgent first, then the longest waiting."""
    actor = actor_of(request)
    found = queries.listing(actor, box="to_review", after=request.GET.get("sau"))
    drafters = identity.people({row.drafter_id for row in found.rows if row.drafter_id})
    more = f"/gop-y?sau={found.next}" if found.next else ""
    return page(request, "drafts/waiting.html", {"rows": found.rows, "drafters": drafters, "more": more})


@require_http_methods(["GET", "HEAD", "POST"])
def opinions(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The draft as its readers see it: the page, the opinions, and the form when it is one's turn."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    if request.method != "POST":
        return _opinions(request, view)
    typed = {name: request.POST.get(name, "") for name in ("kind", "text")}
    revision = request.POST.get("revision", "")
    _id, refused = attempt(
        lambda: acts.endorse(
            actor=actor,
            document_id=view.id,
            kind=typed["kind"],
            text=typed["text"],
            revision=draft_page.number(revision, 0, 1_000_000),
        )
    )
    if refused:
        return _opinions(request, queries.document(actor, view.id), refused=refused, typed=typed)
    return done(request, "/gop-y", _("Đã ghi ý kiến."))


def _opinions(
    request: HttpRequest, view: DocumentView, *, refused: Refusal | None = None, typed: dict[str, str] | None = None
) -> HttpResponse:
    actor = actor_of(request)
    head = draft_page.head(actor, view)
    turn = _turn(actor, view, head["route"]) if view.state == "in_review" else None
    context = {
        **head,
        "tabs": draft_page.tabs(view, "gop-y", len(head["opinions"])),
        "turn": turn,
        "typed": typed or {"kind": turn.answer if turn else "opinion", "text": ""},
        "refused": refused,
        "reasons": [_(one) for one in REASONS],
        "may_send_back": view.state == "in_review" and (_is_reviewer(actor, view, head["route"]) or _lent(turn)),
        "may_write": draft_page.may_write(actor, view),
        "may_abandon": view.state == "in_review" and view.drafter_id in rules.persons(actor),
        "attachments": queries.attachments(actor, view.id),
        "fields": queries.fields(actor, view.id),
        "sent_back": draft_page.sent_back(actor, view),
        "shown": draft_page.shown(request, view, here=f"{BASE}/{view.id}/gop-y"),
    }
    return page(request, "drafts/opinions.html", context, status=refused.status if refused else 200)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is asked of me now: `answer` counts (consent or initial), None when I have answered already."""

    answer: str
    is_open: bool
    behalf: Behalf | None = None


def _turn(actor: Actor, view: DocumentView, route: RouteView) -> Turn | None:
    """My seat in a step that is open or done, or that of an absent person; None when none has come yet."""
    mine = rules.persons(actor)
    held = [
        (step, seat) for step in route.steps for seat in step.seats if seat.person_id in mine and step.state != "later"
    ]
    own = next(((s, p) for s, p in held if p.waiting), held[-1] if held else None)
    if own is None or not own[1].waiting:
        found = queries.in_place_of(actor, view.id)
        if found is not None:
            return Turn(_counting(found[0]), is_open=True, behalf=found[1])
    return Turn(_counting(own[0].kind), own[1].waiting) if own else None


def _counting(kind: str) -> str:
    """The answer that counts in a step of this kind."""
    return "initial" if kind == "initial" else "consent"


def _is_reviewer(actor: Actor, view: DocumentView, route: RouteView) -> bool:
    seats = {seat.person_id for step in route.steps for seat in step.seats}
    return bool(rules.persons(actor) & (seats | {view.approver_id})) or rules.approval_lent(view, actor) is not None


def _lent(turn: Turn | None) -> bool:
    """True for a seat of somebody else's: with it comes sending back, as for the absent person."""
    return turn is not None and turn.behalf is not None


@require_POST
def send_back(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Back to the drafter, with the reason; from the reader's page or from the leader's (`ve`)."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    _none, refused = attempt(
        lambda: acts.send_back(actor=actor, document_id=view.id, reason=request.POST.get("reason", ""))
    )
    if refused:
        return _opinions(request, view, refused=refused)
    return done(request, own_address(request, request.POST.get("ve"), "/gop-y"), _("Đã trả lại người soạn."))
