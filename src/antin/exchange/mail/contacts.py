"""Who is reached by official mail, and by which certificates what comes from there is known (217/7.2, 217/15.2).

A body on the Party's network may have an address too, for the time when that network is down (217/5.3).
One operator proposes, another compares the certificate's fingerprint with the body itself and confirms. From on a letter
never counts: only the certificate under its signature says who wrote it (217/6.2).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from antin.exchange import directory, ports, rules
from antin.exchange.mail import mime, smime
from antin.exchange.mail.lifecycle import MAIL_CONTACT
from antin.exchange.mail.models import MailContact
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.signing import certificates, cms
from antin.signing import queries as signing
from antin.values import N_, Actor, fold, nfc, sha256_hex


def active(code: str) -> MailContact | None:
    """The body of that code, when it is reached by mail."""
    return MailContact.objects.filter(code=code, state="active").first() if code else None


def signer(certificate: bytes, carried: tuple[bytes, ...], claimed: str, at: datetime) -> MailContact | None:
    """The body whose certificate it is: the one that was compared, or a later one of the same body that leads to our anchors.

    `claimed`: the code its slip names, "" without one. None when it is nobody's, or when it can't be told whose of several.
    """
    pinned = MailContact.objects.filter(signing_digest=sha256_hex(certificate), state="active")
    found = [one for one in pinned if claimed in ("", one.code)] if _in_time(certificate, at) else []
    if len(found) == 1:
        return found[0]
    try:
        holder = "" if found else signing.holder_now(certificate, carried)
    except ValueError:
        return None
    return active(holder) if holder and claimed in ("", holder) else None


def propose_mail_contact(
    *,
    actor: Actor,
    code: str,
    name: str,
    address: str,
    signing_file: bytes = b"",
    encryption_file: bytes = b"",
    basis: str = "",
) -> UUID:
    """A body, or new facts of one, awaiting a second operator. The files are certificates in DER or PEM, or empty.

    RuleViolation when the code is malformed or reached otherwise, the address is none, a file is no fit certificate.
    """
    step = MAIL_CONTACT.step("", "propose_mail_contact")
    rules.require_operator(actor, step)
    code, address, name = code.strip(), address.strip().lower(), mime.clean(nfc(name))
    _check(code, name, address)
    first, second = certificate_in(signing_file), certificate_in(encryption_file)
    now = ports.bound().clock.now()
    if first and not _signs(first, now):
        raise _unfit(N_("Chứng thư ký thư không dùng được: hết hạn, hoặc khoá quá ngắn."))
    if second and not smime.may_encrypt_for(second, now):
        raise _unfit(N_("Chứng thư mã hoá không dùng được: hết hạn, không phải RSA, hoặc không dùng để mã hoá."))
    with transaction.atomic():
        row = MailContact.objects.filter(code=code, state="proposed").first() or MailContact(code=code)
        row.name, row.address, row.folded = name, address, fold(f"{name} {code} {address}")
        row.signing, row.signing_digest, row.encryption = first, sha256_hex(first) if first else "", second
        row.state, row.basis = step.to, mime.clean(basis, 300)
        row.proposed_by, row.proposed_at = actor.person_id, now
        row.save()
        _tell("exchange.mail_contact.proposed", actor, row, clause="217/15.2")
    return row.id


def confirm_mail_contact(*, actor: Actor, contact_id: UUID, compared: str) -> None:
    """The body is reached by mail from now on. `compared`: the fingerprint as the body read it out; its address without one."""
    with transaction.atomic():
        row = _locked(contact_id)
        step = MAIL_CONTACT.step(row.state, "confirm_mail_contact")
        rules.require_operator(actor, step)
        rules.second_person(row.proposed_by, actor.person_id)
        said = compared.replace(":", "").replace(" ", "").lower()
        if said != (row.signing_digest or row.address):
            raise RuleViolation(
                "379/26.2",
                N_("Dấu vân tay chứng thư (hoặc địa chỉ, khi chưa có chứng thư) không khớp."),
                N_("Đối chiếu lại với bên kia."),
            )
        for before in MailContact.objects.select_for_update().filter(code=row.code, state="active"):
            before.state = MAIL_CONTACT.step(before.state, "end_mail_contact").to
            before.save(update_fields=["state"])
        row.state, row.confirmed_by, row.confirmed_at = step.to, actor.person_id, ports.bound().clock.now()
        row.save()
        _tell("exchange.mail_contact.confirmed", actor, row, clause="379/26.2")


def end_mail_contact(*, actor: Actor, contact_id: UUID, reason: str) -> None:
    """Nothing goes there by mail any more, and what comes from there is authentic no longer."""
    if not reason.strip():
        raise RuleViolation("217/15.2", N_("Cần nêu lý do."), N_("Nêu vì sao thôi gửi thư cho nơi này."))
    with transaction.atomic():
        row = _locked(contact_id)
        step = MAIL_CONTACT.step(row.state, "end_mail_contact")
        rules.require_operator(actor, step)
        row.state, row.reason = step.to, reason.strip()
        row.save()
        _tell("exchange.mail_contact.ended", actor, row, reason=row.reason, clause="217/15.2")


def certificate_in(data: bytes) -> bytes:
    """The DER of the certificate in a file, b"" for an empty file. RuleViolation for anything else."""
    if not data.strip():
        return b""
    try:
        load = x509.load_pem_x509_certificate if b"-----BEGIN" in data[:2000] else x509.load_der_x509_certificate
        return load(data).public_bytes(Encoding.DER)
    except ValueError as odd:
        raise _unfit(N_("Tệp không phải chứng thư số.")) from odd


def _check(code: str, name: str, address: str) -> None:
    if not rules.CODE.fullmatch(code) or not name:
        raise RuleViolation("217/15.2", N_("Cần mã và tên cơ quan."), N_("Ghi mã định danh và tên cơ quan."))
    if not mime.is_address(address):
        raise RuleViolation("217/7.2", N_("Địa chỉ thư không hợp lệ."), N_("Ghi một địa chỉ thư điện tử công vụ."))
    if directory.own_organisation(code) is not None:
        raise RuleViolation(
            "217/7.1", N_("Đây là cơ quan của điểm kết nối này."), N_("Không cần đường thư cho nơi này.")
        )


def _signs(der: bytes, at: datetime) -> bool:
    try:
        cms.algorithm_of(der)
    except ValueError:
        return False
    return _in_time(der, at)


def _in_time(der: bytes, at: datetime) -> bool:
    try:
        found = certificates.load(der)
    except ValueError:
        return False
    return found.not_valid_before_utc <= at <= found.not_valid_after_utc


def _unfit(words: str) -> RuleViolation:
    return RuleViolation("379/9.1", words, N_("Xin lại chứng thư của cơ quan đó."))


def _locked(contact_id: UUID) -> MailContact:
    row = MailContact.objects.select_for_update().filter(id=contact_id).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có nơi nhận thư này."), N_("Mở lại trang liên thông."))
    return row


def _tell(act: str, actor: Actor, row: MailContact, *, clause: str, reason: str = "") -> None:
    ledger.append(
        act,
        actor,
        object_kind="mail_contact",
        object_id=row.id,
        facts={
            "code": row.code,
            "certificate": row.signing_digest,
            "encryption": sha256_hex(bytes(row.encryption)) if row.encryption else "",
        },
        detail={"name": row.name, "address": row.address},
        reason=reason,
        clause=clause,
    )
