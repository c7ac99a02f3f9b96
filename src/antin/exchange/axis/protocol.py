"""The axis' interface as its public samples show it (verbs, JSON fields, headers), in one place for client and simulator.

Every request is a POST with a body. Its headers name the system, the instant and the body's digest, and carry an
HMAC-SHA256 under the shared secret over the values of the headers listed in `XroadVnpt-sign-header-key`, in that order,
one a line. The instant is Vietnam time, `ddMMyyyy'T'HHmmss+SSSS` with milliseconds. How the values are joined is told by
no public source: it stands here alone.

>>> credentials = Credentials("mau", "bi-mat")
>>> at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
>>> signed = headers(credentials, digest_of(b"{}"), JSON, at)
>>> verify(signed, lambda system: "bi-mat", digest_of(b"{}"), at)
'mau'
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from antin.regulation import RemoteViolation
from antin.values import N_, VIETNAM, to_vietnam

SEND, GET, DONE = "/sendEdoc", "/getEdoc", "/updateStatus"
RECEIVED, SENT = "/getReceivedEdocList", "/getSentEdocList"
AGENCIES, NEW_CODES = "/getAgenciesList", "/getAgenciesListQD20"
VERBS = (SEND, GET, DONE, RECEIVED, SENT, AGENCIES, NEW_CODES)
SERVICE = "eDoc"
EDOC, STATUS = "edoc", "status"
JSON, BYTES = "application/json", "application/octet-stream"
VERSION = "1.0"
AGENT = "antin XRoad/VPCP"
TIME = "%d%m%YT%H%M%S"
SKEW = timedelta(minutes=5)
SYSTEM, AT, HASH = "systemid", "timestamp", "XroadVnpt-hash-header"
KEYS, MAC, KIND = "XroadVnpt-sign-header-key", "XroadVnpt-sign-header", "XroadVnpt-version"
ALWAYS = (AT, SYSTEM, "Content-Type", HASH)
GOOD = "0"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A connected system and the secret it shares with the axis; the secret is never printed."""

    system_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Credentials({self.system_id!r}, …)"


class Unsigned(Exception):
    """A request that no connected system made, or one out of its time."""


