"""The trust store for who may see it, and as files by which anybody checks a signature offline (379/7.p1, 379/13.4)."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from antin.regulation import RuleViolation
from antin.signing import certificates, ports
from antin.signing.models import TrustedCertificate
from antin.signing.rules import TRUST_READERS
from antin.signing.trust import TERMS_FILE, written_terms
from antin.values import N_, Actor, Office

LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class TrustRow:
    """One line of the store; `since`, `until`: signatures of that time, None: without bound."""

    id: UUID
    fingerprint: str
    subject_name: str
    issuer_name: str
    key: str
    not_before: datetime
    not_after: datetime
    is_anchor: bool
    domain: str
    state: str
    since: datetime | None
    until: datetime | None
    by_system: bool
    basis: str
    adopted_by_name: str
    adopted_at: datetime
    ended_basis: str
    ended_by_name: str
    ended_at: datetime | None


def rows(actor: Actor) -> tuple[TrustRow, ...]:
    """What is trusted now first, then what was; RuleViolation for who may not see it."""
    _reads(actor)
    return tuple(_row(row) for row in TrustedCertificate.objects.order_by("-state", "domain", "-adopted_at", "-id"))


def one(actor: Actor, trust_id: UUID) -> TrustRow:
    _reads(actor)
    row = TrustedCertificate.objects.filter(id=trust_id).first()
    if row is None:
        raise _none()
    return _row(row)


def _reads(actor: Actor) -> None:
    """For who may not see it there is no such store (379/4.4)."""
    if not any(actor.organisations(office) for office in TRUST_READERS):
        raise _none()


def _none() -> RuleViolation:
    return RuleViolation("379/4.4", N_("Không có chứng thư này trong kho tin cậy."), N_("Mở lại kho tin cậy."))


def keeps(actor: Actor) -> bool:
    """Whether the actor may change the store."""
    return bool(actor.organisations(Office.SECURITY_OFFICER))


def ends() -> tuple[tuple[str, datetime], ...]:
    """Anchors that are trusted now, by name, and when their certificates end, the first first: for who runs the machine."""
    now, trust = ports.bound().clock.now(), ports.in_force().trust
    found = [certificates.facts(anchor) for anchor in trust.anchors if trust.term(anchor, now) is not None]
    return tuple(sorted(((one.subject_name, one.not_after) for one in found), key=lambda pair: pair[1]))


def as_files(actor: Actor) -> bytes:
    """A ZIP of what `antin validate --trust` reads: certificates, imported lists, terms. The same bytes for the same store."""
    _reads(actor)
    trust = ports.in_force().trust
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for der in trust.pool:
            pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
            _put(archive, f"{certificates.facts(der).fingerprint[:32]}.pem", pem)
        for number, crl in enumerate(trust.crls, 1):
            _put(archive, f"{number:02}.crl", crl)
        _put(archive, TERMS_FILE, written_terms(trust.terms).encode())
    return kept.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, LONG_AGO), data, zipfile.ZIP_DEFLATED)


def _row(row: TrustedCertificate) -> TrustRow:
    facts = certificates.facts(bytes(row.der))
    return TrustRow(
        id=row.id,
        fingerprint=row.fingerprint,
        subject_name=facts.subject_name,
        issuer_name=facts.issuer_name,
        key=facts.key,
        not_before=facts.not_before,
        not_after=facts.not_after,
        is_anchor=certificates.is_self_issued(bytes(row.der)),
        domain=row.domain,
        state=row.state,
        since=row.since,
        until=row.until,
        by_system=row.adopted_by is None,
        basis=row.basis,
        adopted_by_name=row.adopted_by_name,
        adopted_at=row.adopted_at,
        ended_basis=row.ended_basis,
        ended_by_name=row.ended_by_name,
        ended_at=row.ended_at,
    )
