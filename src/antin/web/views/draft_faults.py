"""What is wrong with a draft, said at its field, with its clause and, where a machine can, a one-click repair.

The faults are those that the registry will find when it checks the form, those that stop the submission, and the one
that a refused save named. A repair only proposes: it changes what is typed, a person saves it (379/4.7).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from antin.documents import rules as documents_rules
from antin.documents.facts import DraftFields
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.identity.queries import OrganisationView
from antin.registry import form
from antin.regulation import RuleViolation
from antin.regulation.errors import Violation
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office
from antin.web import words
from antin.web.refusals import Refusal, refusal
from antin.web.views.draft_form import Typed, lines

LONG = 2000  # a longer value is repaired by the server alone, it is not written into the page a second time
ERROR, WARNING = "error", "warning"

_BY_NAME = {
    "Trích yếu": "abstract",
    "Nội dung": "body",
    "Kính gửi": "salutation",
    "Nơi nhận": "addressees",
    "Bên nhận": "recipients",
    "Thẩm quyền ký": "signing_capacity",
    "Chức vụ người ký": "signer_position",
    "Người ký": "signatory_id",
    "Tên tệp": "file",
}
_BY_CLAUSE = {
    "217/5.1": "secrecy",
    "217/11.4": "type_code",
    "217/11.5": "urgent_at",
    "217/11.6": "abstract",
    "217/11.7": "file",
    "217/11.11": "recipients",
    "217/11.13": "due_on",
    "379/5.4": "pdf",
    "379/13.2": "signatory_id",
    "379/14.p1": "type_code",
}
_BESIDE = {"organisation": "type_code", "place": "type_code", "notation": "type_code", "seal": "type_code"}
FIELDS = (
    "type_code",
    "abstract",
    "urgency",
    "urgent_at",
    "secrecy",
    "salutation",
    "body",
    "addressees",
    "recipients",
    "signatory_id",
    "approver_id",
    "signing_capacity",
    "signer_position",
    "due_on",
    "change",
    "reason",
    "pdf",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault at one field. `repair` is what the button says; `value` what a script may put there at once."""

    field: str
    severity: str
    text: str
    next_step: str
    clause: str
    repair: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Faults:
    """All faults of a form; at each field the gravest is shown."""

    all: tuple[Fault, ...] = ()

    def at(self, field: str) -> Fault | None:
        return next((fault for fault in self.all if fault.field == field), None)

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.all if fault.severity == ERROR)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.all if fault.severity != ERROR)


def field_of(violation: Violation) -> str:
    """The form's field that a refusal is about; "" when it is about the whole draft."""
    named = violation.facts.get("field") or _BY_NAME.get(str(violation.facts.get("name", "")))
    if named:
        return str(named)
    if violation.clause == "379/17.3":
        return "" if "expected" in violation.facts else "reason"
    return _BY_CLAUSE.get(violation.clause, "")


def refused_field(violation: Violation) -> Fault | None:
    """The refusal of a save as a fault at its field; None when it has none."""
    at, said = field_of(violation), refusal(violation)
    return Fault(at, ERROR, said.reason, said.next_step, said.clause) if at in FIELDS else None


def of_draft(typed: Typed, owner: OrganisationView, *, actor: Actor, drafter_id: UUID | None, has_pdf: bool) -> Faults:
    """Everything that the registry or the submission would object to in what is typed now."""
    try:
        fields = documents_rules.check_fields(typed.fields())
        documents_rules.may_draft_type(actor, owner.id, fields.type_code)
    except RuleViolation as violation:
        first = refused_field(violation)
        return Faults((first,) if first else ())
    found = [*_form(fields, owner, has_pdf), *_submission(fields, drafter_id, has_pdf)]
    mend = repairs(typed, owner)
    seen: dict[str, Fault] = {}
    for fault in sorted(found, key=lambda one: one.severity != ERROR):
        seen.setdefault(fault.field, _with_repair(fault, mend))
    return Faults(tuple(seen.values()))


def _form(fields: DraftFields, owner: OrganisationView, has_pdf: bool) -> Iterable[Fault]:
    on = rulebook.today()
    rule = rulebook.form_rules(fields.type_code, on)
    signer = identity.people([fields.signatory_id]) if fields.signatory_id else {}
    page = form.FormFacts(
        body_name=owner.body_name,
        place=owner.place,
        abstract=fields.abstract,
        body=fields.body,
        salutation=fields.salutation,
        addressees=fields.addressees,
        signing_capacity=fields.signing_capacity,
        signer_position=fields.signer_position,
        signer_name=next((person.name for person in signer.values()), ""),
        uploaded=has_pdf,
    )
    beside = form.RegistryFacts(
        body_name=owner.body_name,
        notation=owner.notation,
        signing_capacity=fields.signing_capacity,
        recipients=fields.recipients,
        has_seal=owner.has_seal,
        seal_needed=rulebook.signatures_required(fields.type_code, owner.has_seal, on).seal,
        on=on,
        due_on=fields.due_on,
        level_warning=rulebook.warn_authority(owner.level, fields.type_code, on) or "",
    )
    for one in form.findings(page, beside, rule):
        yield Fault(
            _BESIDE.get(one.field, one.field),
            one.severity,
            words.ruled(one.message),
            words.ruled(one.next_step),
            one.clause,
        )


