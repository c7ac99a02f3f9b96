"""One document: its facts, texts, revisions, route, opinions, files, card and history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from uuid import UUID

from antin.documents import models, rows, rules
from antin.documents.comparing import Comparison, FieldDifference
from antin.documents.facts import (
    AttachmentView,
    CardItem,
    ChangeKind,
    Direction,
    DocumentView,
    DraftFields,
    EndingView,
    EndorsementKind,
    EndorsementView,
    LinkView,
    RenditionView,
    RevisionView,
    RouteStepView,
    RouteView,
    SeatView,
)
from antin.documents.queries import access
from antin.identity import queries as identity
from antin.ledger import queries as ledger
from antin.ledger.queries import EntryRow
from antin.values import Actor, Behalf, Method, Urgency, Validity
from antin.vault import queries as vault

CARDS_MOST = 500
HISTORY_MOST = 200


def document(actor: Actor, document_id: UUID) -> DocumentView:
    """The facts. RuleViolation 379/4.4 when missing or not to be seen, 379/21.3 when impounded."""
    return rows.opened_view(opened(actor, document_id))


def cards(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, DocumentView]:
    """The facts of many at once; what may not be seen is left out."""
    wanted = list(dict.fromkeys(ids))[:CARDS_MOST]
    return {row.id: rows.view(row) for row in access.visible(actor).filter(id__in=wanted)}


def opened(actor: Actor, document_id: UUID) -> models.Document:
    """The row behind the access filter; for this room's queries."""
    row = access.reachable(actor).filter(id=document_id).first()
    if row is None:
        raise rows.not_found()
    rules.not_impounded(rows.view(row, impounded=rows.is_impounded(row.id)))
    return row


def fields(actor: Actor, document_id: UUID, revision: int | None = None) -> DraftFields:
    """The text of a revision (the present one for None); of an incoming document what its sender stated."""
    row = opened(actor, document_id)
    if row.direction == Direction.INCOMING:
        return DraftFields(
            type_code=row.type_code,
            abstract=vault.opened_words(row.id, row.abstract),
            urgency=Urgency.from_rank(row.urgency),
            signing_capacity=row.signing_capacity,
            due_on=row.due_on,
        )
    return text_of(revision_of(row, row.revision if revision is None else revision))


def text_of(revision: models.Revision) -> DraftFields:
    """The fields of a revision out of the vault."""
    return rules.fields_from_bytes(vault.read(revision.content_id))


def revisions(actor: Actor, document_id: UUID) -> tuple[RevisionView, ...]:
    """Every kept revision, newest first (379/17.3)."""
    row = opened(actor, document_id)
    return tuple(rows.revision(r) for r in models.Revision.objects.filter(document_id=row.id).order_by("-ordinal"))


def compare(actor: Actor, document_id: UUID, a: int, b: int) -> Comparison:
    """What changed from revision `a` to revision `b`: fields word by word, the body line by line."""
    row = opened(actor, document_id)
    left, right = revision_of(row, a), revision_of(row, b)
    before, after = text_of(left), text_of(right)
    files_a = {f.id: f.name for f in rows.attachments(row.id, a)}
    files_b = {f.id: f.name for f in rows.attachments(row.id, b)}
    return Comparison(
        left=rows.revision(left),
        right=rows.revision(right),
        fields=tuple(_field_differences(before, after)),
        lines=rules.compare_texts(before.body, after.body),
        attachments_added=tuple(name for i, name in files_b.items() if i not in files_a),
        attachments_removed=tuple(name for i, name in files_a.items() if i not in files_b),
    )


def route(actor: Actor, document_id: UUID, round: int | None = None) -> RouteView:
    """The route of a round (the latest for None) with each step's standing and opinions."""
    row = opened(actor, document_id)
    round_ = row.round if round is None else round
    steps = rows.route_of(row, round_)
    answers = tuple(models.Endorsement.objects.filter(document_id=row.id, round=round_).order_by("id"))
    given = tuple(map(rows.answer, answers))
    revision = max((e.revision for e in answers), default=row.revision) if round_ < row.round else row.revision
    state = rules.route_state(steps, given, revision=revision)
    names = _names([p for s in steps for p in s.people] + [row.approver_id, row.signatory_id])
    cards_ = _endorsements(answers, row.revision)
    away = {p: one.substitute_name for p, one in identity.substitutes(state.waiting).items()} if state.waiting else {}
    return RouteView(
        round=round_,
        steps=tuple(_step_view(s, names, cards_, away) for s in state.steps),
        complete=state.complete and round_ > 0,
        approver_id=row.approver_id,
        approver_name=names.get(row.approver_id, ""),
        signatory_id=row.signatory_id,
        signatory_name=names.get(row.signatory_id, ""),
        rounds=row.round,
    )


