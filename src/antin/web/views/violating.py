"""Suspected breaches: anybody signed in reports one with evidence; auditors read, the competent authority settles (379/32.p1)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.ledger import queries as ledger
from antin.regulation.clauses import Clause, article, clause
from antin.reports import acts, queries, rules
from antin.reports.acts import Suspicion
from antin.values import N_, Actor, is_uuid
from antin.web import formats, step_up
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

BASE = "/vi-pham"
READ = ["GET", "HEAD", "POST"]
STATES = {"open": N_("chờ kết luận"), "settled": N_("đã kết luận")}


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """What one reported, and for auditors and competent authorities what was reported in their bodies."""
    rows = queries.violations(actor_of(request))
    return page(request, "violations/shelf.html", {**_words(), "rows": rows})


@require_http_methods(READ)
def new(request: HttpRequest) -> HttpResponse:
    """The report: clause, what happened, whom, what shows it; `van-ban` names a document in view."""
    actor, refused = actor_of(request), None
    given = request.POST if request.method == "POST" else request.GET
    about = _about(actor, given.get("van-ban", ""))
    if request.method == "POST":
        made, refused = attempt(lambda: acts.report_violation(actor=actor, suspicion=_suspicion(request, about)))
        if refused is None:
            return done(request, f"{BASE}/{made}", _("Đã ghi nhận. Người có thẩm quyền và kiểm tra được báo."))
    context = {
        **_words(),
        "about": about,
        "prohibited": [(one.id, f"{one.id}: {_said(one)}") for one in article("379", "5")],
        "people": _people(actor),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "violations/new.html", context, status=refused.status if refused else 200)


@require_http_methods(READ)
def one(request: HttpRequest, violation_id: UUID) -> HttpResponse:
    """One case, its evidence and history; settled by a code bound to it."""
    actor, refused = actor_of(request), None
    row = queries.violation(actor, violation_id)
    if request.method == "POST":
        refused = _settled(request, actor, violation_id)
        if refused is None:
            return done(request, f"{BASE}/{violation_id}", _("Đã ghi kết luận."))
    judges = queries.may_judge(actor, row)
    context = {
        **_words(),
        "row": row,
        "statement": _said(clause(row.clause)),
        "history": ledger.history(violation_id),
        "asked": step_up.ask(request, "settle_violation", acts.settlement_digest(violation_id)) if judges else None,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "violations/one.html", context, status=refused.status if refused else 200)


@require_safe
def evidence(request: HttpRequest, violation_id: UUID) -> HttpResponse:
    """The file that was handed in; never shown in the page, whatever it is."""
    name, data = queries.evidence_file(actor_of(request), violation_id)
    answer = HttpResponse(data, content_type="application/octet-stream")
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in name)[-80:]
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe or "chung-cu"}"'
    return answer


def _settled(request: HttpRequest, actor: Actor, violation_id: UUID) -> Refusal | None:
    refused = step_up.answered(request)
    if refused is None:
        _none, refused = attempt(
            lambda: acts.settle_violation(
                actor=actor, violation_id=violation_id, outcome=request.POST.get("outcome", "")
            )
        )
    return refused


def _suspicion(request: HttpRequest, about: DocumentView | None) -> Suspicion:
    given, sent = request.POST, request.FILES.get("file")
    suspect = given.get("suspect", "")
    return Suspicion(
        clause=given.get("clause", ""),
        words=given.get("words", ""),
        document_id=about.id if about else None,
        suspect_id=UUID(suspect) if is_uuid(suspect) else None,
        file_name=sent.name if sent else "",
        file=sent.read(rules.FILE_MOST + 1) if sent else b"",
    )


def _about(actor: Actor, text: str) -> DocumentView | None:
    return documents.document(actor, UUID(text)) if is_uuid(text) else None


def _said(found: Clause) -> str:
    return found.statement(formats.language())


def _people(actor: Actor) -> list[tuple[str, str]]:
    """Colleagues that may be meant, for the one question who must not judge it."""
    if actor.organisation_id is None:
        return []
    found = identity.people_in(actor.organisation_id)
    return [(str(one.id), one.name) for one in found if one.id != actor.person_id]


def _words() -> dict[str, object]:
    return {"base": BASE, "state": lambda key: _(STATES[key])}