def _submission(fields: DraftFields, drafter_id: UUID | None, has_pdf: bool) -> Iterable[Fault]:
    kind = rulebook.document_type(fields.type_code, rulebook.today())
    try:
        documents_rules.ready_to_submit(fields, drafter_id=drafter_id, prints_name=kind.prints_name, has_pdf=has_pdf)
    except RuleViolation as violation:
        said: Refusal = refusal(violation)
        at = field_of(violation) or _stopped_at(violation)
        yield Fault(at, ERROR, said.reason, said.next_step, said.clause)


def _stopped_at(violation: RuleViolation) -> str:
    """Where the two refusals belong that name no field: the approver drafted it, the last line is missing."""
    return {"379/13.3": "approver_id"}.get(violation.clause, "addressees")


# --- repairs ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repair:
    """What the button says, and the field's text afterwards."""

    words: str
    text: str


def repairs(typed: Typed, owner: OrganisationView) -> Mapping[str, Repair]:
    """Field → the one repair proposed for it, when there is something to repair."""
    found = {field: make(typed, owner) for field, make in _REPAIRS.items()}
    return {field: one for field, one in found.items() if one is not None and one.text != getattr(typed, field)}


def repaired(typed: Typed, owner: OrganisationView, field: str) -> tuple[Typed, str]:
    """The form after that repair, and what was done; unchanged and "" when there is nothing to repair."""
    one = repairs(typed, owner).get(field)
    return (replace(typed, **{field: one.text}), one.words) if one else (typed, "")  # type: ignore[arg-type]


def keep_line(owner: OrganisationView) -> str:
    """The last line of the addressees: where the document is kept.

    "Lưu Văn phòng Tỉnh ủy Lạc Giang"; an office or a board keeps its own.
    """
    name = re.sub(r"\s*\((mẫu|sample)\)", "", owner.name)
    return (
        f"Lưu {name}" if re.match(r"(văn phòng|ban|ủy ban|uỷ ban)\b", name, re.IGNORECASE) else f"Lưu Văn phòng {name}"
    )


def _with_repair(fault: Fault, mend: Mapping[str, Repair]) -> Fault:
    one = mend.get(fault.field)
    if one is None:
        return fault
    return replace(fault, repair=one.words, value=one.text if len(one.text) <= LONG else None)


def _addressees(typed: Typed, owner: OrganisationView) -> Repair | None:
    stand = lines(typed.addressees)
    if stand and stand[-1].lstrip("-– ").casefold().startswith("lưu"):
        return None
    line = keep_line(owner)
    return Repair(_("Thêm “%(line)s”") % {"line": line}, "\n".join((*stand, line)))


def _abstract(typed: Typed, owner: OrganisationView) -> Repair | None:
    text = typed.abstract.strip()
    bare = text.rstrip(".;, ")
    if _is_letter(typed) and text:
        started = re.sub(r"^v\s*/\s*v\s*", "về việc ", bare, flags=re.IGNORECASE)
        if not started.lower().startswith("về việc"):
            started = f"về việc {started[:1].lower()}{started[1:]}"
        if started != text:
            return Repair(_("Ghi “về việc …”"), started)
    return Repair(_("Bỏ dấu ở cuối"), bare) if bare != text else None


def _body(typed: Typed, owner: OrganisationView) -> Repair | None:
    text = typed.body.rstrip()
    if text.endswith("./."):
        return Repair(_("Bỏ “/.”"), text.removesuffix("/."))
    return Repair(_("Thêm dấu chấm"), f"{text}.") if text and text[-1] not in '.!?”"|:' else None


def _capacity(typed: Typed, owner: OrganisationView) -> Repair | None:
    text = typed.signing_capacity.strip()
    written = re.sub(r"^(T)(M)\.\s*|^(K)(T)\.\s*|^(T)(L)\.\s*", _slashed, text, flags=re.IGNORECASE)
    if written != text:
        return Repair(_("Ghi “%(words)s”") % {"words": written}, written)
    return None


def _slashed(found: re.Match[str]) -> str:
    first, second = (part.upper() for part in found.groups() if part)
    return f"{first}/{second} "


def _position(typed: Typed, owner: OrganisationView) -> Repair | None:
    if typed.signer_position.strip():
        return None
    lent = identity.people(row.delegate_id for row in identity.lent_holders(Office.SIGNATORY, owner.id))
    signing = [*identity.people_with(Office.SIGNATORY, owner.id), *lent.values()]
    person = next((one for one in signing if str(one.id) == typed.signatory_id), None)
    words = person.position.upper() if person else ""
    return Repair(_("Ghi “%(words)s”") % {"words": words}, words) if words else None


def _salutation(typed: Typed, owner: OrganisationView) -> Repair | None:
    if not _is_letter(typed) or lines(typed.salutation) or not typed.recipients:
        return None
    from_directory = recipient_names(typed.recipients)
    return Repair(_("Ghi các nơi đã chọn"), "\n".join(from_directory))


def recipient_names(codes: Iterable[str]) -> list[str]:
    """Names of the directory, the code itself where it knows none."""
    wanted = list(codes)
    known = exchange.recipient_names(wanted)
    return [known.get(code, code) for code in wanted]


def _is_letter(typed: Typed) -> bool:
    """A công văn, whose name is not printed."""
    try:
        return not rulebook.document_type(typed.type_code, rulebook.today()).prints_name
    except RuleViolation:
        return False


_REPAIRS: Mapping[str, Callable[[Typed, OrganisationView], Repair | None]] = {
    "addressees": _addressees,
    "abstract": _abstract,
    "body": _body,
    "signing_capacity": _capacity,
    "signer_position": _position,
    "salutation": _salutation,
}
