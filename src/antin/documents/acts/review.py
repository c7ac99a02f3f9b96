"""The way from draft to approval: submit, endorse, send back, approve, abandon (379/13.3, 379/17)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from antin.documents import lifecycle, models, rows, rules
from antin.documents.facts import Direction, DocumentView, EndorsementKind, RenditionKind, RouteStep
from antin.documents.queries.route_templates import fitting, holders, seat_names
from antin.documents.rules import templates
from antin.identity import acts as identity_acts
from antin.identity import queries as identity
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.steps import Step
from antin.values import N_, Actor, canonical_json, commitment, new_id, sha256_hex
from antin.vault import acts as vault
from antin.vault import queries as vault_reads

OPINION_LIMIT = 10_000


def submit(*, actor: Actor, document_id: UUID, route: Sequence[RouteStep]) -> None:
    """Opens a round of review along the route; an empty one goes straight to the approver.

    RuleViolation 379/17.1 for a route that cannot be walked or lacks a step of the organisation's own way, 379/13.x
    and 217/11.x for what the draft lacks.
    """
    with transaction.atomic():
        row, facts, step, acting = _begin(actor, document_id, "submit")
        route = rules.check_route(route)
        _people_known(route)
        template = _keeps_to_template(row, route)
        _ready(row, facts)
        row.round += 1
        _lay_route(row, route)
        row.state = step.to
        _walk(row)
        _save(row)
        at = row.updated_at
        rows.grant(row.id, {p for s in route for p in s.people}, "reviewer", at)
        rows.grant(row.id, {row.approver_id} - {None}, "approver", at)
        rows.grant(row.id, {row.signatory_id} - {None}, "signatory", at)
        listed = [[s.order, s.kind, s.quorum, [str(p) for p in s.people]] for s in route]
        facts_kept: dict[str, Any] = {"round": row.round, "steps": len(route)}
        facts_kept |= {"route": sha256_hex(canonical_json(listed)), **template}
        _enter("documents.draft.submitted", acting, row, facts_kept, {"route": listed})


def endorse(*, actor: Actor, document_id: UUID, kind: EndorsementKind | str, text: str = "", revision: int) -> UUID:
    """One answer of a reviewer, bound to the revision read; the endorsement's id.

    RuleViolation 379/13.3 out of turn, for the wrong kind of answer, or when the revision is not the present one.
    """
    answer = _kind(kind)
    text = rules.check_text(
        text,
        limit=OPINION_LIMIT,
        clause="379/13.3",
        name=N_("Ý kiến"),
        required=answer is EndorsementKind.OPINION,
    )
    with transaction.atomic():
        row, facts, _step, acting = _begin(actor, document_id, "endorse")
        rules.revision_seen(facts, revision)
        state = rules.route_state(rows.route_of(row, row.round), rows.given(row, row.round), revision=row.revision)
        order, seat = rules.my_turn(state, actor, answer, facts)
        acting = acting.in_place_of(next((b for b in actor.stands_in if b.person_id == seat), None))
        if acting.behalf:  # a substitute may read on what was answered
            rows.grant(row.id, rules.persons(actor), "reviewer", rows.now())
        given = _keep_endorsement(row, acting, answer, text, order, seat)
        _walk(row)
        _save(row)
        facts_kept = {"round": row.round, "order": order, "kind": answer.value}
        facts_kept["opinion"] = commitment(given.id.bytes, text)
        _enter("documents.review.endorsed", acting, row, facts_kept, {})
    return given.id


def send_back(*, actor: Actor, document_id: UUID, reason: str) -> None:
    """Draft again, with the reason; the round stays as history, an approval is marked withdrawn."""
    with transaction.atomic():
        row, _facts, step, acting = _begin(actor, document_id, "send_back")
        reason = rules.reason_given(reason)
        _nothing_signed(row)
        withdrawn = row.state == "approved"
        if withdrawn:
            models.Revision.objects.filter(document_id=row.id, ordinal=row.revision).update(
                approval_withdrawn_at=rows.now()
            )
        row.state, row.route_complete, row.approved_at, row.form_checked_revision = step.to, False, None, None
        models.Waiting.objects.filter(document_id=row.id).delete()
        _save(row)
        facts_kept = {"round": row.round, "approval_withdrawn": withdrawn}
        _enter("documents.draft.sent_back", acting, row, facts_kept, {}, reason)


def approve(*, actor: Actor, document_id: UUID, revision: int, digest: str) -> DocumentView:
    """Freezes exactly this content (379/17.2); spends the challenge "approve" over the revision's digest.

    RuleViolation 379/13.3 for the drafter or an incomplete route, 379/17.2 when the content is another than the
    one seen, 379/5.6 without a fresh answered challenge.
    """
    with transaction.atomic():
        row, facts, step, acting = _begin(actor, document_id, "approve")
        rules.approver_is_not_drafter(facts, acting)
        rules.route_complete(facts)
        rules.digest_bound(facts, revision, digest)
        proof = identity_acts.spend_challenge(actor=actor, act="approve", digest=digest)
        row.state = step.to
        row.approved_at = rows.now()
        row.seal_needed = _seal_needed(row)
        models.Revision.objects.filter(document_id=row.id, ordinal=row.revision).update(
            approved_at=row.approved_at,
            approved_by=actor.person_id,
            approved_for=acting.on_behalf_of,
            approved_method=proof.method,
            approval_withdrawn_at=None,
        )
        if acting.behalf:
            rows.grant(row.id, rules.persons(actor), "approver", row.approved_at)
        _save(row)
        facts_kept = {"round": row.round, "step_up": str(proof.method)}
        _enter("documents.draft.approved", acting, row, facts_kept, {"abstract": row.abstract})
        return rows.view(row)


def abandon(*, actor: Actor, document_id: UUID, reason: str) -> None:
    """Closes the draft for good; bytes are kept (379/17.1)."""
    with transaction.atomic():
        row, _facts, step, acting = _begin(actor, document_id, "abandon")
        reason = rules.reason_given(reason)
        _nothing_signed(row)
        row.state = step.to
        models.Waiting.objects.filter(document_id=row.id).delete()
        _save(row)
        _enter("documents.draft.abandoned", acting, row, {"round": row.round}, {}, reason)


def _begin(actor: Actor, document_id: UUID, act: str) -> tuple[models.Document, DocumentView, Step, Actor]:
    """Locked row, facts, table row and the actor in office: what every act of this module starts with."""
    row, facts = rows.lock_for(actor, document_id)
    rules.ask_guards(facts, facts.direction, act)
    life = lifecycle.LIVES[Direction(row.direction)]
    step = life.step(row.state, act)
    return row, facts, step, rows.office_of(step, actor, row, facts)


def _ready(row: models.Document, facts: DocumentView) -> None:
    last = models.Revision.objects.get(document_id=row.id, ordinal=row.revision)
    kind = rulebook.document_type(row.type_code, rulebook.today())
    rules.ready_to_submit(
        rules.fields_from_bytes(vault_reads.read(last.content_id)),
        drafter_id=facts.drafter_id,
        prints_name=kind.prints_name,
        has_pdf=last.pdf_content_id is not None,
    )


def _people_known(route: Sequence[RouteStep]) -> None:
    named = {person for step in route for person in step.people}
    if named and named - set(identity.people(named)):
        raise RuleViolation(
            "379/13.3",
            N_("Luồng trình có người không thuộc hệ thống."),
            N_("Chọn người soát xét trong danh sách."),
        )


def _keeps_to_template(row: models.Document, route: Sequence[RouteStep]) -> dict[str, Any]:
    """Which template of the day the route was judged by, for the ledger (379/17.1); nothing without one."""
    template = fitting(row.owner_id, row.type_code, rulebook.today())
    if template is None:
        return {}
    steps = template.fields.steps
    templates.route_kept(template, route, holders(steps), row.drafter_id, seat_names(steps))
    return {"template": str(template.series), "template_version": template.version}


def _lay_route(row: models.Document, route: Sequence[RouteStep]) -> None:
    models.RouteStep.objects.bulk_create(
        models.RouteStep(
            id=new_id(),
            document_id=row.id,
            round=row.round,
            order=step.order,
            kind=step.kind,
            quorum=step.quorum,
            people=list(step.people),
        )
        for step in route
    )


def _walk(row: models.Document) -> None:
    """Renews who is waited for, from the route and its answers."""
    state = rules.route_state(rows.route_of(row, row.round), rows.given(row, row.round), revision=row.revision)
    row.route_complete = state.complete
    models.Waiting.objects.filter(document_id=row.id).delete()
    models.Waiting.objects.bulk_create(
        models.Waiting(document_id=row.id, person_id=person, not_for=sorted({*standing.step.people, *standing.voices}))
        for standing in state.steps
        for person in sorted(standing.waiting)
    )


def _keep_endorsement(
    row: models.Document, acting: Actor, kind: EndorsementKind, text: str, order: int, seat: UUID
) -> models.Endorsement:
    content = vault.store(text.encode(), owner=row.id, media_type="text/plain") if text else None
    return models.Endorsement.objects.create(
        document_id=row.id,
        round=row.round,
        order=order,
        seat_id=seat,
        person_id=acting.person_id,
        person_name=acting.name,
        on_behalf_of=acting.on_behalf_of,
        kind=kind,
        content_id=content.id if content else None,
        revision=row.revision,
        method=acting.method,
        at=rows.now(),
    )


def _kind(kind: EndorsementKind | str) -> EndorsementKind:
    try:
        return EndorsementKind(kind)
    except ValueError:
        raise RuleViolation(
            "379/13.3",
            N_("Không có loại ý kiến này."),
            N_("Chọn đồng ý, góp ý hoặc ký nháy."),
        ) from None


def _nothing_signed(row: models.Document) -> None:
    """379/17.2: once a signature is on the page there is no way back to a draft, only forward."""
    signed = models.Rendition.objects.filter(
        document_id=row.id,
        kind__in=[RenditionKind.SIGNED, RenditionKind.SEALED],
        at__gte=row.approved_at or row.created_at,
    )
    if signed.exists():
        raise RuleViolation(
            "379/17.2",
            N_("Văn bản đã có chữ ký, không trả lại để soạn tiếp được."),
            N_("Báo sai sót để người ký quyết định, số đã cấp sẽ bị huỷ."),
        )


def _seal_needed(row: models.Document) -> bool:
    """As the signature catalogue of the day says (379/28.2, 379/12.3)."""
    body = identity.organisation(row.owner_id)
    return rulebook.signatures_required(row.type_code, body.has_seal, rulebook.today()).seal


def _save(row: models.Document) -> None:
    row.updated_at = rows.now()
    row.save(
        update_fields=[
            "state",
            "round",
            "route_complete",
            "approved_at",
            "form_checked_revision",
            "seal_needed",
            "updated_at",
        ]
    )


def _enter(
    act: str, acting: Actor, row: models.Document, facts: dict[str, Any], detail: dict[str, Any], reason: str = ""
) -> None:
    ledger.append(
        act,
        acting,
        object_kind="document",
        object_id=row.id,
        organisation_id=row.owner_id,
        facts={"revision": row.revision, "digest": row.digest, **facts},
        detail=detail,
        reason=reason,
    )
