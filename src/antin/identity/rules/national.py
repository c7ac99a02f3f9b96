"""Decisions about national identity accounts. Pure; clauses at each line."""

from __future__ import annotations

from typing import TypeVar

from antin.regulation import RuleViolation
from antin.values import N_

Provider = TypeVar("Provider")


def connected(provider: Provider | None) -> Provider:
    """The provider, where the installation has one (379/11.3)."""
    if provider is None:
        raise RuleViolation(
            "379/11.3",
            N_("Hệ thống này chưa kết nối với nơi cung cấp tài khoản định danh quốc gia."),
            N_("Vào bằng mật khẩu và mã dùng một lần."),
        )
    return provider


def answers_our_question(*, is_ours: bool) -> None:
    """An answer counts once, soon, in the browser that asked: what comes otherwise may be somebody else's (379/5.6)."""
    if not is_ours:
        raise RuleViolation(
            "379/5.6",
            N_("Lần xác thực này không bắt đầu từ trình duyệt này hoặc đã quá lâu."),
            N_("Bắt đầu lại từ trang đăng nhập."),
        )


def not_believed() -> RuleViolation:
    """What the provider answered is not signed, not for us, not for this question, or not of now (379/11.3)."""
    return RuleViolation(
        "379/11.3",
        N_("Trả lời của hệ thống định danh quốc gia không dùng được."),
        N_("Thử lại; vẫn không được thì vào bằng mật khẩu và mã dùng một lần."),
    )


def level_enough(*, enough: bool) -> None:
    """A person known at a low level alone does not work with documents (379/12.2.b)."""
    if not enough:
        raise RuleViolation(
            "379/12.2.b",
            N_("Mức xác thực của lần đăng nhập này chưa đủ để làm việc với văn bản."),
            N_("Dùng tài khoản định danh mức cao hơn, hoặc vào bằng mật khẩu và mã dùng một lần."),
        )


def linked(*, is_linked: bool) -> None:
    """Only an account that its owner linked is opened so: the number alone opens nothing (379/11.1)."""
    if not is_linked:
        raise RuleViolation(
            "379/11.1",
            N_("Tài khoản định danh quốc gia này chưa gắn với tài khoản nào ở đây."),
            N_("Vào một lần bằng mật khẩu và mã dùng một lần, rồi gắn ở trang Tài khoản."),
        )


def admitted(*, is_active: bool, has_app: bool) -> None:
    """A suspended or lost account opens by no way; acts with legal effect need the app as well (379/11.5, 379/12.2.b)."""
    if not is_active:
        raise RuleViolation(
            "379/11.5",
            N_("Tài khoản ở đây đang khoá hoặc đã đóng."),
            N_("Gặp cán bộ định danh của cơ quan."),
        )
    if not has_app:
        raise RuleViolation(
            "379/12.2.b",
            N_("Tài khoản ở đây chưa gắn ứng dụng mã dùng một lần, cần cho việc ký và xác nhận."),
            N_("Vào bằng mật khẩu để gắn ứng dụng trước."),
        )


def not_linked_yet(*, is_linked: bool) -> None:
    if is_linked:
        raise RuleViolation(
            "379/11.1",
            N_("Tài khoản này đã gắn một tài khoản định danh quốc gia."),
            N_("Gỡ tài khoản đang gắn trước."),
        )


def number_is_the_code(number: str, code: str) -> None:
    """One person, one code: the provider's personal number and the code given here are the same (379/11.1)."""
    if not number or number != code:
        raise RuleViolation(
            "379/11.1",
            N_("Số định danh cá nhân của tài khoản quốc gia khác mã định danh ghi ở đây."),
            N_("Nếu mã ghi ở đây sai, đề nghị đính chính ở trang Dữ liệu của tôi."),
        )


def linked_already() -> RuleViolation:
    return RuleViolation(
        "379/11.1",
        N_("Tài khoản định danh quốc gia này, hoặc tài khoản ở đây, đã gắn với một tài khoản khác."),
        N_("Báo cán bộ định danh kiểm tra."),
    )
