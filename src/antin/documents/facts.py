"""The frozen values that cross this room's doors: what goes into its acts and what its queries answer with.

Instants are aware and in UTC, dates are dates of Vietnam's calendar, digests are SHA-256 in lower-case
hexadecimal, ids are UUIDv7. Nothing here decides; the decisions stand in `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from antin.values import Custody, Method, Secrecy, Urgency, Validity


class Direction(StrEnum):
    """Ours to send (văn bản đi), or received (văn bản đến)."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class EndorsementKind(StrEnum):
    """What a reviewer leaves behind: a consent counts, an opinion only speaks, an initial is a ký nháy."""

    CONSENT = "consent"
    OPINION = "opinion"
    INITIAL = "initial"


class ChangeKind(StrEnum):
    """What a document does to an earlier one (379/17.2): only a replacement puts it out of force."""

    CORRECT = "correct"
    AMEND = "amend"
    REPLACE = "replace"


class SideAnswer(StrEnum):
    """What one side of a transaction says to declaring its document void by agreement (379/19.2.b)."""

    NONE = ""
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RenditionKind(StrEnum):
    """Which stage of the page a PDF shows; later stages hold the bytes of earlier ones as their prefix."""

    DRAFT = "draft"
    LAID_OUT = "laid_out"
    PREPARED = "prepared"
    SIGNED = "signed"
    SEALED = "sealed"
    RECEIVED = "received"
    RENEWED = "renewed"


@dataclass(frozen=True, slots=True)
class DraftFields:
    """What a drafter writes: one revision of an outgoing document, attachments and uploaded PDF apart.

    `salutation` holds the "Kính gửi" lines, `addressees` the "Nơi nhận" lines (the last starts with "Lưu"),
    `recipients` organisation codes of the directory. Without `approver_id` the signatory approves.
    `urgent_at` is the hour of a timed express document (hoả tốc hẹn giờ). `change` says what it does to the issued
    document `changes_id` once it is issued itself: a ChangeKind, "" for none (379/17.2).
    """

    type_code: str
    abstract: str
    urgency: Urgency = Urgency.ROUTINE
    secrecy: Secrecy = Secrecy.OPEN
    body: str = ""
    salutation: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    signatory_id: UUID | None = None
    signing_capacity: str = ""
    signer_position: str = ""
    due_on: date | None = None
    urgent_at: datetime | None = None
    approver_id: UUID | None = None
    change: str = ""
    changes_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One step of a review route: steps of the same order run side by side, `quorum` of `people` must agree.

    `kind` is "review" (answered by consent) or "initial" (answered by a ký nháy).
    """

    order: int
    people: tuple[UUID, ...]
    quorum: int = 1
    kind: str = "review"


DIGITISED = "digitised"
"""The channel of a document that came in as paper and was scanned and sealed here (379/15.1)."""


@dataclass(frozen=True, slots=True)
class IncomingFacts:
    """What the sender states about a document that came in; kept as stated, judged by the registry.

    `replaces` holds codes of documents (217/11.1) that this one puts out of force. `terms_id` and `terms_reference`
    name the terms agreed with the sender that covered it as it came (379/12.2.c); the exchange says so, never the sender.
    """

    type_code: str
    abstract: str
    type_name: str = ""
    urgency: Urgency = Urgency.ROUTINE
    secrecy: Secrecy = Secrecy.OPEN
    number_text: str = ""
    notation: str = ""
    reference_number: str = ""
    document_code: str = ""
    issued_on: date | None = None
    issuing_name: str = ""
    issuing_code: str = ""
    sender_name: str = ""
    sender_code: str = ""
    signer_name: str = ""
    signing_capacity: str = ""
    due_on: date | None = None
    sent_at: datetime | None = None
    channel: str = ""
    digest: str = ""
    replaces: tuple[str, ...] = ()
    terms_id: UUID | None = None
    terms_reference: str = ""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """The facts of one document, as shown everywhere (the fourteen of 217/11 among them)."""

    id: UUID
    direction: Direction
    state: str
    validity: Validity
    custody: Custody
    owner_id: UUID
    type_code: str
    type_name: str
    abstract: str
    urgency: Urgency
    secrecy: Secrecy
    number: int | None = None
    number_text: str = ""
    notation: str = ""
    reference_number: str = ""
    document_code: str = ""
    issued_on: date | None = None
    issuing_name: str = ""
    issuing_code: str = ""
    sender_name: str = ""
    sender_code: str = ""
    drafter_id: UUID | None = None
    approver_id: UUID | None = None
    signatory_id: UUID | None = None
    signer_name: str = ""
    signing_capacity: str = ""
    signer_position: str = ""
    recipients: tuple[str, ...] = ()
    due_on: date | None = None
    urgent_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    approved_at: datetime | None = None
    signed_at: datetime | None = None
    issued_at: datetime | None = None
    sent_at: datetime | None = None
    arrived_at: datetime | None = None
    send_due_at: datetime | None = None
    revision: int = 0
    digest: str = ""
    round: int = 0
    route_complete: bool = False
    form_checked: bool = False
    seal_needed: bool = True
    attachment_count: int = 0
    arrival_number: int | None = None
    register_id: UUID | None = None
    channel: str = ""
    terms_id: UUID | None = None
    terms_reference: str = ""
    impounded: bool = False


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One kept revision: who, when and why (379/17.3), and what it weighs by digest."""

    revision: int
    digest: str
    author_id: UUID
    author_name: str
    at: datetime
    reason: str
    approved_at: datetime | None
    approval_withdrawn_at: datetime | None
    has_pdf: bool


