"""Decisions over dated data, pure: frozen facts in, a value or RuleViolation out.

- 217/5.1, 379/1.2  which secrecy may enter: open always, Mật only with a cipher product, above never
- 217/6.3           a signed document is sent the same day, at the latest in the next working day's morning
- 217/6.3.p2        an urgent one at once
- 217/6.1, 379/13.1 form: what must stand on the page, and the words that may not
- 217/8             which documents travel with a paper one
- 379/12.3, 12.4    which signatures a type needs
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from antin.regulation import RuleViolation
from antin.values import N_, VIETNAM, Secrecy, Urgency, to_vietnam


@dataclass(frozen=True, slots=True)
class DocumentType:
    """`notation` is the type's part of the symbol; two types may share one, so it never identifies a type."""

    code: str
    name: str
    name_en: str
    notation: str
    family: str
    prints_name: bool
    edxml_type: tuple[int, int]
    tentative: bool = False


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """How long something is kept: `years` 0 for ever, -1 as its class says (379/24.2)."""

    code: str
    label: str
    label_en: str
    years: int


@dataclass(frozen=True, slots=True)
class AutomatableAct:
    """How far a machine may go with an act: `mode` is "never", "propose" or "run"; `office` answers for it (379/4.7)."""

    act: str
    mode: str
    personnel: bool
    office: str


@dataclass(frozen=True, slots=True)
class PersonnelSigns:
    """Types and words by which a document about personnel is known; rather one too many than one too few."""

    types: frozenset[str]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignatureRule:
    personal: bool
    seal: bool
    clause: str


@dataclass(frozen=True, slots=True)
class PaperRule:
    """One class of 217/8. `matter` and `addressee` are conditions that only a person can confirm."""

    clause: str
    level: str
    types: frozenset[str]
    matter: str
    addressee: str
    words: str

    def fits(self, type_code: str, level: str, matter: str, addressee: str) -> bool:
        """Type, level and every stated condition agree; an unstated matter or addressee never fits a condition."""
        return (
            bool(self.types & {"*", type_code})
            and (self.level == "*" or self.level == level)
            and self.matter in {"", matter}
            and self.addressee in {"", addressee}
        )


@dataclass(frozen=True, slots=True)
class PageForm:
    """Measures of the printed page: millimetres (`_mm`) and points (`_pt`)."""

    top_mm: float
    bottom_mm: float
    left_mm: float
    right_mm: float
    body_pt: float
    line_pt: float
    gap_pt: float
    indent_mm: float
    signature_mm: float
    header_left: float
    header_right: float
    header: str


@dataclass(frozen=True, slots=True)
class FormCell:
    cell: str
    code: str
    name: str
    name_en: str
    mandatory: bool
    filled: str


@dataclass(frozen=True, slots=True)
class FormRules:
    """The form for one type on one day."""

    type: DocumentType
    page: PageForm
    cells: tuple[FormCell, ...]
    abstract_max: int
    abstract_letter_start: str
    addressees_last: str
    capacities: tuple[str, ...]
    basis: str
    digest: str


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What a person wrote; `body` is "" only when a finished PDF was uploaded (`uploaded`)."""

    body_name: str
    place: str
    abstract: str
    body: str
    salutation: tuple[str, ...]
    addressees: tuple[str, ...]
    signing_capacity: str
    signer_position: str
    signer_name: str
    uploaded: bool = False


@dataclass(frozen=True, slots=True)
class FormFinding:
    """`severity` error stops the form check, warning does not; `field` names the DraftFields field."""

    field: str
    severity: str
    message: str
    next_step: str
    clause: str


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Holidays by day with their names, and weekend days that are worked."""

    holidays: Mapping[date, str]
    worked: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.holidays)

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after the day."""
        following = day + timedelta(days=1)
        while not self.is_working_day(following):
            following += timedelta(days=1)
        return following

    def previous_working_day(self, day: date) -> date:
        """The last working day strictly before the day."""
        before = day - timedelta(days=1)
        while not self.is_working_day(before):
            before -= timedelta(days=1)
        return before

    def working_days_between(self, after: date, until: date) -> int:
        """Working days after the first and up to the second day; negative when the second comes first."""
        if until < after:
            return -self.working_days_between(until, after)
        return sum(self.is_working_day(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


@dataclass(frozen=True, slots=True)
class OfficeHours:
    day_starts_at: time
    morning_ends_at: time
    day_ends_at: time
    urgent_minutes: int
    urgent_warn_minutes: int
    warn_hours_before: int


def secrecy_admissible(secrecy: Secrecy, cipher_installed: bool) -> None:
    """Refuses what may not enter this system (217/5.1, 379/1.2, 379/4.3)."""
    if secrecy is Secrecy.OPEN or (secrecy is Secrecy.CONFIDENTIAL and cipher_installed):
        return
    if secrecy is Secrecy.CONFIDENTIAL:
        raise RuleViolation(
            "217/5.1",
            N_("Văn bản Mật chỉ được đưa vào hệ thống khi đã cài sản phẩm mật mã của ngành Cơ yếu; ở đây chưa có."),
            N_("Gửi qua đường cơ yếu, hoặc đề nghị cài sản phẩm mật mã."),
            secrecy=secrecy.value,
        )
    raise RuleViolation(
        "217/5.1",
        N_("Văn bản Tối mật, Tuyệt mật không được đưa vào hệ thống này."),
        N_("Chuyển bộ phận cơ yếu gửi qua đường cơ yếu; không nhập nội dung vào máy."),
        secrecy=secrecy.value,
    )


def send_due(
    signed_at: datetime, calendar: WorkingCalendar, hours: OfficeHours, urgency: Urgency = Urgency.ROUTINE
) -> datetime:
    """The last instant to send, in UTC: the next working day's morning (217/6.3), minutes when urgent (217/6.3.p2)."""
    if urgency.is_urgent:
        return (signed_at + timedelta(minutes=hours.urgent_minutes)).astimezone(UTC)
    day = calendar.next_working_day(to_vietnam(signed_at).date())
    return datetime.combine(day, hours.morning_ends_at, VIETNAM).astimezone(UTC)


