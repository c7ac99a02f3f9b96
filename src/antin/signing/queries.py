"""Certificates and reports as frozen rows, and validation without writing anything down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from antin.regulation import RuleViolation
from antin.signing import certificates, path, ports, rules, verdict
from antin.signing.models import Certificate, ValidationReport
from antin.signing.revocation import State
from antin.signing.verdict import Policy, Report
from antin.values import N_

MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class CertificateView:
    """One certificate on record. `der` and `chain` in DER (issuer first); `key_ref` names the key to the signer."""

    id: UUID
    holder_kind: str
    holder_id: UUID
    organisation_id: UUID
    purpose: str
    state: str
    serial_hex: str
    subject_name: str
    issuer_name: str
    not_before: datetime
    not_after: datetime
    der: bytes
    chain: tuple[bytes, ...]
    fingerprint: str
    key_ref: str
    revoked_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """One kept report."""

    id: UUID
    document_id: UUID
    digest: str
    verdict: str
    sub_indication: str
    made_at: datetime
    report: Report


def certificate(certificate_id: UUID) -> CertificateView:
    """The certificate on record; RuleViolation (379/10.1) when there is none of that id."""
    row = Certificate.objects.filter(id=certificate_id).first()
    if row is None:
        raise RuleViolation("379/10.1", N_("Không có chứng thư số này trong danh mục."), N_("Kiểm tra lại danh mục."))
    return view(row)


def certificate_for(
    holder_kind: str, holder_id: UUID, purpose: str, *, at: datetime | None = None, key_here: bool | None = None
) -> CertificateView | None:
    """The holder's usable certificate for the purpose, the newest of several; None when there is none now.

    `key_here`: only one whose key the house keeps (True), or only one whose key the holder keeps (False).
    """
    now = at or ports.bound().clock.now()
    rows = Certificate.objects.filter(
        holder_kind=holder_kind,
        holder_id=holder_id,
        purpose=purpose,
        state=rules.ACTIVE,
        not_before__lte=now,
        not_after__gte=now,
    )
    if key_here is not None:
        rows = rows.exclude(key_ref="") if key_here else rows.filter(key_ref="")
    row = rows.order_by("-not_before", "-id").first()
    return view(row) if row else None


def certificates_of(holder_kind: str, holder_id: UUID) -> tuple[CertificateView, ...]:
    """Every certificate of the holder, newest first."""
    rows = Certificate.objects.filter(holder_kind=holder_kind, holder_id=holder_id).order_by("-not_before", "-id")
    return tuple(view(row) for row in rows[:MAX_ROWS])


def inventory(
    organisation_ids: frozenset[UUID], *, ending_before: datetime | None = None
) -> tuple[CertificateView, ...]:
    """Certificates of these organisations and their people, the first to end first (379/10.1)."""
    rows = Certificate.objects.filter(organisation_id__in=organisation_ids)
    if ending_before is not None:
        rows = rows.filter(not_after__lt=ending_before)
    return tuple(view(row) for row in rows.order_by("not_after", "id")[:MAX_ROWS])


def require_fit(found: CertificateView, *, purpose: str, holder_kind: str, holder_id: UUID, at: datetime) -> None:
    """RuleViolation (379/5.7, 379/9.2, 379/28.1) unless the certificate may serve this purpose of this holder now."""
    facts = certificates.facts(found.der)
    rules.certificate_fit(
        rules.CertificateFact(
            holder_kind=found.holder_kind,
            holder_id=found.holder_id,
            purpose=found.purpose,
            state=found.state,
            not_before=found.not_before,
            not_after=found.not_after,
            usages=facts.usages,
            own_purpose=facts.purpose,
            name=found.subject_name,
        ),
        purpose=purpose,
        holder_kind=holder_kind,
        holder_id=holder_id,
        at=at,
    )


def validate(pdf: bytes, *, at: datetime | None = None, policy: Policy | None = None) -> Report:
    """A report by the installation's trust, made in the sandbox, kept nowhere. It never raises for bad input: that is
    a verdict too."""
    house = ports.in_force()
    return verdict.validate_sandboxed(pdf, at=at or house.clock.now(), trust=house.trust, policy=policy or Policy())


def validate_from_outside(data: bytes, *, content: bytes | None = None) -> Report:
    """A report on a stranger's file of whatever kind, now, by the installation's trust; kept nowhere (379/13.4).

    Strangers have a worker of their own, so that they never hold up the house. `content`: for a detached signature.
    """
    house = ports.in_force()
    return verdict.validate_sandboxed(
        data, at=house.clock.now(), trust=house.trust, content=content, pool=verdict.pool_for("outside")
    )


def holder_now(certificate: bytes, carried: tuple[bytes, ...]) -> str:
    """The code of the body that a message's certificate belongs to, when it leads to our anchors and is good now.

    "" when it does not, when nobody can say whether it was revoked, or when it is not one that signs for a body (379/5.7).
    """
    house = ports.in_force()
    facts = certificates.facts(certificate)
    if facts.purpose not in ("exchange", "seal"):
        return ""
    try:
        chain = path.find(certificate, carried, house.trust, None, house.clock.now()).certificates
    except path.BadPath:
        return ""
    good = all(house.revocation.status(one, by).state is State.GOOD for one, by in pairwise(chain))
    return facts.code if good else ""


def bodies_of(fingerprint: str) -> frozenset[UUID]:
    """The organisations whose certificate, or whose person's, this is by our records (SHA-256 of it, hexadecimal)."""
    return frozenset(Certificate.objects.filter(fingerprint=fingerprint).values_list("organisation_id", flat=True))


def latest_report(document_id: UUID) -> ReportView | None:
    """The newest report on the document; None when none was made."""
    row = ValidationReport.objects.filter(document_id=document_id).order_by("-made_at", "-id").first()
    return report_view(row) if row else None


def report(report_id: UUID) -> ReportView | None:
    row = ValidationReport.objects.filter(id=report_id).first()
    return report_view(row) if row else None


def reports(document_id: UUID) -> tuple[ReportView, ...]:
    """Every report on the document, newest first."""
    rows = ValidationReport.objects.filter(document_id=document_id).order_by("-made_at", "-id")
    return tuple(report_view(row) for row in rows[:50])


def view(row: Certificate) -> CertificateView:
    return CertificateView(
        id=row.id,
        holder_kind=row.holder_kind,
        holder_id=row.holder_id,
        organisation_id=row.organisation_id,
        purpose=row.purpose,
        state=row.state,
        serial_hex=row.serial_hex,
        subject_name=row.subject_name,
        issuer_name=row.issuer_name,
        not_before=row.not_before,
        not_after=row.not_after,
        der=bytes(row.der),
        chain=tuple(bytes(c) for c in row.chain),
        fingerprint=row.fingerprint,
        key_ref=row.key_ref,
        revoked_at=row.revoked_at,
        reason=row.reason,
    )


def report_view(row: ValidationReport) -> ReportView:
    return ReportView(
        id=row.id,
        document_id=row.document_id,
        digest=row.digest,
        verdict=row.verdict,
        sub_indication=row.sub_indication,
        made_at=row.made_at,
        report=Report.from_dict(row.body),
    )
