"""Scans on their way: what waits for whom, one job with its page pictures, the paper behind a document."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from antin.conversion import rules
from antin.conversion.models import Digitisation, PaperOriginal
from antin.conversion.rules.digitising import PaperFields
from antin.conversion.views import LookUp, PaperView, ScanView
from antin.documents import ports as pages
from antin.documents import queries as documents
from antin.documents import rules as document_rules
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office
from antin.vault import queries as vault

LIMIT = 200
WORKERS = (Office.CONVERTER, Office.CLERK, Office.SEAL_KEEPER)
OPEN = ("captured", "described", "confirmed")


def scans(actor: Actor) -> tuple[ScanView, ...]:
    """Jobs of the organisations where the actor converts, keeps the books or the seal; open ones first, then newest."""
    rows = Digitisation.objects.select_related("paper").filter(organisation_id__in=actor.organisations(*WORKERS))
    found = sorted(rows.order_by("-captured_at")[:LIMIT], key=lambda row: row.state not in OPEN)
    return tuple(scan_view(row) for row in found)


def scans_waiting(actor: Actor) -> int:
    """How many wait for this person: described or captured for a converter, confirmed for the keeper of the seal."""
    converting = actor.organisations(Office.CONVERTER, Office.CLERK)
    keeping = actor.organisations(Office.SEAL_KEEPER)
    if not converting and not keeping:
        return 0
    mine = Digitisation.objects.filter(organisation_id__in=converting, state__in=("captured", "described")).count()
    return mine + Digitisation.objects.filter(organisation_id__in=keeping, state="confirmed").count()


def scan(actor: Actor, scan_id: UUID) -> ScanView:
    """One job. RuleViolation 379/4.4 for who has no part in it."""
    return scan_view(_seen(actor, scan_id))


def scan_page(actor: Actor, scan_id: UUID, page: int, dpi: int = 110) -> bytes:
    """One page of the scan as PNG; RuleViolation when there is none any more."""
    row = _seen(actor, scan_id)
    if row.content_id is None or not 1 <= page <= row.pages:
        raise RuleViolation("379/4.4", N_("Không có trang này."), N_("Mở lại bản quét."))
    return pages.bound().images.png(vault.read(row.content_id), page, dpi)


def paper_of(actor: Actor, document_id: UUID) -> PaperView | None:
    """The paper a document was digitised from; None for any other document."""
    documents.document(actor, document_id)
    row = PaperOriginal.objects.filter(scans__document_id=document_id).first()
    if row is None:
        return None
    return PaperView(
        row.pk, row.organisation_id, row.issuing_name, row.reference_number, row.issued_on, row.kept_at, row.state,
        row.basis, row.reason, row.ended_at,
    )  # fmt: skip


def certified_since(actor: Actor, organisation_id: UUID, since: datetime) -> tuple[UUID, ...]:
    """Documents that the organisation's paper became since then, the newest first, for who converts or keeps books there."""
    if organisation_id not in actor.organisations(*WORKERS):
        return ()
    rows = Digitisation.objects.filter(organisation_id=organisation_id, state="certified", certified_at__gte=since)
    return tuple(rows.order_by("-certified_at").values_list("document_id", flat=True)[:LIMIT])


def digitised_found(code: str) -> LookUp | None:
    """What the code on a digitised page leads to now (379/15.1.c). RuleViolation 379/21.3 while it is impounded."""
    row = Digitisation.objects.filter(code=code).first()
    if row is None or row.document_id is None or row.certified_at is None:
        return None
    document = documents.facts(row.document_id)
    document_rules.not_impounded(document)
    certifier = identity.people([row.certified_by] if row.certified_by else [])
    owner = identity.organisation(row.organisation_id).name
    return LookUp(
        kind="digitised",
        worth=rules.worth("printed", document.validity, document.custody, document.state),
        validity=document.validity,
        validity_at=documents.ended_at(document.id),
        code=rules.shown_code(code),
        number=1,
        pages=row.pages,
        printed_at=row.certified_at,
        printed_by=next((one.name for one in certifier.values()), ""),
        organisation=owner,
        reference_number=document.reference_number,
        document_code=document.document_code,
        issuing_name=document.issuing_name or owner,
        issued_on=document.issued_on,
        signer_name=document.signer_name,
        digest=document.digest,
        spoiled_at=None,
    )


def fields_of(row: Digitisation) -> PaperFields:
    """What was read from the paper."""
    return PaperFields(**{**row.fields, "issued_on": date.fromisoformat(row.fields["issued_on"])})


def scan_view(row: Digitisation) -> ScanView:
    return ScanView(
        id=row.pk,
        organisation_id=row.organisation_id,
        state=row.state,
        digest=row.digest,
        pages=row.pages,
        dpi=row.dpi,
        device=row.device,
        fields=fields_of(row) if row.fields else None,
        reference_number=row.paper.reference_number if row.paper else "",
        captured_by=row.captured_by,
        captured_at=row.captured_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        document_id=row.document_id,
        reason=row.reason,
    )


def _seen(actor: Actor, scan_id: UUID) -> Digitisation:
    mine = Digitisation.objects.select_related("paper").filter(organisation_id__in=actor.organisations(*WORKERS))
    row = mine.filter(pk=scan_id).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có bản quét này."), N_("Mở lại danh sách số hoá."))
    return row