def send_target(
    signed_at: datetime, calendar: WorkingCalendar, hours: OfficeHours, urgency: Urgency = Urgency.ROUTINE
) -> datetime:
    """The instant to aim at: the end of the same working day; after hours or on a day off, the last instant."""
    local = to_vietnam(signed_at)
    day_ends = datetime.combine(local.date(), hours.day_ends_at, VIETNAM)
    if urgency.is_urgent or not calendar.is_working_day(local.date()) or local >= day_ends:
        return send_due(signed_at, calendar, hours, urgency)
    return day_ends.astimezone(UTC)


def send_warning(
    signed_at: datetime, calendar: WorkingCalendar, hours: OfficeHours, urgency: Urgency = Urgency.ROUTINE
) -> datetime:
    """When the clerk is reminded, in UTC: hours before the day of signing ends; signed later, before the last instant."""
    due = send_due(signed_at, calendar, hours, urgency)
    if urgency.is_urgent:
        return due - timedelta(minutes=hours.urgent_warn_minutes)
    before = timedelta(hours=hours.warn_hours_before)
    target = send_target(signed_at, calendar, hours, urgency)
    return target - before if target - before > signed_at else due - before


def signatures_required(type_code: str, has_seal: bool, rows: Iterable[Mapping[str, object]]) -> SignatureRule:
    """The first row that names the type (or all types); a body without a seal signs only (379/12.3, 379/12.4)."""
    for row in rows:
        if {"*", type_code} & set(str(row["types"]).split()):
            seal = bool(row["seal"]) and has_seal
            return SignatureRule(bool(row["personal"]), seal, str(row["clause" if seal else "clause_without_seal"]))
    return SignatureRule(personal=True, seal=has_seal, clause="379/12.4" if has_seal else "379/12.3")


def algorithm_end(name: str, rows: Iterable[Mapping[str, object]]) -> date | None:
    """The last day on which this key ("RSA 3072") or digest ("sha256") may be relied on; None: no end is set.

    `date.min` for one that the catalogue does not name: it has ended already (379/23.2.b).
    """
    family, _, size = name.partition(" ")
    bits = int(size) if size.isdecimal() else 0
    fitting = [
        row
        for row in rows
        if row["algorithm"] == name or (bits and row["algorithm"] == family and bits >= int(str(row["least_bits"])))
    ]
    if not fitting:
        return date.min
    until = str(max(fitting, key=lambda row: int(str(row["least_bits"])))["until"])
    return date.fromisoformat(until) if until else None


def form_findings(facts: FormFacts, rules: FormRules) -> tuple[FormFinding, ...]:
    """Everything the registry would object to, errors first (379/13.1, 217/6.1)."""
    found = [*_heads(facts, rules), *_text(facts), *_signer(facts, rules), *_ends(facts, rules)]
    return tuple(sorted(found, key=lambda one: one.severity != "error"))


def _error(field: str, message: str, next_step: str, clause: str = "379/13.1") -> FormFinding:
    return FormFinding(field, "error", message, next_step, clause)


