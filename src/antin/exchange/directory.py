"""Who is who among partners: a node's certificate names an installation, an organisation's certificate a signature.

Read anew for every message: a partner suspended a moment ago is a partner no more.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from cryptography import x509
from django.db.models import Q

from antin.exchange import ports
from antin.exchange.messages import Payload, Refusal, Signed, encode
from antin.exchange.models import Certificate, DirectoryEntry, Partner
from antin.exchange.ports import Destination
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.signing import envelope
from antin.signing import queries as signing
from antin.values import N_, sha256_hex

KEY_KEPT_S = 10.0


@dataclass(frozen=True, slots=True)
class OwnKey:
    """One of our organisations that may sign: its id, and its exchange certificate's DER and digest."""

    organisation_id: UUID
    code: str
    der: bytes
    fingerprint: str


def active_partner(node_fingerprint: str) -> Partner | None:
    """The active partner whose node shows this certificate, ourselves included."""
    return Partner.objects.filter(
        Q(node_certificate=node_fingerprint) | Q(next_node_certificate=node_fingerprint), state="active"
    ).first()


def entry(code: str) -> DirectoryEntry | None:
    """The organisation of that code, while it is in use."""
    return (
        DirectoryEntry.objects.select_related("partner", "certificate", "next_certificate")
        .filter(code=code, in_use=True)
        .first()
    )


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
    """The certificate's row, made on first sight."""
    row, _ = Certificate.objects.get_or_create(
        sha256=sha256_hex(der), defaults={"der": der, "code": code, "since": ports.bound().clock.now()}
    )
    return row


def own_key(organisation_id: UUID, code: str) -> OwnKey:
    """The exchange key of one of our organisations. RuleViolation when it has none that is usable."""
    der = _own_certificate(organisation_id, int(time.monotonic() / KEY_KEPT_S))
    return OwnKey(organisation_id, code, der, sha256_hex(der))


def host_key() -> OwnKey:
    """The key of the organisation that runs this installation: it answers for the node."""
    code = ports.bound().organisation_code
    host = identity.organisation_by_code(code)
    if host is None:
        raise no_key(code)
    return own_key(host.id, code)


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


def _in_time(der: bytes, at: datetime) -> bool:
    first, last = _period(der)
    return first <= at <= last


@lru_cache(maxsize=1024)
def _period(der: bytes) -> tuple[datetime, datetime]:
    certificate = x509.load_der_x509_certificate(der)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc
