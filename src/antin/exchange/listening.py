"""A statement from a partner's node: who says it, for whom, signed by whom; then it is news (217/6.4)."""

from __future__ import annotations

from dataclasses import dataclass

from antin.exchange import directory, faults, irregularities, ports
from antin.exchange.acts import news
from antin.exchange.messages import Refusal, Signed, Statement
from antin.exchange.models import Partner
from antin.exchange.sheets import asking
from antin.regulation import RemoteViolation, RuleViolation
from antin.values import N_, Actor, sha256_hex

ACKNOWLEDGED = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and signed body of the answer."""

    status: int
    body: bytes


def listen(data: bytes, partner: Partner) -> Reply:
    """The acknowledgement, stored or new, or a signed refusal. RemoteViolation when it is no statement at all."""
    signed = Signed.parse(data)
    statement = signed.open()
    if not isinstance(statement, Statement) or statement.statement.version != 7:
        raise RemoteViolation("217/11.14", N_("Thông điệp không phải là trạng thái."), N_("Gửi đúng loại thông điệp."))
    entry = directory.entry(statement.sender)
    if entry is None or entry.partner_id != partner.id:
        return _refuse(
            statement,
            signed,
            403,
            "unknown_sender",
            "379/26.2",
            N_("Bên gửi không có trong danh bạ của điểm kết nối này."),
        )
    certificate = directory.verified(entry, signed.payload, signed.signature, statement.certificate)
    if certificate is None and asking.may_be_new(entry, statement.certificate, partner):
        entry = directory.entry(statement.sender) or entry
        certificate = directory.verified(entry, signed.payload, signed.signature, statement.certificate)
    if certificate is None:
        return _refuse(
            statement,
            signed,
            403,
            "not_signed",
            "217/6.2",
            N_("Chữ ký của cơ quan gửi không đúng hoặc không được công nhận."),
        )
    ours = directory.own_organisation(statement.recipient)
    if ours is None:
        return _refuse(
            statement, signed, 422, "not_addressed", "217/10.1.p2", N_("Trạng thái không gửi cho cơ quan nào ở đây.")
        )
    faults.reach("listen.verified")
    told = news.known_statement(statement.sender, statement.statement, sha256_hex(signed.payload))
    if told is None:
        key = directory.own_key(ours, statement.recipient)
        try:
            told = news.note_progress(
                actor=Actor.peer(entry.name), statement=statement, signed=signed, certificate=certificate, key=key
            )
        except RuleViolation as violation:
            return _refuse(statement, signed, 422, "not_true", violation.clause, violation.reason)
    if told.conflict:
        return _refuse(
            statement, signed, 409, "same_id_other_bytes", "217/6.2", N_("Mã trạng thái này đã dùng cho nội dung khác.")
        )
    faults.reach("listen.committed")
    return Reply(ACKNOWLEDGED, told.answer)


def _refuse(statement: Statement, signed: Signed, status: int, code: str, clause: str, reason: str) -> Reply:
    irregularities.note(
        irregularities.REFUSED_STATEMENT, source=code, subject=statement.statement, sender_code=statement.sender
    )
    ours = directory.own_organisation(statement.recipient)
    key = directory.own_key(ours, statement.recipient) if ours else directory.host_key()
    refusal = Refusal(
        event="StatementRejection",
        subject=statement.statement,
        sender=statement.sender,
        recipient=statement.recipient,
        digest=sha256_hex(signed.payload),
        code=code,
        clause=clause,
        reason=reason,
        signer=key.code,
        at=ports.bound().clock.now(),
        certificate=key.fingerprint,
    )
    return Reply(status, directory.signed(key, refusal).to_bytes())
