"""Packages: built of an archived case file, handed out to who is entitled, the other side's receipt kept (379/23.2.c).

`transfer_package` in three steps. What a destruction takes goes from packages too (`forget_packages`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from antin.archive import gathering, ports, queries
from antin.archive import rules as archive_rules
from antin.archive.gathering import Gathered
from antin.archive.lifecycle import PACKAGE
from antin.archive.models import Holding, Package
from antin.archive.packages import checking, rules, writing
from antin.archive.packages.codes import AIP, DIP
from antin.archive.packages.report import PackageReport
from antin.archive.packages.rules import Recipient, SignedBy
from antin.archive.packages.sandboxed import read_here
from antin.casework import queries as casework
from antin.documents import queries as documents
from antin.documents import rules as documents_rules
from antin.documents.adapters.pdf_process import process
from antin.identity import acts as identity
from antin.identity import queries as identity_queries
from antin.ledger import acts as ledger
from antin.signing import queries as signing
from antin.signing.verdict import Policy
from antin.steps import Step
from antin.values import Actor, Custody, Method, Office, new_id
from antin.vault import acts as vault
from antin.vault import queries as vault_reads
from antin.vault.spool import Spool

ZIP = "application/zip"
IN_MEMORY_BYTES = 4 * 1024 * 1024
RECEIPT_PAGES_MOST = 20


def build_package(*, actor: Actor, case_file_id: UUID, kind: str, purpose: str = "") -> UUID:
    """`transfer_package(build)`: one ZIP of an archived case file, checked as anybody may check it; the package's id.

    `kind` AIP for another archive, DIP for use (then `purpose` says which). RuleViolation 379/4.4 for who is not its
    archivist, 379/23.2.c for what the archive does not hold, 379/20.1 for what was destroyed, 379/21.3 while one is impounded,
    379/23.2.b for damaged content, 379/24.3 for a document without pages, 379/24.4 for what is Mật without its product.
    """
    while ledger.integrate():  # so that each entry in the bundles is proven; not within the transaction of a long build
        pass
    return _build(actor, case_file_id, rules.known_kind(kind), purpose)


@transaction.atomic
def _build(actor: Actor, case_file_id: UUID, kind: str, purpose: str) -> UUID:
    step = PACKAGE.step("", "transfer_package(build)")
    _apart_from_destruction("ROW EXCLUSIVE")
    gathered = _gathered(step, actor, case_file_id)
    words = archive_rules.words_given(purpose, "379/23.2.c") if kind == DIP else ""
    package_id, now = new_id(), timezone.now()
    if gathered.secret:
        vault.protect(owner=package_id)
    facts = gathering.facts(gathered, package_id, kind, words, now)
    pieces = writing.pieces(facts, gathering.parts(gathered))
    content = vault.store(pieces, owner=package_id, media_type=ZIP)
    rules.package_valid(_checked(content.id))
    row = Package.objects.create(
        id=package_id,
        case_file_id=case_file_id,
        organisation_id=gathered.body.id,
        kind=kind,
        state=step.to,
        name=facts.folder,
        content_id=content.id,
        digest=content.digest,
        size=content.size,
        documents=[str(one.id) for one in gathered.views],
        purpose=vault.sealed_words(package_id, words),
        built_by=actor.person_id,
        built_at=now,
    )
    _enter(actor, row, "build", {"size": row.size}, reason=words, clause="379/24.3")
    return row.pk


@transaction.atomic
def hand_out_package(*, actor: Actor, package_id: UUID, digest: str, to: Recipient, basis: str) -> None:
    """`transfer_package(hand_out)`: on record to whom it goes and on what basis; from now on it can be taken from here.

    Spends the challenge "transfer_package" over the package's digest. RuleViolation 379/23.2.c without a recipient or a
    basis, 379/23.2.d for a reader who may not read all of it, 379/24.4 for what is Mật and can't be enciphered for them.
    """
    row, step = _begin(actor, package_id, "transfer_package(hand_out)")
    archive_rules.list_digest_bound(row.digest, digest)
    queries.still_open(row)
    to = _entitled(row, to)
    words = archive_rules.words_given(basis, "379/23.2.c")
    identity.spend_challenge(actor=actor, act="transfer_package", digest=digest)
    row.handed_digest = row.digest
    if vault_reads.is_protected(row.pk):
        _encipher(row, to)
    row.state, row.handed_by, row.handed_at = step.to, actor.person_id, timezone.now()
    row.recipient_code, row.reader_id = to.code, to.person_id
    row.recipient_name, row.basis = vault.sealed_words(row.pk, to.name), vault.sealed_words(row.pk, words)
    row.save()
    sent = {"to": str(to.person_id or to.code), "handed": row.handed_digest}
    _enter(actor, row, "hand_out", sent, reason=words, clause="379/24.4" if row.handed_content_id else "379/23.2.c")


@transaction.atomic
def keep_receipt(*, actor: Actor, package_id: UUID, pdf: bytes) -> None:
    """`transfer_package(receipt)`: the record of the hand-over as the other side signed it.

    RuleViolation 379/23.2.c unless its signatures are valid by the installation's trust, one of them is the other side's, and
    its words name this package's digest. Indeterminate when that can't be told in time.
    """
    row, step = _begin(actor, package_id, "transfer_package(receipt)")
    queries.still_open(row)
    signers = _verified(row, pdf)
    kept = vault.store(pdf, owner=new_id(), media_type="application/pdf")
    row.receipt_id, row.receipt_digest = kept.id, kept.digest
    row.receipt_signers = [[one.name, one.organisation] for one in signers]
    row.state, row.received_by, row.received_at = step.to, actor.person_id, timezone.now()
    row.save()
    _enter(actor, row, "receipt", {"receipt": kept.digest}, clause="379/23.2.c")


def forget_packages(document_id: UUID) -> int:
    """In the transaction that destroys a document: every package that holds it becomes unreadable; answers how many (379/20.2)."""
    _apart_from_destruction("SHARE ROW EXCLUSIVE")
    holding = Package.objects.filter(documents__contains=[str(document_id)], destroyed_at__isnull=True)
    for row in holding:
        vault.shred(owner=row.pk)
        row.destroyed_at, row.purpose = timezone.now(), ""
        row.basis, row.recipient_name = ("-", "-") if row.handed_at else ("", "")
        row.save(update_fields=["destroyed_at", "purpose", "basis", "recipient_name"])
        ledger.erase_openings(object_id=row.pk)
    return len(holding)


def _apart_from_destruction(mode: str) -> None:
    """Packages are built side by side, but none while a document is being destroyed: it would keep a copy."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE archive_package IN {mode} MODE")


