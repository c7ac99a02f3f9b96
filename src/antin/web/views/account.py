"""One's own account: sessions with their end, mandates, certificates, tries at the door, password (379/31.p1, 379/4.1)."""

from __future__ import annotations

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.continuity import queries as continuity
from antin.documents import queries as documents
from antin.identity import acts, queries
from antin.signing import queries as signing
from antin.values import Actor
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    return _own(request)


@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """Ends one of one's own sessions; ending this one signs out."""
    actor, account = _mine(request)
    key = request.POST.get("session", "")[:64]
    if key == "others":
        for session in queries.sessions(account.person_id):
            if session.id != actor.session:
                acts.end_credential(actor=actor, account_id=account.id, credential="session", key=session.id)
        return done(request, "/toi", _("Đã kết thúc các phiên khác."))
    acts.end_credential(actor=actor, account_id=account.id, credential="session", key=key)
    if key == actor.session:
        request.session.flush()
        return done(request, "/vao", _("Đã đăng xuất."))
    return done(request, "/toi", _("Đã kết thúc phiên."))


@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password, against the present one; every session ends."""
    actor, account = _mine(request)
    _result, refused = attempt(
        lambda: acts.change_password(
            actor=actor,
            account_id=account.id,
            present=request.POST.get("present", ""),
            password=request.POST.get("password", ""),
            door=acts.Door.of(request),
        )
    )
    if refused:
        return _own(request, refused, status=refused.status)
    auth.logout(request)
    return done(request, "/vao", _("Đã đổi mật khẩu. Mọi phiên đã kết thúc, đăng nhập lại bằng mật khẩu mới."))


def _own(request: HttpRequest, refused: Refusal | None = None, *, status: int = 200) -> HttpResponse:
    actor, account = _mine(request)
    person = queries.person(account.person_id)
    context = {
        "person": person,
        "account": account,
        "mandates": queries.mandates(person.id),
        "sessions": queries.sessions(person.id),
        "this_session": actor.session,
        "attempts": queries.attempts(person.id),
        "national": queries.national_link(account.id),
        "provider": queries.national_provider(),
        "certificate": signing.certificate_for("person", person.id, "sign"),
        "stands_in": actor.stands_in,
        "settles_corrections": queries.settles_corrections(actor),
        "open_corrections": queries.open_corrections(actor),
        "open_incidents": continuity.open_incidents(actor),
        "keeps_templates": bool(documents.kept_by(actor)),
        "lent": [mandate for mandate in actor.mandates if mandate.lent],
        "refused": refused,
    }
    return page(request, "account.html", context, status=status)


def _mine(request: HttpRequest) -> tuple[Actor, queries.AccountView]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.person_id is not None
    return actor, queries.account_of(actor.person_id)
