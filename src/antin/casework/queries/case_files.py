"""Case files as others may read them: by their keeper, and by registry, leaders and archive of the organisation.

A document in a case file is shown as far as its reader may see the document itself (379/4.4, 379/21.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from antin.casework import rules
from antin.casework.models import CaseFile, CaseLink, FileClass, Member
from antin.casework.views import CaseFileView, CaseLinkView, CasePage, FileClassView, MemberView
from antin.documents import queries as documents
from antin.identity import queries as identity
from antin.values import Actor, is_uuid

LIMIT = 200


def file_plan(organisation_id: UUID) -> tuple[FileClassView, ...]:
    """The headings open now, by code."""
    held = FileClass.objects.filter(organisation_id=organisation_id, closed_at__isnull=True)
    return tuple(class_view(row) for row in held.order_by("code"))


def case_files(
    actor: Actor, *, mine: bool = True, state: str = "", words: str = "", after: str | None = None, limit: int = 50
) -> CasePage:
    """The actor's own case files, or those of the organisations where the actor oversees them; newest first."""
    size = max(1, min(limit, LIMIT))
    rows = CaseFile.objects.filter(keeper_id=actor.person_id) if mine else _reachable(actor)
    if state:
        rows = rows.filter(state=state)
    for word in words.split()[:10]:
        rows = rows.filter(title__icontains=word)
    if after and is_uuid(after):
        rows = rows.filter(pk__lt=UUID(after))
    found = list(rows.select_related("file_class").order_by("-pk")[: size + 1])
    shown = found[:size]
    return CasePage(_views(shown), str(shown[-1].pk) if len(found) > size else None)


def case_file(actor: Actor, case_file_id: UUID) -> CaseFileView:
    """One of them; the same answer for a foreign id as for none (379/4.4)."""
    row = _reachable(actor).select_related("file_class").filter(pk=case_file_id).first()
    return _views([rules.case_file_found(row)])[0]


def case_members(actor: Actor, case_file_id: UUID) -> tuple[MemberView, ...]:
    """Its documents, part by part in the order they were placed."""
    case_file(actor, case_file_id)
    rows = list(Member.objects.filter(case_file_id=case_file_id, left_at__isnull=True).order_by("part", "at", "pk"))
    seen = documents.cards(actor, [row.document_id for row in rows])
    return tuple(MemberView(row.pk, row.document_id, row.part, row.at, seen.get(row.document_id)) for row in rows)


def case_links(actor: Actor, case_file_id: UUID) -> tuple[CaseLinkView, ...]:
    """Case files referred to from this one or referring to it, as far as the actor may open them."""
    case_file(actor, case_file_id)
    rows = CaseLink.objects.filter(Q(case_file_id=case_file_id) | Q(other_id=case_file_id)).order_by("at")
    pairs = [(row.other_id if row.case_file_id == case_file_id else row.case_file_id, row.words) for row in rows]
    held = _reachable(actor).select_related("file_class").filter(pk__in=[other for other, _words in pairs])
    known = {row.pk: row for row in held}
    return tuple(
        CaseLinkView(other, rules.case_code(*_number(known[other])), known[other].title, words)
        for other, words in pairs
        if other in known
    )


def cases_of(actor: Actor, document_id: UUID) -> tuple[CaseFileView, ...]:
    """The case files that hold this document, as far as the actor may open them."""
    documents.document(actor, document_id)
    placed = Member.objects.filter(document_id=document_id, left_at__isnull=True).values("case_file_id")
    return _views(list(_reachable(actor).select_related("file_class").filter(pk__in=placed).order_by("pk")))


def closed_cases(organisation_ids: Collection[UUID]) -> tuple[CaseFileView, ...]:
    """Closed case files of these organisations that the archive has not taken over; for the room above."""
    waiting = CaseFile.objects.filter(organisation_id__in=organisation_ids, state="closed")
    return _views(list(waiting.select_related("file_class").order_by("closed_at", "pk")[:LIMIT]))


def archived_cases(case_file_ids: Iterable[UUID]) -> dict[UUID, CaseFileView]:
    """These case files by id, whatever has become of them; for the room above."""
    rows = CaseFile.objects.filter(pk__in=list(case_file_ids)).select_related("file_class").order_by("-pk")
    return {view.id: view for view in _views(list(rows))}


def documents_in(case_file_id: UUID) -> tuple[UUID, ...]:
    """Ids of all that is in a case file; for the room above."""
    held = Member.objects.filter(case_file_id=case_file_id, left_at__isnull=True).order_by("part", "at", "pk")
    return tuple(held.values_list("document_id", flat=True))


def retained_until_in_all(document_id: UUID) -> tuple[date | None, ...]:
    """Until when each case file that holds the document is kept; None for ever, or while it is still open."""
    held = Member.objects.filter(document_id=document_id, left_at__isnull=True)
    return tuple(held.values_list("case_file__retained_until", flat=True))


def headings_of(document_id: UUID) -> tuple[tuple[str, str], ...]:
    """Code and title of each heading whose case files hold the document; for the rooms above."""
    held = Member.objects.filter(document_id=document_id, left_at__isnull=True)
    return tuple(held.values_list("case_file__file_class__code", "case_file__file_class__title").distinct())


def _reachable(actor: Actor) -> QuerySet[CaseFile]:
    overseen = actor.organisations(*rules.OVERSEE_CASES)
    return CaseFile.objects.filter(Q(keeper_id=actor.person_id) | Q(organisation_id__in=overseen))


def class_view(row: FileClass) -> FileClassView:
    return FileClassView(row.pk, row.organisation_id, row.code, row.title, row.retention, row.years, row.basis)


def case_view(row: CaseFile) -> CaseFileView:
    return _views([row])[0]


def _number(row: CaseFile) -> tuple[str, int, int]:
    return row.file_class.code, row.ordinal, row.year


def _views(rows: Sequence[CaseFile]) -> tuple[CaseFileView, ...]:
    """With two questions for all of them: the keepers' names, and how much each holds."""
    names = _names(row.keeper_id for row in rows)
    held = Member.objects.filter(case_file_id__in=[row.pk for row in rows], left_at__isnull=True)
    counted = dict(held.values_list("case_file_id").annotate(Count("pk")))
    return tuple(
        CaseFileView(
            id=row.pk,
            organisation_id=row.organisation_id,
            code=rules.case_code(*_number(row)),
            title=row.title,
            file_class=class_view(row.file_class),
            year=row.year,
            keeper_id=row.keeper_id,
            keeper_name=names.get(row.keeper_id, ""),
            state=row.state,
            documents=counted.get(row.pk, 0),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            members_digest=row.members_digest,
            retained_until=row.retained_until,
        )
        for row in rows
    )


def _names(people: Iterable[UUID]) -> dict[UUID, str]:
    wanted = tuple(dict.fromkeys(people))
    return {one: view.name for one, view in identity.people(wanted).items()} if wanted else {}
