"""The receiving endpoint: a WSGI application for the port under mutual TLS. Web pages never pass through here.

    PUT  /exchange/v1/parcels/{uuid7}   a parcel; 200 signed receipt, 403/409/422 signed refusal
    …    /exchange/v1/blobs/{sha256}    its large parts, piece by piece (`antin.exchange.apart`)
    POST /exchange/v1/statements        a statement; 200 signed acknowledgement, 403/409/422 signed refusal
    POST /exchange/v1/reconciliations   what the partner holds of ours, by day or id; 200 signed differences, 403/422
    GET  /exchange/v1/ping              who we are, our limits, our clock
    GET  /exchange/v1/directory         our signed sheet: organisations, certificates, limits, closures
    POST /exchange/v1/introductions     another installation's sheet, asking to be connected; 202

The last two are open to every node that TLS has verified. Whatever else comes back (400, 404, 411, 413, 429, 503, nothing) carries no signature and decides nothing: the
sender tries again. The node's certificate is looked up for each request among active partners (379/22.1, 379/26.2).
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection

from antin.exchange import faults, intake, irregularities, ports, room
from antin.exchange.apart import door
from antin.exchange.directory import active_partner
from antin.exchange.intake import Body, Refused, Truncated
from antin.exchange.listening import Reply as Heard
from antin.exchange.listening import listen
from antin.exchange.messages import MEDIA_TYPE, MESSAGE_MAX
from antin.exchange.models import Partner
from antin.exchange.reconciling import reconcile
from antin.exchange.sheets import form, onboarding, own
from antin.regulation import Indeterminate, RemoteViolation, RuleViolation
from antin.sandbox import Watchdog
from antin.sql import renew_connection
from antin.values import iso

log = logging.getLogger("antin.exchange.receiver")

PARCELS = re.compile(r"/exchange/v1/parcels/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})")
PREFIX = "/exchange/v1"
MESSAGES: dict[str, Callable[[bytes, Partner], Heard]] = {
    f"{PREFIX}/statements": listen,
    f"{PREFIX}/reconciliations": reconcile,
}
JSON = "application/json; charset=utf-8"
RETRY_S = 2
DRAIN_BYTES = 8 * 1024 * 1024
STATEMENT_S = 30.0

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

_watchdog = Watchdog()
_slots: defaultdict[UUID, threading.BoundedSemaphore] = defaultdict(
    lambda: threading.BoundedSemaphore(ports.bound().limits.per_partner)
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `close` ends the connection, for a body that was not read to its end."""

    status: int
    body: bytes = b""
    media_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    close: bool = field(default=False)


WORDS = {200: "OK", 202: "Accepted", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
         411: "Length Required", 413: "Content Too Large", 422: "Unprocessable Content", 429: "Too Many Requests",
         503: "Service Unavailable"}  # fmt: skip


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI door. It never raises: what can't be answered is 503, and the sender comes again."""
    renew_connection()
    try:
        reply = _answer(environ)
    except Exception:
        log.exception("the exchange could not answer")
        connection.close()
        reply = _later(close=True)
    headers = [("Content-Type", reply.media_type), ("Content-Length", str(len(reply.body))), *reply.headers]
    if reply.close:
        headers.append(("Connection", "close"))
    start_response(f"{reply.status} {WORDS[reply.status]}", headers)
    return [reply.body]


def _answer(environ: Environ) -> Reply:
    fingerprint = _node_fingerprint(environ)
    partner = active_partner(fingerprint)
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
    if partner is None:
        return _stranger(environ, method, path, fingerprint)
    if method == "GET":
        return _get(path, partner)
    slot = _slots[partner.id]
    if not slot.acquire(blocking=False):
        return Reply(429, _told("too many at once"), headers=(("Retry-After", str(RETRY_S)),), close=True)
    try:
        return _take(environ, method, path, partner)
    finally:
        slot.release()


def _take(environ: Environ, method: str, path: str, partner: Partner) -> Reply:
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isascii() or not length.isdigit():
        return Reply(411, _told("a stated length is needed"), close=True)
    body = Body(environ["wsgi.input"].read, int(length))
    limit_s = ports.bound().limits.receive_s if method == "PUT" else STATEMENT_S
    try:
        with _watchdog.within(environ.get("gunicorn.socket"), limit_s):
            return _heard(environ, method, path, body, partner)
    except Truncated:
        return Reply(400, _told("the body ended early"), close=True)
    except RemoteViolation as violation:
        return Reply(400, _told(violation.message()), close=not _drained(body))
    except (Indeterminate, RuleViolation) as violation:
        log.warning("not decided: %s", violation)
        return _later(close=not _drained(body))
    except (DatabaseError, InterfaceError):
        log.exception("the database did not answer")
        connection.close()
        return _later(close=not _drained(body))


