"""Paper becomes electronic: captured, described, confirmed whole, certified by the organisation's seal (379/15, 379/12.5).

The scan lies encrypted under a key of the job from its first byte (379/4.5). Certifying makes an incoming document of it, which the
clerk verifies and registers like any other; a paper that is void takes every document made from it along (379/19.6).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.conversion import ports
from antin.conversion import rules as paper_rules
from antin.conversion.lifecycle import DIGITISATION, PAPER_ORIGINAL
from antin.conversion.models import Digitisation, PaperOriginal
from antin.conversion.queries.digitising import fields_of, scan_view
from antin.conversion.rules import digitising as rules
from antin.conversion.views import ScanView
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents import rules as documents_rules
from antin.documents.adapters import pdf_intake
from antin.documents.adapters.pdf_process import process
from antin.documents.facts import DIGITISED, IncomingFacts
from antin.identity import acts as identity
from antin.identity import queries as organisations
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.registry import rules as registry_rules
from antin.registry import step_up
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.signing import ceremony
from antin.signing import queries as signing
from antin.signing.queries import CertificateView
from antin.steps import Step
from antin.values import N_, Actor, Office, iso, new_id, reference_number, sha256_hex, to_vietnam
from antin.vault import acts as vault
from antin.vault import queries as vault_queries

MARK, MARK_WITH_CODE = (330.0, 790.0, 575.0, 820.0), (330.0, 786.0, 575.0, 839.0)
"""Where the seal's words stand on page 1: the upper right corner, points from the lower left (TT05/2025, Article 8)."""


def capture_pages(
    *, actor: Actor, organisation_id: UUID, data: bytes, device: str, scan_id: UUID | None = None
) -> ScanView:
    """A scan taken in: a clean PDF of pictures sharp enough; with `scan_id` it takes the place of the one there (379/15.1.a)."""
    identity_rules.require_office(actor, (Office.CONVERTER, Office.CLERK), organisation_id)
    facts = pdf_intake.check(data, source=str(organisation_id))
    dpi = process().sharpness(data)
    rules.format_floor(dpi)
    with transaction.atomic():
        row, step = _of_capture(actor, organisation_id, scan_id)
        if row.content_id is not None:
            vault.shred(owner=row.content_id)
        key = new_id()
        row.content_id = vault.store_all([vault.Item(data, "application/pdf", key)], owner=key)[0].id
        row.digest, row.pages, row.dpi, row.device = sha256_hex(data), facts.pages, min(dpi), device.strip()[:200]
        row.state, row.captured_by, row.captured_at, row.reason = step.to, actor.person_id, timezone.now(), ""
        row.described_by = row.described_at = row.confirmed_by = row.confirmed_at = None
        row.save()
        _tell(actor, row, "pages.captured", {"digest": row.digest, "pages": row.pages, "dpi": row.dpi}, "379/15.1.a")
    return scan_view(row)


@transaction.atomic
def confirm_fields(*, actor: Actor, scan_id: UUID, fields: rules.PaperFields) -> ScanView:
    """What stands on the paper, read by a person beside its picture; the paper itself is on record with it (379/15.1.b)."""
    row, step = _begin(actor, scan_id, "confirm_fields")
    if fields.issued_here:
        fields = replace(fields, issuing_name=organisations.organisation(row.organisation_id).name)
    read = rules.each_field_confirmed(fields, to_vietnam(timezone.now()).date())
    assert read.issued_on is not None
    row.paper, _made = PaperOriginal.objects.get_or_create(
        organisation_id=row.organisation_id,
        issuing_name=read.issuing_name,
        reference_number=_reference(read),
        issued_on=read.issued_on,
        defaults={"kept_at": read.kept_at, "state": PAPER_ORIGINAL.step("", "confirm_fields").to},
    )
    rules.paper_in_force(row.paper.state)
    row.fields = {**asdict(read), "issued_on": read.issued_on.isoformat()}
    row.state, row.described_by, row.described_at = step.to, actor.person_id, timezone.now()
    row.save()
    _tell(actor, row, "fields.confirmed", {"paper": str(row.paper.pk)}, "379/15.1.b")
    return scan_view(row)


@transaction.atomic
def confirm_completeness(*, actor: Actor, scan_id: UUID, seen: Collection[int]) -> ScanView:
    """A named person has compared every page with the paper (379/15.2.a).

    Needs the answered challenge "confirm_completeness" bound to the digest of the scan.
    """
    row, step = _begin(actor, scan_id, "confirm_completeness")
    rules.method_is_strong(actor.method)
    rules.every_page_seen(seen, row.pages)
    identity.spend_challenge(actor=actor, act="confirm_completeness", digest=row.digest)
    row.state, row.confirmed_by, row.confirmed_at = step.to, actor.person_id, timezone.now()
    row.save()
    _tell(actor, row, "completeness.confirmed", {"digest": row.digest, "pages": row.pages}, "379/15.2.a")
    return scan_view(row)


