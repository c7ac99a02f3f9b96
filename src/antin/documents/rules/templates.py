"""Route templates: what one may hold, which one fits a draft, and whether a route keeps to it (379/17.1). Pure.

A step is kept when however the route's quorum is reached, enough of the template's people are in it: not only when
their names stand there. Steps of a later order come later in the route too. The drafter is nobody's reviewer on the
own draft: where the drafter alone would sit, the step falls away.

>>> from uuid import UUID
>>> a, b, c = (UUID(int=n) for n in (1, 2, 3))
>>> steps = (TemplateStep(1, (Seat(a), Seat(b))), TemplateStep(2, (Seat(c),)))
>>> [step.people == people for step, people in zip(fill(steps, {}, None), ((a, b), (c,)))]
[True, True]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from antin.documents.facts import RouteStep
from antin.documents.route_templates import Seat, TemplateFields, TemplateStep, TemplateView
from antin.documents.rules.drafting import line
from antin.documents.rules.route import COUNTS, PEOPLE_LIMIT, STEPS_LIMIT
from antin.regulation import RuleViolation
from antin.values import N_, Office

NAME_LIMIT = 120
TYPES_LIMIT = 60
SEATED = (Office.REVIEWER, Office.LEADER, Office.OFFICE_HEAD, Office.CLERK)
"""Offices that a seat may name: those with somebody in every body who reads drafts of it."""

SEAT_WORDS = {
    Office.REVIEWER: N_("người góp ý, thẩm định"),
    Office.LEADER: N_("lãnh đạo"),
    Office.OFFICE_HEAD: N_("chánh văn phòng"),
    Office.CLERK: N_("văn thư"),
}

Holders = Mapping[Seat, Sequence[UUID]]
"""Who holds the office of a seat today; seats of persons need no entry."""


def check_template(fields: TemplateFields) -> TemplateFields:
    """The template in stored form; RuleViolation 379/17.1 for one that no route could be laid by."""
    if not line(fields.name) or len(fields.name) > NAME_LIMIT or len(fields.type_codes) > TYPES_LIMIT:
        _refuse(N_("Mẫu phải có tên, không quá {name} ký tự."))
    if not fields.steps or len(fields.steps) > STEPS_LIMIT:
        _refuse(N_("Mẫu phải có từ 1 đến {steps} bước."))
    seen: set[tuple[int, Seat]] = set()
    for step in fields.steps:
        _check_step(step)
        places = {(step.order, seat) for seat in step.seats}
        if len(places) < len(step.seats) or places & seen:
            _refuse(N_("Một người hoặc một nhiệm vụ chỉ đứng một chỗ trong cùng một lượt."))
        seen |= places
    steps = tuple(sorted(fields.steps, key=lambda step: step.order))
    return replace(fields, name=line(fields.name), type_codes=tuple(sorted(set(fields.type_codes))), steps=steps)


def _check_step(step: TemplateStep) -> None:
    if step.kind not in COUNTS or step.order < 1:
        _refuse(N_("Bước trình chỉ có hai loại: soát xét hoặc ký nháy."))
    if not step.seats or len(step.seats) > PEOPLE_LIMIT or not 1 <= step.quorum <= PEOPLE_LIMIT:
        _refuse(N_("Mỗi bước phải có người soát xét và số ý kiến cần đạt từ 1 trở lên."))
    if all(seat.person_id for seat in step.seats) and step.quorum > len(step.seats):
        _refuse(N_("Số ý kiến cần đạt nhiều hơn số người của bước."))
    for seat in step.seats:
        by_office = seat.organisation_id is not None and seat.office in SEATED
        if (seat.person_id is None) != by_office:
            _refuse(N_("Mỗi chỗ trong bước là một người, hoặc một nhiệm vụ soát xét của một đơn vị."))


def all_known(*named: tuple[Collection[object], Collection[object]]) -> None:
    """Whatever a template names is there: pairs of (named, known)."""
    if any(set(some) - set(known) for some, known in named):
        raise RuleViolation(
            "379/17.1",
            N_("Mẫu có người, đơn vị hoặc thể loại không thuộc cơ quan này."),
            N_("Chọn trong danh sách rồi lưu lại."),
        )


def version_expected(version: int, expected: int) -> None:
    """Nobody changes what they have not seen (379/17.3)."""
    if version != expected:
        raise RuleViolation(
            "379/17.3",
            N_("Mẫu này vừa có người khác sửa."),
            N_("Mở lại mẫu, xem bản mới rồi sửa tiếp."),
            expected=expected,
        )


def types_free(fields: TemplateFields, since: date, others: Iterable[TemplateView]) -> None:
    """On any day one template at most fits a type: the others of the organisation, from that day on, leave it alone."""
    for other in others:
        if other.valid_to is not None and other.valid_to < since:
            continue
        theirs = other.fields.type_codes
        if (not theirs and not fields.type_codes) or set(theirs) & set(fields.type_codes):
            raise RuleViolation(
                "379/17.1",
                N_("Thể loại này đã có mẫu “{name}”."),
                N_("Sửa mẫu đó, hoặc kết thúc mẫu đó trước."),
                name=other.fields.name,
            )


def dated(since: date, *, today: date, after: date | None = None) -> None:
    """A template never reaches back: what was submitted was judged by the one of its day (379/17.3)."""
    if since < today or (after is not None and since < after):
        raise RuleViolation(
            "379/17.3",
            N_("Ngày áp dụng không được ở quá khứ hoặc trước bản đang có."),
            N_("Chọn từ hôm nay trở đi."),
        )


def fitting(templates: Iterable[TemplateView], type_code: str, on: date) -> TemplateView | None:
    """The template of the day for the type; one that names it before the one for all the rest."""
    standing = [one for one in templates if one.stands(on)]
    named = (one for one in standing if type_code in one.fields.type_codes)
    general = (one for one in standing if not one.fields.type_codes)
    return next(named, None) or next(general, None)


def seated(step: TemplateStep, holders: Holders) -> tuple[UUID, ...]:
    """The people of a step today, each once, in the order of its seats."""
    found = [(seat.person_id,) if seat.person_id else tuple(holders.get(seat, ())) for seat in step.seats]
    return tuple(dict.fromkeys(person for people in found for person in people if person is not None))


def fill(steps: Sequence[TemplateStep], holders: Holders, drafter_id: UUID | None) -> tuple[RouteStep, ...]:
    """The route that the template proposes today; steps with nobody to sit in are left out."""
    laid: list[RouteStep] = []
    for _order, group in groupby(sorted(steps, key=lambda s: s.order), key=lambda s: s.order):
        taken: set[UUID] = {drafter_id} if drafter_id else set()
        order = (laid[-1].order if laid else 0) + 1
        for step in group:
            people = tuple(p for p in seated(step, holders) if p not in taken)[:PEOPLE_LIMIT]
            taken |= set(people)
            if people:
                laid.append(RouteStep(order, people, min(step.quorum, len(people)), step.kind))
    return tuple(laid)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a route must hold of one obligatory step: so many of these people, answering in this way."""

    step: TemplateStep
    number: int
    people: frozenset[UUID]
    quorum: int