def digest_of(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def digest_of_hex(sha256: str) -> str:
    """The same from a digest in hex: large bodies are hashed as they are stored, not again."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def headers(
    credentials: Credentials, digest: str, media_type: str, at: datetime, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The headers of one request; `more` (who sends what) is signed too."""
    said = {
        AT: f"{to_vietnam(at).strftime(TIME)}+{at.microsecond // 1000:04d}",
        SYSTEM: credentials.system_id,
        "Content-Type": media_type,
        HASH: digest,
        **(more or {}),
    }
    keys = tuple(said)
    return {**said, KIND: VERSION, "User-Agent": AGENT, KEYS: ";".join(keys), MAC: _mac(credentials.secret, keys, said)}


def verify(said: Mapping[str, str], secret_of: Callable[[str], str | None], digest: str, now: datetime) -> str:
    """The system that signed this request; Unsigned otherwise. `digest` is that of the body as it came."""
    keys = tuple(key for key in said.get(KEYS, "").split(";") if key)
    if not {key.lower() for key in ALWAYS} <= {key.lower() for key in keys}:
        raise Unsigned("a header that must be signed is not")
    secret = secret_of(said.get(SYSTEM, ""))
    if secret is None or not hmac.compare_digest(_mac(secret, keys, said), said.get(MAC, "")):
        raise Unsigned("the signature is not that of a connected system")
    if not hmac.compare_digest(said.get(HASH, ""), digest):
        raise Unsigned("the body is another one")
    try:
        at = datetime.strptime(said.get(AT, "").partition("+")[0], TIME).replace(tzinfo=VIETNAM)
    except ValueError:
        raise Unsigned("no instant") from None
    if abs(at - now) > SKEW:
        raise Unsigned("out of its time")
    return said[SYSTEM]


def _mac(secret: str, keys: tuple[str, ...], said: Mapping[str, str]) -> str:
    text = "\n".join(said.get(key, "") for key in keys)
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class Entry:
    """One message in a list of the axis: its id there, who sent it to whom; `status` as the axis words it."""

    doc_id: str
    sender: str
    recipient: str
    status: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One body as the axis lists it. `code` is the one in use there, `old_code` the other one, or ""."""

    code: str
    old_code: str
    name: str
    mail: str = ""


class AxisRefused(Exception):
    """The axis answered clearly that it did not do it; `code` and `text` are its own."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code[:20]
        self.text = text[:300]


def answer(data: bytes) -> dict[str, Any]:
    """The JSON answer of the axis. AxisRefused when it says no; RemoteViolation when it says nothing understandable."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        raise odd() from None
    if not isinstance(said, dict) or "ErrorCode" not in said:
        raise odd()
    if str(said["ErrorCode"]) != GOOD:
        raise AxisRefused(str(said["ErrorCode"]), str(said.get("ErrorDesc", "")))
    return said


def entries(said: Mapping[str, Any]) -> tuple[Entry, ...]:
    """The messages of a list; RemoteViolation when one of them can't be told apart."""
    return tuple(_entry(row) for row in _rows(said))


def agencies(said: Mapping[str, Any]) -> tuple[AgencyRow, ...]:
    return tuple(
        AgencyRow(_text(row, "code", 35), _text(row, "oldCode", 35), _text(row, "name", 200), _text(row, "mail", 100))
        for row in _rows(said)
        if _text(row, "code", 35)
    )


def new_codes(said: Mapping[str, Any]) -> dict[str, str]:
    """Code of QĐ 20/2020 → code of QCVN 102:2016."""
    return {_text(row, "code", 35): _text(row, "code102", 35) for row in _rows(said) if _text(row, "code102", 35)}


def doc_id(said: Mapping[str, Any]) -> str:
    """The axis' id of what was just sent."""
    found = _text(said, "DocId", 100) or _text(said, "docId", 100)
    if not found:
        raise odd()
    return found


def odd() -> RemoteViolation:
    return RemoteViolation("217/7.3", N_("Trục trả lời không theo giao thức."), N_("Hệ thống tự hỏi lại."))


def too_large(most: int) -> RemoteViolation:
    return RemoteViolation(
        "217/6.5",
        N_("Gói tin lớn hơn giới hạn {limit} byte."),
        N_("Tách tệp kèm hoặc gửi bằng cách khác."),
        limit=most,
    )


def _rows(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = said.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise odd()
    return rows


def _entry(row: Mapping[str, Any]) -> Entry:
    found = Entry(
        doc_id=_text(row, "docId", 100),
        sender=_text(row, "from", 35),
        recipient=_text(row, "to", 35),
        status=(_text(row, "status", 40) or _text(row, "receiveStatus", 40)).lower(),
        at=_instant(_text(row, "created_time", 40) or _text(row, "sentTime", 40)),
    )
    if not found.doc_id or any(ord(c) < 33 or c in "/\\" for c in found.doc_id):
        raise odd()
    return found


def _text(row: Mapping[str, Any], name: str, most: int) -> str:
    """ "" for what is missing, null or longer than can be."""
    value = row.get(name)
    text = "" if value is None or isinstance(value, dict | list) else str(value).strip()
    return text if len(text) <= most and text.lower() != "null" else ""


def _instant(text: str) -> datetime | None:
    for pattern in ("%Y-%m-%dT%H:%M:%S%z", "%Y/%m/%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S"):
        try:
            found = datetime.strptime(text, pattern)  # noqa: DTZ007 (a zone is added below where the text has none)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=VIETNAM)
    return None


__all__ = ["UTC", "AgencyRow", "AxisRefused", "Credentials", "Entry", "Unsigned"]
