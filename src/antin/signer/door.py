"""The installation's door as the companion calls it: one configured origin, TLS checked, no redirect followed, answers capped."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from antin.signer.telling import Told
from antin.values import N_

MAX_JSON = 64 * 1024
MAX_PAGE = 256 * 1024 * 1024
TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 300.0
"""The installation asks a timestamp authority before it answers; that may take minutes."""
TICKET = re.compile(r"[A-Za-z0-9_-]{40,100}\Z")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Refused(Told):
    """The installation said no, or could not be reached."""


@dataclass(frozen=True)
class Origin:
    """`scheme://host[:port]` exactly as a browser sends it."""

    text: str

    @staticmethod
    def of(text: str) -> Origin:
        """ValueError for what is no origin, and for plain HTTP to another machine."""
        parts = urlsplit(text)
        plain = f"{parts.scheme}://{parts.netloc}"
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or "@" in parts.netloc
            or plain != text.rstrip("/")
        ):
            raise ValueError(f"{text!r} is no origin such as https://vanban.example.vn")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("without TLS only this very computer may be named")
        return Origin(plain.lower().removesuffix({"https": ":443", "http": ":80"}[parts.scheme]))


class Door:
    """One ticket at one origin."""

    def __init__(
        self, origin: Origin, ticket: str, context: ssl.SSLContext | None = None, language: str = "vi"
    ) -> None:
        if not TICKET.match(ticket):
            raise ValueError("this is no ticket")
        self._origin = origin
        self._headers = {"Authorization": f"Bearer {ticket}", "Accept-Language": language}
        self._context = context

    def task(self) -> dict[str, Any]:
        return self._json("GET", "/api/v1/device/task")

    def page(self) -> bytes:
        """The prepared PDF."""
        return self._ask("GET", "/api/v1/device/page", None, MAX_PAGE, TIMEOUT_S)

    def answer(self, signature: bytes) -> dict[str, Any]:
        """What became of the document."""
        body = json.dumps({"signature": b64encode(signature).decode()}).encode()
        return self._json("POST", "/api/v1/device/answer", body)

    def _json(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        answer = self._ask(method, path, body, MAX_JSON, ANSWER_TIMEOUT_S if body else TIMEOUT_S)
        try:
            read = json.loads(answer)
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise Refused(N_("Hệ thống trả lời không đúng khuôn dạng."))
        return read

    def _ask(self, method: str, path: str, body: bytes | None, limit: int, timeout_s: float) -> bytes:
        connection = self._connection(timeout_s)
        headers = self._headers | ({"Content-Type": "application/json"} if body is not None else {})
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            data = answer.read(limit + 1)
        except (OSError, http.client.HTTPException) as broken:
            raise Refused(N_("Không nối được với {origin}: {why}."), origin=self._origin.text, why=broken) from broken
        finally:
            connection.close()
        if len(data) > limit:
            raise Refused(N_("Hệ thống trả lời quá dài."))
        if answer.status != 200:
            raise Refused(N_("Hệ thống trả lời: {why}"), why=_reason(answer.status, data))
        return data

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        parts = urlsplit(self._origin.text)
        host = parts.hostname or ""
        if parts.scheme == "https":
            context = self._context or ssl.create_default_context()
            return http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=context)
        return http.client.HTTPConnection(host, parts.port, timeout=timeout_s)


def _reason(status: int, data: bytes) -> str:
    """The refusal in the installation's own words."""
    try:
        said = json.loads(data)
        text = " ".join(str(said[key]) for key in ("reason", "next_step") if said.get(key))
    except (ValueError, AttributeError, TypeError):
        text = ""
    return text[:1000] or f"HTTP {status}"
