"""Decisions about numbers that are set aside for paper while the system is out (379/4.6). Pure."""

from __future__ import annotations

from antin.regulation import RuleViolation
from antin.values import N_

BLOCK_MOST = 200
KINDS = frozenset({"outgoing", "incoming"})


def block_fits(kind: str, count: int) -> None:
    """A run that a paper register of some days takes; what is not used has to be voided one by one."""
    if kind not in KINDS:
        raise RuleViolation("379/4.6", N_("Không có loại sổ này."), N_("Chọn sổ đi hoặc sổ đến."))
    if not 1 <= count <= BLOCK_MOST:
        raise RuleViolation(
            "379/4.6",
            N_("Mỗi lần cấp từ 1 đến {most} số giấy."),
            N_("Cấp vừa đủ dùng; hết thì cấp thêm."),
            most=BLOCK_MOST,
        )


def blocked_number(*, is_known: bool) -> None:
    if not is_known:
        raise RuleViolation("379/4.6", N_("Không có số giấy này trong sổ."), N_("Chọn một số của đợt cấp."))


def numbered_once(*, taken: bool) -> None:
    """A document has one number in a register (217/11.2)."""
    if taken:
        raise RuleViolation(
            "217/11.2", N_("Văn bản này đã có số trong sổ."), N_("Chọn văn bản khác, hoặc huỷ số giấy kèm lý do.")
        )


def of_this_book(*, is_incoming: bool, wanted: bool) -> None:
    if is_incoming is not wanted:
        raise RuleViolation(
            "379/4.6", N_("Số này thuộc sổ khác."), N_("Văn bản đến lấy số của sổ đến, văn bản đi của sổ đi.")
        )