def asked_of(steps: Sequence[TemplateStep], holders: Holders, drafter_id: UUID | None) -> tuple[Asked, ...]:
    """The obligatory steps as they bind a draft of this drafter; the drafter's own alone falls away."""
    found = []
    for number, step in enumerate(steps, start=1):
        everyone = frozenset(seated(step, holders))
        people = everyone - {drafter_id}
        if step.obligatory and (people or not everyone):
            found.append(Asked(step, number, people, min(step.quorum, max(len(people), 1))))
    return tuple(found)


def missing(route: Sequence[RouteStep], asked: Sequence[Asked]) -> Asked | None:
    """The first obligatory step that the route does not hold in its place; None when it holds them all."""
    after, used = 0, set[int]()
    for _order, group in groupby(asked, key=lambda one: one.step.order):
        reached = after
        for one in group:
            places = [n for n, step in enumerate(route) if n not in used and step.order > after and _holds(step, one)]
            if not places:
                return one
            place = min(places, key=lambda n: route[n].order)
            used.add(place)
            reached = max(reached, route[place].order)
        after = reached
    return None


def _holds(step: RouteStep, one: Asked) -> bool:
    """Whoever reaches the step's quorum, enough of the people asked for are among them."""
    strangers = len(frozenset(step.people) - one.people)
    return bool(one.people) and step.kind == one.step.kind and step.quorum - strangers >= one.quorum


def route_kept(
    template: TemplateView | None,
    route: Sequence[RouteStep],
    holders: Holders,
    drafter_id: UUID | None,
    names: Mapping[Seat, str],
) -> None:
    """379/17.1: the route holds the obligatory steps of the organisation's own way; RuleViolation names the one it lacks."""
    if template is None or template.fields.may_deviate:
        return
    lacking = missing(route, asked_of(template.fields.steps, holders, drafter_id))
    if lacking is None:
        return
    who = "; ".join(names.get(seat, "") for seat in lacking.step.seats)
    if not lacking.people:
        raise RuleViolation(
            "379/17.1",
            N_("Bước {number} bắt buộc của mẫu “{template}” ({who}) hiện không có ai giữ nhiệm vụ."),
            N_("Đề nghị người quản lý mẫu luồng trình sửa mẫu, hoặc giao nhiệm vụ đó cho một người."),
            number=lacking.number,
            template=template.fields.name,
            who=who,
        )
    raise RuleViolation(
        "379/17.1",
        N_("Luồng trình thiếu bước {number} bắt buộc của mẫu “{template}”: {who}, cần {quorum} ý kiến."),
        N_("Bấm “Điền theo mẫu”, hoặc thêm bước đó đúng thứ tự rồi trình lại."),
        number=lacking.number,
        template=template.fields.name,
        who=who,
        quorum=lacking.quorum,
    )


def _refuse(reason: str) -> None:
    raise RuleViolation(
        "379/17.1", reason, N_("Sửa mẫu rồi lưu lại."), name=NAME_LIMIT, steps=STEPS_LIMIT, people=PEOPLE_LIMIT
    )
