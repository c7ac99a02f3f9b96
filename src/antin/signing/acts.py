"""Writing: certificates taken on record, suspended, resumed, revoked; reports made (379/9.2, 379/10.1, 379/13.4)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from antin.identity import acts as identity_acts
from antin.identity import queries as identity
from antin.identity.rules import require_office
from antin.ledger import acts as ledger
from antin.regulation import Indeterminate, RuleViolation
from antin.signing import certificates, cms, envelope, path, ports, queries, revocation, rules
from antin.signing.lifecycle import CERTIFICATE
from antin.signing.models import Certificate, ValidationReport
from antin.signing.queries import CertificateView, ReportView, report_view, view
from antin.signing.verdict import Policy, Report
from antin.steps import Step
from antin.values import N_, Actor, Office

PROOF = b"antin: proof of possession"
MAX_DEPTH = 8
STEPPED_UP = {"resume_certificate", "ask_revocation"}


def note_certificate(
    *,
    actor: Actor,
    holder_kind: str,
    holder_id: UUID,
    certificate_der: bytes,
    chain_der: tuple[bytes, ...],
    key_ref: str,
    purpose: str,
) -> CertificateView:
    """Takes a certificate on record for one holder and one purpose; it may be used from now on.

    RuleViolation when the chain leads to no pinned anchor (379/7.p1), the key is not the certificate's (379/5.11),
    the purpose does not fit (379/5.7), or the key serves elsewhere already (379/11.2).
    """
    house = ports.in_force()
    step = CERTIFICATE.step("", "note_certificate(granted)")
    organisation_id, codes, _ = holder(holder_kind, holder_id)
    check_office(actor, step, organisation_id)
    facts = _readable(certificate_der)
    rules.purpose_fits(purpose, holder_kind, facts.purpose, facts.usages, facts.subject_name)
    rules.codes_agree(facts.code if facts.is_sample else "", codes, facts.subject_name)
    _check_chain(certificate_der, tuple(chain_der), house, facts.not_before)
    _check_possession(certificate_der, key_ref, house)
    now = house.clock.now()
    with transaction.atomic():
        _check_new(facts.fingerprint, key := key_fingerprint(certificate_der))
        row = Certificate(
            holder_kind=holder_kind,
            holder_id=holder_id,
            organisation_id=organisation_id,
            purpose=purpose,
            state=step.to,
            serial_hex=facts.serial_hex,
            subject_name=facts.subject_name,
            issuer_name=facts.issuer_name,
            not_before=facts.not_before,
            not_after=facts.not_after,
            der=certificate_der,
            chain=list(chain_der),
            fingerprint=facts.fingerprint,
            key_fingerprint=key,
            key_ref=key_ref,
            noted_at=now,
            changed_at=now,
        )
        row.save(force_insert=True)
        _entry("signing.certificate.noted", actor, row, clause="379/11.2")
    return view(row)


def suspend_certificate(*, actor: Actor, certificate_id: UUID, reason: str) -> CertificateView:
    """Makes it unusable here at once (379/9.2); `reason` must be given."""
    return _change("suspend_certificate", "suspended", actor, certificate_id, reason)


def resume_certificate(*, actor: Actor, certificate_id: UUID, reason: str) -> CertificateView:
    """Makes a suspended certificate usable again; nobody resumes their own (379/9.2).

    Spends a challenge opened on `identity_digest("resume_certificate", certificate=…)`.
    """
    return _change("resume_certificate", "resumed", actor, certificate_id, reason)


def ask_revocation(*, actor: Actor, certificate_id: UUID, reason: str) -> CertificateView:
    """Unusable at once; the request goes to the certification body (379/9.2, 379/10.1)."""
    return _change("ask_revocation", "revocation_asked", actor, certificate_id, reason)


def note_revocation(*, actor: Actor, certificate_id: UUID) -> CertificateView:
    """Records what the certification service answered; RuleViolation (379/9.2) when it says "not revoked"."""
    found = queries.certificate(certificate_id)
    since, reason = _revoked_since(found)
    return _change("note_revocation", "revoked", actor, certificate_id, reason or "unspecified", revoked_at=since)


def validate_signatures(
    *, actor: Actor, document_id: UUID, pdf: bytes, policy: Policy | None = None, entry: bool = True
) -> ReportView:
    """Makes and keeps a report (379/13.4). `entry=False` leaves the ledger to the act around it."""
    made = queries.validate(pdf, policy=policy)
    with transaction.atomic():
        row = keep_report(document_id, made)
        if entry:
            ledger.append(
                "signing.report.made",
                actor,
                object_kind="document",
                object_id=document_id,
                facts={
                    "report": str(row.id),
                    "verdict": made.verdict,
                    "sub_indication": made.sub_indication,
                    "policy": made.policy,
                    "digest": made.digest,
                },
                clause="379/13.4",
            )
    return report_view(row)


def keep_report(document_id: UUID, made: Report) -> ValidationReport:
    """Keeps a report that was made already; joins the transaction."""
    row = ValidationReport(
        document_id=document_id,
        digest=made.digest,
        verdict=made.verdict,
        sub_indication=made.sub_indication,
        policy=made.policy,
        at=made.at,
        made_at=ports.bound().clock.now(),
        body=made.to_dict(),
    )
    row.save(force_insert=True)
    return row


def _change(
    act: str, word: str, actor: Actor, certificate_id: UUID, reason: str, *, revoked_at: datetime | None = None
) -> CertificateView:
    rules.reason_given(reason)
    with transaction.atomic():
        row = Certificate.objects.select_for_update().filter(id=certificate_id).first()
        if row is None:
            raise RuleViolation(
                "379/10.1", N_("Không có chứng thư số này trong danh mục."), N_("Kiểm tra lại danh mục.")
            )
        step = CERTIFICATE.step(row.state, act)
        check_office(actor, step, row.organisation_id)
        if "not_own" in step.guards:
            rules.not_own(actor.person_id, row.holder_kind, row.holder_id)
        if act in STEPPED_UP:
            _step_up(actor, act, certificate_id)
        changed = Certificate.objects.filter(id=row.id, state=row.state).update(
            state=step.to, reason=reason, changed_at=ports.bound().clock.now(), revoked_at=revoked_at
        )
        if changed != 1:
            raise RuntimeError("a locked row changed under us")
        row.refresh_from_db()
        _entry(f"signing.certificate.{word}", actor, row, reason=reason, clause=step.clauses[0])
    envelope.forget(row.holder_id)
    return view(row)


def _entry(act: str, actor: Actor, row: Certificate, *, clause: str, reason: str = "") -> None:
    facts: dict[str, object] = {
        "serial": row.serial_hex,
        "purpose": row.purpose,
        "holder": str(row.holder_id),
        "until": row.not_after.isoformat(),
        "fingerprint": row.fingerprint,
    }
    if row.revoked_at is not None:
        facts["since"] = row.revoked_at.isoformat()
    ledger.append(
        act,
        actor,
        object_kind="certificate",
        object_id=row.id,
        organisation_id=row.organisation_id,
        facts=facts,
        detail={"holder_kind": row.holder_kind, "subject_name": row.subject_name, "issuer_name": row.issuer_name},
        reason=reason,
        clause=clause,
    )


def holder(kind: str, holder_id: UUID) -> tuple[UUID, frozenset[str], str]:
    """Organisation, codes and name of the holder."""
    if kind == "person":
        person = identity.person(holder_id)
        return person.organisation_id, frozenset({person.code}), person.name
    organisation = identity.organisation(holder_id)
    return organisation.id, frozenset(organisation.codes.values()), organisation.name


def check_office(actor: Actor, step: Step, organisation_id: UUID) -> None:
    """The office in the holder's body or in one above it: a unit has no subscriber manager of its own."""
    last: RuleViolation | None = None
    at: UUID | None = organisation_id
    for _ in range(MAX_DEPTH):
        if at is None:
            break
        try:
            require_office(actor, step.offices, at)
        except RuleViolation as refused:
            last = last or refused
            at = identity.organisation(at).parent_id
        else:
            return
    raise last or AssertionError("an organisation above itself")


