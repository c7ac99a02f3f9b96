"""The subscriber manager's pages: inventory, calendar of ends, requests, one certificate's acts, the quarterly report (379/10.1, 379/9.2)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.identity.acts import identity_digest
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.signing import acts, ports, rules
from antin.signing.subscribers import queries, requests, watching
from antin.values import N_, Actor, cell, is_uuid, to_vietnam
from antin.web import step_up, words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

BASE = "/chung-thu"
READ = ["GET", "HEAD", "POST"]
PURPOSES = {"sign": N_("ký cá nhân"), "seal": N_("con dấu"), "exchange": N_("trao đổi")}
STATES = {
    "active": N_("đang dùng"),
    "ending": N_("sắp hết hạn"),
    "suspended": N_("tạm dừng"),
    "revocation_asked": N_("chờ thu hồi"),
    "revoked": N_("đã thu hồi"),
    "expired": N_("đã hết hạn"),
}
KINDS = {"active": "ok", "ending": "warn", "suspended": "warn", "revocation_asked": "bad", "revoked": "bad"}
STEPS = {
    "active": ("suspend", "revoke", "renew"),
    "ending": ("renew", "suspend", "revoke"),
    "suspended": ("resume", "revoke"),
    "expired": ("renew",),
}
CHALLENGES = {"resume": "resume_certificate", "revoke": "ask_revocation"}
COLUMNS = ("thoi_diem", "viec", "chu_the", "co_quan", "muc_dich", "so_hieu", "nguoi_thuc_hien", "ly_do")


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """What is held and when it ends, who has none, what was asked for."""
    actor = actor_of(request)
    given, counts = request.GET, queries.counts(actor)
    shown = given.get("trang-thai", "") if given.get("trang-thai", "") in STATES else ""
    after = UUID(given["sau"]) if is_uuid(given.get("sau", "")) else None
    month = _month(given.get("thang", ""))
    rows, ends = queries.inventory(actor, shown, month, after), queries.calendar(actor)
    context = {
        **_words(),
        "rows": rows,
        "shown": shown,
        "month": month,
        "counts": [(state, _(text), counts[state]) for state, text in STATES.items() if counts[state]],
        "total": sum(n for _first, n in ends),
        "more": _next(shown, month, rows) if len(rows) == queries.PAGE else "",
        "calendar": ends,
        "missing": queries.without_certificate(actor),
        "requests": queries.requests(actor, open_only=True),
        "manages": queries.manages(actor),
        "own": actor.person_id,
    }
    return page(request, "certificates/shelf.html", context)


@require_http_methods(READ)
def ask(request: HttpRequest) -> HttpResponse:
    """A request for one holder and purpose, confirmed by a code bound to exactly that; `thay` names the one it renews."""
    actor, given = actor_of(request), request.GET
    purpose = given.get("muc-dich", "")
    holder_id = UUID(given["chu-the"]) if is_uuid(given.get("chu-the", "")) else UUID(int=0)
    renews = UUID(given["thay"]) if is_uuid(given.get("thay", "")) else None
    holder = queries.holder(actor, rules.HOLDERS.get(purpose, ""), holder_id, purpose)
    _must_manage(actor)
    refused = None
    if request.method == "POST":
        refused = step_up.answered(request)
        if refused is None:
            made, refused = attempt(
                lambda: requests.request_certificate(
                    actor=actor,
                    holder_kind=holder.kind,
                    holder_id=holder.id,
                    purpose=purpose,
                    basis=request.POST.get("basis", ""),
                    renews_id=renews,
                )
            )
        if refused is None:
            return done(request, f"{BASE}/de-nghi/{made}", _("Đã ghi đề nghị."))
    digest = requests.request_digest(holder.id, purpose, renews)
    context = {
        **_words(),
        "holder": holder,
        "renewed": queries.one(actor, renews) if renews else None,
        "asked": step_up.ask(request, "request_certificate", digest),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "certificates/ask.html", context, status=refused.status if refused else 200)


@require_http_methods(READ)
def request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: issued here, taken in from the certification service, or refused."""
    actor = actor_of(request)
    row = queries.request(actor, request_id)
    refused = None
    if request.method == "POST":
        noted, refused = attempt(lambda: _settled(request, actor, request_id))
        if refused is None:
            to = f"{BASE}/{noted}" if noted else f"{BASE}/de-nghi/{request_id}"
            return done(request, to, _("Đã ghi nhận."))
    context = {
        **_words(),
        "row": row,
        "issuer": ports.bound().authority is not None,
        "manages": queries.manages(actor) and row.holder_id != actor.person_id,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "certificates/request.html", context, status=refused.status if refused else 200)


def _settled(request: HttpRequest, actor: Actor, request_id: UUID) -> UUID | None:
    step = request.POST.get("step", "")
    if step == "issue":
        return requests.issue_requested(actor=actor, request_id=request_id).id
    if step == "import":
        given = request.FILES.get("file")
        data = given.read(requests.MAX_FILE + 1) if given is not None else b""
        return requests.import_requested(actor=actor, request_id=request_id, file=data).id
    requests.refuse_request(actor=actor, request_id=request_id, reason=request.POST.get("reason", ""))
    return None


