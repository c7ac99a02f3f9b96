"""edXML messages as frozen values, in the standard's order (QCVN 102:2016; numbers of its table beside each).

Absent text is "", absent numbers and dates are None, lists are tuples. Code lists stand in `codes`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, IntEnum


class BusinessKind(IntEnum):
    """BussinessDocType (2.2.1)."""

    NEW = 0
    RECALL = 1
    UPDATE = 2
    REPLACE = 3


class SignatureState(Enum):
    """What the envelope's Signature element is; only XMLDSIG can be verified at all."""

    ABSENT = "absent"
    LEGACY = "legacy"
    XMLDSIG = "xmldsig"


@dataclass(frozen=True, slots=True)
class Note:
    """A tolerated deviation: a stable code, the element, a sentence in Vietnamese."""

    code: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Organ:
    """From, To (1.1, 1.2)."""

    organ_id: str
    name: str = ""
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """SignerInfo (1.8)."""

    competence: str = ""
    position: str = ""
    full_name: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """StaffInfo (2.2.5)."""

    department: str = ""
    staff: str = ""
    mobile: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class ResponseFor:
    """The document that is answered (1.12): `code` is the joined reference number as the sender wrote it."""

    organ_id: str = ""
    code: str = ""
    promulgated_on: date | None = None
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """One hop (2.1); `at` is aware, Vietnam time when the text named no zone."""

    organ_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Receiver:
    """One change of the list of recipients (2.2.3)."""

    organ_id: str
    added: bool


@dataclass(frozen=True, slots=True)
class Replacement:
    """An older document that is replaced, and for whom (2.2.8)."""

    document_id: str
    organ_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Business:
    """Bussiness (2.2): what this message does. `document_id` names the document recalled or updated."""

    kind: BusinessKind = BusinessKind.NEW
    reason: str = ""
    document_id: str = ""
    information_changed: bool = False
    receivers_changed: bool = False
    receivers: tuple[Receiver, ...] = ()
    staff: Staff | None = None
    paper: bool | None = None
    replacements: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """One line of the manifest (4). `content_id` is without `cid:`."""

    content_id: str
    name: str
    content_type: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Bytes carried inside the message (5), already decoded and checked; `zipped` says how they came."""

    content_id: str
    name: str
    data: bytes = field(repr=False)
    content_type: str = ""
    description: str = ""
    zipped: bool = True


@dataclass(frozen=True, slots=True)
class Envelope:
    """A document's message: new, recall, update or replace."""

    sender: Organ
    recipients: tuple[Organ, ...]
    document_id: str
    number: str
    notation: str
    subject: str
    place: str = ""
    promulgated_on: date | None = None
    type: int | None = None
    type_detail: int | None = None
    type_name: str = ""
    content: str = ""
    signer: Signer | None = None
    due_on: date | None = None
    to_places: tuple[str, ...] = ()
    priority: int = 0
    sphere: str = ""
    typer_notation: str = ""
    promulgation_amount: int | None = None
    page_amount: int | None = None
    appendixes: tuple[str, ...] = ()
    steering: int | None = None
    responses: tuple[ResponseFor, ...] = ()
    traces: tuple[Trace, ...] = ()
    business: Business = Business()
    references: tuple[Reference, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    signature: SignatureState = SignatureState.ABSENT
    notes: tuple[Note, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Status:
    """A status message: what became of a document, said by `sender`."""

    sender: Organ
    response_for: ResponseFor
    code: str
    at: datetime
    description: str = ""
    staff: Staff | None = None
    notes: tuple[Note, ...] = field(default=(), compare=False)


Message = Envelope | Status
