"""Figures of sending and receiving: live by period, frozen by the office head, put into a document for the level above (217/12)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.identity import queries as identity
from antin.reports import acts, queries, rules, sheets
from antin.reports.figures import Figures
from antin.reports.rules import Period
from antin.values import N_, Actor, is_uuid
from antin.web import step_up, words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

BASE = "/thong-ke"
KINDS = {"month": N_("Tháng"), "quarter": N_("Quý"), "half": N_("Nửa năm"), "year": N_("Năm")}
NAMES = {
    "month": N_("Tháng %(number)s năm %(year)s"),
    "quarter": N_("Quý %(number)s năm %(year)s"),
    "half": N_("Nửa năm thứ %(number)s, %(year)s"),
    "year": N_("Năm %(year)s"),
}
SENT_WORDS = {
    "total": N_("Đã gửi"),
    "urgent": N_("Khẩn"),
    "there": N_("Đã đến"),
    "completed": N_("Hoàn thành"),
    "returned": N_("Trả lại"),
    "recalled": N_("Thu hồi"),
    "failed": N_("Gửi lỗi"),
    "late": N_("Gửi chậm"),
}
CAME_WORDS = {
    "total": N_("Đã nhận"),
    "urgent": N_("Khẩn"),
    "taken": N_("Đã tiếp nhận"),
    "completed": N_("Hoàn thành"),
    "returned": N_("Trả lại"),
    "discarded": N_("Huỷ bỏ"),
    "overdue": N_("Quá hạn"),
}
FAULTS = frozenset({"returned", "failed", "late", "overdue"})


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """One body's figures in one period, and what was published before."""
    actor, given = actor_of(request), request.GET
    found = queries.exchange_statistics(actor, given.get("ky", ""), _body(given.get("co-quan", "")))
    readable = queries.bodies(actor)
    body = next(one for one in readable if one.code == found.body_code and one.name == found.body_name)
    context = {
        **_shown(found),
        "bodies": [(str(one.id), one.name) for one in readable],
        "body": body,
        "clause": rules.asked_by(identity.organisation(body.id).level),
        "kinds": [(_(text), _address(_same_time(found.period, kind), body), found.period.kind == kind) for kind, text in KINDS.items()],
        "before": "" if found.period.first <= identity.founded_on(body.id) else _address(found.period.beside(-1), body),
        "after": "" if found.period.until > queries.today() else _address(found.period.beside(1), body),
        "published": queries.published(actor),
        "due": queries.due(actor),
        "publishes": queries.may_publish(actor, body.id),
        "is_over": found.period.is_over(queries.today()),
    }  # fmt: skip
    return page(request, "reports/shelf.html", context)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The same figures as a table; the taking is on record."""
    given = request.POST
    name, data = acts.export_list(
        actor=actor_of(request), period=given.get("ky", ""), body_id=_body(given.get("co-quan", ""))
    )
    return _file(name, data)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """The office head looks at what is to be frozen and confirms exactly that."""
    actor, given, refused = actor_of(request), request.GET, None
    body_id = _body(given.get("co-quan", ""))
    found = queries.exchange_statistics(actor, given.get("ky", ""), body_id)
    chosen = body_id or queries.bodies(actor)[0].id
    if request.method == "POST":
        made, refused = _published(request, actor, chosen, found.period)
        if refused is None:
            return done(request, f"{BASE}/{made}", _("Đã công bố số liệu."))
    is_over = found.period.is_over(queries.today())
    may = is_over and queries.may_publish(actor, chosen)
    context = {
        **_shown(found),
        "asked": step_up.ask(request, "publish_report", found.digest) if may else None,
        "is_over": is_over,
        "refused": refused,
    }
    return page(request, "reports/publish.html", context, status=refused.status if refused else 200)


def _published(request: HttpRequest, actor: Actor, body_id: UUID, period: Period) -> tuple[UUID | None, Refusal | None]:
    refused = step_up.answered(request)
    if refused is not None:
        return None, refused
    return attempt(lambda: acts.publish_report(actor=actor, organisation_id=body_id, period=period.name))


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """A published report as it was frozen; a drafter puts it into a document."""
    actor, refused = actor_of(request), None
    row, found = queries.report(actor, report_id)
    if request.method == "POST":
        draft, refused = attempt(lambda: acts.draft_report(actor=actor, report_id=report_id))
        if refused is None:
            return done(
                request, f"/du-thao/{draft}", _("Đã lập dự thảo báo cáo. Chọn nơi nhận rồi trình như mọi văn bản.")
            )
    drafts = any(actor.holds(office, row.organisation_id) for office in rules.WRITERS)
    context = {**_shown(found), "row": row, "drafts": drafts and row.document_id is None, "refused": refused}
    return page(request, "reports/one.html", context, status=refused.status if refused else 200)


@require_safe
def frozen_table(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The frozen figures as a table."""
    row, found = queries.report(actor_of(request), report_id)
    return _file(f"gui-nhan-{row.period.name}-{row.edition}.csv", sheets.spreadsheet(found))


def _shown(found: Figures) -> dict[str, Any]:
    return {
        "base": BASE,
        "found": found,
        "title": title(found.period),
        "title_of": title,
        "sent_words": [(name, _(text)) for name, text in SENT_WORDS.items()],
        "came_words": [(name, _(text)) for name, text in CAME_WORDS.items()],
        "faults": FAULTS,
        "channel": words.channel,
        "minutes": None if found.median_s is None else max(1, round(found.median_s / 60)),
    }


def title(period: Period) -> str:
    return _(NAMES[period.kind]) % {"number": period.number, "year": period.first.year}


def _same_time(period: Period, kind: str) -> Period:
    """The period of another kind in which this one ends, or today when that is earlier."""
    return rules.period_holding(
        kind, min(period.beside(1).first, queries.today()) if kind != period.kind else period.first
    )


def _address(period: Period, body: queries.Body) -> str:
    return f"{BASE}?ky={period.name}&co-quan={body.id}"


def _body(text: str) -> UUID | None:
    return UUID(text) if is_uuid(text) else None


def _file(name: str, data: bytes) -> HttpResponse:
    answer = HttpResponse(data, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