def _heard(environ: Environ, method: str, path: str, body: Body, partner: Partner) -> Reply:
    if method == "PUT" and (found := PARCELS.fullmatch(path)):
        return _parcel(body, UUID(found[1]), partner, environ.get("HTTP_ANTIN_APART", ""))
    if method == "PUT" and (told := door.take(path, partner, body.left, body.exactly)):
        return _piece(told, body)
    heard = MESSAGES.get(path) if method == "POST" else None
    return _message(body, partner, heard) if heard else Reply(404, _told("nothing here"), close=True)


def _parcel(body: Body, parcel: UUID, partner: Partner, apart: str) -> Reply:
    if body.left > ports.bound().limits.body_bytes:
        return Reply(413, _told("too large"), close=True)
    if not room.for_bytes(body.left):
        irregularities.note(irregularities.DISK_FULL)
        return _later(close=True, after_s=room.RETRY_S)
    try:
        stored = intake.receive(body, parcel, partner, apart)
    except Refused as refused:
        return Reply(refused.status, refused.answer, MEDIA_TYPE, close=not _drained(body))
    faults.reach("receive.committed")
    return Reply(stored.status, stored.answer, MEDIA_TYPE)


def _piece(told: door.Told, body: Body) -> Reply:
    if told.status == 503:
        irregularities.note(irregularities.DISK_FULL)
        return _later(close=True, after_s=room.RETRY_S)
    return Reply(told.status, told.body or _told("too large"), close=bool(body.left))


def _message(body: Body, partner: Partner, heard: Callable[[bytes, Partner], Heard]) -> Reply:
    if body.left > MESSAGE_MAX:
        return Reply(413, _told("too large"), close=True)
    reply = heard(body.exactly(body.left), partner)
    return Reply(reply.status, reply.body, MEDIA_TYPE)


def _get(path: str, partner: Partner) -> Reply:
    here = ports.bound()
    if (told := door.asked(path, partner)) is not None:
        return Reply(told.status, told.body)
    if path == f"{PREFIX}/ping":
        now = iso(here.clock.now())
        facts = {
            "installation": here.installation,
            "protocol": 1,
            "parcel_bytes": here.limits.parcel_bytes,
            "at": now,
        }
        return Reply(200, json.dumps(facts).encode())
    if path == f"{PREFIX}/directory":
        return _sheet()
    return Reply(404, _told("nothing here"))


def _sheet() -> Reply:
    try:
        return Reply(200, own.own_sheet(), form.MEDIA_TYPE)
    except RuleViolation as violation:
        log.warning("no sheet of ours: %s", violation)
        return _later(close=False)


def _stranger(environ: Environ, method: str, path: str, fingerprint: str) -> Reply:
    """What a node that is no partner may do, once TLS has verified it: read our sheet, show its own. All else is on record."""
    der = _node_der(environ)
    if der and (method, path) == ("GET", f"{PREFIX}/directory"):
        return _sheet()
    length = environ.get("CONTENT_LENGTH", "")
    sized = length.isascii() and length.isdigit() and int(length) <= form.SHEET_MAX
    if der and sized and (method, path) == ("POST", f"{PREFIX}/introductions"):
        return _introduced(Body(environ["wsgi.input"].read, int(length)), environ, der)
    irregularities.note(irregularities.UNKNOWN_NODE, source=fingerprint)
    return Reply(403, _told("unknown node"), close=True)


def _introduced(body: Body, environ: Environ, der: bytes) -> Reply:
    try:
        with _watchdog.within(environ.get("gunicorn.socket"), STATEMENT_S):
            onboarding.note_introduction(body.exactly(body.left), der)
    except (Truncated, RemoteViolation):
        return Reply(400, _told("not a sheet of this node"), close=True)
    except Indeterminate:
        return _later(close=True)
    return Reply(202, _told("noted"))


def _node_fingerprint(environ: Environ) -> str:
    """SHA-256 of the client certificate that TLS verified; of nothing when there is none."""
    return hashlib.sha256(_node_der(environ)).hexdigest()


def _node_der(environ: Environ) -> bytes:
    sock = environ.get("gunicorn.socket")
    shown = sock.getpeercert(binary_form=True) if sock is not None and hasattr(sock, "getpeercert") else None
    return shown or b""


def _drained(body: Body) -> bool:
    """Reads a modest rest so that the answer isn't lost behind unread bytes; False when the connection must end."""
    try:
        return body.drain(DRAIN_BYTES)
    except (Truncated, OSError):
        return False


def _later(*, close: bool, after_s: int = RETRY_S) -> Reply:
    return Reply(503, _told("not now"), headers=(("Retry-After", str(after_s)),), close=close)


def _told(text: str) -> bytes:
    return json.dumps({"message": text}, ensure_ascii=False).encode()