def _gathered(step: Step, actor: Actor, case_file_id: UUID) -> Gathered:
    """The case file and its documents, each guard of the table asked in its turn."""
    case = casework.archived_cases([case_file_id]).get(case_file_id)
    if case is None or not actor.holds(Office.ARCHIVIST, case.organisation_id):
        raise archive_rules.not_found()
    archive_rules.office_for(step, actor, case.organisation_id)
    held = Holding.objects.filter(case_file_id=case_file_id).exists()
    facts = [documents.facts(one) for one in casework.documents_in(case_file_id)]
    gone = [one.id for one in facts if one.custody is not Custody.ARCHIVED]
    rules.still_archived(case.state if held else "", gone, len(facts))
    for one in facts:
        documents_rules.not_impounded(one)
    rules.cipher_if_mat(queries.bare(facts))
    contents = [content for one in facts for content in documents.stored_contents(one.id)]
    rules.package_fixity([str(one) for one in contents if not vault_reads.intact(one)])
    views = tuple(documents.document(gathering.SYSTEM, one.id) for one in facts)
    return Gathered(case, identity_queries.organisation(case.organisation_id), views)


def _checked(content_id: UUID) -> PackageReport:
    with Spool(ports.bound().spool, IN_MEMORY_BYTES) as spool:
        for piece in vault_reads.stream(content_id):
            spool.write(piece)
        with spool.opened() as file:
            return checking.check(file, read_here)


