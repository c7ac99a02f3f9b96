"""Where a body stands and which codes it may be given (379/2.2, 217/2.1, 217/11.1, 379/11.4). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from antin.regulation import RuleViolation
from antin.values import N_

KINDS = ("organisation", "unit")
LEVELS = ("central", "provincial", "grassroots", "unit")


def place_in_the_tree(*, kind: str, level: str, has_parent: bool) -> None:
    """A body of one of the levels, centre to grassroots; a subordinate unit below the body it belongs to.

    >>> place_in_the_tree(kind="unit", level="grassroots", has_parent=True)
    """
    if level not in LEVELS:
        raise RuleViolation(
            "379/2.2",
            N_("Không có cấp “{level}” trong hệ thống tổ chức của Đảng."),
            N_("Chọn một cấp, từ Trung ương đến cơ sở."),
            level=level,
        )
    if kind not in KINDS or (kind == "unit" and not has_parent):
        raise RuleViolation(
            "217/2.1",
            N_("Đơn vị trực thuộc phải có cơ quan cấp trên trong cây tổ chức."),
            N_("Chọn cơ quan mà đơn vị này trực thuộc."),
        )


def one_code_at_a_time(former: Iterable[date], begin: date) -> None:
    """A body has one code of a scheme on any day: a new one begins after `former`, when those so far began (217/11.1.p2)."""
    last = max(former, default=None)
    if last is not None and begin <= last:
        raise RuleViolation(
            "217/11.1.p2",
            N_("Cơ quan đã có mã của bộ mã này từ {day}; mỗi ngày chỉ dùng một mã."),
            N_("Chọn ngày bắt đầu sau ngày đó."),
            day=f"{last:%d/%m/%Y}",
        )


def names_one_holder(code: str, *, elsewhere: bool) -> None:
    """A code found under any scheme leads to one body: what another has, or had, under another scheme is taken (379/11.4)."""
    if elsewhere:
        raise RuleViolation(
            "379/11.4",
            N_("Mã “{code}” đang là, hoặc đã là, mã của cơ quan khác theo một bộ mã khác."),
            N_("Chọn mã khác, để tra theo bộ mã nào cũng ra đúng một cơ quan."),
            code=code,
        )


def code_never_given(code: str, *, given: bool) -> None:
    """An ended code is not given again, to nobody (379/11.2)."""
    if given:
        raise RuleViolation(
            "379/11.2",
            N_("Mã “{code}” đã được cấp; mỗi mã chỉ cấp một lần."),
            N_("Chọn mã khác theo danh mục dùng chung."),
            code=code,
        )
