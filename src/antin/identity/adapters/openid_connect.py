"""The provider of national identity accounts over OpenID Connect Core 1.0: discovery, code flow with PKCE, signed statements.

One configured issuer, its endpoints over TLS (in clear on this machine alone), no redirects, nothing from the environment.
Statements are signed with a public-key algorithm; which key is asked anew of the provider at most once a minute.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ssl import SSLContext, create_default_context
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
import jwt

from antin.identity.national import Asked, Statement
from antin.regulation import Indeterminate, RemoteViolation
from antin.values import N_, Clock

ALGORITHMS = ("RS256", "PS256", "ES256")
ANSWER_MOST = 256 * 1024
TOLD_FOR_S, KEYS_ANEW_S = 3600.0, 60.0
ANSWER_S, CONNECT_S = 10.0, 5.0
SKEW = timedelta(seconds=60)
PROVEN_WITHIN = timedelta(minutes=5)
"""The person shows proof for this sign-in: a session that the provider still holds from before is not enough."""
HERE = frozenset({"127.0.0.1", "::1", "localhost"})
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce", "auth_time", "acr")


@dataclass(frozen=True, slots=True)
class Provider:
    """What the operator of the installation agreed with the provider. `levels`: the values of `acr` that are enough."""

    name: str
    issuer: str
    client_id: str
    secret: str
    back: str
    number_claim: str
    levels: tuple[str, ...]
    scopes: tuple[str, ...] = ("openid",)
    authority: str = ""


class OpenIdConnect:
    """The port `NationalIdentity`. ValueError for an issuer that is no safe address."""

    def __init__(self, provider: Provider, clock: Clock) -> None:
        if not _is_safe(provider.issuer):
            raise ValueError(f"{provider.issuer} is no safe address of a provider")
        self._provider = provider
        self._clock = clock
        self._lock = threading.Lock()
        self._told: Mapping[str, Any] = {}
        self._keys: dict[str, jwt.PyJWK] = {}
        self._told_until = self._keys_not_before = 0.0
        self._client = httpx.Client(
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=False,
            verify=_trusted(provider.authority),
        )

    @property
    def name(self) -> str:
        return self._provider.name

    @property
    def levels(self) -> tuple[str, ...]:
        return self._provider.levels

    def question(self, asked: Asked) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
        wanted = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._provider.back,
            "scope": " ".join(self._provider.scopes),
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "prompt": "login",
            "max_age": "0",
            "acr_values": " ".join(self._provider.levels),
        }
        address = str(self._configuration()["authorization_endpoint"])
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(wanted)}"

    def statement(self, asked: Asked, code: str) -> Statement:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._provider.back,
            "code_verifier": asked.verifier,
        }
        credentials = httpx.BasicAuth(quote_plus(self._provider.client_id), quote_plus(self._provider.secret))
        answer = self._ask("POST", str(self._configuration()["token_endpoint"]), data=given, auth=credentials)
        return self._believed(str(answer.get("id_token", "")), asked)

    def _believed(self, token: str, asked: Asked) -> Statement:
        """The claims of a signed statement that was made for us, now, for this question."""
        try:
            claims = jwt.decode(
                token,
                self._key(token),
                algorithms=list(ALGORITHMS),
                audience=self._provider.client_id,
                issuer=self._provider.issuer,
                options={"require": list(NEEDED), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            proven_at = _instant(claims["auth_time"])
            _in_time(claims, proven_at, self._clock.now())
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise _not_believed() from error
        many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        for_us = claims.get("azp", "" if many else self._provider.client_id) == self._provider.client_id
        if not for_us or claims["nonce"] != asked.nonce or not isinstance(claims["sub"], str) or not claims["sub"]:
            raise _not_believed()
        if not isinstance(claims["acr"], str):
            raise _not_believed()
        number = claims.get(self._provider.number_claim)
        return Statement(
            self._provider.issuer, claims["sub"], number if isinstance(number, str) else "", claims["acr"], proven_at
        )

    def _key(self, token: str) -> jwt.PyJWK:
        """The provider's key that the statement names; the list is read again when it is not among those known."""
        wanted = str(jwt.get_unverified_header(token).get("kid", ""))
        with self._lock:
            if wanted not in self._keys and time.monotonic() >= self._keys_not_before:
                self._keys_not_before = time.monotonic() + KEYS_ANEW_S
                listed = self._ask("GET", str(self._configuration()["jwks_uri"]))
                self._keys = _keys(listed)
            found = self._keys.get(wanted)
        if found is None:
            raise _not_believed()
        return found

    def _configuration(self) -> Mapping[str, Any]:
        """What the provider tells of itself, kept for an hour (OpenID Connect Discovery 1.0, §4)."""
        if time.monotonic() >= self._told_until:
            told = self._ask("GET", f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if told.get("issuer") != self._provider.issuer or not all(_is_safe(told.get(name)) for name in ENDPOINTS):
                raise _not_believed()
            self._told, self._told_until = told, time.monotonic() + TOLD_FOR_S
        return self._told

    def _ask(self, method: str, address: str, **given: Any) -> Mapping[str, Any]:
        try:
            with self._client.stream(method, address, **given) as answer:
                data = _capped(answer)
                if answer.status_code in (400, 401):  # the code is not (or no longer) good: asking again does not help
                    raise _not_believed()
                if answer.status_code != 200:
                    raise _silent()
                said = httpx.Response(200, content=data).json()
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise _silent() from error
        if not isinstance(said, dict):
            raise _silent()
        return said


def _is_safe(address: object) -> bool:
    """TLS, or this machine itself."""
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE))


def _trusted(authority: str) -> SSLContext:
    return create_default_context(cafile=authority or None)


def _keys(listed: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    try:
        found = jwt.PyJWKSet.from_dict(dict(listed)).keys
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise _not_believed() from error
    return {str(key.key_id): key for key in found if key.key_id and key.algorithm_name in ALGORITHMS}


def _in_time(claims: Mapping[str, Any], proven_at: datetime, now: datetime) -> None:
    """ValueError for what has ended, comes from the future, or rests on proof that is not fresh."""
    issued, ends = _instant(claims["iat"]), _instant(claims["exp"])
    if ends <= now - SKEW or issued > now + SKEW or proven_at > now + SKEW or proven_at < now - PROVEN_WITHIN:
        raise ValueError("not now")


def _instant(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ValueError("no instant")
    return datetime.fromtimestamp(seconds, UTC)


def _capped(answer: httpx.Response) -> bytes:
    data, deadline = bytearray(), time.monotonic() + ANSWER_S
    for piece in answer.iter_bytes(16 * 1024):
        data += piece
        if len(data) > ANSWER_MOST or time.monotonic() > deadline:
            raise ValueError("too much, or too slow")
    return bytes(data)


def _not_believed() -> RemoteViolation:
    return RemoteViolation(
        "379/11.3",
        N_("Trả lời của hệ thống định danh quốc gia không dùng được."),
        N_("Thử lại; vẫn không được thì vào bằng mật khẩu và mã dùng một lần."),
    )


def _silent() -> Indeterminate:
    return Indeterminate(
        "379/11.3",
        N_("Hệ thống định danh quốc gia không trả lời."),
        N_("Vào bằng mật khẩu và mã dùng một lần; thử lại sau."),
    )
