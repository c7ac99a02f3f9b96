"""The interface as one object: routers of the rooms' endpoints are added in `routers`.

A request is admitted by the person's own session, exactly as a page is; writes need the CSRF token in `X-CSRFToken`.
A refusal answers 422 with clause, statement, reason and next step, in the language that `Accept-Language` asks for
(vi or en; what cannot be decided yet answers 503 in the same shape).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.security import APIKeyCookie

from antin.regulation.errors import Violation
from antin.values import Actor
from antin.web.refusals import IMPOUNDED, described, status_of
from antin.web.sealed_off import note_refused


class SessionAuth(APIKeyCookie):
    """The actor that the middleware found; None refuses with 401. Writes pass the CSRF check first."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        return getattr(request, "actor", None)


class MandateOut(Schema):
    office: str
    organisation_id: UUID
    position: str
    capacity: str


class MeOut(Schema):
    person_id: UUID
    name: str
    method: str
    mandates: list[MandateOut]


api = NinjaAPI(
    title="Ấn Tín",
    version="1",
    description="Official documents: the same acts and the same access rules as the pages.",
    auth=SessionAuth(csrf=True),
    urls_namespace="api",
)


@api.exception_handler(Violation)
def refused(request: HttpRequest, violation: Violation) -> HttpResponse:
    if violation.clause == IMPOUNDED:
        note_refused(request, violation)
    return api.create_response(request, described(violation, request), status=status_of(violation))


@api.get("/me", response=MeOut, summary="Who I am, and the mandates I hold now")
def me(request: HttpRequest) -> Any:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    mandates = [
        {"office": m.office.value, "organisation_id": m.organisation_id, "position": m.position, "capacity": m.capacity}
        for m in actor.mandates
    ]
    return {"person_id": actor.person_id, "name": actor.name, "method": actor.method.value, "mandates": mandates}
