"""Packages as the archivist and the competent authority of an organisation see them; their bytes for the archivist alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import QuerySet

from antin.archive import ports, rules
from antin.archive.models import Holding, Package
from antin.archive.packages import rules as package_rules
from antin.archive.views import PackageFile, PackageView
from antin.casework import queries as casework
from antin.casework.views import CaseFileView
from antin.documents import queries as documents
from antin.documents import rules as documents_rules
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.identity.queries import PersonView
from antin.values import Actor, Office, Secrecy
from antin.vault import queries as vault
from antin.vault.rules import CipherMissing

PACKAGES_MOST = 200
SEEN_BY = (Office.ARCHIVIST, Office.COMPETENT_AUTHORITY)


def packages(actor: Actor, case_file_id: UUID | None = None) -> tuple[PackageView, ...]:
    """Newest first; of one case file when it is named."""
    found = _mine(actor) if case_file_id is None else _mine(actor).filter(case_file_id=case_file_id)
    return _views(found.order_by("-id")[:PACKAGES_MOST])


def package(actor: Actor, package_id: UUID) -> PackageView:
    """One of them; RuleViolation 379/4.4 for a foreign id as for none."""
    found = _views(_mine(actor).filter(pk=package_id))
    if not found:
        raise rules.not_found()
    return found[0]


def case_in_archive(actor: Actor, case_file_id: UUID) -> CaseFileView:
    """A case file that the archive took over, for who sees its packages; RuleViolation 379/4.4 otherwise."""
    held = Holding.objects.filter(case_file_id=case_file_id, organisation_id__in=actor.organisations(*SEEN_BY)).exists()
    case = casework.archived_cases([case_file_id]).get(case_file_id) if held else None
    if case is None:
        raise rules.not_found()
    return case


def readers(package: PackageView) -> tuple[PersonView, ...]:
    """People of the organisation to whom a package for use could be given; the act asks what they may read."""
    return identity.people_in(package.organisation_id)


def package_file(actor: Actor, package_id: UUID) -> PackageFile:
    """What leaves: the package, or what is enciphered of it. The archivist's, once it is handed out and while nothing forbids it.

    RuleViolation 379/4.4 for anybody else and before, 379/20.2 for what was destroyed, 379/21.3 while impounded, 379/24.4 for
    what is Mật without its product.
    """
    row = _handed(actor, package_id)
    if row.handed_content_id:
        kept = vault.describe(row.handed_content_id)
        return PackageFile(f"{row.name}.zip.mat", kept.size, vault.stream(kept.id))
    return PackageFile(f"{row.name}.zip", row.size, vault.stream(row.content_id))


def hand_over_record(actor: Actor, package_id: UUID) -> bytes:
    """The record to be signed by both sides, the same each time (379/23.2.c)."""
    row = _handed(actor, package_id)
    body, people = identity.organisation(row.organisation_id), identity.people([row.handed_by])
    told = vault.opened_words(row.pk, row.recipient_name)
    return ports.bound().printer.record(
        ports.HandOver(
            giver=body.name,
            receiver=f"{told} ({row.recipient_code})" if row.recipient_code else told,
            place=body.place,
            at=row.handed_at,
            package=row.name,
            kind=row.kind,
            sha256=row.handed_digest,
            size=vault.describe(row.handed_content_id or row.content_id).size,
            documents=len(row.documents),
            basis=vault.opened_words(row.pk, row.basis),
            purpose=vault.opened_words(row.pk, row.purpose),
            handed_by=people[row.handed_by].name if row.handed_by in people else "",
        )
    )


def receipt_file(actor: Actor, package_id: UUID) -> Iterator[bytes]:
    """The record as the other side signed it."""
    row = _archivists(actor, package_id)
    if row.receipt_id is None:
        raise rules.not_found()
    return vault.stream(row.receipt_id)


def bare(views: Iterable[DocumentView]) -> list[UUID]:
    """What is Mật, and not under the product installed here (379/24.4)."""
    return [one.id for one in views if one.secrecy is not Secrecy.OPEN and not vault.is_protected(one.id)]


def _mine(actor: Actor) -> QuerySet[Package]:
    return Package.objects.filter(organisation_id__in=actor.organisations(*SEEN_BY))


def _archivists(actor: Actor, package_id: UUID) -> Package:
    row = Package.objects.filter(pk=package_id, organisation_id__in=actor.organisations(Office.ARCHIVIST)).first()
    if row is None:
        raise rules.not_found()
    return row


def _handed(actor: Actor, package_id: UUID) -> Package:
    row = _archivists(actor, package_id)
    if row.handed_at is None:
        raise rules.not_found()
    still_open(row)
    return row


def still_open(row: Package) -> None:
    """Nothing in it was destroyed or is impounded, and what is Mật is under the product that is installed here."""
    package_rules.not_destroyed(destroyed=row.destroyed_at is not None)
    views = [documents.facts(UUID(one)) for one in row.documents]
    for view in views:
        documents_rules.not_impounded(view)
    package_rules.cipher_if_mat(bare(views))


def _views(rows: Iterable[Package]) -> tuple[PackageView, ...]:
    held = list(rows)
    cases = casework.archived_cases({row.case_file_id for row in held})
    wanted = {one for row in held for one in (row.built_by, row.handed_by, row.received_by) if one}
    names = {one: view.name for one, view in identity.people(wanted).items()}
    return tuple(_view(row, cases.get(row.case_file_id), names) for row in held)


def _words(row: Package, text: str) -> str:
    """What was typed; "" when it is sealed by a product that is not here now."""
    try:
        return vault.opened_words(row.pk, text)
    except CipherMissing:
        return ""


def _view(row: Package, case: CaseFileView | None, names: dict[UUID, str]) -> PackageView:
    return PackageView(
        id=row.pk,
        case_file_id=row.case_file_id,
        case_code=case.code if case else "",
        case_title=case.title if case else "",
        organisation_id=row.organisation_id,
        kind=row.kind,
        state=row.state,
        name=row.name,
        digest=row.digest,
        handed_digest=row.handed_digest,
        is_enciphered=row.handed_content_id is not None,
        size=row.size,
        documents=len(row.documents),
        purpose=_words(row, row.purpose),
        built_by=names.get(row.built_by, ""),
        built_at=row.built_at,
        recipient=_words(row, row.recipient_name),
        recipient_code=row.recipient_code,
        basis=_words(row, row.basis),
        handed_by=names.get(row.handed_by, ""),
        handed_at=row.handed_at,
        receipt_digest=row.receipt_digest,
        signers=tuple(", ".join(filter(None, one)) for one in row.receipt_signers),
        received_by=names.get(row.received_by, ""),
        received_at=row.received_at,
        is_destroyed=row.destroyed_at is not None,
    )
