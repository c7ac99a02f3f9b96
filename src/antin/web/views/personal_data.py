"""“My data”: what is kept about a person and why, who looked, a copy, a correction; and who settles those (379/4.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.identity import acts, queries
from antin.identity.rules import personal_data as rules
from antin.ledger import acts as ledger
from antin.signing import queries as signing
from antin.values import N_, Actor, Office
from antin.web import step_up, table_words, words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt, no_such_page
from antin.web.shown import actor_of
from antin.web.views.certificates import PURPOSES as CERTIFICATE_PURPOSES

OWN, REQUESTS = "/toi/du-lieu", "/dinh-chinh"
SHOWN = 20
FIELDS = {"name": N_("Họ tên"), "position": N_("Chức vụ"), "code": N_("Mã định danh cá nhân")}
KINDS = {"open": "warn", "rectified": "ok", "refused": ""}
STAGES = {"password": N_("mật khẩu"), "code": N_("mã dùng một lần"), "loss": N_("báo mất")}
READ_FOR = {"correction": N_("xem để quyết định đính chính")}


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    return _own(request)


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Asks that one datum be set right; what was typed is never lost."""
    given = request.POST
    wish = acts.Wish(given.get("field", ""), given.get("proposed", ""), given.get("reason", ""))
    _made, refused = attempt(lambda: acts.ask_correction(actor=actor_of(request), wish=wish))
    if refused:
        return _own(request, refused, status=refused.status)
    return done(request, f"{OWN}#dinh-chinh", _("Đã gửi đề nghị. Kết quả hiện ở trang này."))


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Everything as a JSON file; that it was taken stands in the log."""
    actor = actor_of(request)
    assert actor.person_id is not None
    data = acts.export_own_data(actor=actor, certificates=_certificates(actor.person_id))
    answer = HttpResponse(data, content_type="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="du-lieu-cua-toi.json"'
    return answer


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """What people asked for whom this person manages; for others there is no such page."""
    actor = actor_of(request)
    if not queries.settles_corrections(actor):
        raise no_such_page()
    context = {**_words(), "rows": queries.corrections(actor), "me": actor.person_id}
    return page(request, "personal_data/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, correction_id: UUID) -> HttpResponse:
    """One request, rectified by a code bound to it or refused with a reason; who opened it stands in the log."""
    actor, refused = actor_of(request), None
    row = queries.correction(actor, correction_id)
    if request.method == "POST":
        refused = _settled(request, actor, row)
        if refused is None:
            return done(request, REQUESTS, _("Đã ghi quyết định. Người đề nghị thấy kết quả ở trang dữ liệu của mình."))
    ledger.note_reading(actor=actor, object_kind="person", object_id=row.person_id, purpose="correction")
    digest = acts.rectification_digest(row.id, row.proposed)
    context = {
        **_words(),
        "row": row,
        "mine": row.person_id == actor.person_id,
        "asked": step_up.ask(request, "rectify_person_data", digest) if _waits_for(actor, row) else None,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "personal_data/request.html", context, status=refused.status if refused else 200)


def _settled(request: HttpRequest, actor: Actor, row: queries.CorrectionRow) -> Refusal | None:
    given = request.POST
    if given.get("decision") == "refuse":
        reason = given.get("reason", "")
        return attempt(lambda: acts.refuse_correction(actor=actor, correction_id=row.id, reason=reason))[1]
    if _waits_for(actor, row) and (refused := step_up.answered(request)):
        return refused
    evidence = given.get("evidence", "")
    return attempt(lambda: acts.rectify_person_data(actor=actor, correction_id=row.id, evidence=evidence))[1]


def _waits_for(actor: Actor, row: queries.CorrectionRow) -> bool:
    return row.state == "open" and row.person_id != actor.person_id


def _own(request: HttpRequest, refused: Refusal | None = None, *, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    assert actor.person_id is not None
    context = {
        **_words(),
        "kept": queries.own_data(actor.person_id, most=SHOWN),
        "certificates": _certificates(actor.person_id),
        "fields": [(name, _(FIELDS[name])) for name in rules.FIELDS],
        "values_most": max(rules.FIELDS.values()),
        "shown": SHOWN,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "personal_data/own.html", context, status=status)


def _certificates(person_id: UUID) -> list[dict[str, Any]]:
    """Public facts alone: no key, nor where one is kept."""
    return [
        {
            "purpose": one.purpose,
            "state": one.state,
            "subject": one.subject_name,
            "issuer": one.issuer_name,
            "serial": one.serial_hex,
            "not_before": one.not_before,
            "not_after": one.not_after,
            "fingerprint": one.fingerprint,
        }
        for one in signing.certificates_of("person", person_id)
    ]


def _words() -> dict[str, Any]:
    return {
        "own": OWN,
        "base": REQUESTS,
        "field_word": lambda key: _(FIELDS[key]),
        "state": lambda key: table_words.state("correction", key),
        "state_kind": lambda key: KINDS[key],
        "account_state": lambda key: table_words.state("account", key),
        "stage": lambda key: _(STAGES[key]),
        "read_for": lambda key: _(READ_FOR[key]) if key in READ_FOR else "",
        "why": lambda key: _(rules.PURPOSES[key][1]),
        "clause_of": lambda key: rules.PURPOSES[key][0],
        "office": lambda key: words.office(Office(key).value),
        "certificate_purpose": lambda key: _(CERTIFICATE_PURPOSES[key]),
    }