def _step_up(actor: Actor, act: str, certificate_id: UUID) -> None:
    """Spends the challenge opened on exactly this act on this certificate (379/5.6); the system has nobody to ask."""
    if actor.office is not Office.SYSTEM:
        digest = identity_acts.identity_digest(act, certificate=str(certificate_id))
        identity_acts.spend_challenge(actor=actor, act=act, digest=digest)


def _readable(certificate_der: bytes) -> certificates.CertificateFacts:
    try:
        cms.algorithm_of(certificate_der)
        return certificates.facts(certificate_der)
    except ValueError as broken:
        raise RuleViolation(
            "379/7.p1",
            N_("Không đọc được chứng thư số, hoặc thuật toán khoá không được chấp nhận."),
            N_("Lấy lại tệp chứng thư từ đơn vị cấp."),
        ) from broken


def _check_chain(leaf: bytes, chain: tuple[bytes, ...], house: ports.Ports, at: datetime) -> None:
    try:
        path.find(leaf, chain, house.trust, None, at)
    except path.BadPath as bad:
        raise RuleViolation(
            "379/7.p1",
            N_("Chứng thư số không thuộc dịch vụ chứng thực được tin cậy."),
            N_("Chỉ dùng chứng thư chữ ký số chuyên dùng công vụ."),
            why=str(bad),
        ) from bad


