"""The clerk's check of form (thể thức), pure: what the rulebook objects to, and what only the registry knows.

The rulebook judges the words on the page by the rules of the day. Here come the things beside the page: a
notation to number by, who may deputise for whom, a seal, recipients, dates. `error` stops the signature,
`warning` informs; authority to issue a type is warned about, never blocked (217/6.1, 379/13.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from antin.regulation import RuleViolation
from antin.rulebook.rules import FormFacts, FormFinding, FormRules, form_findings
from antin.values import N_, fold

__all__ = ["FormFacts", "FormFinding", "FormRules", "RegistryFacts", "findings", "in_order", "must_be_in_order"]


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """What stands beside the page. `on` is the day of the check, `level_warning` the matrix's sentence or ""."""

    body_name: str
    notation: str
    signing_capacity: str
    recipients: tuple[str, ...]
    has_seal: bool
    seal_needed: bool
    on: date
    due_on: date | None = None
    level_warning: str = ""


def findings(page: FormFacts, beside: RegistryFacts, rules: FormRules) -> tuple[FormFinding, ...]:
    """Everything the registry objects to, errors first."""
    found = [*form_findings(page, rules), *_beside(beside)]
    return tuple(sorted(found, key=lambda one: one.severity != "error"))


def in_order(found: Iterable[FormFinding]) -> bool:
    """True when nothing stops the signature."""
    return all(one.severity != "error" for one in found)


def must_be_in_order(found: Iterable[FormFinding]) -> None:
    """The registry's check comes before the signature and must have passed (379/13.1)."""
    for one in found:
        if one.severity == "error":
            raise RuleViolation(one.clause, one.message, one.next_step)


def _beside(facts: RegistryFacts) -> Iterable[FormFinding]:
    if not facts.notation:
        yield _error(
            "notation", N_("Cơ quan ban hành chưa có ký hiệu để cấp số."), N_("Quản trị bổ sung ký hiệu."), "217/11.2"
        )
    if facts.seal_needed and not facts.has_seal:
        yield _error(
            "seal", N_("Thể loại này phải đóng dấu, cơ quan chưa có con dấu số."), N_("Cấp con dấu số."), "379/12.4"
        )
    if not facts.recipients:
        yield _error(
            "recipients", N_("Chưa chọn bên nhận trong danh bạ."), N_("Chọn ít nhất một bên nhận."), "217/11.11"
        )
    if facts.due_on is not None and facts.due_on < facts.on:
        yield _error("due_on", N_("Thời hạn xử lý đã qua."), N_("Đặt lại thời hạn."), "217/11.13")
    yield from _capacity(facts)
    if facts.level_warning:
        yield FormFinding("type_code", "warning", facts.level_warning, N_("Kiểm tra thẩm quyền ban hành."), "217/6.1")


def _capacity(facts: RegistryFacts) -> Iterable[FormFinding]:
    """A committee speaks as one: nobody signs there for its head, a deputy too signs T/M (379/13.1)."""
    prefix, _, rest = facts.signing_capacity.strip().upper().partition(" ")
    committee = collective(facts.body_name)
    if prefix == "K/T" and (committee or fold(rest).startswith("bi thu")):
        yield _error(
            "signing_capacity",
            N_("Cấp uỷ không ký thay (K/T): phó bí thư cũng ký thay mặt tập thể."),
            N_("Ghi T/M và tên tập thể."),
        )
    elif committee and prefix not in {"T/M", "T/L", "K/T"}:
        yield FormFinding(
            "signing_capacity",
            "warning",
            N_("Văn bản của cấp uỷ thường ghi T/M trước tên tập thể."),
            N_("Kiểm tra lại quyền hạn ký."),
            "379/13.1",
        )


def _error(field: str, message: str, next_step: str, clause: str = "379/13.1") -> FormFinding:
    return FormFinding(field, "error", message, next_step, clause)


def collective(body_name: str) -> bool:
    """True for a committee or its standing body, which decides together and signs T/M (379/13.1).

    >>> collective("TỈNH ỦY LẠC GIANG"), collective("VĂN PHÒNG TỈNH ỦY")
    (True, False)
    """
    return fold(body_name.strip()).startswith(_COLLECTIVES)


_COLLECTIVES = (
    "ban chap hanh",
    "ban thuong vu",
    "ban bi thu",
    "bo chinh tri",
    "tinh uy",
    "thanh uy",
    "dang uy",
    "huyen uy",
    "quan uy",
    "thi uy",
    "xa uy",
    "chi uy",
    "chi bo",
    "dang bo",
    "uy ban kiem tra",
)
