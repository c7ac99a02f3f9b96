"""The companion's HTTP server on 127.0.0.1: takes a ticket from the installation's page, shows its own page, asks for the PIN.

OPTIONS *                     preflight, answered to configured origins only
GET  /v1/status               is a companion here
POST /v1/sign                 {"ticket": …}: the task is fetched from the origin that asked; answers where to confirm
GET  /xac-nhan/NONCE          the question, for a window of its own
GET  /xac-nhan/NONCE/trang    the very page
POST /xac-nhan/NONCE          the PIN, from the companion's own page only

One question stands at a time; a new one takes its place. Nothing is written to disk, no PIN is kept.
"""

from __future__ import annotations

import json
import secrets
import ssl
import sys
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

from antin.signer import pages
from antin.signer.asking import Question
from antin.signer.door import Door, Origin, Refused
from antin.signer.guards import Guards
from antin.signer.keys import KeySource, WrongPin
from antin.signer.pages import Speech
from antin.signer.telling import Told
from antin.values import N_

HOST = "127.0.0.1"
MAX_BODY = 4096
HTML, CSS, JSON, PDF = "text/html; charset=utf-8", "text/css; charset=utf-8", "application/json", "application/pdf"


@dataclass
class Companion:
    """What the server knows: whose key, which origins, in which words; and the question that stands."""

    source: KeySource
    origins: tuple[Origin, ...]
    speech: Speech = field(default_factory=Speech)
    context: ssl.SSLContext | None = None
    question: Question | None = None
    nonce: str = ""
    lock: Lock = field(default_factory=Lock)

    def ask(self, origin: str, ticket: str) -> str:
        """Fetches the task of a ticket from the origin that asked; answers the nonce of its page. Refused, ValueError."""
        chosen = next(one for one in self.origins if one.text == origin)
        question = Question.about(Door(chosen, ticket, self.context, self.speech.language), self.source)
        with self.lock:
            self.question, self.nonce = question, secrets.token_urlsafe(24)
            return self.nonce

    def asked(self, nonce: str) -> Question | None:
        """The question of this nonce, while it stands."""
        with self.lock:
            known = (
                self.question if self.nonce and secrets.compare_digest(nonce.encode(), self.nonce.encode()) else None
            )
            return None if known is None or known.task.is_over else known

    def leave(self, nonce: str) -> None:
        with self.lock:
            if nonce == self.nonce:
                self.question, self.nonce = None, ""


