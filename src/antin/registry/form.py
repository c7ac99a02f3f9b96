"""The form check (thể thức) of an outgoing document, pure: facts and the rules of the day in, findings out.

Severity `error` stops the signature, `warning` informs: authority to issue a type is warned about, never
blocked, as the matrix of levels is guidance of another body (217/6.1, 379/13.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from antin.regulation import RuleViolation
from antin.values import N_

Severity = Literal["error", "warning"]


class FormRules(Protocol):
    """What is read of the rule set in force on the day (379/13.1)."""

    @property
    def mandatory(self) -> tuple[str, ...]: ...

    @property
    def capacities(self) -> tuple[str, ...]: ...

    @property
    def committee_forbids(self) -> tuple[str, ...]: ...

    @property
    def addressees_last(self) -> str: ...

    @property
    def abstract_max(self) -> int: ...


@dataclass(frozen=True, slots=True)
class FormFacts:
    """A draft as the form sees it. `committee`: the issuing body decides as a collective."""

    superior_name: str
    body_name: str
    notation: str
    place: str
    type_name: str
    prints_name: bool
    abstract: str
    body: str
    uploaded: bool
    addressees: tuple[str, ...]
    recipients: tuple[str, ...]
    signing_capacity: str
    signer_position: str
    signer_name: str
    committee: bool
    has_seal: bool
    seal_needed: bool
    on: date
    due_on: date | None = None
    authority_warning: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one component; `message` is Vietnamese with `{names}` of `facts`."""

    component: str
    severity: Severity
    clause: str
    message: str
    facts: Mapping[str, str | int]

    def text(self) -> str:
        return self.message.format(**self.facts)


def in_order(findings: tuple[Finding, ...]) -> bool:
    """True when nothing stops the signature."""
    return not any(f.severity == "error" for f in findings)


def must_be_in_order(findings: tuple[Finding, ...]) -> None:
    """The registry's check comes before the signature and must have passed (379/13.1)."""
    if not in_order(findings):
        first = next(f for f in findings if f.severity == "error")
        raise RuleViolation(
            "379/13.1",
            N_("Thể thức chưa đạt: {finding}"),
            N_("Gửi trả về dự thảo để sửa, rồi kiểm tra thể thức lại."),
            finding=first.text(),
        )


def findings(facts: FormFacts, rules: FormRules) -> tuple[Finding, ...]:
    """Every remark in the order of the form's components; empty for a document in order."""
    asked = [(name, check) for name, check in _CHECKS if name in rules.mandatory or name in _ALWAYS]
    return tuple(finding for name, check in asked for finding in check(name, facts, rules))


_Check = Callable[[str, FormFacts, FormRules], list[Finding]]


def _error(component: str, message: str, clause: str = "379/13.1", **facts: str | int) -> Finding:
    return Finding(component, "error", clause, message, facts)


def _warning(component: str, message: str, clause: str = "379/13.1", **facts: str | int) -> Finding:
    return Finding(component, "warning", clause, message, facts)