def _warning(field: str, message: str, next_step: str, clause: str = "379/13.1") -> FormFinding:
    return FormFinding(field, "warning", message, next_step, clause)


def _heads(facts: FormFacts, rules: FormRules) -> Iterable[FormFinding]:
    abstract = facts.abstract.strip()
    if not facts.body_name.strip():
        yield _error("organisation", N_("Thiếu tên cơ quan ban hành."), N_("Chọn cơ quan ban hành."))
    if not facts.place.strip():
        yield _error("place", N_("Thiếu địa danh của cơ quan ban hành."), N_("Quản trị bổ sung địa danh của cơ quan."))
    if not abstract:
        yield _error("abstract", N_("Thiếu trích yếu."), N_("Ghi một câu tóm tắt nội dung văn bản."), "217/11.6")
    if len(abstract) > rules.abstract_max:
        yield _error("abstract", N_("Trích yếu dài quá 500 ký tự."), N_("Rút gọn trích yếu."), "217/11.6")
    if abstract.endswith((".", ";", ",")):
        yield _warning("abstract", N_("Trích yếu không có dấu ở cuối."), N_("Bỏ dấu ở cuối trích yếu."))
    if rules.type.prints_name:
        return
    if re.match(r"v\s*/\s*v", abstract, re.IGNORECASE):
        yield _error("abstract", N_("Trích yếu công văn không viết tắt “V/v”."), N_("Ghi đủ “về việc …”."))
    elif abstract and not abstract.lower().startswith(rules.abstract_letter_start):
        yield _warning("abstract", N_("Trích yếu công văn bắt đầu bằng “về việc”."), N_("Thêm “về việc” ở đầu."))
    if not facts.salutation:
        yield _error("salutation", N_("Công văn phải ghi “Kính gửi” cơ quan nào."), N_("Thêm nơi kính gửi."))


def _text(facts: FormFacts) -> Iterable[FormFinding]:
    body = facts.body.strip()
    if facts.uploaded:
        return
    if not body:
        yield _error("body", N_("Văn bản chưa có nội dung."), N_("Soạn nội dung hoặc tải lên tệp PDF."))
    elif body.endswith("./."):
        yield _error("body", N_("Văn bản của Đảng kết thúc bằng dấu chấm, không dùng “./.”."), N_("Bỏ “/.” ở cuối."))
    elif body[-1] not in '.!?”"|:':
        yield _warning("body", N_("Câu cuối của văn bản chưa có dấu chấm."), N_("Thêm dấu chấm ở cuối."))


def _signer(facts: FormFacts, rules: FormRules) -> Iterable[FormFinding]:
    capacity = facts.signing_capacity.strip()
    if not facts.signer_name.strip():
        yield _error("signatory_id", N_("Chưa chọn người ký."), N_("Chọn người có thẩm quyền ký."), "379/8.3")
    if not facts.signer_position.strip() and not capacity:
        yield _error("signer_position", N_("Thiếu chức vụ của người ký."), N_("Ghi chức vụ của người ký."), "379/8.3")
    if re.match(r"t\s*/\s*u\b|tuq\b", capacity, re.IGNORECASE):
        yield _error(
            "signing_capacity", N_("Văn bản của Đảng không ký “thừa uỷ quyền”."), N_("Chọn T/M, K/T, T/L hoặc Q.")
        )
    elif re.match(r"(tm|kt|tl)\.", capacity, re.IGNORECASE):
        yield _error(
            "signing_capacity",
            N_("Quyền hạn ký viết theo lối của Đảng."),
            N_("Ghi T/M, K/T, T/L thay cho TM., KT., TL."),
        )
    elif capacity and not capacity.upper().startswith(rules.capacities):
        yield _warning(
            "signing_capacity", N_("Quyền hạn ký không thuộc T/M, K/T, T/L, Q."), N_("Kiểm tra lại quyền hạn ký.")
        )


def _ends(facts: FormFacts, rules: FormRules) -> Iterable[FormFinding]:
    lines = [line.strip(" -–\t") for line in facts.addressees if line.strip(" -–\t")]
    if not lines:
        yield _error("addressees", N_("Thiếu “Nơi nhận”."), N_("Ghi nơi nhận, dòng cuối là nơi lưu."))
    elif not lines[-1].startswith(rules.addressees_last):
        yield _error(
            "addressees",
            N_("Thiếu dòng “Lưu …”. Văn bản của Đảng phải ghi nơi lưu ở cuối nơi nhận."),
            N_("Thêm dòng “Lưu …” ở cuối."),
            "217/6.1",
        )
