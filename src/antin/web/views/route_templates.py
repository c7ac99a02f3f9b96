"""The organisation's own way of review: its templates, a new one, changing and ending one (379/17.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.documents import acts, queries
from antin.documents.lifecycle import ROUTE_TEMPLATE
from antin.documents.route_templates import Seat, TemplateFields, TemplateStep, TemplateView
from antin.documents.rules import templates as rules
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Office, is_uuid
from antin.web import route_words, words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt, no_such_page
from antin.web.shown import actor_of
from antin.web.views import draft_page

READ = ["GET", "HEAD", "POST"]
BASE = "/mau-luong"
ROWS_FIRST, ROWS_MOST = 3, 12
KINDS = {"review": N_("Góp ý, thẩm định"), "initial": N_("Ký nháy")}


@dataclass(frozen=True, slots=True)
class Row:
    """One step of the form: seats as `nguoi:<person>` or `nhiem-vu:<office>@<body>`."""

    seats: tuple[str, ...] = ()
    quorum: str = "1"
    kind: str = "review"
    obligatory: bool = True
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as typed."""

    owner: str
    name: str = ""
    types: tuple[str, ...] = ()
    may_deviate: bool = False
    since: str = ""
    reason: str = ""
    version: str = "0"
    rows: tuple[Row, ...] = ()


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Every template of the bodies one drafts or answers for, with its steps in words."""
    actor = actor_of(request)
    found = queries.route_templates(actor)
    context = {"rows": [_told(one) for one in found], "may_adopt": bool(_bodies(actor)), "today": rulebook.today()}
    return page(request, "route_templates/register.html", context)


@require_http_methods(READ)
def new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    bodies = _bodies(actor)
    if not bodies:
        raise no_such_page()
    typed = _sent(request.POST) if request.method == "POST" else Typed(bodies[0][0], since=str(rulebook.today()))
    refused = None
    if request.method == "POST" and not request.POST.get("them"):
        made, refused = attempt(lambda: _adopt(actor, typed))
        if refused is None:
            return done(request, f"{BASE}/{made}", _("Đã lưu mẫu luồng trình."))
    return _form(request, actor, typed, None, refused)


@require_http_methods(READ)
def one(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """One template with its versions; a POST makes the next version."""
    actor = actor_of(request)
    versions = queries.route_template(actor, template_id)
    latest = versions[0]
    if not _may(actor, latest, "change_route_template"):
        return _form(request, actor, _kept(latest), versions, None)
    typed, refused = (_sent(request.POST) if request.method == "POST" else _kept(latest)), None
    if request.method == "POST" and not request.POST.get("them"):
        _made, refused = attempt(lambda: _change(actor, template_id, typed))
        if refused is None:
            return done(request, f"{BASE}/{template_id}", _("Đã lưu bản mới của mẫu luồng trình."))
    return _form(request, actor, typed, versions, refused)


@require_POST
def end(request: HttpRequest, template_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    versions = queries.route_template(actor, template_id)
    expected = draft_page.number(request.POST.get("version"), 0, 10**6)
    _none, refused = attempt(
        lambda: acts.end_route_template(
            actor=actor, series=template_id, reason=request.POST.get("reason", ""), expected_version=expected
        )
    )
    if refused is None:
        return done(request, BASE, _("Đã thôi dùng mẫu luồng trình."))
    return _form(request, actor, _kept(versions[0]), versions, refused)


def _adopt(actor: Actor, typed: Typed) -> UUID:
    owner = UUID(typed.owner) if is_uuid(typed.owner) else UUID(int=0)
    return acts.adopt_route_template(
        actor=actor, organisation_id=owner, fields=_fields(typed), valid_from=_day(typed.since), reason=typed.reason
    )


def _change(actor: Actor, series: UUID, typed: Typed) -> int:
    return acts.change_route_template(
        actor=actor,
        series=series,
        fields=_fields(typed),
        valid_from=_day(typed.since),
        reason=typed.reason,
        expected_version=draft_page.number(typed.version, 0, 10**6),
    )


def _form(
    request: HttpRequest, actor: Actor, typed: Typed, versions: Sequence[TemplateView] | None, refused: Refusal | None
) -> HttpResponse:
    if request.POST.get("them"):
        typed = replace(typed, rows=(*typed.rows, Row())[:ROWS_MOST])
    rows = (*typed.rows, *[Row()] * (ROWS_FIRST - len(typed.rows)))
    latest = versions[0] if versions else None
    owner = UUID(typed.owner) if is_uuid(typed.owner) else None
    context: dict[str, Any] = {
        "typed": typed,
        "rows": rows,
        "may_add": len(rows) < ROWS_MOST,
        "bodies": _bodies(actor),
        "latest": latest,
        "versions": [_told(one) for one in versions or ()],
        "may_change": latest is None or _may(actor, latest, "change_route_template"),
        "may_end": latest is not None and _may(actor, latest, "end_route_template"),
        "action": f"{BASE}/{latest.series}" if latest else f"{BASE}/moi",
        "types": [(one.code, words.type_choice(one)) for one in rulebook.document_types(rulebook.today())],
        "kinds": [(key, _(said)) for key, said in KINDS.items()],
        "seats": _seats(owner, rows),
        "refused": refused,
        "today": rulebook.today(),
    }
    return page(request, "route_templates/one.html", context, status=refused.status if refused else 200)


@dataclass(frozen=True, slots=True)
class Told:
    """A version with its steps in words."""

    view: TemplateView
    owner: str
    types: str
    steps: list[str]
    stands: bool


def _told(view: TemplateView) -> Told:
    steps = view.fields.steps
    types = ", ".join(words.series(code) for code in view.fields.type_codes)
    return Told(
        view,
        identity.organisation(view.owner_id).name,
        types or _("Mọi thể loại chưa có mẫu riêng"),
        route_words.steps(steps, queries.seat_names(steps)),
        view.stands(rulebook.today()),
    )


def _bodies(actor: Actor) -> list[tuple[str, str]]:
    """The bodies whose templates the actor keeps."""
    return [(str(one), identity.organisation(one).name) for one in sorted(queries.kept_by(actor))]


def _may(actor: Actor, view: TemplateView, act: str) -> bool:
    """What the table leaves open to the actor's offices in this body."""
    if act not in ROUTE_TEMPLATE.acts(view.state):
        return False
    return any(actor.holds(office, view.owner_id) for office in ROUTE_TEMPLATE.step(view.state, act).offices)


