"""What terms agreed with a partner must name, and what they weigh by digest (379/12.2.c). Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from antin.regulation import RuleViolation
from antin.values import N_, canonical_json, nfc, sha256_hex

REFERENCE_MOST, METHOD_MOST, METHOD_LEAST = 120, 2_000, 20


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """Terms as two bodies agreed them: for which types of document, on which days (both included), by which method.

    `their_code` is the sending body at the partner, `our_code` the receiving one here; `types` are the rulebook's codes.
    """

    their_code: str
    our_code: str
    reference: str
    agreed_on: date | None
    types: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    method: str


def terms_complete(facts: TermsFacts, known_types: Collection[str]) -> None:
    """Number, days, types and method are named. RuleViolation 379/12.2.c says which is not."""
    if not 0 < len(facts.reference.strip()) <= REFERENCE_MOST or facts.agreed_on is None:
        raise _incomplete(N_("Cần số và ngày của văn bản thoả thuận."), N_("Ghi số, ngày như trên văn bản."))
    if facts.valid_from is None or facts.valid_until is None or facts.valid_from > facts.valid_until:
        raise _incomplete(N_("Thời hạn của thoả thuận chưa đúng."), N_("Ghi ngày đầu, rồi ngày cuối không sớm hơn."))
    if not facts.types or not set(facts.types) <= set(known_types):
        raise _incomplete(N_("Thoả thuận chưa nêu loại văn bản."), N_("Chọn ít nhất một loại văn bản trong danh mục."))
    if not METHOD_LEAST <= len(facts.method.strip()) <= METHOD_MOST:
        raise _incomplete(
            N_("Chưa nêu rõ biện pháp bảo đảm toàn vẹn, xác thực, chống chối bỏ."),
            N_("Chép biện pháp hai bên đã thống nhất, từ 20 đến 2.000 chữ cái."),
        )


def terms_digest(facts: TermsFacts, paper_digest: str) -> str:
    """SHA-256 over everything agreed and the agreement's own file."""
    agreed = {
        "their_code": facts.their_code,
        "our_code": facts.our_code,
        "reference": nfc(facts.reference).strip(),
        "agreed_on": str(facts.agreed_on),
        "types": sorted(facts.types),
        "valid_from": str(facts.valid_from),
        "valid_until": str(facts.valid_until),
        "method": nfc(facts.method).strip(),
        "paper": paper_digest,
    }
    return sha256_hex(canonical_json(agreed))


def reference_of(reference: str, agreed_on: date) -> str:
    """As documents cite it.

    >>> reference_of("05-TT/VPTW", date(2026, 3, 2))
    '05-TT/VPTW, 02/03/2026'
    """
    return f"{reference}, {agreed_on:%d/%m/%Y}"


def another_operator(proposed_by: object, confirmed_by: object) -> None:
    """RuleViolation when the person who proposed terms confirms them (379/5.6)."""
    if proposed_by is not None and proposed_by == confirmed_by:
        raise RuleViolation(
            "379/5.6",
            N_("Người đề nghị thoả thuận không được tự xác nhận."),
            N_("Nhờ quản trị liên thông thứ hai đọc văn bản thoả thuận và xác nhận."),
        )


def end_reason_given(reason: str) -> str:
    """RuleViolation without one: whoever reads it later must see why the method counts no more."""
    if not reason.strip():
        raise _incomplete(N_("Cần nêu lý do thôi áp dụng thoả thuận."), N_("Nêu lý do."))
    return reason.strip()


def _incomplete(why: str, next_step: str) -> RuleViolation:
    return RuleViolation("379/12.2.c", why, next_step)
