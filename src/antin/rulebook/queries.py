"""Questions to the rulebook; every answer comes from the set in force on the day asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time
from functools import cache

from antin.regulation import RuleViolation
from antin.rulebook import rules, sets
from antin.rulebook.rules import (
    DocumentType,
    FormCell,
    FormFacts,
    FormFinding,
    FormRules,
    OfficeHours,
    PageForm,
    PaperRule,
    RetentionPeriod,
    SignatureRule,
    WorkingCalendar,
)
from antin.rulebook.sets import RuleSet
from antin.values import N_, VIETNAM, Secrecy, Urgency, fold, to_vietnam


def rule_sets(on: date | None = None) -> tuple[RuleSet, ...]:
    """Every set: all its versions, or with a day only the one in force; for the catalogue page."""
    if on is not None:
        return tuple(sets.in_force(name, on) for name in sets.NAMES)
    return tuple(version for name in sets.NAMES for version in sets.versions(name))


# --- types ---------------------------------------------------------------------------------------------


def document_types(on: date | None = None) -> tuple[DocumentType, ...]:
    """The 25 types and 8 papers of the Party, in the order of the regulation (217/11.4)."""
    return _types(sets.in_force("document_types", on))


def bilateral_types(on: date | None = None) -> tuple[DocumentType, ...]:
    """Types of two-way transactions by agreement: the only ones that all sides may declare void together (379/19.2.b)."""
    return _types(sets.in_force("bilateral_types", on))


def state_types(on: date | None = None) -> tuple[DocumentType, ...]:
    """The State's types, for documents that come over the national axis (217/7.3)."""
    return _types(sets.in_force("state_types", on))


def document_type(code: str, on: date | None = None) -> DocumentType:
    """The type of that code, Party or State; RuleViolation when no set of the day knows it."""
    found = _by_code(on).get(code)
    if found is None:
        raise RuleViolation(
            "217/11.4",
            N_("Không có thể loại “{code}” trong danh mục có hiệu lực."),
            N_("Chọn thể loại trong danh mục."),
            code=code,
        )
    return found


def type_by_name(name: str, on: date | None = None, *, state: bool = False) -> DocumentType | None:
    """The type of that printed name, however accented or capitalised; names decide before codes."""
    wanted = " ".join(fold(name).split())
    party = (document_types(on), bilateral_types(on))
    lists = (state_types(on), *party) if state else (*party, state_types(on))
    return next((one for types in lists for one in types if fold(one.name) == wanted), None)


def family_of(code: str, on: date | None = None) -> str:
    """The family of the type: directive, administrative, bilateral, paper; "" for a code that no set of the day knows."""
    found = _by_code(on).get(code)
    return found.family if found else ""


def type_name_en(code: str, on: date | None = None) -> str:
    """The type's English name, for the English interface; "" for a code that no set of the day knows."""
    found = _by_code(on).get(code)
    return found.name_en if found else ""


def _by_code(on: date | None) -> Mapping[str, DocumentType]:
    return {one.code: one for one in (*document_types(on), *bilateral_types(on), *state_types(on))}


@cache
def _types_of(digest: str, name: str) -> tuple[DocumentType, ...]:
    version = next(one for one in sets.versions(name) if one.digest == digest)
    return tuple(
        DocumentType(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            notation=row["notation"],
            family=row["family"],
            prints_name=fold(row["name"]) != "cong van",
            edxml_type=(row["edxml_type"], row["edxml_detail"]),
            tentative=bool(row.get("tentative", False)),
        )
        for row in version.rows
    )


def _types(version: RuleSet) -> tuple[DocumentType, ...]:
    return _types_of(version.digest, version.name)


# --- words ---------------------------------------------------------------------------------------------


def urgency_label(urgency: Urgency, language: str = "vi", on: date | None = None) -> str:
    """As "Thường", "Khẩn", "Thượng khẩn", "Hoả tốc" … (217/11.5)."""
    return str(_urgency(urgency, on)["label_en" if language == "en" else "label"])


def urgency_stamp(urgency: Urgency, on: date | None = None) -> str:
    """The words of the red stamp, "" for routine."""
    return str(_urgency(urgency, on)["stamp"])


def alarm_minutes(urgency: Urgency, on: date | None = None) -> int:
    """After how many minutes unseen an urgent document raises the alarm; 0 for never (217/6.3.p2)."""
    return int(str(_urgency(urgency, on)["alarm_minutes"]))


def secrecy_label(secrecy: Secrecy, language: str = "vi", on: date | None = None) -> str:
    return str(_secrecy(secrecy, on)["label_en" if language == "en" else "label"])


def secrecy_stamp(secrecy: Secrecy, on: date | None = None) -> str:
    return str(_secrecy(secrecy, on)["stamp"])


