"""Who may see a document, and in which office someone acts on it. Default deny (379/4.4, 379/23.2.d).

- Those who took part see it always: drafter, reviewers once it was submitted, approver, signatory, assignees,
  persons it was granted to.
- The registry of the owner (clerk, seal keeper) sees what is approved, and everything that came in.
- Leaders of the owner see what is under review, and everything that came in.
- A substitute sees what an absent reviewer is waited for; whoever is lent an approver's office sees what awaits that
  approver; lent leading sees as leaders do. All within the delegation's types, and open documents unless it says more.
- What is Mật is seen by who is cleared and in position there, and takes part or keeps the registry (379/22.2).
- Auditors and administrators see no content (379/5.3). An impounded document is seen by nobody (379/21.3).

`queries` holds the same rule in SQL; a differential test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from antin.documents.facts import Direction, DocumentView
from antin.documents.rules.secrecy import may_be_shown
from antin.regulation import RuleViolation
from antin.steps import Step
from antin.values import N_, Actor, Behalf, Custody, MandateView, Office, Secrecy

REGISTRY_OFFICES = (Office.CLERK, Office.SEAL_KEEPER)
LEADER_OFFICES = (Office.LEADER,)
REGISTRY_SEES = frozenset({"approved", "signed", "sealed", "issued"})
GONE = (Custody.DESTROYED, Custody.EXPELLED)
"""What is no longer here is told by the register of destructions alone (379/20.3)."""
LEADERS_SEE = REGISTRY_SEES | {"in_review"}
LENT_SEES = frozenset({"in_review", "approved"})
"""What waits for an approver or may still be sent back by one: all that a lent approval opens by name."""

_NAMES = {
    Office.DRAFTER: N_("người soạn văn bản này"),
    Office.REVIEWER: N_("người soát xét đến lượt"),
    Office.APPROVER: N_("người phê duyệt văn bản này"),
    Office.SIGNATORY: N_("người ký văn bản này"),
    Office.CLERK: N_("văn thư của cơ quan"),
    Office.SEAL_KEEPER: N_("người giữ con dấu số của cơ quan"),
    Office.LEADER: N_("lãnh đạo cơ quan"),
    Office.ASSIGNEE: N_("người được giao việc"),
    Office.COMPETENT_AUTHORITY: N_("người có thẩm quyền của cơ quan"),
}


def persons(actor: Actor) -> frozenset[UUID]:
    """The acting person and the one on whose behalf; empty for system and peers."""
    return frozenset(p for p in (actor.person_id, actor.on_behalf_of) if p is not None)


def reaches(mandate: MandateView, document: DocumentView) -> bool:
    """A lent office goes as far as its types and its secrecy; one's own is bounded by the acts' own rules (I35)."""
    if mandate.lent is None:
        return True
    typed = not mandate.document_types or document.type_code in mandate.document_types
    return typed and (document.secrecy is Secrecy.OPEN or not mandate.open_only)


def held(actor: Actor, office: Office, organisation_id: UUID, document: DocumentView) -> MandateView | None:
    """The mandate for this office that reaches the document; one's own before a lent one."""
    there = [
        m
        for m in actor.mandates
        if m.office is office and m.organisation_id == organisation_id and reaches(m, document)
    ]
    return min(there, key=lambda m: m.lent is not None, default=None)


def stands_in(document: DocumentView, actor: Actor, waited_for: Collection[UUID]) -> tuple[Behalf, ...]:
    """The absent that this document waits for and the actor may answer for: never on one's own draft (379/13.3)."""
    if document.secrecy is not Secrecy.OPEN or document.drafter_id == actor.person_id:
        return ()
    return tuple(behalf for behalf in actor.stands_in if behalf.person_id in waited_for)


def may_see(
    document: DocumentView, actor: Actor, participants: Collection[UUID], waited_for: Collection[UUID] = ()
) -> bool:
    """True when this actor may read this document.

    `participants` are all who hold access to it, `waited_for` those whose answer in the review is due now.
    """
    if document.impounded:
        return False
    if is_system(actor):
        return True
    if document.custody in GONE or not may_be_shown(document, actor):
        return False
    return (
        bool(persons(actor) & frozenset(participants))
        or _seen_by(document, actor, REGISTRY_OFFICES, REGISTRY_SEES)
        or (document.secrecy is Secrecy.OPEN and _seen_by(document, actor, LEADER_OFFICES, LEADERS_SEE))
        or (_out(document, {"in_review"}) and bool(stands_in(document, actor, waited_for)))
        or (_out(document, LENT_SEES) and approval_lent(document, actor) is not None)
    )


