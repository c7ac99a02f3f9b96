"""Case files: my list, the organisation's, one with its documents; the file plan they stand under (379/25.p1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.casework import acts, queries, rules
from antin.casework.views import CaseFileView
from antin.documents import queries as documents
from antin.identity import queries as identity
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office, is_uuid
from antin.web import formats
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

BASE = "/ho-so"
READ = ["GET", "HEAD", "POST"]
STATES = {"mo": "open", "dong": "closed"}


@require_http_methods(READ)
def shelf(request: HttpRequest) -> HttpResponse:
    """My case files, or all that I oversee; a POST opens a new one."""
    actor, refused = actor_of(request), None
    if request.method == "POST":
        heading, title = request.POST.get("class", ""), request.POST.get("title", "")
        made, refused = attempt(lambda: acts.open_case_file(actor=actor, class_id=_id(heading), title=title))
        if made is not None:
            return done(request, f"{BASE}/{made.id}", _("Đã mở hồ sơ %(code)s.") % {"code": made.code})
    asked = {key: request.GET.get(key, "") for key in ("loc", "cua", "q", "sau")}
    oversees = bool(actor.organisations(*rules.OVERSEE_CASES))
    found = queries.case_files(
        actor,
        mine=not (oversees and asked["cua"] == "co-quan"),
        state=STATES.get(asked["loc"], ""),
        words=asked["q"],
        after=asked["sau"],
    )
    context = {
        "rows": found.rows,
        "more": f"?{urlencode({**asked, 'sau': found.next})}" if found.next else "",
        "asked": asked,
        "oversees": oversees,
        "headings": _headings(actor),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "case_files/shelf.html", context, status=refused.status if refused else 200)


@require_safe
def one(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    return _one(request, case_file_id)


def _one(request: HttpRequest, case_file_id: UUID, refused: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    view = queries.case_file(actor, case_file_id)
    where = {"state": view.state, "organisation_id": view.organisation_id, "keeper_id": view.keeper_id}
    may = {
        key: rules.open_to(actor, f"{key}_case_file", **where) for key in ("place_in", "close", "hand_over", "reopen")
    }
    people = identity.people_in(view.organisation_id) if may["hand_over"] else ()
    context: dict[str, Any] = {
        "case": view,
        "members": queries.case_members(actor, view.id),
        "links": queries.case_links(actor, view.id),
        "may": may,
        "people": [
            (p.id, f"{p.name}, {p.position}" if p.position else p.name) for p in people if p.id != view.keeper_id
        ],
        "others": [(row.id, f"{row.code} {row.title}") for row in queries.case_files(actor).rows if row.id != view.id],
        "retention": retention(view),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "case_files/one.html", context, status=refused.status if refused else 200)


def _act(case_file_id: UUID, request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    _result, refused = attempt(act)
    return _one(request, case_file_id, refused) if refused else done(request, f"{BASE}/{case_file_id}", said)


@require_POST
def place(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    """A document by its number or code, as the person sees it; several with one number are told apart by their page."""
    actor, post = actor_of(request), request.POST
    named = post.get("document", "")
    found = [UUID(named)] if is_uuid(named) else _by_number(actor, named)
    part = int(post.get("part", "1")) if post.get("part", "1").isdecimal() else 1

    def act() -> None:
        for one in found or [UUID(int=0)]:
            acts.place_in_case_file(actor=actor, case_file_id=case_file_id, document_id=one, part=part)

    return _act(case_file_id, request, act, _("Đã đưa vào hồ sơ."))


@require_POST
def place_from_document(request: HttpRequest) -> HttpResponse:
    """From the document's page, where the case file is chosen."""
    actor, document = actor_of(request), _id(request.POST.get("document", ""))
    chosen = _id(request.POST.get("case_file", ""))
    acts.place_in_case_file(actor=actor, case_file_id=chosen, document_id=document)
    return done(request, f"/van-ban/{document}", _("Đã đưa vào hồ sơ."))


