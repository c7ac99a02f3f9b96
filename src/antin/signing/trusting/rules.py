"""Who may stand in the trust store, from when until when, and what the trust folder changes in it (379/7.p1). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from antin.regulation import RuleViolation
from antin.signing.rules import DOMAINS, OFFICIAL, OWN
from antin.values import N_


@dataclass(frozen=True, slots=True)
class Line:
    """The newest line of a certificate: whether it is trusted, and whether the folder alone decided so."""

    is_trusted: bool
    by_folder: bool


def folder_changes(lying: Set[str], newest: Mapping[str, Line]) -> tuple[frozenset[str], frozenset[str]]:
    """Fingerprints to take on record and those to end, by what lies in the folder. What a person ended stays ended.

    >>> gone, given_up = Line(is_trusted=True, by_folder=True), Line(is_trusted=False, by_folder=False)
    >>> folder_changes({"new", "given up"}, {"gone": gone, "given up": given_up})
    (frozenset({'new'}), frozenset({'gone'}))
    """
    again = {key for key, line in newest.items() if not line.is_trusted and line.by_folder}
    standing = {key for key, line in newest.items() if line.is_trusted and line.by_folder}
    return frozenset(key for key in lying if key not in newest or key in again), frozenset(standing - lying)


def domain_in_folder(*, is_sample: bool) -> str:
    """Whose authority it is that somebody with access to the machine put there: for official use, unless it calls itself a sample."""
    return OWN if is_sample else OFFICIAL


def known_domain(domain: str) -> None:
    if domain not in DOMAINS:
        raise RuleViolation("379/7.p1", N_("Chưa chọn miền tin cậy."), N_("Chọn một miền trong danh sách."))


def fingerprint_compared(fingerprint: str, compared: str) -> None:
    """What a second source tells must be this very certificate (379/7.p1): SHA-256 in full, however it is spelt.

    >>> fingerprint_compared("ab" * 32, "AB:" * 31 + "ab")
    """
    told = "".join(one for one in compared.lower() if one not in " :-.\t\r\n")
    if told != fingerprint:
        raise RuleViolation(
            "379/7.p1",
            N_("Giá trị SHA-256 nhập vào không khớp với chứng thư trong tệp."),
            N_("Lấy giá trị này từ nguồn thứ hai (văn bản, trang của đơn vị chứng thực), không lấy từ chính tệp."),
        )


def end_fits(since: datetime | None, until: datetime, now: datetime) -> None:
    """The end of a trust is a fact of now or of before: a future one would change verdicts without anybody acting."""
    if until > now:
        raise RuleViolation(
            "379/7.p1", N_("Thời điểm thôi tin cậy không được ở tương lai."), N_("Chọn hôm nay hoặc trước đó.")
        )
    if since is not None and until <= since:
        raise RuleViolation(
            "379/7.p1", N_("Thời điểm thôi tin cậy phải sau thời điểm bắt đầu."), N_("Xem lại hai thời điểm.")
        )
