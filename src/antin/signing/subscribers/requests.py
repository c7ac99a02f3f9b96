"""Asking for a certificate and settling the request: issued here, imported from the certification service, or refused (379/10.1)."""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from django.db import transaction

from antin.identity import acts as identity_acts
from antin.identity import queries as identity
from antin.identity.queries.people import mandate_views
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.signing import acts, ports, queries, rules
from antin.signing.lifecycle import CERTIFICATE_REQUEST
from antin.signing.models import CertificateRequest
from antin.signing.queries import CertificateView
from antin.steps import Step
from antin.values import N_, Actor, Office

MAX_FILE = 1024 * 1024
MAX_CERTIFICATES = 8


def request_digest(holder_id: UUID, purpose: str, renews_id: UUID | None = None) -> str:
    """What the challenge "request_certificate" is bound to."""
    renewed = str(renews_id or "")
    return identity_acts.identity_digest("request_certificate", holder=str(holder_id), purpose=purpose, renews=renewed)


@transaction.atomic
def request_certificate(
    *, actor: Actor, holder_kind: str, holder_id: UUID, purpose: str, basis: str, renews_id: UUID | None = None
) -> UUID:
    """Asks for a certificate, or with `renews_id` for the one that follows it; the request's id.

    Spends the challenge "request_certificate" over `request_digest`. RuleViolation 379/10.1 for oneself, for who has no
    office to sign now, for a body without a seal, and while a request for the same is open.
    """
    step = CERTIFICATE_REQUEST.step("", "request_certificate")
    if purpose not in rules.PURPOSES or rules.HOLDERS[purpose] != holder_kind:
        raise RuleViolation("379/5.7", N_("Mục đích này không dành cho loại chủ thể đó."), N_("Chọn lại mục đích."))
    organisation_id, name = _holder(holder_kind, holder_id)
    acts.check_office(actor, step, organisation_id)
    rules.reason_given(basis)
    rules.not_for_oneself(actor.person_id, holder_kind, holder_id)
    check_post(holder_kind, holder_id, purpose, name)
    if renews_id is not None:
        old = queries.certificate(renews_id)
        rules.renews_same((old.holder_kind, old.holder_id, old.purpose), (holder_kind, holder_id, purpose))
    if CertificateRequest.objects.filter(holder_id=holder_id, purpose=purpose, state="asked").exists():
        raise RuleViolation(
            "379/10.1",
            N_("Đã có đề nghị đang chờ cho chủ thể này."),
            N_("Cấp, ghi nhận hoặc từ chối đề nghị đó trước."),
        )
    identity_acts.spend_challenge(
        actor=actor, act="request_certificate", digest=request_digest(holder_id, purpose, renews_id)
    )
    row = CertificateRequest.objects.create(
        holder_kind=holder_kind,
        holder_id=holder_id,
        organisation_id=organisation_id,
        purpose=purpose,
        renews_id=renews_id,
        state=step.to,
        basis=basis.strip(),
        asked_by=actor.person_id,
        asked_by_name=actor.name,
        asked_at=ports.bound().clock.now(),
    )
    _entry("signing.certificate.asked", actor, row, reason=row.basis)
    return row.id


def issue_requested(*, actor: Actor, request_id: UUID) -> CertificateView:
    """Has the installation's own authority issue it; its key is kept by the house's signer. RuleViolation 379/9.1 without one."""
    row = _open(actor, request_id, "note_certificate(granted)")
    authority = ports.bound().authority
    if authority is None:
        raise RuleViolation(
            "379/9.1",
            N_("Ở đây không có đơn vị cấp chứng thư riêng."),
            N_("Gửi đề nghị tới Cục Chứng thực số và Bảo mật thông tin, rồi ghi nhận chứng thư nhận về."),
        )
    organisation_id, name = _holder(row.holder_kind, row.holder_id)
    body = identity.organisation(organisation_id)
    code = identity.person(row.holder_id).code if row.holder_kind == "person" else body.code
    made = authority.issue(
        purpose=row.purpose,
        name=name,
        code=code,
        organisation=body.name,
        key_ref=f"{row.purpose}-{row.id}-{secrets.token_hex(4)}",
    )
    return _grant(actor, request_id, made.certificate, made.chain, made.key_ref)


def import_requested(*, actor: Actor, request_id: UUID, file: bytes) -> CertificateView:
    """Takes the certificate that the certification service sent (PEM, DER or PKCS#7), its key with the holder.

    RuleViolation 379/7.p1 when it can't be read, leads to no pinned anchor, or holds no certificate of the holder's.
    """
    _open(actor, request_id, "note_certificate(granted)")
    leaf, *chain = _read(file)
    return _grant(actor, request_id, leaf, tuple(chain), "")