def _issuing_body(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    return [] if facts.body_name else [_error(name, N_("Thiếu tên cơ quan ban hành."))]


def _number(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    if facts.notation:
        return []
    return [_error(name, N_("Cơ quan ban hành chưa có ký hiệu để cấp số."), "217/11.2")]


def _place(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    return [] if facts.place else [_error(name, N_("Thiếu địa danh ban hành."), "217/11.3")]


def _type_name(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    if facts.type_name or not facts.prints_name:
        return []
    return [_error(name, N_("Thiếu tên loại văn bản."), "217/11.4")]


def _abstract(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    text = facts.abstract.strip()
    if not text:
        return [_error(name, N_("Thiếu trích yếu nội dung."), "217/11.6")]
    if rules.abstract_max and len(text) > rules.abstract_max:
        return [_error(name, N_("Trích yếu dài quá {limit} ký tự."), "217/11.6", limit=rules.abstract_max)]
    if not facts.prints_name and text.lower().startswith("v/v"):
        return [_warning(name, N_("Trích yếu công văn viết “về việc …”, không dùng “V/v”."))]
    return []


def _body(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    if facts.uploaded:
        return []
    text = facts.body.strip()
    if not text:
        return [_error(name, N_("Văn bản chưa có nội dung."))]
    if text.endswith("./."):
        return [_warning(name, N_("Kết thúc nội dung bằng dấu chấm, không dùng “./.”."))]
    return []


def _signature(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    out = []
    if not facts.signer_name:
        out.append(_error(name, N_("Chưa nêu người ký."), "217/11.9"))
    if not facts.signer_position:
        out.append(_error(name, N_("Thiếu chức vụ của người ký.")))
    return out + _capacity(name, facts, rules)


def _capacity(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    """Who signs for whom: a committee speaks as one, so nobody deputises for its head there (379/13.1)."""
    words = facts.signing_capacity.strip().upper()
    prefix = words.split(" ", 1)[0] if words else ""
    if prefix and prefix not in rules.capacities and prefix not in rules.committee_forbids:
        return [_error(name, N_("Quyền hạn ký “{prefix}” không có trong quy định."), prefix=prefix)]
    if prefix and facts.committee and prefix in rules.committee_forbids:
        return [_error(name, N_("Cấp uỷ ký thay mặt tập thể (T/M), không dùng “{prefix}”."), prefix=prefix)]
    if prefix and prefix not in rules.capacities:
        return [_error(name, N_("Quyền hạn ký “{prefix}” không có trong quy định."), prefix=prefix)]
    if not prefix and facts.committee:
        return [_warning(name, N_("Văn bản của cấp uỷ thường ghi quyền hạn T/M trước chức vụ người ký."))]
    return []


def _seal(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    if facts.has_seal or not facts.seal_needed:
        return []
    return [_error(name, N_("Thể loại này phải có dấu, cơ quan ban hành chưa có con dấu số."), "379/12.4")]


def _addressees(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    if not facts.addressees:
        return [_error(name, N_("Thiếu phần nơi nhận."))]
    last = facts.addressees[-1].strip().lstrip("-–").strip()
    if rules.addressees_last and not last.startswith(rules.addressees_last):
        return [_error(name, N_("Dòng cuối của nơi nhận phải bắt đầu bằng “{last}”."), last=rules.addressees_last)]
    return []


def _recipients(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    if facts.recipients:
        return []
    return [_error(name, N_("Chưa chọn bên nhận trong danh bạ."), "217/11.11")]


def _dates(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    if facts.due_on is None or facts.due_on >= facts.on:
        return []
    return [_error(name, N_("Thời hạn xử lý đã qua trước ngày ban hành."), "217/11.13")]


def _authority(name: str, facts: FormFacts, rules: FormRules) -> list[Finding]:
    if not facts.authority_warning:
        return []
    return [_warning(name, N_("Thẩm quyền ban hành: {warning}"), "217/6.1", warning=facts.authority_warning)]


_CHECKS: tuple[tuple[str, _Check], ...] = (
    ("issuing_body", _issuing_body),
    ("number", _number),
    ("place_date", _place),
    ("type_name", _type_name),
    ("abstract", _abstract),
    ("body", _body),
    ("signature", _signature),
    ("seal", _seal),
    ("addressees", _addressees),
    ("recipients", _recipients),
    ("due_on", _dates),
    ("authority", _authority),
)
_ALWAYS = frozenset({"recipients", "due_on", "authority"})


def collective(body_name: str) -> bool:
    """True for a committee or its standing body, which decides together and signs T/M (379/13.1).

    >>> collective("Tỉnh uỷ Lạc Giang"), collective("Văn phòng Tỉnh uỷ")
    (True, False)
    """
    name = body_name.strip().lower().replace("ủy", "uỷ")
    return name.startswith(_COLLECTIVES)


_COLLECTIVES = (
    "ban chấp hành",
    "ban thường vụ",
    "ban bí thư",
    "bộ chính trị",
    "tỉnh uỷ",
    "thành uỷ",
    "đảng uỷ",
    "huyện uỷ",
    "quận uỷ",
    "thị uỷ",
    "xã uỷ",
    "chi uỷ",
    "chi bộ",
    "đảng bộ",
    "uỷ ban kiểm tra",
)
