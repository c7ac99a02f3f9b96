"""Case files: opened under a heading of the file plan, filled, handed over, closed, reopened (379/25.p1, 217/15.5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from antin.casework import rules
from antin.casework.lifecycle import CASE_FILE
from antin.casework.models import CaseFile, CaseLink, FileClass, Member
from antin.casework.queries import case_file as case_file_of
from antin.casework.queries.case_files import case_view
from antin.casework.views import CaseFileView
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.identity import queries as identity
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office, canonical_json, sha256_hex, to_vietnam
from antin.vault import acts as vault


@transaction.atomic
def open_file_class(
    *,
    actor: Actor,
    organisation_id: UUID,
    code: str,
    title: str,
    retention: str,
    basis: str,
    years: int | None = None,
) -> UUID:
    """A heading of the organisation's file plan; its id. The clerk or the archivist keeps the plan (379/24.2).

    RuleViolation 379/24.2 for a code that an open heading of this organisation has.
    """
    identity_rules.require_office(actor, (Office.CLERK, Office.ARCHIVIST), organisation_id)
    period = rulebook.retention_period(retention, rulebook.today())
    written = rules.title_given(code)[:30]
    _one_at_a_time(organisation_id)
    standing = FileClass.objects.filter(organisation_id=organisation_id, code=written, closed_at__isnull=True)
    rules.class_code_free(written, taken=standing.exists())
    row = FileClass.objects.create(
        organisation_id=organisation_id,
        code=written,
        title=rules.title_given(title)[:400],
        retention=period.code,
        years=rules.class_has_retention(period.code, period.years, years),
        basis=rules.words_given(basis, "379/24.2")[:400],
        at=timezone.now(),
        by=actor.person_id,
    )
    ledger.append(
        "casework.file_class.opened",
        actor,
        object_kind="file_class",
        object_id=row.pk,
        organisation_id=organisation_id,
        facts={"code": row.code, "retention": row.retention, "years": row.years or 0},
        reason=row.basis,
        clause="379/24.2",
    )
    return row.pk


def _one_at_a_time(organisation_id: UUID) -> None:
    """Whoever else changes this organisation's plan waits for the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"file plan {organisation_id}"])


@transaction.atomic
def open_case_file(*, actor: Actor, class_id: UUID, title: str) -> CaseFileView:
    """A new case file kept by the actor, with the next number of its heading and year."""
    heading = FileClass.objects.select_for_update().filter(pk=class_id, closed_at__isnull=True).first()
    heading = rules.case_file_found(heading)
    step = CASE_FILE.step("", "open_case_file")
    rules.case_office(step, actor, heading.organisation_id, None)
    now = timezone.now()
    year = to_vietnam(now).year
    last = CaseFile.objects.filter(file_class=heading, year=year).aggregate(Max("ordinal"))["ordinal__max"] or 0
    row = CaseFile.objects.create(
        organisation_id=heading.organisation_id,
        file_class=heading,
        year=year,
        ordinal=last + 1,
        title=rules.title_given(title),
        keeper_id=actor.person_id,
        state=step.to,
        opened_at=now,
        opened_by=actor.person_id,
    )
    view = case_view(row)
    _enter("opened", actor, row, {"code": view.code, "class": heading.code})
    return view


@transaction.atomic
def place_in_case_file(*, actor: Actor, case_file_id: UUID, document_id: UUID, part: int = 1) -> None:
    """A document that the actor may see takes its place; placing it twice is the same as once (217/11.7)."""
    documents_queries.document(actor, document_id)
    row = _begin(actor, case_file_id, "place_in_case_file")
    documents.guard(actor=actor, document_id=document_id, guards=())
    _made, is_new = Member.objects.get_or_create(
        case_file=row,
        document_id=document_id,
        left_at=None,
        defaults={"part": max(1, min(part, 99)), "by": actor.person_id, "at": timezone.now()},
    )
    if is_new:
        documents.grant_access(document_id=document_id, person_id=row.keeper_id, why="case_file")
        _enter("joined", actor, row, {"document": str(document_id)})


@transaction.atomic
def take_from_case_file(*, actor: Actor, case_file_id: UUID, document_id: UUID, reason: str) -> None:
    """It leaves the case file with a reason; that it was there stays on record (379/17.3)."""
    row = _begin(actor, case_file_id, "take_from_case_file")
    words = vault.sealed_words(document_id, rules.words_given(reason))
    place = row.members.filter(document_id=document_id, left_at__isnull=True).first()
    place = rules.case_file_found(place)
    place.left_at, place.left_reason = timezone.now(), words
    place.save(update_fields=["left_at", "left_reason"])
    _enter("left", actor, row, {"document": str(document_id)}, reason=words)


