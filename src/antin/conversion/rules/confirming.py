"""Decisions on confirming an electronic transaction on paper, pure (379/16.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from antin.regulation import RuleViolation
from antin.values import N_, Method, Validity, canonical_json, sha256_hex

PROCEDURE_MOST = 1_000
VALIDITY_NOW = {
    Validity.IN_FORCE: "Đang có hiệu lực",
    Validity.REPLACED: "Đã bị thay thế",
    Validity.RECALLED: "Đã bị thu hồi",
    Validity.INVALIDATED: "Đã bị huỷ hiệu lực",
}
"""As the paper says it; Vietnamese, whatever the reader's language."""


def procedure_named(procedure: str) -> str:
    """What is confirmed to others follows the rules on giving information, and the grant names them (379/16.2)."""
    words = " ".join(procedure.split())
    if not words or len(words) > PROCEDURE_MOST:
        raise RuleViolation(
            "379/16.2",
            N_("Cần ghi quy định về cung cấp thông tin được áp dụng, không quá {limit} ký tự."),
            N_("Ghi số, tên quy định rồi duyệt lại."),
            limit=PROCEDURE_MOST,
        )
    return words


def method_is_strong(method: Method) -> None:
    """379/16.2: the word of the body is given by somebody who is known for certain."""
    if not method.is_strong:
        raise RuleViolation(
            "379/16.2", N_("Việc này cần đăng nhập hai yếu tố."), N_("Đăng nhập lại bằng mã dùng một lần.")
        )


def request_digest(output_id: str, document_digest: str, purpose: str, for_whom: str) -> str:
    """What the grant is bound to: this request about exactly this content."""
    return sha256_hex(canonical_json([output_id, document_digest, purpose, for_whom]))


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that the transaction consisted of: when (UTC), with whom, what, in Vietnamese."""

    at: datetime
    party: str
    what: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the paper confirms; empty facts are left out of it."""

    owner: str
    place: str
    facts: tuple[tuple[str, str], ...]
    happened: tuple[Happened, ...]
    approver: str
    said_at: datetime
