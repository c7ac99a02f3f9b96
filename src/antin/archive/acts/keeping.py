"""Taking over closed case files, and keeping some from destruction (379/23.2.a, 379/25.p1, 379/20.1)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.archive import queries, rules
from antin.archive.models import Hold, Holding
from antin.casework import acts as casework
from antin.casework import queries as casework_queries
from antin.casework.lifecycle import CASE_FILE
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.ledger import acts as ledger
from antin.values import Actor, Office
from antin.vault import queries as vault


@transaction.atomic
def accept_case_file(*, actor: Actor, case_file_id: UUID) -> UUID:
    """The archive takes a closed case file over once every stored byte of it is as it was; the holding's id.

    RuleViolation 379/23.2.b for damaged content, 379/24.4 for what is Mật and not under the cipher product, 379/21.3 while
    one of its documents is impounded, 379/25.p1 for a case file that is not closed, 379/20.1 for who is not the
    organisation's archivist.
    """
    case = casework_queries.archived_cases([case_file_id]).get(case_file_id)
    if case is None or not actor.holds(Office.ARCHIVIST, case.organisation_id):
        raise rules.not_found()
    rules.office_for(CASE_FILE.step(case.state, "settle_accession(accept)"), actor, case.organisation_id)
    members = casework_queries.documents_in(case_file_id)
    rules.cipher_if_mat(queries.bare(map(documents_queries.facts, members)))
    rules.fixity_ok(_damaged(members))
    held = [documents.settle_custody(document_id=one, act="settle_accession(accept)") for one in _to_settle(members)]
    casework.settle_case_file(case_file_id=case_file_id, act="settle_accession(accept)")
    contents = [[str(one), documents_queries.facts(one).digest] for one in members]
    row = Holding.objects.create(
        case_file_id=case_file_id,
        organisation_id=case.organisation_id,
        contents=contents,
        digest=rules.list_digest((UUID(one), digest) for one, digest in contents),
        accepted_by=actor.person_id,
        accepted_at=timezone.now(),
    )
    ledger.append(
        "archive.case_file.settled",
        actor,
        object_kind="case_file",
        object_id=case_file_id,
        organisation_id=case.organisation_id,
        facts={"outcome": "accept", "documents": len(members), "archived": len(held), "digest": row.digest},
        clause="379/23.2.a",
    )
    return row.pk


def _to_settle(members: tuple[UUID, ...]) -> list[UUID]:
    """Those not in the archive yet: a document in two case files came with the first of them."""
    return [one for one in members if documents_queries.facts(one).custody == "current"]


def _damaged(members: tuple[UUID, ...]) -> list[str]:
    stored = [content for one in members for content in documents_queries.stored_contents(one)]
    return [str(content) for content in stored if not vault.intact(content)]


@transaction.atomic
def hold(*, actor: Actor, case_file_id: UUID, basis: str, until: date | None = None) -> UUID:
    """The competent authority keeps a case file from destruction, until a day or until lifted (379/20.1)."""
    case = casework_queries.archived_cases([case_file_id]).get(case_file_id)
    if case is None or not actor.holds(Office.COMPETENT_AUTHORITY, case.organisation_id):
        raise rules.not_found()
    row = Hold.objects.create(
        case_file_id=case_file_id,
        organisation_id=case.organisation_id,
        basis=rules.words_given(basis),
        until=until,
        by=actor.person_id,
        by_name=actor.name,
        at=timezone.now(),
    )
    _enter("archive.hold.set", actor, row, row.basis)
    return row.pk


@transaction.atomic
def lift_hold(*, actor: Actor, hold_id: UUID, reason: str) -> None:
    """It may be destroyed again once it is due; the same office that kept it says so."""
    row = Hold.objects.select_for_update().filter(pk=hold_id, lifted_at__isnull=True).first()
    if row is None or not actor.holds(Office.COMPETENT_AUTHORITY, row.organisation_id):
        raise rules.not_found()
    row.lifted_reason, row.lifted_at = rules.words_given(reason), timezone.now()
    row.save(update_fields=["lifted_reason", "lifted_at"])
    _enter("archive.hold.lifted", actor, row, row.lifted_reason)


def _enter(act: str, actor: Actor, row: Hold, reason: str) -> None:
    ledger.append(
        act,
        actor,
        object_kind="case_file",
        object_id=row.case_file_id,
        organisation_id=row.organisation_id,
        facts={"hold": str(row.pk), "until": str(row.until or "")},
        reason=reason,
        clause="379/20.1",
    )