def progress_word(code: str, language: str = "vi", on: date | None = None) -> str:
    """The regulation's word for a state of progress (217/11.8); the code itself when the open list lacks it."""
    for row in sets.in_force("progress_words", on).rows:
        if row["code"] == code:
            return str(row["word_en" if language == "en" else "word"])
    return code


def progress_code(edxml_code: str, on: date | None = None) -> str | None:
    """Our code for a status number of the axis ("01" … "16"), None for an unknown one."""
    rows = sets.in_force("progress_words", on).rows
    return next((str(row["code"]) for row in rows if edxml_code and row["edxml_code"] == edxml_code), None)


def progress_edxml(code: str, on: date | None = None) -> str:
    """The axis's status number for our code, "" for states that stay local."""
    rows = sets.in_force("progress_words", on).rows
    return next((str(row["edxml_code"]) for row in rows if row["code"] == code), "")


def in_english(text: str) -> str:
    """The English of a sentence of dated data (authority_matrix, paper_list, channel_policy), "" when it is none."""
    return _english().get(text, "")


@cache
def _english() -> Mapping[str, str]:
    columns = (
        ("authority_matrix", "warning"),
        ("paper_list", "words"),
        ("channel_policy", "words"),
        ("channel_policy", "next"),
    )
    return {
        row[column]: row[f"{column}_en"]
        for name, column in columns
        for version in sets.versions(name)
        for row in version.rows
    }


def _urgency(urgency: Urgency, on: date | None) -> Mapping[str, object]:
    return next(row for row in sets.in_force("urgency_levels", on).rows if row["level"] == urgency.value)


def _secrecy(secrecy: Secrecy, on: date | None) -> Mapping[str, object]:
    return next(row for row in sets.in_force("secrecy_rules", on).rows if row["level"] == secrecy.value)


# --- calendar and deadlines ----------------------------------------------------------------------------


@cache
def calendar() -> WorkingCalendar:
    """All years known; a year without data has its weekends off and nothing else."""
    holidays: dict[date, str] = {}
    worked: set[date] = set()
    for version in sets.versions("calendar"):
        holidays |= {date.fromisoformat(day): name for day, name in version.values["holidays"].items()}
        worked |= {date.fromisoformat(day) for day in version.values["working"]}
    return WorkingCalendar(holidays, frozenset(worked))


def is_working_day(day: date) -> bool:
    return calendar().is_working_day(day)


def next_working_day(day: date) -> date:
    """The first working day strictly after the day."""
    return calendar().next_working_day(day)


def previous_working_day(day: date) -> date:
    """The last working day strictly before the day."""
    return calendar().previous_working_day(day)


def working_days_between(after: date, until: date) -> int:
    """Working days after the first and up to the second day; negative when the second comes first."""
    return calendar().working_days_between(after, until)


def office_hours(on: date | None = None) -> OfficeHours:
    values = sets.in_force("deadlines", on).values
    return OfficeHours(
        day_starts_at=time.fromisoformat(values["day_starts_at"]),
        morning_ends_at=time.fromisoformat(values["morning_ends_at"]),
        day_ends_at=time.fromisoformat(values["day_ends_at"]),
        urgent_minutes=values["urgent_minutes"],
        urgent_warn_minutes=values["urgent_warn_minutes"],
        warn_hours_before=values["warn_hours_before"],
    )


def send_due_at(signed_at: datetime, urgency: Urgency = Urgency.ROUTINE) -> datetime:
    """The last instant to send (UTC): the next working day 11:30 (217/6.3); minutes for urgent ones (217/6.3.p2)."""
    return rules.send_due(signed_at, calendar(), office_hours(_day(signed_at)), urgency)


def send_target_at(signed_at: datetime, urgency: Urgency = Urgency.ROUTINE) -> datetime:
    """The instant to aim at (UTC): 17:00 of the same working day, else as `send_due_at`."""
    return rules.send_target(signed_at, calendar(), office_hours(_day(signed_at)), urgency)


def send_warning_at(signed_at: datetime, urgency: Urgency = Urgency.ROUTINE) -> datetime:
    """The instant to remind the clerk (UTC): 15:00 of the day of signing; signed after that, 9:30 of the last morning."""
    return rules.send_warning(signed_at, calendar(), office_hours(_day(signed_at)), urgency)


def drill_months(on: date | None = None) -> int:
    """How many months may lie between two rehearsed restores (379/29.4)."""
    return int(sets.in_force("drill_periods", on).values["restore_months"])


def review_months(on: date | None = None) -> int:
    """Months from one security review of an automation to the next (379/27.2.c)."""
    return int(sets.in_force("review_periods", on).values["automation_months"])


