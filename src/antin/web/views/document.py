"""One document: what it is worth, who signed, where it went, what was done with it, and the acts that are open now."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.automation import queries as automation
from antin.casework import acts as casework
from antin.casework import queries as work
from antin.documents import queries as documents
from antin.documents.facts import Direction, DocumentView
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.ledger import acts as ledger
from antin.registry import queries as registry
from antin.signing import queries as signing
from antin.signing.archival import queries as proofs
from antin.values import Actor, Office, Secrecy, Validity, is_uuid, to_vietnam
from antin.web import automation_words, card, exchange_words, shown, timeline
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.views import case_files

FEW_STEPS = 12


@require_safe
def overview(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The document as it stands; that this person looked at it stands in the ledger (379/23.2.đ)."""
    answer = _overview(request, document_id)
    if not getattr(request, "htmx", False):
        ledger.note_reading(actor=actor_of(request), object_kind="document", object_id=document_id, purpose="view")
    return answer


def _overview(
    request: HttpRequest, document_id: UUID, refused: Refusal | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    report = signing.latest_report(document_id)
    context = {
        **head(request, actor, document),
        "effect": shown.legal_effect(actor, document),
        "cards": shown.signature_cards(report.report if report else None, document),
        "deliveries": deliveries_of(actor, document),
        "card": card.card_facts(document, documents.card(actor, document_id)),
        "attachments": documents.attachments(actor, document_id),
        "steps": timeline.steps(documents.history(actor, document_id, limit=FEW_STEPS, without=timeline.READINGS)),
        "work": _work(actor, document),
        "proposals": automation.proposals_on(actor, document_id) if shown.may(actor, document, "assign") else (),
        "say": automation_words,
        "cases": work.cases_of(actor, document_id),
        "case_choices": case_files.open_choices(actor),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "documents/overview.html", context, status=status)


def refused_overview(request: HttpRequest, document_id: UUID, refused: Refusal) -> HttpResponse:
    """The page again, with what was refused on it."""
    return _overview(request, document_id, refused, status=refused.status)


def head(request: HttpRequest, actor: Actor, document: DocumentView) -> dict[str, Any]:
    """What every page of one document shows: its head, its tabs, its page."""
    here = f"/van-ban/{document.id}"
    return {
        "document": document,
        "here": here,
        "viewer": shown.viewer(request, document),
        "registration": registry.registration(actor, document.id),
        "defect": next((one for one in registry.defects(actor, document.id)[:1] if one.state == "open"), None),
        "awaited": registry.awaited_timestamp(actor, document.id),
        "may": {
            act: shown.may(actor, document, act)
            for act in ("verify", "register_incoming", "assign", "complete", "return_document", "refer_defect")
        },
        "ends": shown.ways_out(actor, document),
        "endings": documents.endings(actor, document.id),
        "links": documents.links(actor, document.id),
        "agreeing": next(iter(documents.agreements(actor, document.id)), None),
    }


def deliveries_of(actor: Actor, document: DocumentView) -> tuple[exchange.DeliveryRow, ...]:
    return exchange.deliveries(actor, document.id) if document.direction is Direction.OUTGOING else ()


def _paper_classes(actor: Actor, document: DocumentView) -> tuple[str, ...]:
    """What the sending clerk may name, while the document is in force and open (217/8)."""
    sends = document.direction is Direction.OUTGOING and document.state == "issued"
    open_now = document.validity is Validity.IN_FORCE and document.secrecy is Secrecy.OPEN
    mine = sends and open_now and actor.holds(Office.CLERK, document.owner_id)
    return exchange.paper_classes_for(document) if mine else ()


def _work(actor: Actor, document: DocumentView) -> dict[str, Any]:
    """Instructions, assignments and results of an incoming document; people to choose from for who may assign."""
    if document.direction is not Direction.INCOMING:
        return {}
    people = identity.people_in(document.owner_id) if shown.may(actor, document, "assign") else ()
    return {
        "instructions": work.instructions(actor, document.id),
        "assignments": work.assignments(actor, document.id),
        "results": work.results(actor, document.id),
        "people": [
            (person.id, f"{person.name}, {person.position}" if person.position else person.name) for person in people
        ],
    }


@require_safe
def deliveries(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Where it went, state by state, with the whole way of each copy (217/11.14)."""
    return deliveries_page(request, document_id)


def deliveries_page(request: HttpRequest, document_id: UUID, refused: Refusal | None = None) -> HttpResponse:
    """The same page, with what was refused to the clerk who notes a paper that came behind it."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    context = {
        **head(request, actor, document),
        "deliveries": deliveries_of(actor, document),
        "by_mail": exchange.mail_instead(actor, deliveries_of(actor, document)),
        "way": exchange.delivery_history(actor, document_id),
        "papers": exchange.enclosures(actor, document_id),
        "paper_classes": _paper_classes(actor, document),
        "arrivals": exchange.arrivals(actor, document_id),
        "papers_in": exchange.papers_in(actor, document_id),
        "may_confirm": exchange.may_confirm_paper(actor, document),
        "today": to_vietnam(timezone.now()).date(),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "documents/deliveries.html", context, status=refused.status if refused else 200)


@require_safe
def revisions(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Every kept revision; comparison lives with the draft's pages."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    context = {
        **head(request, actor, document),
        "revisions": documents.revisions(actor, document_id),
        "renditions": documents.renditions(actor, document_id),
    }
    return page(request, "documents/revisions.html", context)


@require_safe
def verification(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The report in plain words: the kept one, or one made now and kept nowhere while nobody has checked yet."""
    actor = actor_of(request)
    document = documents.document(actor, document_id)
    report, kept = registry.report_of(actor, document_id)
    light = shown.light(report.verdict)
    context = {
        **head(request, actor, document),
        "effect": shown.legal_effect(actor, document),
        "report": report,
        "by_mail": exchange.mail_arrivals(actor, document_id),
        "letter": exchange_words.letter,
        "by_axis": exchange.axis_arrivals(actor, document_id),
        "envelope": exchange_words.envelope,
        "kept": kept,
        "proven_until": proofs.holds_until(actor, document_id),
        "renewals": proofs.renewals(actor, document_id),
        "light": light,
        "reasons": [(reason.weight, shown.reason(reason)) for reason in report.reasons],
        "signatures": [
            {
                **card,
                "reasons": [(r.weight, shown.reason(r)) for r in facts.reasons],
                "facts": facts,
            }
            for card, facts in zip(shown.signature_cards(report, document), report.signatures, strict=True)
        ],
    }
    return page(request, "documents/verification.html", context)


@require_POST
def instruct(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The leader's instruction on the document."""
    text = request.POST.get("text", "")
    _result, refused = attempt(
        lambda: casework.give_instruction(actor=actor_of(request), document_id=document_id, text=text)
    )
    if refused:
        return _overview(request, document_id, refused, status=refused.status)
    return done(request, f"/van-ban/{document_id}", _("Đã ghi ý kiến chỉ đạo."))


@require_POST
def assign(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Lead and supporting people with a date; the sender learns that it was passed on (217/10.2)."""
    lead = request.POST.get("lead", "")
    supporting = [UUID(one) for one in request.POST.getlist("supporting") if is_uuid(one)]

    def act() -> object:
        return casework.assign(
            actor=actor_of(request),
            document_id=document_id,
            lead=UUID(lead) if is_uuid(lead) else UUID(int=0),
            supporting=supporting,
            due_on=_day(request.POST.get("due_on", "")),
            text=request.POST.get("text", ""),
        )

    _result, refused = attempt(act)
    if refused:
        return _overview(request, document_id, refused, status=refused.status)
    return done(request, f"/van-ban/{document_id}", _("Đã phân công."))


@require_POST
def complete(request: HttpRequest, document_id: UUID) -> HttpResponse:
    note = request.POST.get("note", "")
    _result, refused = attempt(lambda: casework.complete(actor=actor_of(request), document_id=document_id, note=note))
    if refused:
        return _overview(request, document_id, refused, status=refused.status)
    return done(request, f"/van-ban/{document_id}", _("Đã hoàn thành."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
