"""Who is who among partners: a node's certificate names an installation, an organisation's certificate a signature.

What is read is kept for a second (`Limits.directory_s`): a partner suspended a moment ago is a partner no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Generic, TypeVar
from uuid import UUID

from cryptography import x509
from django.db.models import Q

from antin.exchange import ports
from antin.exchange.messages import Payload, Refusal, Signed, encode
from antin.exchange.models import Certificate, DirectoryEntry, Partner
from antin.exchange.ports import Destination
from antin.exchange.sheets.models import HeldSheet
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.signing import envelope
from antin.signing import queries as signing
from antin.values import N_, sha256_hex

KEY_KEPT_S = 10.0
KEPT_MOST = 10_000
Value = TypeVar("Value")
_kept_certificates: dict[str, Certificate] = {}


@dataclass(frozen=True, slots=True)
class OwnKey:
    """One of our organisations that may sign: its id, and its exchange certificate's DER and digest."""

    organisation_id: UUID
    code: str
    der: bytes
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A partner's sheet, as far as sending asks it: how long it may be believed, how many bytes of a parcel it takes."""

    until: datetime | None
    parcel_bytes: int | None


class _Kept(Generic[Value]):
    """Answers kept for a moment, by key, for any number of threads."""

    def __init__(self, find: Callable[[str], Value]) -> None:
        self._find = find
        self._held: dict[str, tuple[float, Value]] = {}

    def get(self, key: str) -> Value:
        now, fresh_s = time.monotonic(), ports.bound().limits.directory_s
        held = self._held.get(key)
        if held is not None and held[0] + fresh_s > now:
            return held[1]
        if len(self._held) > KEPT_MOST:
            self._held.clear()
        found = self._find(key)
        self._held[key] = (now, found)
        return found

    def drop(self, key: str) -> None:
        self._held.pop(key, None)

    def clear(self) -> None:
        self._held.clear()


def _find_partner(node_fingerprint: str) -> Partner | None:
    return Partner.objects.filter(
        Q(node_certificate=node_fingerprint) | Q(next_node_certificate=node_fingerprint), state="active"
    ).first()


def _find_entry(code: str) -> DirectoryEntry | None:
    return (
        DirectoryEntry.objects.select_related("partner", "certificate", "next_certificate")
        .filter(code=code, in_use=True)
        .first()
    )


def _find_by_id(partner_id: str) -> Partner | None:
    return Partner.objects.filter(id=partner_id).first()


def _find_promise(partner_id: str) -> Promise:
    row = HeldSheet.objects.filter(partner=partner_id).values_list("until", "parcel_bytes").first()
    return Promise(*(row or (None, None)))


_partners, _entries, _by_id = _Kept(_find_partner), _Kept(_find_entry), _Kept(_find_by_id)
_promises = _Kept(_find_promise)
_ours = _Kept(identity.organisation_by_code)


def active_partner(node_fingerprint: str) -> Partner | None:
    """The active partner whose node shows this certificate, ourselves included."""
    return _partners.get(node_fingerprint)


def partner(partner_id: UUID | None) -> Partner | None:
    """The partner of that id, in whatever state; None for None."""
    return None if partner_id is None else _by_id.get(str(partner_id))


def forget_partner(partner_id: UUID) -> None:
    """Its link has changed: the next question reads it anew."""
    _by_id.drop(str(partner_id))


def promise(partner_id: UUID) -> Promise:
    """What the sheet held of that partner promises; nothing before the first one."""
    return _promises.get(str(partner_id))


def entry(code: str) -> DirectoryEntry | None:
    """The organisation of that code, while it is in use."""
    return _entries.get(code)


def own_organisation(code: str) -> UUID | None:
    """The id of our organisation of that code; None when it is none of ours."""
    found = _ours.get(code)
    return found.id if found else None


def forget() -> None:
    """Drops what is kept; called when the directory changes in this process."""
    for kept in (_partners, _entries, _by_id, _promises, _ours):
        kept.clear()
    _kept_certificates.clear()
    _own_certificate.cache_clear()


def destination(partner: Partner) -> Destination:
    shown = {partner.node_certificate, partner.next_node_certificate} - {""}
    return Destination(partner.url, frozenset(shown))


def certificate_of(found: DirectoryEntry, fingerprint: str, at: datetime) -> Certificate | None:
    """The organisation's certificate of that digest, when the directory names it and it is in its time."""
    for certificate in (found.certificate, found.next_certificate):
        if certificate is not None and certificate.sha256 == fingerprint and _in_time(bytes(certificate.der), at):
            return certificate
    return None


def verified(found: DirectoryEntry | None, data: bytes, signature: bytes, fingerprint: str) -> Certificate | None:
    """The certificate when the organisation signed exactly these bytes with a key the directory names, else None."""
    certificate = certificate_of(found, fingerprint, ports.bound().clock.now()) if found else None
    if certificate is None or not envelope.verify_detached(data, signature, bytes(certificate.der)):
        return None
    return certificate


def keep_certificate(der: bytes, code: str) -> Certificate:
    """The certificate's row, made on first sight; rows are never removed, so one seen committed is there for good."""
    digest = sha256_hex(der)
    held = _kept_certificates.get(digest)
    if held is not None:
        return held
    row, is_new = Certificate.objects.get_or_create(
        sha256=digest, defaults={"der": der, "code": code, "since": ports.bound().clock.now()}
    )
    if not is_new:
        _kept_certificates[digest] = row
    return row


def own_key(organisation_id: UUID, code: str) -> OwnKey:
    """The exchange key of one of our organisations. RuleViolation when it has none that is usable."""
    der = _own_certificate(organisation_id, int(time.monotonic() / KEY_KEPT_S))
    return OwnKey(organisation_id, code, der, sha256_hex(der))


def host_key() -> OwnKey:
    """The key of the organisation that runs this installation: it answers for the node."""
    code = ports.bound().organisation_code
    host = own_organisation(code)
    if host is None:
        raise no_key(code)
    return own_key(host, code)


def signed(key: OwnKey, message: Payload) -> Signed:
    """The message under our organisation's signature; its `certificate` must be the key's."""
    payload = encode(message)
    return Signed(payload, envelope.sign_detached(payload, key.organisation_id))


def signer_of(message: Payload) -> str:
    return message.signer if isinstance(message, Refusal) else message.sender


def no_key(code: str) -> RuleViolation:
    return RuleViolation(
        "379/9.1",
        N_("Cơ quan {code} chưa có chứng thư số dùng để gửi, nhận văn bản."),
        N_("Người quản lý thuê bao đăng ký chứng thư cho cơ quan."),
        code=code,
    )


@lru_cache(maxsize=256)
def _own_certificate(organisation_id: UUID, _: int) -> bytes:
    view = signing.certificate_for("organisation", organisation_id, "exchange")
    if view is None:
        raise no_key(str(organisation_id))
    return view.der


def expires_at(der: bytes) -> datetime:
    """The last instant of a certificate."""
    return _period(der)[1]


def _in_time(der: bytes, at: datetime) -> bool:
    first, last = _period(der)
    return first <= at <= last


@lru_cache(maxsize=1024)
def _period(der: bytes) -> tuple[datetime, datetime]:
    certificate = x509.load_der_x509_certificate(der)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc
