"""OpenID Connect as the provider of national accounts would speak it: whoever opens its page picks who they are.

Folder: `clients.json` (client_id, secret, back), `people.json` (subject, name, number), `signing.pem` (made at first start).
Tests twist one answer at a time: `server.claims` is laid over the next statement, `server.signer` signs in the key's place,
`server.silent` answers 503, `server.now` is its clock.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENTS, PEOPLE, KEY = "clients.json", "people.json", "signing.pem"
KEY_ID, LEVEL = "mau-1", "2"
CODE_LIVES_S, STATEMENT_LIVES_S = 60, 300
FORM_MOST = 16 * 1024
PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tài khoản định danh mẫu</title><style>body{{font:1rem/1.5 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}}
button{{display:block;width:100%;margin:.5rem 0;padding:.7rem;font:inherit;text-align:left}}</style>
<main><h1>Tài khoản định danh mẫu</h1><p>Mô phỏng nơi cung cấp tài khoản định danh quốc gia. Chọn người để xác thực; không có ai thật ở đây.</p>
<form method="post">{people}</form></main></html>"""


def lay_out(folder: Path, clients: list[dict[str, str]], people: list[dict[str, str]]) -> None:
    """The files of a provider; each for its owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, rows in ((CLIENTS, clients), (PEOPLE, people)):
        _write_private(folder / name, json.dumps(rows, ensure_ascii=False).encode())


class ProviderServer(ThreadingHTTPServer):
    """Listens on this machine alone; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.signer = self.key = _key(folder / KEY)
        self.claims: dict[str, Any] = {}
        self.silent = False
        self.now: Callable[[], float] = time.time
        self._folder = folder
        self._codes: dict[str, dict[str, str]] = {}

    def rows(self, name: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads((self._folder / name).read_text(encoding="utf-8"))
        return found

    def asked(self, query: dict[str, str]) -> dict[str, str] | None:
        """The client that may ask this, or None."""
        known = next((one for one in self.rows(CLIENTS) if one["client_id"] == query.get("client_id")), None)
        sound = query.get("response_type") == "code" and query.get("code_challenge_method") == "S256"
        return known if known and sound and query.get("redirect_uri") == known["back"] else None

    def code_for(self, query: dict[str, str], subject: str) -> str:
        code = secrets.token_urlsafe(24)
        self._codes[code] = {**query, "subject": subject, "at": str(int(self.now()))}
        return code

    def statement(self, form: dict[str, str], client: dict[str, str]) -> str | None:
        """A signed statement for a code, once; None for a code that is not good."""
        asked = self._codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or asked["client_id"] != client["client_id"]
            or self.now() - int(asked["at"]) > CODE_LIVES_S
            or proof.rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return None
        person = next(one for one in self.rows(PEOPLE) if one["subject"] == asked["subject"])
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "sub": person["subject"],
            "aud": client["client_id"],
            "iat": now,
            "exp": now + STATEMENT_LIVES_S,
            "auth_time": int(asked["at"]),
            "acr": LEVEL,
            "nonce": asked["nonce"],
            "personal_number": person["number"],
            **self.claims,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(said, self.signer, algorithm="RS256", headers={"kid": KEY_ID})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "dinh-danh-mau"
    sys_version = ""
    timeout = 30
    server: ProviderServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if self.server.silent:
            self._say(503, b"", "text/plain")
        elif parts.path == "/.well-known/openid-configuration":
            self._json(_configuration(self.server.issuer))
        elif parts.path == "/keys":
            self._json({"keys": [{**RSAAlgorithm.to_jwk(self.server.key.public_key(), as_dict=True), "kid": KEY_ID}]})
        elif parts.path == "/authorize" and self.server.asked(_flat(parts.query)):
            self._say(200, PAGE.format(people=self._buttons()).encode(), "text/html; charset=utf-8")
        else:
            self._say(404, b"", "text/plain")

    def do_POST(self) -> None:
        parts, form = urlsplit(self.path), _flat(self._form())
        if parts.path == "/authorize":
            self._authorize(_flat(parts.query), form)
        elif parts.path == "/token":
            self._token(form)
        else:
            self._say(404, b"", "text/plain")

    def _authorize(self, query: dict[str, str], form: dict[str, str]) -> None:
        known = {one["subject"] for one in self.server.rows(PEOPLE)}
        if not self.server.asked(query) or form.get("subject") not in known:
            self._say(400, b"", "text/plain")
            return
        answer = {"code": self.server.code_for(query, form["subject"]), "state": query["state"]}
        self.send_response(303)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode(answer)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _token(self, form: dict[str, str]) -> None:
        client = self._client()
        token = self.server.statement(form, client) if client else None
        if token is None:
            self._json({"error": "invalid_grant" if client else "invalid_client"}, 400 if client else 401)
        else:
            self._json({"token_type": "Bearer", "access_token": secrets.token_urlsafe(16), "id_token": token})

    def _client(self) -> dict[str, str] | None:
        """Who asks, by HTTP Basic (RFC 6749, §2.3.1)."""
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        try:
            name, _, secret = base64.b64decode(given).decode().partition(":")
        except ValueError:
            return None
        known = next((one for one in self.server.rows(CLIENTS) if one["client_id"] == unquote_plus(name)), None)
        good = known is not None and hmac.compare_digest(known["secret"].encode(), unquote_plus(secret).encode())
        return known if kind == "Basic" and good else None

    def _buttons(self) -> str:
        return "".join(
            f'<button name="subject" value="{escape(one["subject"])}">{escape(one["name"])}</button>'
            for one in self.server.rows(PEOPLE)
        )

    def _form(self) -> str:
        length = self.headers.get("Content-Length", "0")
        return self.rfile.read(min(int(length), FORM_MOST)).decode() if length.isdigit() else ""

    def _json(self, said: dict[str, Any], status: int = 200) -> None:
        self._say(status, json.dumps(said).encode(), "application/json")

    def _say(self, status: int, data: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Quiet: who signed in when is nobody's business here."""


def _configuration(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    }


def _flat(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query).items()}


def _key(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        fresh = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        _write_private(path, fresh.private_bytes(serialization.Encoding.PEM, *form))
    found = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(found, rsa.RSAPrivateKey)
    return found


def _write_private(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
