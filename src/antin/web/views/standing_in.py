"""Who stands in for whom: one's own absences and delegations, and those in force for whoever watches over accounts.

Both are confirmed by a code bound to exactly what the form says (379/5.6); what is typed is never lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.identity import acts, queries
from antin.identity.acts import Away, Lending
from antin.identity.rules import lending as rules
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Office, is_uuid
from antin.web import step_up, words
from antin.web.answers import done, own_address, page
from antin.web.refusals import Refusal, attempt, no_such_page
from antin.web.shown import actor_of

HERE, WATCH = "/toi/vang-mat", "/uy-quyen"
ABSENCE, DELEGATION = "vang-mat", "uy-quyen"


@dataclass(frozen=True, slots=True)
class Form:
    """Which form was sent, what is wrong with it, and the confirmation it waits for."""

    kind: str = ""
    typed: Any = None
    asked: step_up.Asked | None = None
    refused: Refusal | None = None


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    return _own(request, Form())


@require_POST
def absent(request: HttpRequest) -> HttpResponse:
    """First what the form says, then its confirmation."""
    actor = actor_of(request)
    return _sent(
        request,
        ABSENCE,
        read=lambda: _away(request.POST),
        check=lambda away: acts.check_absence(actor=actor, away=away),
        act=lambda away: acts.state_absence(actor=actor, away=away),
        said=_("Đã ghi. Trong thời gian vắng, việc soát xét được trình người thay."),
    )


@require_POST
def lend(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return _sent(
        request,
        DELEGATION,
        read=lambda: _lending(request.POST),
        check=lambda lending: acts.check_lending(actor=actor, lending=lending),
        act=lambda lending: acts.grant_delegation(actor=actor, lending=lending),
        said=_("Đã uỷ quyền. Hết ngày cuối, uỷ quyền tự hết hiệu lực."),
    )


def _sent(
    request: HttpRequest,
    kind: str,
    *,
    read: Callable[[], Any],
    check: Callable[[Any], None],
    act: Callable[[Any], object],
    said: str,
) -> HttpResponse:
    wanted, refused = attempt(read)
    if wanted is not None:
        _none, refused = attempt(lambda: check(wanted))
    if wanted is None or refused:
        return _own(request, Form(kind, request.POST, refused=refused))
    if "code" in request.POST:
        refused = step_up.answered(request)
        if refused is None:
            _made, refused = attempt(lambda: act(wanted))
        if refused is None:
            return done(request, HERE, said)
    name = "state_absence" if kind == ABSENCE else "grant_delegation"
    return _own(request, Form(kind, request.POST, step_up.ask(request, name, wanted.digest), refused))


@require_POST
def end_absence(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    act = lambda: acts.end_absence(actor=actor_of(request), absence_id=absence_id, reason=_reason(request))  # noqa: E731
    return _ended(request, act, _("Đã kết thúc thời gian vắng mặt."))


@require_POST
def end_delegation(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    act = lambda: acts.end_delegation(actor=actor_of(request), delegation_id=delegation_id, reason=_reason(request))  # noqa: E731
    return _ended(request, act, _("Đã kết thúc uỷ quyền."))


def _ended(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponse:
    _none, refused = attempt(act)
    to = own_address(request, request.POST.get("ve"), HERE)
    if refused is None:
        return done(request, to, said)
    if to == WATCH:
        return _watch(request, _watcher(request), refused)
    return _own(request, Form(refused=refused))


@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """What is in force or still to come, for those who watch over accounts (379/31.p1)."""
    return _watch(request, _watcher(request))


def _watch(request: HttpRequest, actor: Actor, refused: Refusal | None = None) -> HttpResponse:
    context = {
        "delegations": queries.all_delegations(),
        "absences": queries.all_absences(),
        "may_end": bool(actor.organisations(Office.IDENTITY_OFFICER)),
        "refused": refused,
        "today": rulebook.today(),
        "me": actor.person_id,
    }
    return page(request, "standing/watch.html", context, status=refused.status if refused else 200)


def _watcher(request: HttpRequest) -> Actor:
    """The actor, when it is one of the watchers; for others there is no such page (379/4.4)."""
    actor = actor_of(request)
    if not actor.organisations(*rules.WATCHERS):
        raise no_such_page()
    return actor


def _own(request: HttpRequest, form: Form) -> HttpResponse:
    actor = actor_of(request)
    assert actor.person_id is not None
    lendable = [m for m in actor.mandates if m.office in rules.LENDABLE and m.lent is None]
    context = {
        "form": form,
        "absences": queries.absences(actor.person_id),
        "delegations": queries.delegations(actor.person_id),
        "substitutes": [(str(i), f"{name}, {position}") for i, name, position in _substitutes(actor)],
        "offices": [(f"{m.office}@{m.organisation_id}", _office(m.office, m.organisation_id)) for m in lendable],
        "people": _people(actor, {m.organisation_id for m in lendable}) if lendable else [],
        "types": [(one.code, words.type_choice(one)) for one in rulebook.document_types(rulebook.today())],
        "today": rulebook.today(),
        "me": actor.person_id,
    }
    return page(request, "standing/own.html", context, status=form.refused.status if form.refused else 200)


def _substitutes(actor: Actor) -> tuple[tuple[UUID, str, str], ...]:
    return queries.possible_substitutes(actor.person_id) if actor.person_id else ()


def _office(office: Office, organisation_id: UUID) -> str:
    return f"{words.office(office.value).capitalize()}, {queries.organisation(organisation_id).name}"


def _people(actor: Actor, bodies: set[UUID]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(body, people) whom an office can be lent to: of the bodies it is held in, their units, and one's own."""
    wanted = queries.with_all_below(bodies) | ({actor.organisation_id} if actor.organisation_id else set())
    found = [(one.name, queries.people_in(one.id)) for one in queries.organisations() if one.id in wanted]
    return [
        (name, [(str(one.id), f"{one.name}, {one.position}") for one in people if one.id != actor.person_id])
        for name, people in found
        if people
    ]


def _away(post: QueryDict) -> Away:
    return Away(_person(post.get("substitute", "")), _day(post, "since"), _day(post, "until"), post.get("reason", ""))


def _lending(post: QueryDict) -> Lending:
    office, _at, organisation = post.get("office", "").partition("@")
    if office not in set(Office) or not is_uuid(organisation):
        raise RuleViolation("379/6.2.p2", N_("Chưa chọn nhiệm vụ để uỷ quyền."), N_("Chọn trong danh sách."))
    return Lending(
        office=Office(office),
        organisation_id=UUID(organisation),
        delegate_id=_person(post.get("delegate", "")),
        valid_from=_day(post, "since"),
        valid_to=_day(post, "until"),
        basis=post.get("basis", ""),
        reason=post.get("reason", ""),
        capacity=post.get("capacity", ""),
        document_types=tuple(post.getlist("types")),
        open_only=not post.get("secret"),
    )


def _person(text: str) -> UUID:
    if not is_uuid(text):
        raise RuleViolation("379/6.2.p2", N_("Chưa chọn người."), N_("Chọn trong danh sách."))
    return UUID(text)


def _day(post: QueryDict, name: str) -> date:
    try:
        return date.fromisoformat(post.get(name, ""))
    except ValueError:
        raise RuleViolation("379/6.2.p2", N_("Ngày không đúng."), N_("Ghi ngày đầu và ngày cuối.")) from None


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")