def approval_lent(document: DocumentView, actor: Actor) -> MandateView | None:
    """The lent office of exactly the approver that the document names (379/6.2.p2)."""
    lent = (m for m in actor.mandates if m.lent is not None and m.office is Office.APPROVER)
    fits = (m for m in lent if m.organisation_id == document.owner_id and reaches(m, document))
    return next((m for m in fits if m.lent is not None and m.lent.person_id == document.approver_id), None)


def _out(document: DocumentView, states: Collection[str]) -> bool:
    return document.direction is Direction.OUTGOING and document.state in states


def is_system(actor: Actor) -> bool:
    """The installation itself, acting by its own key (379/27.1)."""
    return actor.office is Office.SYSTEM and actor.person_id is None


def _seen_by(document: DocumentView, actor: Actor, offices: tuple[Office, ...], states: Collection[str]) -> bool:
    if not any(held(actor, office, document.owner_id, document) for office in offices):
        return False
    if document.direction is Direction.INCOMING or document.state in states:
        return True
    return document.state == "abandoned" and document.number is not None  # its number stays in the book


def strongly_authenticated(actor: Actor) -> None:
    """379/12.2.b: handling counts as proof only under a certificate, a passkey or a one-time code."""
    if not actor.method.is_strong:
        raise RuleViolation(
            "379/12.2.b",
            N_("Phiên làm việc này chỉ dùng mật khẩu, chưa đủ để xử lý văn bản."),
            N_("Đăng nhập lại bằng mật khẩu kèm mã dùng một lần, khoá truy cập hoặc chứng thư số."),
        )


def office_for(
    step: Step,
    actor: Actor,
    document: DocumentView,
    *,
    organisation_id: UUID | None = None,
    reviewers: Collection[UUID] = (),
    as_office: Office | None = None,
) -> Office:
    """The office of the table row that the actor holds here; as `in_office`."""
    return in_office(
        step, actor, document, organisation_id=organisation_id, reviewers=reviewers, as_office=as_office
    ).office


def in_office(
    step: Step,
    actor: Actor,
    document: DocumentView,
    *,
    organisation_id: UUID | None = None,
    reviewers: Collection[UUID] = (),
    as_office: Office | None = None,
) -> Actor:
    """The actor in the office of the table row, with whom they stand in for; RuleViolation when it is none of them.

    `reviewers` are those named in the current round; `as_office` is an office of persons that the calling
    room has proven itself (an assignee by the assignment, 217/10.2).
    """
    strongly_authenticated(actor)
    where = organisation_id or document.owner_id
    for office in step.offices:
        found, behalf = _holds(office, actor, document, where, reviewers, as_office)
        if found:
            return replace(actor.in_place_of(behalf), office=office, organisation_id=where)
    raise RuleViolation(
        step.clauses[0],
        N_("Việc này thuộc về {office}."),
        N_("Chuyển cho đúng người có thẩm quyền."),
        office=", ".join(_NAMES.get(o, o.value) for o in step.offices),
        act=step.act,
    )


def _holds(
    office: Office,
    actor: Actor,
    document: DocumentView,
    organisation_id: UUID,
    reviewers: Collection[UUID],
    as_office: Office | None,
) -> tuple[bool, Behalf | None]:
    """Whether the actor acts in this office here, and in whose place."""
    if office in (Office.SYSTEM, Office.PEER):
        return actor.office is office, None
    if office is Office.REVIEWER:
        away = stands_in(document, actor, reviewers)
        mine = bool(persons(actor) & frozenset(reviewers))
        return mine or bool(away), None if mine or not away else away[0]
    if office is Office.ASSIGNEE:
        return as_office is Office.ASSIGNEE and actor.person_id is not None, None
    mandate = held(actor, office, organisation_id, document)
    if mandate is not None and _is_named(office, actor, document):
        return True, mandate.lent
    lent = approval_lent(document, actor) if office is Office.APPROVER else None
    return lent is not None, lent.lent if lent else None


def _is_named(office: Office, actor: Actor, document: DocumentView) -> bool:
    """Drafter, approver and signatory of an outgoing document are persons it names, not just office holders.

    Once issued it is the organisation's: whoever signs for it now may recall it, also when the signatory has left.
    """
    if document.direction is Direction.INCOMING or document.state == "issued":
        return True
    named = {
        Office.DRAFTER: document.drafter_id,
        Office.APPROVER: document.approver_id,
        Office.SIGNATORY: document.signatory_id,
    }
    return office not in named or named[office] in persons(actor)