def _begin(actor: Actor, package_id: UUID, act: str) -> tuple[Package, Step]:
    """The row under its lock, seen by this actor, the office proven."""
    queries.package(actor, package_id)
    row = Package.objects.select_for_update().get(pk=package_id)
    step = PACKAGE.step(row.state, act)
    archive_rules.office_for(step, actor, row.organisation_id)
    return row, step


def _entitled(row: Package, to: Recipient) -> Recipient:
    own = identity_queries.organisation(row.organisation_id)
    if row.kind == AIP:
        return rules.recipient_entitled(AIP, to, own_code=own.code, unseen=0)
    people = identity_queries.people([to.person_id]) if to.person_id else {}
    if to.person_id not in people:
        return rules.recipient_entitled(DIP, Recipient(), own_code=own.code, unseen=len(row.documents))
    reader = people[to.person_id]
    acting = Actor(reader.id, reader.name, Method.PASSWORD_TOTP, identity_queries.mandate_views(reader.id))
    seen = sum(len(documents.cards(acting, part)) for part in _hundreds([UUID(one) for one in row.documents]))
    found = Recipient(reader.name, "", reader.id)
    return rules.recipient_entitled(DIP, found, own_code=own.code, unseen=len(row.documents) - seen)


def _hundreds(ids: list[UUID]) -> Iterable[list[UUID]]:
    return (ids[at : at + 100] for at in range(0, len(ids), 100))


def _encipher(row: Package, to: Recipient) -> None:
    """What leaves instead of the package: the package through the product, for this recipient alone (379/24.4)."""
    product = vault_reads.cipher_product()
    rules.cipher_reaches(reached=product is not None and bool(to.code) and product.reaches(to.code))
    assert product is not None
    sealed = product.seal_for(vault_reads.read(row.content_id), to.code, b"antin package " + row.name.encode())
    kept = vault.store(sealed, owner=row.pk)
    row.handed_content_id, row.handed_digest = kept.id, hashlib.sha256(sealed).hexdigest()


def _verified(row: Package, pdf: bytes) -> list[SignedBy]:
    own = identity_queries.organisation(row.organisation_id).name
    fits = 0 < len(pdf) <= rules.RECEIPT_MOST
    report = signing.validate(pdf, policy=Policy(required=())) if fits else None
    signers = [
        SignedBy(
            one.signer_name,
            one.signer_organisation,
            row.organisation_id in signing.bodies_of(one.certificate_fingerprint),
        )
        for one in (report.signatures if report else ())
    ]
    verdict = str(report.verdict) if report else "invalid"
    names = verdict == "valid" and rules.names_package(_words_of(pdf), row.handed_digest)
    to = vault_reads.opened_words(row.pk, row.recipient_name)
    rules.receipt_verified(verdict, signers, names=names, kind=row.kind, own=own, to=to)
    return signers


def _words_of(pdf: bytes) -> str:
    pages = min(process().pages(pdf), RECEIPT_PAGES_MOST)
    return "\n".join(str(line[-1]) for page in range(1, pages + 1) for line in process().text(pdf, page=page))


def _enter(actor: Actor, row: Package, act: str, facts: dict[str, Any], *, reason: str = "", clause: str) -> None:
    ledger.append(
        "archive.package.transferred",
        actor,
        object_kind="package",
        object_id=row.pk,
        organisation_id=row.organisation_id,
        facts={
            "act": act,
            "kind": row.kind,
            "package": row.digest,
            "case_file": str(row.case_file_id),
            "documents": len(row.documents),
            **facts,
        },
        reason=reason,
        clause=clause,
    )