class Server(ThreadingHTTPServer):
    """Bound to the loopback address; `port` 0 takes a free one."""

    daemon_threads = True

    def __init__(self, companion: Companion, port: int) -> None:
        super().__init__((HOST, port), Handler)
        self.companion = companion
        self.guards = Guards(self.server_port, frozenset(origin.text for origin in companion.origins))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A window closed half way is no news; anything else is named, without what was sent."""
        wrong = sys.exc_info()[1]
        if not isinstance(wrong, OSError):
            sys.stderr.write(f"antin signer: {type(wrong).__name__}\n")


class Handler(BaseHTTPRequestHandler):
    """One request. Heads are judged before anything is read."""

    server: Server
    server_version, sys_version = "antin-signer", ""
    timeout = 20

    def do_OPTIONS(self) -> None:
        allowed = self.server.guards.host_is_ours(self._head) and self.server.guards.asker(self._head)
        self._send(204 if allowed else 403)

    def do_GET(self) -> None:
        path = self.path
        if not self.server.guards.host_is_ours(self._head):
            self._send(403)
        elif path == "/v1/status":
            known = bool(self.server.guards.asker(self._head))
            self._json({"signer": "antin", "protocol": 1}) if known else self._send(403)
        elif path == "/giao-dien.css":
            self._send(200, pages.STYLE.encode(), CSS)
        elif path.startswith("/xac-nhan/") and self.server.guards.is_window(self._head):
            self._show(path.removeprefix("/xac-nhan/"))
        else:
            self._send(404)

    def do_POST(self) -> None:
        guards, head = self.server.guards, self._head
        if not guards.host_is_ours(head):
            self._send(403)
        elif self.path == "/v1/sign" and guards.asker(head):
            self._take_ticket(guards.asker(head))
        elif self.path.startswith("/xac-nhan/") and guards.is_own_page(head):
            self._decide(self.path.removeprefix("/xac-nhan/"))
        else:
            self._send(403)

    @property
    def _head(self) -> dict[str, str]:
        return {name.title(): value for name, value in self.headers.items()}

    def _take_ticket(self, origin: str) -> None:
        if self.headers.get_content_type() != JSON:
            return self._send(415)
        try:
            ticket = json.loads(self._body())["ticket"]
            nonce = self.server.companion.ask(origin, str(ticket))
        except Refused as refused:
            return self._json({"error": refused.text(self.server.companion.speech.words)}, 502)
        except (ValueError, KeyError, TypeError):
            return self._json({"error": "no ticket"}, 400)
        return self._json({"confirm": f"{self.server.guards.own}/xac-nhan/{nonce}"})

    def _show(self, rest: str) -> None:
        nonce, _slash, what = rest.partition("/")
        question, speech = self.server.companion.asked(nonce), self.server.companion.speech
        if question is None or what not in {"", "trang"}:
            self._page(
                pages.told(N_("Không có gì để ký"), speech.words(N_("Mở lại trang ký của hệ thống.")), speech), 404
            )
        elif what == "trang":
            self._send(200, question.task.page, PDF)
        else:
            self._page(pages.confirm(question.task, f"/xac-nhan/{nonce}", speech))

    def _decide(self, nonce: str) -> None:
        companion, speech = self.server.companion, self.server.companion.speech
        given = parse_qs(self._body().decode(errors="replace"), max_num_fields=4)
        question = companion.asked(nonce)
        if question is None:
            self._page(
                pages.told(N_("Không có gì để ký"), speech.words(N_("Mở lại trang ký của hệ thống.")), speech), 404
            )
        elif given.get("decision") != ["sign"]:
            companion.leave(nonce)
            self._page(pages.told(N_("Không ký"), speech.words(N_("Văn bản chưa được ký.")), speech))
        else:
            self._sign(question, nonce, given.get("pin", [""])[0])

    def _sign(self, question: Question, nonce: str, pin: str) -> None:
        companion, speech = self.server.companion, self.server.companion.speech
        try:
            done = question.sign(pin)
        except WrongPin:
            fault = speech.words(N_("Mã PIN không đúng. Nhập lại cẩn thận: thiết bị tự khoá sau vài lần sai."))
            return self._page(pages.confirm(question.task, f"/xac-nhan/{nonce}", speech, fault=fault), 403)
        except Told as refused:
            companion.leave(nonce)
            return self._page(pages.told(N_("Chưa ký được"), refused.text(speech.words), speech), 422)
        companion.leave(nonce)
        sentence = speech.words(N_("Đã ký văn bản số {number}. Đóng cửa sổ này và quay lại trang của hệ thống."))
        number = str(done.get("reference_number", ""))
        return self._page(pages.told(N_("Đã ký"), sentence.format(number=number), speech))

    def _body(self) -> bytes:
        """At most MAX_BODY bytes; ValueError without a length or beyond it."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            raise ValueError("length")
        return self.rfile.read(int(length))

    def _json(self, answer: dict[str, Any], status: int = 200) -> None:
        self._send(status, json.dumps(answer).encode(), JSON)

    def _page(self, text: str, status: int = 200) -> None:
        self._send(status, text.encode(), HTML)

    def _send(self, status: int, body: bytes = b"", kind: str = "") -> None:
        self.send_response(status)
        headers = {
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Content-Security-Policy": pages.POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            **({"Content-Type": kind} if kind else {}),
            **(self.server.guards.leave(self._head) if self.server.guards.host_is_ours(self._head) else {}),
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: addresses hold nonces."""