@require_POST
def take(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    document, reason = _id(request.POST.get("document", "")), request.POST.get("reason", "")
    return _act(
        case_file_id,
        request,
        lambda: acts.take_from_case_file(
            actor=actor_of(request), case_file_id=case_file_id, document_id=document, reason=reason
        ),
        _("Đã đưa ra khỏi hồ sơ."),
    )


@require_POST
def refer(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    other, text = _id(request.POST.get("other", "")), request.POST.get("words", "")
    return _act(
        case_file_id,
        request,
        lambda: acts.refer_case_file(actor=actor_of(request), case_file_id=case_file_id, other_id=other, words=text),
        _("Đã ghi dẫn chiếu."),
    )


@require_POST
def hand_over(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    """Another keeper; who handed it over may no longer open it, so the list comes next."""
    taker, reason = _id(request.POST.get("to", "")), request.POST.get("reason", "")
    _result, refused = attempt(
        lambda: acts.hand_over_case_file(
            actor=actor_of(request), case_file_id=case_file_id, to_person=taker, reason=reason
        )
    )
    return _one(request, case_file_id, refused) if refused else done(request, BASE, _("Đã bàn giao hồ sơ."))


@require_POST
def close(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    return _act(
        case_file_id,
        request,
        lambda: acts.close_case_file(actor=actor_of(request), case_file_id=case_file_id),
        _("Đã kết thúc hồ sơ, thời hạn bảo quản bắt đầu."),
    )


@require_POST
def reopen(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _act(
        case_file_id,
        request,
        lambda: acts.reopen_case_file(actor=actor_of(request), case_file_id=case_file_id, reason=reason),
        _("Đã mở lại hồ sơ."),
    )


@require_http_methods(READ)
def plan(request: HttpRequest) -> HttpResponse:
    """The file plan of my organisations; the clerk or the archivist adds a heading (379/24.2)."""
    actor, refused, post = actor_of(request), None, request.POST
    keeping = sorted(actor.organisations(Office.CLERK, Office.ARCHIVIST))
    if request.method == "POST":
        owner = _id(post.get("owner", "")) if post.get("owner") else next(iter(keeping), UUID(int=0))
        years = int(post.get("years", "")) if post.get("years", "").isdecimal() else None
        _made, refused = attempt(
            lambda: acts.open_file_class(
                actor=actor,
                organisation_id=owner,
                code=post.get("code", ""),
                title=post.get("title", ""),
                retention=post.get("retention", ""),
                basis=post.get("basis", ""),
                years=years,
            )
        )
        if refused is None:
            return done(request, f"{BASE}/danh-muc", _("Đã thêm nhóm hồ sơ."))
    bodies = [identity.organisation(one) for one in sorted(actor.organisations(*rules.MAY_KEEP, Office.ARCHIVIST))]
    context = {
        "plans": [
            (body, [(row, _period(row.retention, row.years)) for row in queries.file_plan(body.id)]) for body in bodies
        ],
        "keeping": [(str(one), identity.organisation(one).name) for one in keeping],
        "periods": [(one.code, _label(one)) for one in rulebook.retention_periods(rulebook.today())],
        "refused": refused,
        "typed": post if refused else {},
    }
    return page(request, "case_files/plan.html", context, status=refused.status if refused else 200)


def retention(view: CaseFileView) -> str:
    """Until when it is kept, in words."""
    period = _period(view.file_class.retention, view.file_class.years)
    if view.retained_until is None:
        return period
    return _("%(period)s, đến hết %(on)s") % {"period": period, "on": formats.day(view.retained_until)}


def open_choices(actor: Actor) -> list[tuple[UUID, str]]:
    """The actor's open case files, to choose from on a document's page."""
    return [(row.id, f"{row.code} {row.title}") for row in queries.case_files(actor, state="open").rows]


def _period(code: str, years: int | None) -> str:
    if years is None:
        return _label(rulebook.retention_period("01"))
    return _("%(n)s năm") % {"n": years}


def _label(period: Any) -> str:
    return str(period.label_en if formats.language() == "en" else period.label)


def _headings(actor: Actor) -> list[tuple[UUID, str]]:
    """Headings that the actor may open a case file under."""
    bodies = sorted(actor.organisations(*rules.MAY_KEEP))
    return [(row.id, f"{row.code} {row.title}") for body in bodies for row in queries.file_plan(body)]


def _by_number(actor: Actor, named: str) -> list[UUID]:
    found = documents.search(actor, named.strip(), limit=5).rows if named.strip() else ()
    wanted = named.strip().casefold()
    return [row.id for row in found if wanted in (row.reference_number.casefold(), row.document_code.casefold())]


def _id(text: str) -> UUID:
    return UUID(text) if is_uuid(text) else UUID(int=0)