def automatable_acts(on: date | None = None) -> Mapping[str, rules.AutomatableAct]:
    """What a machine may do, by act; an act that is not in it is never done by one (379/4.7)."""
    rows = sets.in_force("automatable_acts", on).rows
    return {str(row["act"]): rules.AutomatableAct(**row) for row in rows}


def personnel_signs(on: date | None = None) -> rules.PersonnelSigns:
    """What tells that a document is about personnel (379/4.7)."""
    values = sets.in_force("automatable_acts", on).values
    return rules.PersonnelSigns(frozenset(values["personnel_types"]), tuple(values["personnel_words"]))


def report_periods(on: date | None = None) -> tuple[str, ...]:
    """Kinds of period whose report goes up by itself: "quarter", "half", "year" (379/30.2, 217/14.2)."""
    return tuple(sets.in_force("report_periods", on).values["kinds"])


def algorithm_end(name: str, on: date | None = None) -> date | None:
    """The last day on which this key or digest may be relied on, None without an end (379/23.2.b, 379/24.3)."""
    return rules.algorithm_end(name, sets.in_force("algorithm_policy", on).rows)


def algorithm_policy(on: date | None = None) -> str:
    """The digest of the catalogue in force, to tell that it changed."""
    return sets.in_force("algorithm_policy", on).digest


def today() -> date:
    """The day on Vietnam's clock."""
    return datetime.now(VIETNAM).date()


def _day(at: datetime) -> date:
    return to_vietnam(at).date()


# --- signatures, paper, form, authority ----------------------------------------------------------------


def signatures_required(type_code: str, organisation_has_seal: bool, on: date | None = None) -> SignatureRule:
    """Which signatures a document of the type needs (379/28.2, 379/12.3, 379/12.4)."""
    rows = sets.in_force("signature_catalogue", on).rows
    return rules.signatures_required(type_code, organisation_has_seal, rows)


def paper_classes(on: date | None = None) -> tuple[PaperRule, ...]:
    """The classes of 217/8 in the order of the text."""
    return tuple(
        PaperRule(
            clause=row["clause"],
            level=row["level"],
            types=frozenset(row["types"].split()),
            matter=row["matter"],
            addressee=row["addressee"],
            words=row["words"],
        )
        for row in sets.in_force("paper_list", on).rows
    )


def paper_required(
    type_code: str, on: date | None = None, *, level: str = "", matter: str = "", addressee: str = ""
) -> bool:
    """True when a class of 217/8 fits: level is central_leading, central or local; conditions count only when named."""
    return any(one.fits(type_code, level, matter, addressee) for one in paper_classes(on))


def page_form(on: date | None = None) -> PageForm:
    """The measures of the page on that day (the newest for None)."""
    values = sets.in_force("form_rules", on).values
    return PageForm(**{one.name: values[one.name] for one in fields(PageForm)})


def form_rules(type_code: str, on: date | None = None) -> FormRules:
    """The form for a type (379/13.1); RuleViolation for an unknown type."""
    version = sets.in_force("form_rules", on)
    return FormRules(
        type=document_type(type_code, on),
        page=page_form(on),
        cells=tuple(FormCell(**{one.name: row[one.name] for one in fields(FormCell)}) for row in version.rows),
        abstract_max=version.values["abstract_max"],
        abstract_letter_start=version.values["abstract_letter_start"],
        addressees_last=version.values["addressees_last"],
        capacities=tuple(version.values["capacities"]),
        basis=version.basis,
        digest=version.digest,
    )


def form_findings(facts: FormFacts, type_code: str, on: date | None = None) -> tuple[FormFinding, ...]:
    """What the registry would object to in a draft of this type, errors first."""
    return rules.form_findings(facts, form_rules(type_code, on))


def warn_authority(level: str, type_code: str, on: date | None = None) -> str | None:
    """A sentence when bodies of this level don't usually promulgate the type; a warning, never a bar (217/6.1)."""
    for row in sets.in_force("authority_matrix", on).rows:
        if row["level"] == level and type_code in row["types"].split():
            return str(row["warning"])
    return None


# --- retention -----------------------------------------------------------------------------------------


def retention_periods(on: date | None = None) -> tuple[RetentionPeriod, ...]:
    """The codes of retention periods in force (379/24.2)."""
    return tuple(
        RetentionPeriod(row["code"], row["label"], row["label_en"], row["years"])
        for row in sets.in_force("retention_schedule", on).rows
    )


def retention_period(code: str, on: date | None = None) -> RetentionPeriod:
    """The period of that code; RuleViolation 379/24.2 for none."""
    found = next((one for one in retention_periods(on) if one.code == code), None)
    if found is None:
        raise RuleViolation(
            "379/24.2", N_("Không có thời hạn bảo quản này."), N_("Chọn thời hạn trong danh mục."), field="retention"
        )
    return found
