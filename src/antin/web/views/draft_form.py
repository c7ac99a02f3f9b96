"""The draft's form: what a person typed, kept as typed; read into fields, or filled from a revision.

Reading never decides: what the fields may hold is for `documents.rules`. Only what is no date, no number, no choice
of the form at all is refused here, at its field.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from django.http import QueryDict

from antin.documents.facts import DraftFields
from antin.regulation import RuleViolation
from antin.values import N_, VIETNAM, Secrecy, Urgency, is_uuid, to_vietnam

PDF_FIELD, FILE_FIELD = "pdf", "file"
TEXTS = (
    "organisation_id",
    "type_code",
    "abstract",
    "urgency",
    "urgent_at",
    "secrecy",
    "salutation",
    "body",
    "addressees",
    "signatory_id",
    "approver_id",
    "signing_capacity",
    "signer_position",
    "due_on",
    "change",
    "changes_id",
    "reason",
    "expected_revision",
)


@dataclass(frozen=True, slots=True)
class Typed:
    """The form's values as texts; several lines stand under each other."""

    organisation_id: str = ""
    type_code: str = ""
    abstract: str = ""
    urgency: str = Urgency.ROUTINE.value
    urgent_at: str = ""
    secrecy: str = Secrecy.OPEN.value
    salutation: str = ""
    body: str = ""
    addressees: str = ""
    recipients: tuple[str, ...] = ()
    signatory_id: str = ""
    approver_id: str = ""
    signing_capacity: str = ""
    signer_position: str = ""
    due_on: str = ""
    change: str = ""
    changes_id: str = ""
    reason: str = ""
    expected_revision: str = ""

    @staticmethod
    def sent(post: QueryDict) -> Typed:
        """What the form sent; a field left out of it keeps its first value."""
        texts = {name: post[name].replace("\r\n", "\n") for name in TEXTS if name in post}
        return replace(Typed(), **texts, recipients=tuple(post.getlist("recipients")))

    @staticmethod
    def kept(fields: DraftFields, revision: int, organisation_id: UUID) -> Typed:
        """The form filled from a saved revision."""
        return Typed(
            organisation_id=str(organisation_id),
            type_code=fields.type_code,
            abstract=fields.abstract,
            urgency=fields.urgency.value,
            urgent_at=to_vietnam(fields.urgent_at).strftime("%Y-%m-%dT%H:%M") if fields.urgent_at else "",
            secrecy=fields.secrecy.value,
            salutation="\n".join(fields.salutation),
            body=fields.body,
            addressees="\n".join(fields.addressees),
            recipients=fields.recipients,
            signatory_id=str(fields.signatory_id or ""),
            approver_id=str(fields.approver_id or ""),
            signing_capacity=fields.signing_capacity,
            signer_position=fields.signer_position,
            due_on=fields.due_on.isoformat() if fields.due_on else "",
            change=fields.change,
            changes_id=str(fields.changes_id or ""),
            expected_revision=str(revision),
        )

    def fields(self) -> DraftFields:
        """RuleViolation at the first value that is none of its kind."""
        urgency = _urgency(self.urgency)
        return DraftFields(
            type_code=self.type_code,
            abstract=self.abstract,
            urgency=urgency,
            secrecy=_secrecy(self.secrecy),
            body=self.body,
            salutation=lines(self.salutation),
            addressees=lines(self.addressees),
            recipients=self.recipients,
            signatory_id=_person(self.signatory_id),
            signing_capacity=self.signing_capacity,
            signer_position=self.signer_position,
            due_on=_day(self.due_on),
            urgent_at=_instant(self.urgent_at) if urgency is Urgency.TIMED else None,
            approver_id=_person(self.approver_id),
            change=self.change if self.changes_id else "",
            changes_id=_document(self.changes_id) if self.change else None,
        )

    @property
    def seen_revision(self) -> int:
        """The revision that the form was filled from; 0 when the form does not say."""
        return (
            int(self.expected_revision) if self.expected_revision.isascii() and self.expected_revision.isdigit() else 0
        )


def lines(text: str) -> tuple[str, ...]:
    """The lines that hold something."""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _urgency(value: str) -> Urgency:
    try:
        return Urgency(value)
    except ValueError:
        raise RuleViolation(
            "217/11.5", N_("Không có mức độ khẩn này."), N_("Chọn lại mức độ khẩn."), field="urgency"
        ) from None


def _secrecy(value: str) -> Secrecy:
    try:
        return Secrecy(value)
    except ValueError:
        raise RuleViolation("217/5.1", N_("Không có độ mật này."), N_("Chọn lại độ mật."), field="secrecy") from None


def _person(value: str) -> UUID | None:
    if not value:
        return None
    if not is_uuid(value):
        raise RuleViolation(
            "379/13.2", N_("Không có người này."), N_("Chọn lại trong danh sách."), field="signatory_id"
        )
    return UUID(value)


def _document(value: str) -> UUID | None:
    if value and not is_uuid(value):
        raise RuleViolation("379/17.2", N_("Không có văn bản này."), N_("Chọn lại văn bản."), field="change")
    return UUID(value) if value else None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value.strip()) if value.strip() else None
    except ValueError:
        raise RuleViolation(
            "217/11.13", N_("Thời hạn không phải là một ngày."), N_("Ghi ngày, tháng, năm."), field="due_on"
        ) from None


def _instant(value: str) -> datetime | None:
    """The hour typed on Vietnam's clock, in UTC."""
    try:
        typed = datetime.fromisoformat(value.strip()) if value.strip() else None
    except ValueError:
        raise RuleViolation(
            "217/11.5", N_("Giờ hẹn không đọc được."), N_("Ghi ngày và giờ."), field="urgent_at"
        ) from None
    return typed.replace(tzinfo=VIETNAM).astimezone(UTC) if typed else None
