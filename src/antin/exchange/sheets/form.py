"""A directory sheet on the wire: what an installation says of itself and of its organisations. Pure.

    {"payload": base64, "signatures": [{"certificate": sha256, "signature": base64}, …]}

The payload is canonical JSON, `type` antin.directory. It is signed by every exchange key of the host organisation that
is in its time, so that a partner who knows only the older one learns of the newer from it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from antin.exchange.wire import CODE, DIGEST, malformed, strict_object
from antin.values import canonical_json, iso, sha256_hex

SHEET_MAX = 2 * 1024 * 1024
ORGANISATIONS_MOST = 1_000
CLOSURES_MOST = 20
SIGNATURES_MOST = 4
CERTIFICATES_MOST = 2
CERTIFICATE_MAX = 8 * 1024
VALID = timedelta(days=7)
RENEWED_AFTER = timedelta(days=1)
TYPE = "antin.directory"
URL = re.compile(r"https://[^\s/]{1,200}(/[^\s]{0,90})?")
LINE = re.compile(r"[^\x00-\x1f\x7f]{0,200}")
MEDIA_TYPE = "application/vnd.antin.directory+json"


@dataclass(frozen=True, slots=True)
class Organ:
    """One organisation: `certificates` of its exchange key (DER), the newest first, all of them good to sign with."""

    code: str
    old_code: str
    name: str
    group: str
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Closure:
    """A time at which the installation does not answer, told beforehand."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """`node`, `next_node`: SHA-256 of the node's certificates, "" for none. `version` grows with each change of what is said."""

    host: str
    version: int
    issued_at: datetime
    until: datetime
    url: str
    node: str
    next_node: str
    parcel_bytes: int
    closures: tuple[Closure, ...]
    organisations: tuple[Organ, ...]

    def to_bytes(self) -> bytes:
        return canonical_json(
            {
                "v": 1,
                "type": TYPE,
                "version": self.version,
                "issued_at": iso(self.issued_at),
                "until": iso(self.until),
                **self._said(),
            }
        )

    @property
    def content(self) -> str:
        """SHA-256 of all it says but for number and dates: the same for two sheets that say the same."""
        return sha256_hex(canonical_json(self._said()))

    def _said(self) -> dict[str, object]:
        return {
            "host": self.host,
            "url": self.url,
            "node": self.node,
            "next_node": self.next_node,
            "parcel_bytes": self.parcel_bytes,
            "closures": kept(self.closures),
            "organisations": [
                {
                    "code": one.code,
                    "old_code": one.old_code,
                    "name": one.name,
                    "group": one.group,
                    "certificates": [base64.b64encode(der).decode() for der in one.certificates],
                }
                for one in self.organisations
            ],
        }


@dataclass(frozen=True, slots=True)
class SignedSheet:
    """As it travels: exactly the bytes that were signed, and (SHA-256 of a certificate, signature) for each key."""

    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]

    def to_bytes(self) -> bytes:
        listed = [
            {"certificate": certificate, "signature": base64.b64encode(signature).decode()}
            for certificate, signature in self.signatures
        ]
        return canonical_json({"payload": base64.b64encode(self.payload).decode(), "signatures": listed})

    @staticmethod
    def parse(data: bytes) -> SignedSheet:
        """RemoteViolation for anything but that one form."""
        if len(data) > SHEET_MAX:
            raise malformed()
        found = strict_object(data)
        try:
            listed = _list(found["signatures"], SIGNATURES_MOST)
            signatures = tuple((_text(one, "certificate", DIGEST), _decoded(one["signature"])) for one in listed)
            signed = SignedSheet(_decoded(found["payload"]), signatures)
        except (KeyError, ValueError, TypeError):
            raise malformed() from None
        if not signatures or signed.to_bytes() != data:
            raise malformed()
        return signed

    def open(self) -> Sheet:
        """The sheet, unverified. RemoteViolation when it is in no known form."""
        found = strict_object(self.payload)
        try:
            sheet = _sheet(found)
        except (KeyError, ValueError, TypeError):
            raise malformed() from None
        if sheet.to_bytes() != self.payload:
            raise malformed()
        return sheet


class Following(Enum):
    """How a sheet stands to the one held."""

    NEWER = "newer"
    SAME = "same"
    OLDER = "older"
    FORKED = "forked"


def following(held: tuple[int, str] | None, sheet: Sheet) -> Following:
    """`held`: (version, content) of the sheet that was taken last. The same number with other words is never taken."""
    if held is None or sheet.version > held[0]:
        return Following.NEWER
    if sheet.version < held[0]:
        return Following.OLDER
    return Following.SAME if sheet.content == held[1] else Following.FORKED


def closures_of(told: Iterable[Iterable[str]]) -> tuple[Closure, ...]:
    """Closures as they are kept: [start, end, reason] each, instants in ISO 8601."""
    return tuple(
        Closure(datetime.fromisoformat(start), datetime.fromisoformat(end), reason) for start, end, reason in told
    )


def kept(closures: Iterable[Closure]) -> list[list[str]]:
    """The same the other way round."""
    return [[iso(one.start), iso(one.end), one.reason] for one in closures]


def closed_until(closures: Iterable[Closure], now: datetime) -> datetime | None:
    """The end of the time of maintenance that is now, None when there is none."""
    return max((one.end for one in closures if one.start <= now < one.end), default=None)


def _sheet(found: Mapping[str, object]) -> Sheet:
    version, most = found["version"], found["parcel_bytes"]
    if type(version) is not int or type(most) is not int or version < 1 or most < 1:
        raise ValueError(version)
    return Sheet(
        host=_text(found, "host", CODE),
        version=version,
        issued_at=_instant(found["issued_at"]),
        until=_instant(found["until"]),
        url=_text(found, "url", URL),
        node=_text(found, "node", DIGEST),
        next_node=_text(found, "next_node", DIGEST) if found["next_node"] else "",
        parcel_bytes=most,
        closures=tuple(map(_closure, _list(found["closures"], CLOSURES_MOST))),
        organisations=tuple(map(_organ, _list(found["organisations"], ORGANISATIONS_MOST))),
    )


def _organ(found: Mapping[str, object]) -> Organ:
    certificates = tuple(map(_decoded, _list(found["certificates"], CERTIFICATES_MOST)))
    if not certificates or any(len(der) > CERTIFICATE_MAX for der in certificates):
        raise ValueError("certificates")
    old_code = found["old_code"]
    return Organ(
        code=_text(found, "code", CODE),
        old_code=_text(found, "old_code", CODE) if old_code else "",
        name=_text(found, "name", LINE),
        group=_text(found, "group", LINE),
        certificates=certificates,
    )


def _closure(found: object) -> Closure:
    start, end, reason = _list(found, 3)
    if not isinstance(reason, str) or not LINE.fullmatch(reason):
        raise ValueError(reason)
    closure = Closure(_instant(start), _instant(end), reason)
    if closure.end <= closure.start:
        raise ValueError("a closure that ends before it begins")
    return closure


def _list(value: object, most: int) -> list[object]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(value)
    return value


def _text(found: object, name: str, form: re.Pattern[str]) -> str:
    if not isinstance(found, dict):
        raise ValueError(name)
    value = found[name]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(name)
    return value


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError(value)
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(value)
    return at


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError(value)
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as wrong:
        raise ValueError(value) from wrong