def _check_possession(certificate_der: bytes, key_ref: str, house: ports.Ports) -> None:
    """The key that the house would use must be the certificate's; a key held by the person is proven at signing."""
    if not key_ref:
        return
    algorithm = cms.algorithm_of(certificate_der)
    try:
        proof = house.signer.sign(key_ref, PROOF, algorithm)
        matches = cms.raw_verify(certificate_der, proof, PROOF, algorithm)
    except (LookupError, ValueError):
        matches = False
    if not matches:
        raise RuleViolation(
            "379/5.11",
            N_("Khoá ký không khớp với chứng thư số."),
            N_("Kiểm tra lại khoá và chứng thư của chủ thể."),
        )


def _check_new(fingerprint: str, key: str) -> None:
    if Certificate.objects.filter(fingerprint=fingerprint).exists():
        raise RuleViolation("379/11.2", N_("Chứng thư số này đã có trong danh mục."), N_("Không cần ghi nhận lại."))
    if Certificate.objects.filter(key_fingerprint=key).exists():
        raise RuleViolation(
            "379/11.2",
            N_("Khoá của chứng thư này đã gắn với chứng thư khác."),
            N_("Mỗi khoá chỉ dùng cho một chủ thể và một mục đích; đề nghị cấp khoá mới."),
        )


def key_fingerprint(certificate_der: bytes) -> str:
    """SHA-256 of the SubjectPublicKeyInfo."""
    key = certificates.load(certificate_der).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _revoked_since(found: CertificateView) -> tuple[datetime, str]:
    issuer = certificates.find_issuer(found.der, (*found.chain, *ports.in_force().trust.pool))
    status = (
        ports.bound().revocation.status(found.der, issuer, found.chain) if issuer is not None else revocation.UNKNOWN
    )
    if status.state is revocation.State.REVOKED and status.revoked_at is not None:
        return status.revoked_at, status.reason
    if status.state is revocation.State.UNKNOWN:
        raise Indeterminate(
            "379/9.2",
            N_("Chưa xác định được trạng thái chứng thư số của “{name}”."),
            N_("Kiểm tra kết nối tới dịch vụ chứng thực rồi thử lại."),
            name=found.subject_name,
        )
    raise RuleViolation(
        "379/9.2",
        N_("Dịch vụ chứng thực trả lời chứng thư số của “{name}” chưa bị thu hồi."),
        N_("Tạm dừng chứng thư nếu cần ngừng sử dụng ngay."),
        name=found.subject_name,
    )
