"""Which certificate fits which purpose (379/5.7, 379/9.2, 379/28.1), how long a proof of time holds (379/23.2.b). Pure: facts in, nothing or RuleViolation out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from antin.regulation import RuleViolation
from antin.values import N_, VIETNAM, Actor, Office

SIGN: Final = "sign"
SEAL: Final = "seal"
EXCHANGE: Final = "exchange"
PURPOSES: Final = (SIGN, SEAL, EXCHANGE)
HOLDERS: Final = {SIGN: "person", SEAL: "organisation", EXCHANGE: "organisation"}
ROLE_PURPOSE: Final = {"person": SIGN, "seal": SEAL}
ACTIVE: Final = "active"
OFFICIAL: Final = "official"
OWN: Final = "own"
PUBLIC: Final = "public"
DOMAINS: Final = (OFFICIAL, OWN, PUBLIC)
"""Whose authority an anchor is: the one for official use; one of this installation's own, for trials; a public service, whose
signatures are told apart but are not for official use (379/7.p1, 379/28.1)."""


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


FIRST_PAUSE, LONGEST_PAUSE, LOOK_AGAIN = timedelta(minutes=10), timedelta(days=1), timedelta(days=30)
TRUST_READERS: Final = frozenset(
    {Office.SECURITY_OFFICER, Office.SUBSCRIBER_MANAGER, Office.ADMINISTRATOR, Office.AUDITOR}
)
PROOF_WATCHERS: Final = frozenset({Office.ADMINISTRATOR, Office.AUDITOR, Office.ARCHIVIST, Office.SYSTEM_OWNER})
DIGESTS: Final = ("sha256", "sha384", "sha512")


def proof_end(certificate_until: datetime, algorithm_ends: Iterable[date | None]) -> datetime:
    """When a timestamp stops proving anything: with the first certificate of its chain or the first algorithm, UTC."""
    ends = [day for day in algorithm_ends if day is not None]
    if date.min in ends:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return min([certificate_until, *(datetime.combine(day, time.max, VIETNAM) for day in ends)]).astimezone(UTC)


def digest_for_renewal(ends: Mapping[str, date | None], until: datetime) -> str:
    """The first digest that may be relied on past that instant; the longest when none may (379/23.2.b)."""
    wanted = until.astimezone(VIETNAM).date()
    return next((name for name in DIGESTS if (end := ends[name]) is None or end > wanted), DIGESTS[-1])


def holds_longer(before: datetime, after: datetime | None) -> None:
    """379/23.2.b: a renewal that proves nothing longer is not kept."""
    if after is None or after <= before:
        raise RuleViolation(
            "379/23.2.b",
            N_("Dấu thời gian mới không giữ được lâu hơn dấu cũ."),
            N_("Đề nghị đơn vị cấp dấu thời gian thay chứng thư hoặc thuật toán, hoặc đặt đơn vị cấp khác."),
        )


def begins_with(former: bytes, longer: bytes) -> None:
    """379/17.2: renewing only appends; not a byte of what was stored is another."""
    if not longer.startswith(former) or len(longer) == len(former):
        raise RuleViolation(
            "379/17.2",
            N_("Bản gia hạn không chứa nguyên vẹn bản đã lưu."),
            N_("Giữ bản đã lưu; báo quản trị hệ thống."),
        )


def still_proven(verdict: str, sub_indication: str) -> None:
    """379/23.2.b: only a file whose signatures are all valid is prolonged."""
    if verdict != "valid":
        raise RuleViolation(
            "379/23.2.b",
            N_("Chữ ký trong tệp không còn hợp lệ ({why}), không gia hạn được dấu thời gian."),
            N_("Mở báo cáo kiểm tra chữ ký của văn bản và xử lý nguyên nhân."),
            why=sub_indication or verdict,
        )


def next_renewal_try(now: datetime, tries: int) -> datetime:
    """Soon at first, then twice as long each time, once a day at last."""
    return now + min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries, 8)))


def may_watch_proofs(actor: Actor) -> None:
    """RuleViolation for who does not watch over stored files: for them there is no such page (379/4.4)."""
    if not any(mandate.office in PROOF_WATCHERS for mandate in actor.mandates):
        raise RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))


SUBSCRIBER_READERS: Final = (Office.SUBSCRIBER_MANAGER, Office.AUDITOR)
REVOCATION_REASONS: Final = {
    "affiliationChanged": N_("thay đổi chức vụ, nhiệm vụ, cơ quan"),
    "keyCompromise": N_("lộ hoặc mất khoá, thiết bị"),
    "superseded": N_("đã cấp chứng thư khác thay"),
    "cessationOfOperation": N_("cơ quan hoặc con dấu thôi hoạt động"),
}
"""Reasons of RFC 5280 §5.3.1 that a subscriber manager gives (379/9.2)."""


def not_for_oneself(person_id: UUID | None, holder_kind: str, holder_id: UUID) -> None:
    """379/10.1: nobody asks for, issues or imports a certificate of their own."""
    if holder_kind == "person" and person_id == holder_id:
        raise RuleViolation(
            "379/10.1",
            N_("Không tự đề nghị, tự cấp chứng thư số cho chính mình."),
            N_("Đề nghị người quản lý thuê bao khác thực hiện."),
        )


def post_confirmed(purpose: str, *, signs: bool, has_seal: bool, name: str) -> None:
    """379/10.1, 379/8.3: a person who signs holds an office to do so now; a seal needs a body that has one."""
    if purpose == SIGN and not signs:
        raise RuleViolation(
            "379/10.1",
            N_("“{name}” hiện không giữ nhiệm vụ ký văn bản."),
            N_("Giao nhiệm vụ ký trước, rồi đề nghị cấp chứng thư."),
            name=name,
        )
    if purpose == SEAL and not has_seal:
        raise RuleViolation(
            "379/10.1",
            N_("“{name}” không có con dấu."),
            N_("Chỉ cơ quan có con dấu mới được cấp chứng thư con dấu."),
            name=name,
        )


def known_reason(code: str) -> None:
    if code not in REVOCATION_REASONS:
        raise RuleViolation("379/9.2", N_("Chưa chọn lý do thu hồi."), N_("Chọn một lý do trong danh sách."))


def renews_same(old: tuple[str, UUID, str], new: tuple[str, UUID, str]) -> None:
    """379/10.1: a renewal is for the same holder and the same purpose."""
    if old != new:
        raise RuleViolation(
            "379/10.1",
            N_("Gia hạn phải cho đúng chủ thể và mục đích của chứng thư cũ."),
            N_("Mở chứng thư cũ và đề nghị gia hạn từ đó."),
        )


def quarter_of(text: str, today: date) -> tuple[date, date]:
    """First day of the quarter "2026-4" and of the next; the present one for anything else (379/9.2)."""
    year, _, number = text.partition("-")
    if (
        year.isascii()
        and year.isdecimal()
        and len(year) == 4
        and number in {"1", "2", "3", "4"}
        and 2000 <= int(year) <= 2999
    ):
        first = date(int(year), 3 * int(number) - 2, 1)
    else:
        first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    month = first.month + 3
    return first, date(first.year + month // 13, month % 12 or 12, 1)


ENDING = timedelta(days=60)
SHOWN_STATES: Final = ("active", "ending", "suspended", "revocation_asked", "revoked", "expired")


def shown_state(state: str, not_after: datetime, now: datetime) -> str:
    """The state on record, with expiry computed: `expired`, or `ending` within two months (379/10.1)."""
    if state in (ACTIVE, "suspended") and not_after < now:
        return "expired"
    return "ending" if state == ACTIVE and not_after - now <= ENDING else state