@transaction.atomic
def refuse_request(*, actor: Actor, request_id: UUID, reason: str) -> None:
    """The certification service, or the manager, says no; the request is kept with its reason (379/10.1)."""
    rules.reason_given(reason)
    row = _locked(actor, request_id, "note_certificate(refused)")
    row.state, row.reason = CERTIFICATE_REQUEST.step(row.state, "note_certificate(refused)").to, reason.strip()
    row.settled_by_name, row.settled_at = actor.name, ports.bound().clock.now()
    row.save(update_fields=["state", "reason", "settled_by_name", "settled_at"])
    _entry("signing.certificate.request_refused", actor, row, reason=row.reason)


@transaction.atomic
def _grant(actor: Actor, request_id: UUID, leaf: bytes, chain: tuple[bytes, ...], key_ref: str) -> CertificateView:
    row = _locked(actor, request_id, "note_certificate(granted)")
    noted = acts.note_certificate(
        actor=actor,
        holder_kind=row.holder_kind,
        holder_id=row.holder_id,
        certificate_der=leaf,
        chain_der=chain,
        key_ref=key_ref,
        purpose=row.purpose,
    )
    row.state = CERTIFICATE_REQUEST.step(row.state, "note_certificate(granted)").to
    row.certificate_id, row.settled_by_name, row.settled_at = noted.id, actor.name, ports.bound().clock.now()
    row.save(update_fields=["state", "certificate_id", "settled_by_name", "settled_at"])
    return noted


def _open(actor: Actor, request_id: UUID, act: str) -> CertificateRequest:
    row = CertificateRequest.objects.filter(pk=request_id).first()
    return _may_settle(actor, row, act)


def _locked(actor: Actor, request_id: UUID, act: str) -> CertificateRequest:
    row = CertificateRequest.objects.select_for_update().filter(pk=request_id).first()
    return _may_settle(actor, row, act)


def _may_settle(actor: Actor, row: CertificateRequest | None, act: str) -> CertificateRequest:
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có đề nghị này."), N_("Kiểm tra lại danh mục."))
    step: Step = CERTIFICATE_REQUEST.step(row.state, act)
    acts.check_office(actor, step, row.organisation_id)
    rules.not_for_oneself(actor.person_id, row.holder_kind, row.holder_id)
    if act == "note_certificate(granted)":
        check_post(row.holder_kind, row.holder_id, row.purpose, _holder(row.holder_kind, row.holder_id)[1])
    return row


def check_post(holder_kind: str, holder_id: UUID, purpose: str, name: str) -> None:
    signs = holder_kind == "person" and may_sign(holder_id)
    has_seal = holder_kind == "organisation" and identity.organisation(holder_id).has_seal
    rules.post_confirmed(purpose, signs=signs, has_seal=has_seal, name=name)


def may_sign(person_id: UUID) -> bool:
    """Holds the office of a signatory today, of one's own or lent, with an account in use."""
    try:
        account = identity.account_of(person_id)
    except LookupError:
        return False
    return account.state == "active" and any(m.office is Office.SIGNATORY for m in mandate_views(person_id))


def _holder(kind: str, holder_id: UUID) -> tuple[UUID, str]:
    try:
        organisation_id, _codes, name = acts.holder(kind, holder_id)
    except LookupError as missing:
        raise RuleViolation("379/11.2", N_("Không có chủ thể này."), N_("Chọn chủ thể trong danh sách.")) from missing
    return organisation_id, name


def _read(file: bytes) -> list[bytes]:
    """Certificates of the file in DER, the one that issued none of the others first."""
    found: list[x509.Certificate] = []
    if len(file) <= MAX_FILE:
        for reader in (_pem, _der, pkcs7.load_der_pkcs7_certificates, pkcs7.load_pem_pkcs7_certificates):
            try:
                found = reader(file)
            except (ValueError, TypeError, UnsupportedAlgorithm):
                continue
            if found:
                break
    if not found or len(found) > MAX_CERTIFICATES:
        raise RuleViolation(
            "379/7.p1",
            N_("Không đọc được chứng thư số trong tệp (PEM, DER hoặc PKCS#7, không quá 1 MB)."),
            N_("Lấy lại tệp chứng thư từ đơn vị cấp."),
        )
    issuers = {one.issuer.public_bytes() for one in found if one.issuer != one.subject}
    found.sort(key=lambda one: one.subject.public_bytes() in issuers)
    return [one.public_bytes(Encoding.DER) for one in found]


def _pem(file: bytes) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(file)


def _der(file: bytes) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(file)]


def _entry(act: str, actor: Actor, row: CertificateRequest, *, reason: str) -> None:
    ledger.append(
        act,
        actor,
        object_kind="certificate_request",
        object_id=row.id,
        organisation_id=row.organisation_id,
        facts={"holder": str(row.holder_id), "purpose": row.purpose, "renews": str(row.renews_id or "")},
        detail={"holder_kind": row.holder_kind},
        reason=reason,
        clause="379/10.1",
    )
