"""The door for the person's own device: opened by a ticket alone, no cookie, no session of its own (379/13.5, 379/5.6).

GET  /api/v1/device/task      Authorization: Bearer TICKET      what to show and to sign
GET  /api/v1/device/page      same                              the prepared PDF
POST /api/v1/device/answer    same; {"signature": …} or {"cms": …}, base64

For programs that take a file by its address and send the whole signed file back, as the government's desktop signer does:

GET  /api/v1/device/file/READING/NAME.pdf     the page handed out; this secret opens nothing else
POST /api/v1/device/file/TICKET               multipart, field `uploadfile`; answers {"Status": 0, …} when taken

The ticket was given to one person in one session; the act is that person's, asked anew each time: once the session
has ended or the account is suspended, the ticket opens nothing. The protocol stands in docs/signer.md.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from antin.identity.queries.by_session import actor_in_session
from antin.registry import acts as registry
from antin.registry import queries, rules
from antin.registry.views import TicketView
from antin.regulation.errors import Violation
from antin.values import Actor, iso
from antin.web import words
from antin.web.bounded_upload import BoundedUpload
from antin.web.origins import origin_of
from antin.web.refusals import described, status_of

PROTOCOL = 1
MAX_ANSWER = 128 * 1024
View = Callable[..., HttpResponse]


def bearer(request: HttpRequest) -> tuple[Actor, TicketView] | None:
    """The actor and the ticket of the request's secret; None when the secret opens nothing any more."""
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    return holder(request, secret.strip()) if scheme.casefold() == "bearer" else None


def holder(request: HttpRequest, secret: str) -> tuple[Actor, TicketView] | None:
    """The same for a secret that came another way, such as inside an address."""
    ticket = queries.device_ticket(secret[:100]) if secret else None
    if ticket is None or ticket.origin != origin_of(request):
        return None
    actor = actor_in_session(ticket.person_id, ticket.session)
    return (actor, ticket) if actor is not None else None


def with_ticket(view: Callable[[HttpRequest, Actor, TicketView], HttpResponse]) -> View:
    """Default deny: 401 without a ticket that opens something; a rule's refusal in JSON, as all of the API."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        found = bearer(request)
        if found is None or not found[1].may_answer or found[1].way != rules.DEVICE:
            return JsonResponse({"clause": "379/5.6", "reason": "no such ticket, or its session has ended"}, status=401)
        try:
            return view(request, *found)
        except Violation as violation:
            return JsonResponse(described(violation, request), status=status_of(violation))

    return login_not_required(csrf_exempt(guarded))


@with_ticket
@require_GET
def task(_request: HttpRequest, actor: Actor, ticket: TicketView) -> HttpResponse:
    """What the device shows to the person and signs."""
    found = queries.device_task(actor, ticket)
    return JsonResponse(
        {
            "protocol": PROTOCOL,
            "installation": settings.ANTIN.title or settings.ANTIN.name,
            "document": {
                "title": words.title_of(found.document),
                "reference_number": found.request.reference_number,
                "issued_on": found.request.issued_on.isoformat(),
                "signer": found.document.signer_name,
                "capacity": found.document.signing_capacity,
            },
            "digest": found.request.digest,
            "place": [found.start, found.end],
            "algorithm": found.algorithm,
            "certificate": b64encode(found.certificate).decode(),
            "expires_at": iso(found.expires_at),
        }
    )


@with_ticket
@require_GET
def prepared(_request: HttpRequest, actor: Actor, ticket: TicketView) -> HttpResponse:
    """The prepared page; the device takes the digest from these bytes, never from what it is told."""
    return HttpResponse(queries.device_task(actor, ticket).pdf, content_type="application/pdf")


@with_ticket
@require_POST
def answer(request: HttpRequest, actor: Actor, ticket: TicketView) -> HttpResponse:
    """The signature, or a whole CMS; once."""
    given = _given(request)
    if given is None:
        return JsonResponse({"clause": "", "reason": 'send {"signature": …} or {"cms": …} in base64'}, status=400)
    view = registry.take_device_signature(actor=actor, ticket_id=ticket.id, origin=ticket.origin, **given)
    return JsonResponse({"state": view.state, "reference_number": view.reference_number})


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, secret: str, name: str = "") -> HttpResponse:
    """The whole file, out by one address and back by another. `Status` 0 is good; the words stand in `Message`."""
    found = holder(request, secret)
    if found is None or found[1].may_answer != (request.method == "POST") or found[1].way != rules.FILE:
        return _status(1, _("Vé ký không còn dùng được."), status=401)
    actor, ticket = found
    try:
        if request.method == "POST":
            return _take_back(request, actor, ticket)
        page = queries.device_task(actor, ticket).pdf
    except Violation as violation:
        said = described(violation, request)
        return _status(1, f"{said['reason']} {said['next_step']}".strip())
    return HttpResponse(page, content_type="application/pdf", headers={"Content-Disposition": "attachment"})


def _take_back(request: HttpRequest, actor: Actor, ticket: TicketView) -> HttpResponse:
    bounds = BoundedUpload(request, rules.SIGNED_FILE_MOST)
    request.upload_handlers = [bounds]
    given = request.FILES.get("uploadfile")
    if bounds.too_large or given is None or not given.size:
        return _status(1, _("Không nhận được tệp đã ký, hoặc tệp quá lớn."))
    view = registry.take_signed_file(actor=actor, ticket_id=ticket.id, origin=ticket.origin, data=given.read())
    return _status(0, "", number=view.reference_number, on=view.issued_on.isoformat() if view.issued_on else "")


def _status(status_code: int, message: str, *, number: str = "", on: str = "", status: int = 200) -> HttpResponse:
    """In the words that such programs read (kept to the letter)."""
    said = {"Status": status_code, "Message": message, "Error": message, "FileName": "", "FileServer": ""}
    return JsonResponse({**said, "DocumentNumber": number, "DocumentDate": on}, status=status)


def _given(request: HttpRequest) -> dict[str, bytes] | None:
    """The one answer in the body; None when it is something else."""
    length = request.headers.get("Content-Length", "")
    if request.content_type != "application/json" or not length.isdecimal() or int(length) > MAX_ANSWER:
        return None
    try:
        body: Any = json.loads(request.body)
        ((name, text),) = body.items()
        value = b64decode(text, validate=True)
    except (ValueError, AttributeError, TypeError, binascii.Error):
        return None
    known = {"signature": "value", "cms": "cms"}
    return {known[name]: value} if name in known and value else None
