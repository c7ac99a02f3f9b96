"""The signing sheet's half of step-up: open a challenge for a page, take the code a form sent (379/5.6).

GET   ctx["challenge"] = step_up.ask(request, "sign", digest)       → macro `code_field(challenge)` in the form
POST  refused = step_up.answered(request)                           → None, or the Refusal to show on the sheet
      (then call the act; it spends the challenge bound to its own digest)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from antin.identity import acts as identity
from antin.identity import demo, queries
from antin.regulation import RuleViolation
from antin.values import N_, Actor, is_uuid
from antin.web.refusals import Refusal, attempt

MAX_CODE_CHARS = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge on a page; `sample_code` says whether the demonstration world offers the person's code."""

    id: UUID
    act: str
    digest: str
    expires_at: datetime
    sample_code: bool


def ask(request: HttpRequest, act: str, digest: str) -> Asked:
    """Opens a challenge for this person, session, act and digest."""
    view = identity.open_challenge(actor=_actor(request), act=act, digest=digest)
    return Asked(view.id, view.act, view.digest, view.expires_at, demo.offered())


def answered(request: HttpRequest) -> Refusal | None:
    """Takes `challenge` and `code` from the form. A challenge whose time ran out is refused like a wrong code:

    show the sheet again with a fresh `ask`, nothing typed is lost.
    """
    _, refused = attempt(lambda: _answer(request))
    return refused


def _answer(request: HttpRequest) -> None:
    given = request.POST.get("challenge", "")
    if not is_uuid(given):
        raise RuleViolation("379/12.2.b", N_("Biểu mẫu thiếu lần xác nhận."), N_("Mở lại trang và xác nhận lại."))
    code = request.POST.get("code", "")[:MAX_CODE_CHARS]
    if request.POST.get("sample") and demo.offered():
        code = demo.fresh_code(queries.account_of(_person(request)).id)
    identity.answer_challenge(actor=_actor(request), challenge_id=UUID(given), code=code)


def _actor(request: HttpRequest) -> Actor:
    actor = getattr(request, "actor", None)
    assert isinstance(actor, Actor)
    return actor


def _person(request: HttpRequest) -> UUID:
    person_id = _actor(request).person_id
    assert person_id is not None
    return person_id