@dataclass(frozen=True, slots=True)
class AttachmentView:
    id: UUID
    name: str
    media_type: str
    size: int
    digest: str
    since_revision: int
    content_id: UUID


@dataclass(frozen=True, slots=True)
class RenditionView:
    """One PDF of the document; `anchors` say where signature and seal belong (see ports.LaidOut)."""

    id: UUID | None
    kind: RenditionKind
    content_id: UUID | None
    digest: str
    size: int
    pages: int
    anchors: dict[str, object] | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PagePreview:
    """One page (from 1) of a draft that is not saved: its picture as PNG, the digest of the PDF it was drawn from."""

    digest: str
    pages: int
    page: int
    png: bytes


@dataclass(frozen=True, slots=True)
class ParcelContents:
    """Everything that leaves with a document: facts, the frozen text, the final page, attachments.

    `replaces` holds the codes of the documents that it puts out of force.
    """

    view: DocumentView
    fields: DraftFields
    pdf: RenditionView
    attachments: tuple[AttachmentView, ...]
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndingView:
    """How a document went out of force: by whom, when, why, on what basis and in which form (379/19.1, 217/9.2)."""

    validity: Validity
    at: datetime
    by_name: str
    reason: str
    basis: str
    form: str


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of the transaction: what it said, by whom, when by its own clock, authenticated how.

    `evidence` is the digest of the signed statement that brought the answer, "" for one's own.
    """

    code: str
    name: str
    answer: SideAnswer
    person: str
    method: str
    reason: str
    evidence: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class AgreementView:
    """A proposal to declare a document void by agreement of all sides, and who consented when (379/19.2.b).

    `digest` is over what every side consents to; `own` and `issuer` are organisation codes. `state` is one of
    proposed, agreed, closed; `why_closed` says how it ended without agreement.
    """

    id: UUID
    agreement: UUID
    document_id: UUID
    digest: str
    page_digest: str
    document_code: str
    proposer: str
    person: str
    reason: str
    at: datetime
    own: str
    issuer: str
    state: str
    why_closed: str
    settled_at: datetime | None
    sides: tuple[SideView, ...]

    def side(self, code: str) -> SideView | None:
        return next((one for one in self.sides if one.code == code), None)


@dataclass(frozen=True, slots=True)
class LinkView:
    """A document beside this one: `is_later` when the other changes this one. Without `other` it is out of reach,

    not here yet, or not to be seen; then only its code is told.
    """

    kind: ChangeKind
    is_later: bool
    code: str
    other: DocumentView | None


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision of an authority that impounds documents or lifts that again, as its paper has it (379/21.1)."""

    authority: str
    number: str
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An impoundment as it must stand again after a restore (379/21.3); `begun_at` and `begun_by` are of the first time."""

    id: UUID
    owner_id: UUID
    decision: DecisionFacts
    reason: str
    term_ends_on: date | None
    begun_at: datetime
    begun_by: UUID
    begun_by_name: str
    document_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Identified:
    """What a decision can name a document by; nothing of what it says. `digest` is over all that it holds."""

    id: UUID
    direction: Direction
    reference_number: str
    document_code: str
    issued_on: date | None
    type_name: str
    issuing_name: str
    digest: str


@dataclass(frozen=True, slots=True)
class ImpoundmentView:
    """One decision carried out: over how many documents, since when, by whom, lifted or not (379/21.2.d, 379/21.4)."""

    id: UUID
    owner_id: UUID
    decision: DecisionFacts
    term_ends_on: date | None
    reason: str
    scope_digest: str
    documents: int
    begun_at: datetime
    begun_by_name: str
    lifting_decision: str
    lifting_decided_on: date | None
    lifted_at: datetime | None
    lifted_by_name: str


@dataclass(frozen=True, slots=True)
class EndorsementView:
    """An opinion card: who said what, about which revision; `on_behalf_name` in whose place, empty for one's own."""

    id: UUID
    round: int
    order: int
    person_id: UUID
    person_name: str
    on_behalf_of: UUID | None
    kind: EndorsementKind
    text: str
    revision: int
    method: Method
    at: datetime
    counts: bool
    on_behalf_name: str = ""


@dataclass(frozen=True, slots=True)
class SeatView:
    """One person's place in a step; `substitute` is the name of who answers while the person is away, else empty.

    `answered_by` names whose answer fills the seat when it was not the person's own.
    """

    person_id: UUID
    name: str
    done: bool
    waiting: bool
    substitute: str = ""
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class RouteStepView:
    """One step with its standing: done, now or later; `agreed` of `quorum` have answered."""

    order: int
    kind: str
    quorum: int
    agreed: int
    state: str
    seats: tuple[SeatView, ...]
    opinions: tuple[EndorsementView, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteView:
    """The route of one round, then the approver and the signatory, as the route strip shows them."""

    round: int
    steps: tuple[RouteStepView, ...]
    complete: bool
    approver_id: UUID | None
    approver_name: str
    signatory_id: UUID | None
    signatory_name: str
    rounds: int


@dataclass(frozen=True, slots=True)
class HandlingStep:
    """One handling step on the frozen revision: the proof 379/13.3 asks for."""

    act: str
    person_id: UUID
    on_behalf_of: UUID | None
    method: Method
    at: datetime


@dataclass(frozen=True, slots=True)
class CardItem:
    """One of the fourteen facts of 217/11; `value` is text, a date, an instant, or a tuple of texts."""

    clause: str
    label: str
    value: object


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: rows, and the opaque mark after which the next begins (None at the end)."""

    rows: tuple[DocumentView, ...] = ()
    next: str | None = None
