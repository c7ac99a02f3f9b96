"""Rows of the rooms as the components want them: one place, so that every page tells a document the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from antin.documents import lifecycle
from antin.documents import queries as documents
from antin.documents.facts import AgreementView, Direction, DocumentView, SideAnswer
from antin.documents.rules import agreeing as agreement_rules
from antin.documents.worth import LegalEffect
from antin.identity import queries as identity
from antin.registry import queries as registry
from antin.rulebook import queries as rulebook
from antin.signing.verdict import Report
from antin.signing.verdict.report import Reason, SignatureFacts
from antin.values import Actor, Office, Validity
from antin.web import formats, words
from antin.web.refusals import attempt

EFFECT_LIGHT = {"valid": "ok", "invalid": "bad", "indeterminate": "ask", "changed": "changed"}
MAX_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Viewer:
    """The page in view: pictures are addressed, never embedded; `lines` is its text layer."""

    page: int
    pages: int
    image: Callable[[int], str]
    lines: Sequence[Any]


def actor_of(request: HttpRequest) -> Actor:
    """The acting person; views behind the default-deny middleware always have one."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def page_number(request: HttpRequest) -> int:
    asked = request.GET.get("trang", "1")
    return min(max(int(asked), 1), MAX_PAGE) if asked.isascii() and asked.isdigit() else 1


def viewer(request: HttpRequest, document: DocumentView) -> Viewer:
    """The asked page of a document (the last one when it has fewer)."""
    actor = actor_of(request)
    _pdf, rendition = documents.pdf(actor, document.id)
    page = min(page_number(request), max(rendition.pages, 1))
    return Viewer(
        page=page,
        pages=rendition.pages,
        image=lambda number: f"/van-ban/{document.id}/trang/{number}.png?v={rendition.digest[:12]}",
        lines=documents.page_text(actor, document.id, page),
    )


def effect(found: LegalEffect) -> dict[str, Any]:
    """Arguments of the `verdict` component."""
    kind = {
        "original_sealed": "ok",
        "original_signed": "ok",
        "original_agreed": "ok",
        "reference_only": "warn",
        "draft": "warn",
        "undecided": "warn",
    }.get(found.verdict, "bad")
    why = _(found.why).format(**found.facts)
    return {"kind": kind, "head": _(found.sentence), "text": why, "clauses": found.clauses}


def legal_effect(actor: Actor, document: DocumentView) -> dict[str, Any]:
    return effect(registry.legal_effect(actor, document.id))


def reason(found: Reason) -> str:
    """A sentence of a validation report in the language of the page."""
    return _(found.message).format(**found.facts)


def light(verdict: str) -> tuple[str, str]:
    """Kind and word of a status light for a verdict."""
    return EFFECT_LIGHT.get(verdict, "ask"), words.verdict(verdict)


def signature_cards(report: Report | None, document: DocumentView) -> list[dict[str, Any]]:
    """One card per signature of the report: who, in which capacity, when by the timestamp, how sure."""
    return [_card(one, document) for one in report.signatures] if report else []


def _card(one: SignatureFacts, document: DocumentView) -> dict[str, Any]:
    kind, word = light(one.verdict)
    capacity = one.capacity or (
        document.signing_capacity if one.role == "person" else _("Chữ ký số của cơ quan (con dấu)")
    )
    return {
        "role": one.role,
        "name": one.signer_name,
        "capacity": capacity,
        "at": one.signed_at,
        "kind": kind,
        "words": word,
        "pairs": certificate_facts(one),
    }


def certificate_facts(one: SignatureFacts) -> list[tuple[str, str]]:
    """What stands in the details of a signature."""
    status = {"good": _("đang có hiệu lực"), "revoked": _("đã bị thu hồi")}.get(one.status_at_signing, _("chưa rõ"))
    until = f"{formats.day(one.certificate_not_before)} – {formats.day(one.certificate_not_after)}"
    return [
        (_("Chứng thư"), one.certificate_serial),
        (_("Cấp bởi"), one.certificate_issuer),
        (_("Thời hạn chứng thư"), until),
        (_("Trạng thái khi ký"), status),
        (_("Mốc tin cậy"), one.anchor),
        (_("Dấu thời gian"), one.timestamp_authority),
        (_("Mức"), one.level),
        (_("Thuật toán"), one.algorithm),
    ]


def may(actor: Actor, document: DocumentView, act: str) -> bool:
    """Would the table let this act begin now, in an office the actor holds there? The act itself asks again."""
    life = lifecycle.OUTGOING if document.direction is Direction.OUTGOING else lifecycle.INCOMING
    row = life.rows.get((document.state, act))
    return row is not None and any(actor.holds(office, document.owner_id) for office in row.offices)


def may_end(actor: Actor, document: DocumentView, act: str) -> bool:
    """Would the table let this person take the issued document out of force by `act`, or write what changes it?"""
    if document.direction is not Direction.OUTGOING or document.state != "issued":
        return False
    row = lifecycle.VALIDITY.rows.get((document.validity, act))
    return row is not None and any(actor.holds(office, document.owner_id) for office in row.offices)


def agreeing(actor: Actor, document: DocumentView, kept: Sequence[AgreementView]) -> str:
    """What lies open to this person about declaring it void by agreement: "propose", "answer", "withdraw" or ""."""
    if not actor.holds(Office.SIGNATORY, document.owner_id) or no_agreement(document):
        return ""
    newest = kept[0] if kept else None
    if newest is None or newest.state == "closed":
        return "propose"
    own = newest.side(newest.own)
    if newest.state != "proposed" or own is None:
        return ""
    return {SideAnswer.NONE: "answer", SideAnswer.PROPOSED: "withdraw"}.get(own.answer, "")


def no_agreement(document: DocumentView) -> str:
    """Why this document is not one to agree on; "" when it is (379/19.2.b)."""
    kind = rulebook.family_of(document.type_code, document.issued_on)
    asked = (
        lambda: agreement_rules.bilateral_agreement(kind),
        lambda: agreement_rules.holds_it(document),
        lambda: agreement_rules.open_document(document),
    )
    refused = next((found for one in asked if (found := attempt(one)[1])), None)
    if refused:
        return refused.reason
    in_force = (document.validity, "answer_invalidation(last)") in lifecycle.VALIDITY.rows
    return "" if in_force else words.validity(document.validity)


def ways_out(actor: Actor, document: DocumentView) -> frozenset[str]:
    """The acts open to this person on an issued or received document: recall, invalidate, change, discard."""
    found = {act for act in ("recall", "invalidate") if may_end(actor, document, act)}
    in_force = document.validity is Validity.IN_FORCE
    if document.direction is Direction.INCOMING and not in_force and may(actor, document, "discard"):
        found.add("discard")
    if agreeing(actor, document, ()) == "propose":
        found.add("agree")
    if document.state == "issued" and in_force and actor.holds(Office.DRAFTER, document.owner_id):
        found.add("change")
    return frozenset(found)


def names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return {person_id: person.name for person_id, person in identity.people(i for i in ids if i).items()}