@transaction.atomic
def send_back_scan(*, actor: Actor, scan_id: UUID, reason: str) -> ScanView:
    """The keeper of the seal is not content: to be captured or described again, with the reason."""
    row, step = _begin(actor, scan_id, "send_back_scan")
    row.reason = registry_rules.reason_given(reason, "379/15.2.a")
    row.state = step.to
    row.save()
    _tell(actor, row, "scan.sent_back", {}, "379/15.2.a", reason=row.reason)
    return scan_view(row)


@transaction.atomic
def drop_scan(*, actor: Actor, scan_id: UUID, reason: str) -> ScanView:
    """No document is made of it; the scan's bytes are destroyed, that it was taken stays."""
    row, step = _begin(actor, scan_id, "drop_scan")
    row.reason = registry_rules.reason_given(reason, "379/15.1.a")
    row.state = step.to
    _shred(row)
    row.save()
    _tell(actor, row, "scan.dropped", {}, "379/15.1.a", reason=row.reason)
    return scan_view(row)


def certify_digitised(*, actor: Actor, scan_id: UUID, with_code: bool = False) -> UUID:
    """The organisation's seal on the scan makes it a document that came in; its id (379/12.5, 379/15.3).

    `with_code`: its first page shows a QR code by which anybody looks up what it is worth now (379/15.1.c).

    Needs the answered challenge "certify_digitised" bound to the digest of the scan. Indeterminate while no timestamp
    authority answers: nothing has changed then, ask again. Repeating it answers the document that stands.
    """
    row, _step = _begin(actor, scan_id, "certify_digitised", done="certified")
    if row.document_id is not None:
        return row.document_id
    _two_persons(actor, row)
    step_up.asked(actor, "certify_digitised", row.digest)
    code = paper_rules.new_code(secrets.token_bytes(paper_rules.CODE_BYTES)) if with_code else None
    sealed, certificate = _sealed(row, timezone.now(), code)
    with transaction.atomic():
        row, step = _begin(actor, scan_id, "certify_digitised", done="certified")
        if row.document_id is not None:
            return row.document_id
        _two_persons(actor, row)
        proof = identity.spend_challenge(actor=actor, act="certify_digitised", digest=row.digest)
        row.document_id = _taken_in(actor, row, sealed)
        row.state, row.certified_by, row.certified_at, row.code = step.to, actor.person_id, timezone.now(), code
        facts = {"digest": row.digest, "sealed": sha256_hex(sealed), "document": str(row.document_id)}
        facts |= {"certificate": certificate.serial_hex, "challenge": str(proof.challenge_id)}
        _shred(row)
        row.save()
        _tell(actor, row, "document.certified", facts, "379/12.5", document_id=row.document_id)
    return row.document_id


@transaction.atomic
def invalidate_paper_original(*, actor: Actor, document_id: UUID, basis: str, reason: str) -> tuple[UUID, ...]:
    """The paper behind a digitised document is void by its issuer's decision, and with it, at this instant, every
    document made from it; their ids (379/19.5, 379/19.6).

    Needs the answered challenge "invalidate_paper_original" bound to the digest of the document's page.
    """
    documents_queries.document(actor, document_id)
    job = Digitisation.objects.filter(document_id=document_id).first()
    paper_id = rules.made_from_paper(job.paper_id if job else None)
    paper = PaperOriginal.objects.select_for_update().get(pk=paper_id)
    step = PAPER_ORIGINAL.step(paper.state, "invalidate_paper_original")
    identity_rules.require_office(actor, step.offices, paper.organisation_id)
    paper.basis, paper.reason = rules.basis_named(basis, reason)
    digest = documents_queries.final_digest(actor, document_id)
    identity.spend_challenge(actor=actor, act="invalidate_paper_original", digest=digest)
    paper.state, paper.ended_by, paper.ended_at = step.to, actor.person_id, timezone.now()
    paper.save()
    made = paper.scans.exclude(document_id=None).order_by("document_id").values_list("document_id", flat=True)
    ended = tuple(
        one
        for one in made
        if documents.end_with_paper(document_id=one, actor=actor, reason=paper.reason, basis=paper.basis)
    )
    for one in ended:
        _entry(
            actor, "paper.invalidated", one, paper.organisation_id, {"paper": str(paper.pk)}, "379/19.6", paper.reason
        )
    return ended


def forget(*, document_id: UUID) -> None:
    """What was read from the paper of a destroyed document; where and what the paper was, its register keeps (379/3.4)."""
    Digitisation.objects.filter(document_id=document_id).update(fields={}, reason="")


def _of_capture(actor: Actor, organisation_id: UUID, scan_id: UUID | None) -> tuple[Digitisation, Step]:
    if scan_id is not None:
        row, step = _begin(actor, scan_id, "capture_pages")
        return row, step
    return Digitisation(organisation_id=organisation_id), DIGITISATION.step("", "capture_pages")


