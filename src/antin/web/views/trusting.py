"""The trust store: which authorities carry signatures here, since when, by whose decision; the security officer changes it (379/7.p1)."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.ledger import queries as ledger
from antin.signing import certificates, rules
from antin.signing.trusting import acts, queries, reading
from antin.values import N_, VIETNAM, Actor, to_vietnam
from antin.web import step_up, words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.typed_time import instant, instant_needed

BASE = "/kho-tin-cay"
READ = ["GET", "HEAD", "POST"]
DOMAINS = {
    rules.OFFICIAL: N_("chuyên dùng công vụ"),
    rules.OWN: N_("riêng của hệ thống này, để thử"),
    rules.PUBLIC: N_("công cộng, không dùng cho công vụ"),
}
STATES = {"trusted": N_("đang tin cậy"), "ended": N_("thôi tin cậy")}


@require_http_methods(READ)
def shelf(request: HttpRequest) -> HttpResponse:
    """The store; for its keeper the way in: a file is read first, then compared and confirmed."""
    actor = actor_of(request)
    rows, refused, read = queries.rows(actor), None, None
    if request.method == "POST" and request.POST.get("step") == "read":
        read, refused = attempt(lambda: _read(request, actor))
    elif request.method == "POST":
        made, refused = _adopted(request, actor)
        if refused is None:
            return done(request, f"{BASE}/{made}", _("Đã đưa vào kho tin cậy."))
        read, _again = attempt(lambda: _read(request, actor))
    context = {
        **_words(),
        "rows": rows,
        "keeps": queries.keeps(actor),
        "read": read,
        "domains": [(key, _(text)) for key, text in DOMAINS.items()],
        "refused": refused,
        "typed": request.POST if request.method == "POST" else {},
    }
    return page(request, "trust/shelf.html", context, status=refused.status if refused else 200)


def _adopted(request: HttpRequest, actor: Actor) -> tuple[UUID | None, Refusal | None]:
    given = request.POST
    refused = step_up.answered(request)
    if refused is not None:
        return None, refused
    return attempt(
        lambda: acts.adopt_trust(
            actor=actor,
            file=_file(request),
            domain=given.get("domain", ""),
            since=instant(given.get("since", ""), "379/7.p1"),
            basis=given.get("basis", ""),
            compared=given.get("compared", ""),
        )
    )


def _read(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """What the file is, and the challenge over exactly that. RuleViolation as the act would have it."""
    given = request.POST
    domain = given.get("domain", "")
    der = acts.proposed(actor=actor, file=_file(request), domain=domain, basis=given.get("basis", ""))
    facts = certificates.facts(der)
    since = instant(given.get("since", ""), "379/7.p1")
    digest = acts.adoption_digest(facts.fingerprint, domain, since)
    return {
        "facts": facts,
        "since": since,
        "is_anchor": certificates.is_self_issued(der),
        "content": base64.b64encode(der).decode(),
        "asked": step_up.ask(request, "adopt_trust", digest),
    }


def _file(request: HttpRequest) -> bytes:
    sent = request.FILES.get("file")
    if sent is not None:
        return sent.read(reading.MAX_FILE + 1)
    try:
        return base64.b64decode(request.POST.get("content", "")[: reading.MAX_FILE * 2], validate=True)
    except binascii.Error:
        return b""


@require_http_methods(READ)
def one(request: HttpRequest, trust_id: UUID) -> HttpResponse:
    """One line, its history, and its end."""
    actor = actor_of(request)
    row, refused = queries.one(actor, trust_id), None
    if request.method == "POST":
        refused = step_up.answered(request)
        if refused is None:
            _ended, refused = attempt(lambda: _end(request, actor, trust_id))
        if refused is None:
            return done(request, f"{BASE}/{trust_id}", _("Đã ghi nhận."))
    ends = queries.keeps(actor) and row.state == "trusted"
    context = {
        **_words(),
        "row": row,
        "asked": step_up.ask(request, "end_trust", acts.end_digest(trust_id)) if ends else None,
        "history": [ledger.opened(entry) for entry in ledger.history(trust_id)],
        "this_moment": to_vietnam(datetime.now(VIETNAM)).strftime("%Y-%m-%dT%H:%M"),
        "say": words.reason,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "trust/one.html", context, status=refused.status if refused else 200)


def _end(request: HttpRequest, actor: Actor, trust_id: UUID) -> None:
    until = instant_needed(request.POST.get("until", ""), "379/7.p1")
    acts.end_trust(actor=actor, trust_id=trust_id, until=until, basis=request.POST.get("basis", ""))


@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """The store as a folder for `antin validate --trust`."""
    answer = HttpResponse(queries.as_files(actor_of(request)), content_type="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="kho-tin-cay.zip"'
    return answer


def _words() -> dict[str, Any]:
    return {
        "base": BASE,
        "domain": lambda key: _(DOMAINS[key]),
        "state": lambda key: _(STATES[key]),
    }