@require_http_methods(READ)
def one(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate: what it is, its history, what may be done with it."""
    actor = actor_of(request)
    row = queries.one(actor, certificate_id)
    refused = None
    if request.method == "POST":
        step = request.POST.get("step", "")
        if step not in _open_steps(actor, row):
            return done(request, f"{BASE}/{certificate_id}")
        refused = step_up.answered(request) if step in CHALLENGES else None
        if refused is None:
            _result, refused = attempt(_way(request, actor, certificate_id, step))
        if refused is None:
            return done(request, f"{BASE}/{certificate_id}", _("Đã ghi nhận."))
        row = queries.one(actor, certificate_id)
    return _one(request, actor, row, refused)


def _one(request: HttpRequest, actor: Actor, row: queries.SubscriberRow, refused: Refusal | None) -> HttpResponse:
    steps = _open_steps(actor, row)
    certificate = row.certificate
    context = {
        **_words(),
        "row": row,
        "steps": steps,
        "asked": {
            step: step_up.ask(request, act, identity_digest(act, certificate=str(certificate.id)))
            for step, act in CHALLENGES.items()
            if step in steps
        },
        "reasons": [(code, _(text)) for code, text in rules.REVOCATION_REASONS.items()],
        "history": [ledger.opened(entry) for entry in ledger.history(certificate.id)],
        "say": words.reason,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "certificates/one.html", context, status=refused.status if refused else 200)


def _open_steps(actor: Actor, row: queries.SubscriberRow) -> tuple[str, ...]:
    """What lies open to a manager; the acts ask again. Nothing on one's own but suspending it."""
    if not queries.manages(actor):
        return ()
    steps = STEPS.get(row.shown_state, ())
    own = row.certificate.holder_id == actor.person_id
    return tuple(step for step in steps if not own or step in ("suspend", "revoke"))


def _way(request: HttpRequest, actor: Actor, certificate_id: UUID, step: str) -> Callable[[], object]:
    reason, code = request.POST.get("reason", ""), request.POST.get("code_of", "")
    ways: dict[str, Callable[[], object]] = {
        "suspend": lambda: acts.suspend_certificate(actor=actor, certificate_id=certificate_id, reason=reason),
        "resume": lambda: acts.resume_certificate(actor=actor, certificate_id=certificate_id, reason=reason),
        "revoke": lambda: watching.revoke(actor=actor, certificate_id=certificate_id, code=code, reason=reason),
    }
    return ways[step]


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """The quarterly report; also to print."""
    found = queries.quarter(actor_of(request), request.GET.get("quy", ""))
    name, before, after = (_name(found.first, step) for step in (0, -1, 1))
    context = {
        **_words(),
        "found": found,
        "name": name,
        "before": before,
        "after": after,
        "counts": [(words.act(act), str(count)) for act, count in found.counts.items()],
        "standing": [(_(STATES[state]), str(count)) for state, count in found.standing.items() if count],
        "events": [(event, words.act(event.act), words.reason(event.reason)) for event in found.events],
    }
    return page(request, "certificates/report.html", context)


@require_safe
def report_csv(request: HttpRequest) -> HttpResponse:
    """The same lines for a spreadsheet: UTF-8 with its mark, times of Vietnam."""
    found = queries.quarter(actor_of(request), request.GET.get("quy", ""))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for event in found.events:
        cells = (
            to_vietnam(event.at).isoformat(timespec="seconds"),
            words.act(event.act),
            event.holder_name,
            event.organisation_name,
            _(PURPOSES[event.purpose]),
            event.serial,
            event.actor_name or _("hệ thống"),
            words.reason(event.reason),
        )
        writer.writerow(map(cell, cells))
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="chung-thu-so-{_name(found.first, 0)}.csv"'
    return answer


def _name(first: date, step: int) -> str:
    number = first.year * 4 + (first.month - 1) // 3 + step
    return f"{number // 4}-{number % 4 + 1}"


def _month(text: str) -> date | None:
    """The first day of the month "2029-11"; None for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if 2000 <= first.year < 3000 else None


def _next(shown: str, month: date | None, rows: tuple[queries.SubscriberRow, ...]) -> str:
    """The address of the next page of the same list."""
    kept = {"trang-thai": shown, "thang": f"{month:%Y-%m}" if month else "", "sau": str(rows[-1].certificate.id)}
    return f"{BASE}?{urlencode({key: value for key, value in kept.items() if value})}"


def _must_manage(actor: Actor) -> None:
    if not queries.manages(actor):
        raise RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))


def _words() -> dict[str, object]:
    return {
        "purpose": lambda key: _(PURPOSES[key]),
        "state": lambda key: _(STATES[key]),
        "kind": lambda key: KINDS.get(key, ""),
        "base": BASE,
    }
