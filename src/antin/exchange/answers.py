"""What a partner's answer means: acknowledged or refused by a verified signature, else indeterminate.

HTTP's status alone proves nothing. A receipt that came before the body had left is no receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from antin.exchange import directory
from antin.exchange.messages import Acknowledgement, Payload, Receipt, Reconciled, Refusal, Signed
from antin.exchange.models import Certificate, DirectoryEntry
from antin.exchange.ports import Answer
from antin.exchange.rules import Outcome
from antin.regulation import RemoteViolation


@dataclass(frozen=True, slots=True)
class Asked:
    """What was sent and what therefore a true answer must repeat. Digests in hex."""

    subject: UUID
    sender: str
    recipient: str
    digest: str
    signature_digest: str = ""
    document_digest: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome, with the verified message, or with what was wrong with it. `heard`: whether anything came back at all."""

    outcome: Outcome
    error: str = ""
    message: bytes = b""
    payload: Payload | None = None
    certificate: Certificate | None = None
    signer: str = ""
    retry_after_s: float = 0.0
    heard: bool = True


def judge_parcel(answer: Answer, asked: Asked) -> Judged:
    """The answer to a parcel."""
    return _judge(answer, asked, _fits_receipt)


def judge_statement(answer: Answer, asked: Asked) -> Judged:
    """The answer to a statement."""
    return _judge(answer, asked, _fits_acknowledgement)


def judge_reconciliation(answer: Answer, asked: Asked) -> Judged:
    """The answer to a comparison."""
    return _judge(answer, asked, _fits_reconciled)


def _judge(answer: Answer, asked: Asked, fits: Callable[[Payload, Asked], bool]) -> Judged:
    try:
        message = Signed.parse(answer.body)
        payload = message.open()
    except RemoteViolation:
        said = f"HTTP {answer.status} without a signed answer"
        return Judged(Outcome.INDETERMINATE, said, retry_after_s=answer.retry_after_s or 0.0)
    if isinstance(payload, Refusal):
        return _refusal(answer, asked, message, payload)
    if not fits(payload, asked):
        return Judged(Outcome.INDETERMINATE, "an answer to something else")
    if answer.status != 200 or not answer.whole:
        return Judged(Outcome.INDETERMINATE, "an acknowledgement before everything had been sent")
    return _verified(Outcome.ACKNOWLEDGED, message, payload, asked.recipient)


def _refusal(answer: Answer, asked: Asked, message: Signed, payload: Refusal) -> Judged:
    same = (payload.subject, payload.sender, payload.recipient) == (asked.subject, asked.sender, asked.recipient)
    if not same or payload.digest != asked.digest or not 400 <= answer.status < 500:
        return Judged(Outcome.INDETERMINATE, "a refusal of something else")
    recipient = directory.entry(asked.recipient)
    if recipient is None or payload.signer not in (asked.recipient, recipient.partner.host_code):
        return Judged(Outcome.INDETERMINATE, "a refusal by someone else")
    return _verified(Outcome.REFUSED, message, payload, payload.signer, at=recipient)


def _verified(
    outcome: Outcome, message: Signed, payload: Payload, signer: str, at: DirectoryEntry | None = None
) -> Judged:
    found = directory.entry(signer)
    if at is not None and found is not None and found.partner_id != at.partner_id:
        found = None
    certificate = directory.verified(found, message.payload, message.signature, payload.certificate)
    if certificate is None:
        return Judged(Outcome.INDETERMINATE, "the answer's signature is not the recipient's")
    return Judged(outcome, "", message.to_bytes(), payload, certificate, signer)


def _fits_receipt(payload: Payload, asked: Asked) -> bool:
    return isinstance(payload, Receipt) and (
        payload.parcel,
        payload.sender,
        payload.recipient,
        payload.manifest,
        payload.signature,
        payload.document,
    ) == (asked.subject, asked.sender, asked.recipient, asked.digest, asked.signature_digest, asked.document_digest)


def _fits_acknowledgement(payload: Payload, asked: Asked) -> bool:
    return isinstance(payload, Acknowledgement) and (
        payload.statement,
        payload.digest,
        payload.sender,
        payload.recipient,
    ) == (asked.subject, asked.digest, asked.sender, asked.recipient)


def _fits_reconciled(payload: Payload, asked: Asked) -> bool:
    return isinstance(payload, Reconciled) and (
        payload.reconciliation,
        payload.digest,
        payload.sender,
        payload.recipient,
    ) == (asked.subject, asked.digest, asked.sender, asked.recipient)
