"""Which certificate fits which purpose (379/5.7, 379/9.2, 379/28.1). Pure: facts in, nothing or RuleViolation out."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from antin.regulation import RuleViolation
from antin.values import N_

SIGN: Final = "sign"
SEAL: Final = "seal"
EXCHANGE: Final = "exchange"
PURPOSES: Final = (SIGN, SEAL, EXCHANGE)
HOLDERS: Final = {SIGN: "person", SEAL: "organisation", EXCHANGE: "organisation"}
ROLE_PURPOSE: Final = {"person": SIGN, "seal": SEAL}
ACTIVE: Final = "active"


@dataclass(frozen=True, slots=True)
class CertificateFact:
    """What is on record of a certificate, and what it says itself."""

    holder_kind: str
    holder_id: UUID
    purpose: str
    state: str
    not_before: datetime
    not_after: datetime
    usages: frozenset[str]
    own_purpose: str
    name: str


def certificate_fit(
    certificate: CertificateFact, *, purpose: str, holder_kind: str, holder_id: UUID, at: datetime
) -> None:
    """Purpose ↔ holder ↔ state ↔ validity at the instant; RuleViolation with the clause that fails first."""
    if (certificate.holder_kind, certificate.holder_id) != (holder_kind, holder_id):
        raise RuleViolation(
            "379/5.7",
            N_("Chứng thư số “{name}” không phải của người hoặc cơ quan này."),
            N_("Chọn đúng chứng thư số của mình."),
            name=certificate.name,
        )
    if certificate.purpose != purpose or HOLDERS[purpose] != holder_kind:
        raise RuleViolation(
            "379/5.7",
            N_("Chứng thư số “{name}” không được cấp cho mục đích này."),
            N_("Dùng chứng thư số đúng mục đích: ký cá nhân, con dấu hoặc trao đổi."),
            name=certificate.name,
        )
    if certificate.state != ACTIVE:
        raise RuleViolation(
            "379/9.2",
            N_("Chứng thư số “{name}” đang tạm dừng, chờ thu hồi hoặc đã thu hồi."),
            N_("Liên hệ người quản lý thuê bao."),
            name=certificate.name,
        )
    _check_usage(purpose, certificate.own_purpose, certificate.usages, certificate.name)
    _check_validity(certificate.not_before, certificate.not_after, at, certificate.name)


def certificate_may_sign(
    *,
    role: str,
    purpose: str,
    usages: Set[str],
    not_before: datetime,
    not_after: datetime,
    at: datetime,
    name: str,
) -> None:
    """What the certificate alone must allow before a page is prepared: role person or seal, at this instant."""
    _check_usage(ROLE_PURPOSE[role], purpose, usages, name)
    _check_validity(not_before, not_after, at, name)


def _check_usage(purpose: str, own_purpose: str, usages: Set[str], name: str) -> None:
    """`own_purpose` is "" when the certificate names none: then its key usage decides alone."""
    wanted = {"digital_signature"} if purpose == EXCHANGE else {"digital_signature", "content_commitment"}
    if (own_purpose and own_purpose != purpose) or not wanted & usages:
        raise RuleViolation(
            "379/5.7",
            N_("Chứng thư số “{name}” không được cấp cho mục đích này."),
            N_("Dùng chứng thư số đúng mục đích: ký cá nhân, con dấu hoặc trao đổi."),
            name=name,
        )


def _check_validity(not_before: datetime, not_after: datetime, at: datetime, name: str) -> None:
    if at < not_before:
        raise RuleViolation(
            "379/28.1",
            N_("Chứng thư số “{name}” chưa đến ngày có hiệu lực."),
            N_("Chờ đến ngày hiệu lực ghi trên chứng thư."),
            name=name,
        )
    if at > not_after:
        raise RuleViolation(
            "379/9.2",
            N_("Chứng thư số “{name}” đã hết hạn."),
            N_("Đề nghị người quản lý thuê bao gia hạn hoặc cấp mới."),
            name=name,
        )


def purpose_fits(purpose: str, holder_kind: str, own_purpose: str, usages: Set[str], name: str) -> None:
    """A person's certificate signs, an organisation's seals or exchanges; never one for both (379/5.7, 379/11.2)."""
    if HOLDERS.get(purpose) != holder_kind:
        raise RuleViolation(
            "379/5.7",
            N_("Mục đích này không dành cho loại chủ thể đó."),
            N_("Chứng thư ký dành cho cá nhân; con dấu và trao đổi dành cho cơ quan."),
        )
    _check_usage(purpose, own_purpose, usages, name)


def codes_agree(code: str, holder_codes: Set[str], name: str) -> None:
    """A code inside the certificate must be one of the holder's own (379/11.2)."""
    if code and code not in holder_codes:
        raise RuleViolation(
            "379/11.2",
            N_("Mã định danh trong chứng thư “{name}” không phải mã của chủ thể này."),
            N_("Kiểm tra lại chủ thể hoặc đề nghị cấp lại chứng thư."),
            name=name,
        )


def not_own(person_id: UUID | None, holder_kind: str, holder_id: UUID) -> None:
    """Nobody settles their own certificate (379/9.2)."""
    if holder_kind == "person" and person_id == holder_id:
        raise RuleViolation(
            "379/9.2",
            N_("Không tự khôi phục chứng thư số của chính mình."),
            N_("Đề nghị người quản lý thuê bao khác thực hiện."),
        )


def reason_given(reason: str) -> None:
    if not reason.strip():
        raise RuleViolation("379/9.2", N_("Phải nêu lý do."), N_("Ghi lý do rồi thực hiện lại."))