def _begin(actor: Actor, scan_id: UUID, act: str, *, done: str = "") -> tuple[Digitisation, Step]:
    """The row (locked inside a transaction) and the step of its table in an office the actor holds there.

    For who is nobody in the organisation there is no such job (379/4.4). A job that is `done` already is answered as it is.
    """
    with transaction.atomic():
        row = Digitisation.objects.select_for_update(of=("self",)).select_related("paper").filter(pk=scan_id).first()
    if row is None or row.organisation_id not in actor.organisations():
        raise RuleViolation("379/4.4", N_("Không có bản quét này."), N_("Mở lại danh sách số hoá."))
    if done and row.state == done:
        return row, DIGITISATION.step("confirmed", act)
    step = DIGITISATION.step(row.state, act)
    identity_rules.require_office(actor, step.offices, row.organisation_id)
    return row, step


def _two_persons(actor: Actor, row: Digitisation) -> None:
    rules.keeper_is_not_converter(documents_rules.persons(actor), (row.captured_by, row.described_by, row.confirmed_by))
    rules.paper_in_force(row.paper.state if row.paper else "")


def _sealed(row: Digitisation, now: datetime, code: str | None) -> tuple[bytes, CertificateView]:
    """The scan under the organisation's seal, B-LTA: name and instant in words, no picture of a seal. Network inside."""
    owner = organisations.organisation(row.organisation_id)
    found = signing.certificate_for("organisation", owner.id, "seal")
    certificate = registry_rules.certificate_present(found, seal=True)
    signing.require_fit(certificate, purpose="seal", holder_kind="organisation", holder_id=owner.id, at=now)
    assert row.content_id is not None
    prepared = ceremony.prepare(
        vault_queries.read(row.content_id),
        role="seal",
        page=1,
        box=MARK_WITH_CODE if code else MARK,
        certificate=certificate,
        appearance=_appearance(owner.name, now, code),
        at=now,
        first=True,
    )
    return ceremony.complete(prepared, key_ref=certificate.key_ref), certificate


def _appearance(owner: str, now: datetime, code: str | None) -> ceremony.Appearance:
    """The words of the seal, under a QR code where one is wanted (379/15.1.c)."""
    said = f"Bản số hoá, {iso(to_vietnam(now).replace(microsecond=0))}"
    if code is None:
        return ceremony.Appearance((owner, said))
    here = ports.bound()
    picture = here.printer.qr(f"{here.base_url.rstrip('/')}/k/{code}")
    return ceremony.Appearance((owner, f"{said}, {paper_rules.shown_code(code)}"), image_png=picture)


def _taken_in(actor: Actor, row: Digitisation, sealed: bytes) -> UUID:
    read = fields_of(row)
    owner = organisations.organisation(row.organisation_id)
    kind = next((one for one in rulebook.document_types(read.issued_on) if one.code == read.type_code), None)
    facts = IncomingFacts(
        type_code=kind.code if kind else "",
        type_name=kind.name if kind else "",
        abstract=read.abstract,
        number_text=read.number_text,
        notation=read.notation,
        reference_number=_reference(read),
        issued_on=read.issued_on,
        issuing_name=read.issuing_name,
        issuing_code=owner.code if read.issued_here else "",
        sender_name=read.issuing_name,
        signer_name=read.signer_name,
        channel=DIGITISED,
    )
    return documents.take_in(
        actor=actor, organisation_id=owner.id, facts=facts, pdf=sealed, pages=row.pages, act="certify_digitised"
    )


def _reference(read: rules.PaperFields) -> str:
    number: int | str = int(read.number_text) if read.number_text.isdecimal() else read.number_text
    return reference_number(number, read.notation)


def _shred(row: Digitisation) -> None:
    """The bare scan is needed no more: the document, or nothing, stands for it."""
    if row.content_id is not None:
        vault.shred(owner=row.content_id)
        row.content_id = None


def _tell(
    actor: Actor,
    row: Digitisation,
    what: str,
    facts: dict[str, Any],
    clause: str,
    *,
    reason: str = "",
    document_id: UUID | None = None,
) -> None:
    told = {"scan": str(row.pk), "state": row.state, **facts}
    _entry(actor, what, document_id or row.pk, row.organisation_id, told, clause, reason, is_scan=document_id is None)


def _entry(
    actor: Actor,
    what: str,
    object_id: UUID,
    organisation_id: UUID,
    facts: dict[str, Any],
    clause: str,
    reason: str,
    *,
    is_scan: bool = False,
) -> None:
    ledger.append(
        f"conversion.{what}",
        actor,
        object_kind="digitisation" if is_scan else "document",
        object_id=object_id,
        organisation_id=organisation_id,
        facts=facts,
        reason=reason,
        clause=clause,
    )