def _seats(owner: UUID | None, rows: Sequence[Row]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(body, seats) to choose from: the offices that read drafts in the body and its units, and their reviewers."""
    if owner is None:
        return []
    below = identity.descendants(owner)
    bodies = [one for one in identity.organisations() if one.id == owner or one.id in below]
    groups = [
        (one.name, [*_offices(one.id), *_people(identity.people_with(Office.REVIEWER, one.id))]) for one in bodies
    ]
    listed = {value for _name, pairs in groups for value, _words in pairs}
    others = {UUID(text[6:]) for row in rows for text in row.seats if text not in listed and is_uuid(text[6:])}
    if others:
        groups.append((_("Người khác"), _people(identity.people(others).values())))
    return groups


def _offices(body: UUID) -> list[tuple[str, str]]:
    said = {office: _(said) for office, said in rules.SEAT_WORDS.items()}
    return [
        (f"nhiem-vu:{office.value}@{body}", _("Ai giữ nhiệm vụ: %(office)s") % {"office": said[office]})
        for office in rules.SEATED
    ]


def _people(found: Any) -> list[tuple[str, str]]:
    return [(f"nguoi:{one.id}", f"{one.name}, {one.position}") for one in found]


def _kept(view: TemplateView) -> Typed:
    steps = view.fields.steps
    before = [0, *(step.order for step in steps)]
    rows = [
        Row(tuple(map(_written, s.seats)), str(s.quorum), s.kind, obligatory=s.obligatory, beside=s.order == order)
        for s, order in zip(steps, before, strict=False)
    ]
    return Typed(
        owner=str(view.owner_id),
        name=view.fields.name,
        types=view.fields.type_codes,
        may_deviate=view.fields.may_deviate,
        since=str(max(rulebook.today(), view.valid_from)),
        version=str(view.version),
        rows=tuple(rows),
    )


def _written(seat: Seat) -> str:
    if seat.person_id is not None:
        return f"nguoi:{seat.person_id}"
    return f"nhiem-vu:{seat.office}@{seat.organisation_id}"


def _sent(post: QueryDict) -> Typed:
    """The form's fields; steps come as `step-<n>-seats`, `-quorum`, `-kind`, `-optional`, `-beside`."""
    numbers = [n for n in range(ROWS_MOST) if f"step-{n}-kind" in post]
    return Typed(
        owner=post.get("owner", ""),
        name=post.get("name", ""),
        types=tuple(post.getlist("types")),
        may_deviate=bool(post.get("may_deviate")),
        since=post.get("since", ""),
        reason=post.get("reason", ""),
        version=post.get("version", "0"),
        rows=tuple(
            Row(
                seats=tuple(post.getlist(f"step-{n}-seats")),
                quorum=post.get(f"step-{n}-quorum", "1"),
                kind=post.get(f"step-{n}-kind", "review"),
                obligatory=not post.get(f"step-{n}-optional"),
                beside=bool(post.get(f"step-{n}-beside")),
            )
            for n in numbers
        ),
    )


def _fields(typed: Typed) -> TemplateFields:
    """RuleViolation 379/17.1 for a seat or a number that is none."""
    steps: list[TemplateStep] = []
    for row in typed.rows:
        if any(row.seats):
            order = steps[-1].order + (not row.beside) if steps else 1
            steps.append(
                TemplateStep(order, tuple(map(_seat, row.seats)), _number(row.quorum), row.kind, row.obligatory)
            )
    return TemplateFields(typed.name, typed.types, tuple(steps), typed.may_deviate)


def _seat(text: str) -> Seat:
    kind, _colon, rest = text.partition(":")
    office, _at, body = rest.partition("@")
    if kind == "nguoi" and is_uuid(rest):
        return Seat(person_id=UUID(rest))
    if kind == "nhiem-vu" and office in set(Office) and is_uuid(body):
        return Seat(organisation_id=UUID(body), office=Office(office))
    raise RuleViolation("379/17.1", N_("Có chỗ trong bước không đúng."), N_("Chọn trong danh sách."))


def _number(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and len(text) < 4):
        raise RuleViolation("379/17.1", N_("Số ý kiến cần đạt không phải là số."), N_("Ghi một số từ 1 trở lên."))
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleViolation("379/17.3", N_("Ngày không đúng."), N_("Ghi ngày bắt đầu áp dụng.")) from None