def in_place_of(actor: Actor, document_id: UUID) -> tuple[str, Behalf] | None:
    """The kind of step and the absent person whose answer the actor may give now; None when there is none."""
    row = opened(actor, document_id)
    if not actor.stands_in or row.state != "in_review":
        return None
    state = rules.route_state(rows.route_of(row, row.round), rows.given(row, row.round), revision=row.revision)
    for standing in state.steps:
        away = rules.substitute_seats(standing, actor, rows.view(row))
        behalf = next((one for one in actor.stands_in if one.person_id in away), None)
        if behalf is not None:
            return standing.step.kind, behalf
    return None


def waiting(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Whose answer each of the documents waits for now: names, by document; one question for a whole list."""
    seats = models.Waiting.objects.filter(document_id__in=cards(actor, ids)).values_list("document_id", "person_id")
    names = _names([person for _, person in seats])
    found: dict[UUID, tuple[str, ...]] = {}
    away = identity.substitutes(person for _, person in seats)
    for document_id, person in seats:
        name = names.get(person, "")
        shown = f"{away[person].substitute_name} ({name})" if person in away else name
        found[document_id] = (*found.get(document_id, ()), shown)
    return found


def opinions(actor: Actor, document_id: UUID) -> tuple[EndorsementView, ...]:
    """Every answer of every round, newest first; `counts` tells whether it is on the present revision."""
    row = opened(actor, document_id)
    answers = models.Endorsement.objects.filter(document_id=row.id).order_by("-id")
    return _endorsements(tuple(answers), row.revision)


def attachments(actor: Actor, document_id: UUID, revision: int | None = None) -> tuple[AttachmentView, ...]:
    """The files of a revision, the present one for None (217/11.7)."""
    row = opened(actor, document_id)
    return rows.attachments(row.id, row.revision if revision is None else revision)


def attachment_pieces(actor: Actor, attachment_id: UUID) -> tuple[AttachmentView, Iterator[bytes]]:
    """A file and its bytes, piece by piece; RuleViolation 379/4.4 when missing or not to be seen."""
    held = models.Attachment.objects.filter(id=attachment_id).first()
    if held is None:
        raise rows.not_found()
    opened(actor, held.document_id)
    return rows.attachment(held), vault.stream(held.content_id)


def renditions(actor: Actor, document_id: UUID) -> tuple[RenditionView, ...]:
    """Every kept PDF, newest first."""
    row = opened(actor, document_id)
    return tuple(rows.rendition(r) for r in models.Rendition.objects.filter(document_id=row.id).order_by("-id"))


def card(actor: Actor, document_id: UUID) -> tuple[CardItem, ...]:
    """The fourteen facts of 217/11."""
    row = opened(actor, document_id)
    names = [a.name for a in rows.attachments(row.id, row.revision)]
    return rules.document_card(rows.opened_view(row), attachments=names)


def endings(actor: Actor, document_id: UUID) -> tuple[EndingView, ...]:
    """How it went out of force, newest first; empty while it is in force."""
    row = opened(actor, document_id)
    return tuple(
        EndingView(
            Validity(e.validity),
            e.at,
            e.by_name,
            vault.opened_words(row.id, e.reason),
            vault.opened_words(row.id, e.basis),
            e.form,
        )
        for e in models.Ending.objects.filter(document_id=row.id).order_by("-at")
    )


def links(actor: Actor, document_id: UUID) -> tuple[LinkView, ...]:
    """What this document changes, then what changes it, oldest first (379/17.2); unseen ones by their code alone."""
    row = opened(actor, document_id)
    earlier = list(models.Link.objects.filter(changing_id=row.id).order_by("id"))
    later = list(models.Link.objects.filter(changed_id=row.id).select_related("changing").order_by("id"))
    seen = cards(actor, [link.changed_id for link in earlier if link.changed_id] + [link.changing_id for link in later])
    return (
        *(
            LinkView(ChangeKind(k.kind), is_later=False, code=k.changed_code, other=seen.get(k.changed_id))  # type: ignore[arg-type]
            for k in earlier
        ),
        *(
            LinkView(ChangeKind(k.kind), is_later=True, code=k.changing.document_code, other=seen.get(k.changing_id))
            for k in later
        ),
    )


def final_digest(actor: Actor, document_id: UUID) -> str:
    """SHA-256 of the signed page that decisions on the issued document are bound to."""
    return rows.final_page(opened(actor, document_id).id).digest


def history(
    actor: Actor, document_id: UUID, *, before: int | None = None, limit: int = 50, only: str = "", without: str = ""
) -> tuple[EntryRow, ...]:
    """The ledger's entries on the document, newest first (379/17.3); `only`, `without` as in `ledger.history`."""
    opened(actor, document_id)
    size = max(1, min(limit, HISTORY_MOST))
    return tuple(map(ledger.opened, ledger.history(document_id, before=before, limit=size, only=only, without=without)))


def revision_of(row: models.Document, ordinal: int) -> models.Revision:
    """A kept revision; the answer of `not_found` without one."""
    found = models.Revision.objects.filter(document_id=row.id, ordinal=ordinal).first()
    if found is None:
        raise rows.not_found()
    return found


def _field_differences(before: DraftFields, after: DraftFields) -> Iterable[FieldDifference]:
    names = _names([before.signatory_id, after.signatory_id, before.approver_id, after.approver_id])
    left, right = asdict(before), asdict(after)
    for name in left:
        if name == "body" or left[name] == right[name]:
            continue
        yield FieldDifference(name, *rules.compare_words(_shown(left[name], names), _shown(right[name], names)))


def _shown(value: object, names: dict[UUID | None, str]) -> str:
    if isinstance(value, UUID):
        return names.get(value, str(value))
    if isinstance(value, tuple):
        return "\n".join(value)
    return "" if value is None else str(value)


def _names(people: Sequence[UUID | None]) -> dict[UUID | None, str]:
    wanted = {p for p in people if p is not None}
    return {i: person.name for i, person in identity.people(wanted).items()} if wanted else {}


def _step_view(
    state: rules.StepState,
    names: dict[UUID | None, str],
    cards_: Sequence[EndorsementView],
    away: dict[UUID, str],
) -> RouteStepView:
    people = set(state.step.people)
    here = [c for c in cards_ if c.order == state.step.order]
    by = {c.on_behalf_of: c.person_name for c in here if c.on_behalf_of and c.kind is not EndorsementKind.OPINION}
    return RouteStepView(
        order=state.step.order,
        kind=state.step.kind,
        quorum=state.step.quorum,
        agreed=len(state.agreed),
        state=state.state,
        seats=tuple(
            SeatView(
                p,
                names.get(p, ""),
                done=p in state.agreed,
                waiting=p in state.waiting,
                substitute=away.get(p, "") if p in state.waiting else "",
                answered_by=by.get(p, "") if p in state.agreed else "",
            )
            for p in state.step.people
        ),
        opinions=tuple(c for c in here if {c.person_id, c.on_behalf_of} & people),
    )


def _endorsements(answers: Iterable[models.Endorsement], revision: int) -> tuple[EndorsementView, ...]:
    kept = list(answers)
    names = _names([e.on_behalf_of for e in kept])
    return tuple(
        EndorsementView(
            id=e.id,
            round=e.round,
            order=e.order,
            person_id=e.person_id,
            person_name=e.person_name,
            on_behalf_of=e.on_behalf_of,
            kind=EndorsementKind(e.kind),
            text=vault.read(e.content_id).decode() if e.content_id else "",
            revision=e.revision,
            method=Method(e.method),
            at=e.at,
            counts=e.revision == revision,
            on_behalf_name=names.get(e.on_behalf_of, ""),
        )
        for e in kept
    )
