"""A partner's comparison, answered: who asks, for whom, signed by whom; then what differs here. Nothing is changed."""

from __future__ import annotations

from antin.exchange import comparing, directory, irregularities, ports
from antin.exchange.acts.links import note_clock
from antin.exchange.listening import Reply
from antin.exchange.messages import Reconciled, Reconciliation, Refusal, Signed
from antin.exchange.models import Partner
from antin.regulation import RemoteViolation
from antin.values import N_, sha256_hex

ANSWERED = 200


def reconcile(data: bytes, partner: Partner) -> Reply:
    """The signed differences, or a signed refusal. RemoteViolation when it is no comparison at all."""
    signed = Signed.parse(data)
    asked = signed.open()
    if not isinstance(asked, Reconciliation):
        raise RemoteViolation("217/6.2", N_("Thông điệp không phải là bản đối chiếu."), N_("Gửi đúng loại thông điệp."))
    key = directory.host_key()
    entry = directory.entry(asked.sender)
    if entry is None or entry.partner_id != partner.id or asked.sender != partner.host_code:
        return _refuse(
            asked, signed, key, 403, "unknown_sender", N_("Bên gửi không phải là cơ quan chủ của điểm kết nối này.")
        )
    if directory.verified(entry, signed.payload, signed.signature, asked.certificate) is None:
        reason = N_("Chữ ký của cơ quan gửi không đúng hoặc không được công nhận.")
        return _refuse(asked, signed, key, 403, "not_signed", reason)
    if asked.recipient != key.code:
        return _refuse(asked, signed, key, 422, "not_addressed", N_("Bản đối chiếu không gửi cho điểm kết nối này."))
    now = ports.bound().clock.now()
    note_clock(partner.id, round((asked.at - now).total_seconds()), code=asked.sender)
    found = comparing.compare(asked, partner)
    answer = Reconciled(
        reconciliation=asked.reconciliation,
        digest=sha256_hex(signed.payload),
        sender=asked.sender,
        recipient=asked.recipient,
        differing=tuple(found.days),
        missing=tuple(found.missing),
        unknown=tuple(found.unknown),
        at=now,
        certificate=key.fingerprint,
    )
    return Reply(ANSWERED, directory.signed(key, answer).to_bytes())


def _refuse(asked: Reconciliation, signed: Signed, key: directory.OwnKey, status: int, code: str, reason: str) -> Reply:
    irregularities.note(
        irregularities.REFUSED_STATEMENT, source=code, subject=asked.reconciliation, sender_code=asked.sender
    )
    refusal = Refusal(
        event="ReconciliationRejection",
        subject=asked.reconciliation,
        sender=asked.sender,
        recipient=asked.recipient,
        digest=sha256_hex(signed.payload),
        code=code,
        clause="217/6.2",
        reason=reason,
        signer=key.code,
        at=ports.bound().clock.now(),
        certificate=key.fingerprint,
    )
    return Reply(status, directory.signed(key, refusal).to_bytes())