@transaction.atomic
def refer_case_file(*, actor: Actor, case_file_id: UUID, other_id: UUID, words: str) -> None:
    """A cross-reference to another case file that the actor may open."""
    row = _begin(actor, case_file_id, "place_in_case_file")
    other = case_file_of(actor, other_id)
    rules.case_file_found(other if other.id != row.pk else None)
    CaseLink.objects.get_or_create(
        case_file=row,
        other_id=other.id,
        defaults={"words": rules.words_given(words)[:400], "by": actor.person_id, "at": timezone.now()},
    )
    _enter("referred", actor, row, {"other": str(other.id)}, reason=words.strip()[:400])


@transaction.atomic
def hand_over_case_file(*, actor: Actor, case_file_id: UUID, to_person: UUID, reason: str) -> CaseFileView:
    """Another person of the organisation keeps it from now on, and may read what is in it (379/6.2.p2)."""
    row = _begin(actor, case_file_id, "hand_over_case_file")
    words = rules.words_given(reason)
    rules.another_person(row.keeper_id, to_person)
    homes = {one: view.organisation_id for one, view in identity.people([to_person]).items()}
    admitted = {row.organisation_id} | identity.descendants(row.organisation_id)
    rules.need_to_know([to_person], homes, admitted)
    before, row.keeper_id = row.keeper_id, to_person
    row.save(update_fields=["keeper_id"])
    for document_id in row.members.filter(left_at__isnull=True).values_list("document_id", flat=True):
        documents.grant_access(document_id=document_id, person_id=to_person, why="case_file")
    _enter("handed_over", actor, row, {"from": str(before), "to": str(to_person)}, reason=words)
    return case_view(row)


@transaction.atomic
def close_case_file(*, actor: Actor, case_file_id: UUID) -> CaseFileView:
    """Closes it when every document in it has come to its end; retention begins to run (379/24.2, 379/25.p1)."""
    row = _begin(actor, case_file_id, "close_case_file")
    members = sorted(row.members.filter(left_at__isnull=True).values_list("document_id", flat=True))
    held = [documents.locked(document_id=one) for one in members]
    rules.life_ended(
        [(one.direction.value, one.state) for one in held], sum(len(documents.obligations(one)) for one in members)
    )
    row.state = CASE_FILE.step(row.state, "close_case_file").to
    row.closed_at = timezone.now()
    row.members_digest = sha256_hex(canonical_json([[str(one.id), one.digest] for one in held]))
    row.retained_until = rules.retained_until(to_vietnam(row.closed_at).date(), row.file_class.years)
    row.save()
    _enter(
        "closed",
        actor,
        row,
        {"documents": len(held), "members": row.members_digest, "retained_until": str(row.retained_until or "")},
    )
    return case_view(row)


@transaction.atomic
def reopen_case_file(*, actor: Actor, case_file_id: UUID, reason: str) -> CaseFileView:
    """Open again, by a leader with a reason; its retention stops running (379/17.3)."""
    row = _begin(actor, case_file_id, "reopen_case_file")
    words = rules.words_given(reason)
    row.state = CASE_FILE.step(row.state, "reopen_case_file").to
    row.closed_at, row.retained_until, row.members_digest = None, None, ""
    row.save()
    _enter("reopened", actor, row, {}, reason=words)
    return case_view(row)


def _begin(actor: Actor, case_file_id: UUID, act: str) -> CaseFile:
    """The row under its lock, seen by this actor, at a place of its life from where the act leads on."""
    case_file_of(actor, case_file_id)
    row = CaseFile.objects.select_for_update(of=("self",)).select_related("file_class").get(pk=case_file_id)
    step = CASE_FILE.step(row.state, act)
    rules.case_office(step, actor, row.organisation_id, row.keeper_id)
    return row


def _enter(act: str, actor: Actor, row: CaseFile, facts: dict[str, Any], reason: str = "") -> None:
    ledger.append(
        f"casework.case_file.{act}",
        actor,
        object_kind="case_file",
        object_id=row.pk,
        organisation_id=row.organisation_id,
        facts=facts,
        reason=reason,
        clause="379/25.p1",
    )
